// The episode's editor: wires text, shots, work, film and release together.
import { call } from "./api.js";
import { byId, debounce, notice } from "./dom.js";
import { Film } from "./film.js";
import { showOutline, Versions } from "./rail.js";
import { Release } from "./release.js";
import { Saving } from "./saving.js";
import { Script } from "./script.js";
import { Sheets } from "./sheets.js";
import { Shots, showMeter } from "./shots.js";
import { Takes } from "./takes.js";
import { t, told } from "./words.js";
import { Work } from "./work.js";

const desk = JSON.parse(byId("desk").textContent);
const script = new Script(byId("text"), byId("backdrop"), byId("paper"));
const saving = new Saving({ episode: desk.episode, version: desk.version, source: desk.source, read: () => script.value });
const shots = new Shots(byId("shots"));
const work = new Work({ desk, save: () => saving.save() });
const film = new Film();
const release = new Release({ desk });
const takes = new Takes({ episode: desk.episode, profile: () => work.profile, numberOf: (shot) => numberOf(shot) });
const sheets = new Sheets({ episode: desk.episode, profile: () => work.profile });
work.addEventListener("cast", () => sheets.open());
sheets.addEventListener("changed", () => work.price());
const versions = new Versions(desk.versions);
let errorLine = 1;

// --- panes
const PANES = ["script", "shots", "film", "review"];

function open(pane, { focus = false } = {}) {
  document.body.dataset.pane = pane;
  const stage = pane === "script" ? document.body.dataset.stage || "shots" : pane;
  document.body.dataset.stage = stage;
  for (const name of PANES.slice(1)) byId(`${name}-pane`).hidden = name !== stage;
  for (const tab of document.querySelectorAll("[role=tab]")) {
    const shown = tab.closest(".panes") ? tab.dataset.pane === pane : tab.dataset.pane === stage;
    tab.setAttribute("aria-selected", String(shown));
    tab.tabIndex = shown ? 0 : -1;
  }
  if (pane !== "film") byId("video").pause();
  if (focus) byId(`${pane}-pane`).focus();
}

for (const list of document.querySelectorAll("[role=tablist]")) {
  list.addEventListener("click", (event) => { const tab = event.target.closest("[role=tab]"); if (tab) open(tab.dataset.pane); });
  list.addEventListener("keydown", (event) => {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!by) return;
    const tabs = [...list.querySelectorAll("[role=tab]")];
    const next = tabs[(tabs.indexOf(document.activeElement) + by + tabs.length) % tabs.length];
    next.focus();
    open(next.dataset.pane);
  });
}

// --- breakdown while typing
let reading = null;
const read = debounce(async () => {
  reading?.abort();
  const source = script.value;
  byId("starter").hidden = Boolean(source.trim());
  if (!source.trim()) { problem(null); shown([]); return; }
  reading = new AbortController();
  byId("busy").hidden = false;
  try {
    const answer = await call("POST", "/api/v1/studio/breakdown", { source }, { signal: reading.signal });
    problem(null);
    shown(answer.shots);
  } catch (error) {
    if (error.name === "AbortError") return;
    if (error.status === 429) setTimeout(read, 4000);
    else problem(error);
  }
  byId("busy").hidden = true;
}, 550);

function shown(list) {
  shots.show(list);
  byId("shot-count").textContent = list.length || "";
  takes.refresh();
  showMeter(list.reduce((sum, shot) => sum + shot.estimated_ms, 0));
  showOutline(script.scenes, list, (line) => { open("script"); script.goTo(line); });
  byId("film-stale").hidden = !film.shots.length || film.shots.length === list.length && list.every((shot, n) => same(shot, film.shots[n].shot));
}

function same(a, b) {
  return a.prompt === b.prompt && a.action === b.action && a.framing === b.framing && JSON.stringify(a.lines.map((l) => [l.speaker, l.text])) === JSON.stringify(b.lines.map((l) => [l.speaker, l.text]));
}

/** Which shot of the text this shot of a film is, counted from 1: the one in its place, or the first like it; 0: none. */
function numberOf(shot) {
  const place = film.shots.findIndex((row) => row.shot === shot);
  if (shots.shots[place] && same(shots.shots[place], shot)) return place + 1;
  return shots.shots.findIndex((now) => same(now, shot)) + 1;
}

function problem(error) {
  byId("problem").hidden = !error;
  script.mark("error", null);
  if (!error) return;
  const { message, remedy } = told(error);
  byId("problem-text").textContent = message;
  byId("problem-remedy").textContent = remedy;
  byId("problem-go").hidden = !error.line;
  if (error.line) { errorLine = error.line; script.mark("error", error.line); }
}
byId("problem-go").addEventListener("click", () => script.goTo(errorLine));

// --- text
script.addEventListener("input", () => { saving.changed(); read(); showOutline(script.scenes, shots.shots, (line) => script.goTo(line)); });
script.addEventListener("line", ({ detail }) => shots.atLine(detail));
shots.addEventListener("pick", ({ detail }) => { open("script"); script.goTo(detail.first_line, detail.last_line); });
shots.addEventListener("point", ({ detail }) => script.mark("marked", detail?.first_line ?? null, detail?.last_line));
byId("text").addEventListener("paste", () => saving.soon());
for (const button of document.querySelectorAll("[data-example]")) button.addEventListener("click", () => example(button.dataset.example));

async function example(language) {
  const answer = await fetch(new URL(`../examples/${language}.fountain`, import.meta.url));
  if (!answer.ok) { notice(t("failed"), "bad"); return; }
  script.set(await answer.text());
  script.goTo(1);
  await saving.save();
}

// --- saving
saving.addEventListener("state", ({ detail: { state, error } }) => {
  const said = state === "refused" && error.line === undefined ? "unsaved" : state;
  byId("saved").textContent = t(`state_${said}`, { version: saving.version });
  byId("saved").dataset.state = state;
  byId("conflict").hidden = state !== "conflict";
  if (state === "refused" && error.line !== undefined) problem(error);
  else if (state === "refused") notice(told(error).message, "bad");
});
saving.addEventListener("version", ({ detail }) => { desk.version = detail.version; versions.add(detail); work.requote(); if (film.uid) takes.load(); });
byId("conflict-theirs").addEventListener("click", async () => {
  const row = await call("GET", saving.path);
  saving.take(row);
  script.set(row.source);
});
byId("conflict-mine").addEventListener("click", async () => {
  const row = await call("GET", saving.path);
  saving.state = "dirty";
  saving.version = row.version;
  await saving.save({ over: row.version });
});
versions.addEventListener("pick", async ({ detail }) => {
  if (detail.version === saving.version && !saving.unsaved) return;
  try {
    const row = await call("GET", `${saving.path}?version=${detail.version}`);
    if (saving.unsaved && !(await saving.save()) && !window.confirm(t("lose_changes"))) return;
    script.set(row.source);
    notice(t("version_back", { version: detail.version }));
  } catch (error) {
    notice(told(error).message, "bad");
  }
});

// --- title
const title = byId("title");
const saveTitle = async () => {
  const wanted = title.value.trim();
  if (wanted === title.dataset.saved) return;
  try {
    await call("PATCH", `/api/v1/studio/episodes/${desk.episode}`, { title: wanted });
    title.dataset.saved = wanted;
    notice(t("saved"), "good");
  } catch (error) {
    title.value = title.dataset.saved;
    notice(told(error).message, "bad");
  }
};
title.addEventListener("change", saveTitle);
title.addEventListener("keydown", (event) => { if (event.key === "Enter") title.blur(); });

// --- work, film, release
work.addEventListener("pictures", ({ detail }) => shots.pictures(detail));
work.addEventListener("progress", ({ detail }) => shots.bars(detail));
work.addEventListener("frames", ({ detail }) => shots.frames(detail));
work.addEventListener("quote", ({ detail }) => takes.quoted(detail));
film.addEventListener("shot", ({ detail }) => takes.show(detail.shot, detail.number));
takes.addEventListener("chosen", () => work.price());
takes.addEventListener("render", () => work.start());
work.addEventListener("started", () => open("shots"));
work.addEventListener("done", async ({ detail }) => {
  const known = desk.renders.find((row) => row.uid === detail.uid);
  const row = known ? Object.assign(known, { status: "done", master: detail.master }) : { ...detail, status: "done", submitted: detail.master === desk.submitted_master };
  if (!known) desk.renders.unshift(row);
  await film.show(row);
  takes.load();
  film.choices(desk.renders);
  release.offer(row);
  shown(shots.shots);
  // nobody is taken away from their writing: on a narrow window the film waits behind its tab
  const writing = document.body.dataset.pane === "script" && matchMedia("(max-width: 860px)").matches;
  if (detail.fresh && document.body.dataset.stage === "shots" && !writing) open("film");
  if (detail.fresh && writing) notice(t("film_ready"), "good");
});
film.addEventListener("choose", async ({ detail }) => {
  const row = desk.renders.find((render) => render.uid === detail);
  await film.show(row);
  release.offer(row);
  shown(shots.shots);
});
film.addEventListener("reword", ({ detail }) => {
  if (!detail) return;
  const now = shots.shots.find((shot) => same(shot, detail)) ?? detail;
  const words = now.lines[0]?.source_line ?? now.first_line;
  open("script");
  script.goTo(words, now.lines.at(-1)?.source_line ?? now.last_line);
});
release.addEventListener("submitted", ({ detail }) => {
  byId("status").textContent = t(`status_${detail.status}`);
  byId("status").className = "tag status-tag info";
  notice(t("submitted"), "good");
});

// --- keys
document.addEventListener("keydown", (event) => {
  const command = event.ctrlKey || event.metaKey;
  if (command && event.key.toLowerCase() === "s") { event.preventDefault(); saving.save(); }
  else if (command && event.key === "Enter") { event.preventDefault(); work.start(); }
  else if (event.altKey && /^[1-4]$/.test(event.key)) { event.preventDefault(); open(PANES[event.key - 1], { focus: true }); }
  else if (!command && !event.altKey && !event.target.closest("input, textarea, select") && !byId("film").hidden) {
    if (event.key === "k") film.toggle();
    else if (event.key === "l") film.step(1);
    else if (event.key === "j") film.step(-1);
  }
});

// --- begin
script.set(desk.source, { quiet: true });
const draft = saving.draft();
if (draft !== null) { script.set(draft); notice(t("draft_back")); }
byId("saved").textContent = desk.version ? t("state_saved", { version: desk.version }) : "";
byId("starter").hidden = Boolean(script.value.trim());
open(location.hash === "#film" ? "film" : "script");
showOutline(script.scenes, [], (line) => script.goTo(line));
release.show();
work.begin();
read();
