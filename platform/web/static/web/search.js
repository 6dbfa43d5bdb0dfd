// Discover: what you were in, what is new, and search as you type.
import "./app.js";
import { get } from "./api.js";
import { announce, find, findAll, h } from "./dom.js";
import { continueRow, errorNotice, ghosts, notice, posters } from "./shelf.js";
import { say } from "./words.js";

const PAUSE_MS = 250;
const PAGE = 24;
const field = find("#q");
const results = find("#results");
let asked = 0;
let timer = 0;
let genre = "";

async function show() {
  const mine = ++asked; // an answer that comes late does not replace a newer one
  const words = field.value.trim().slice(0, 60);
  const path = (cursor) => {
    const query = new URLSearchParams({ limit: PAGE });
    if (words) query.set("q", words);
    if (genre) query.set("genre", genre);
    if (cursor) query.set("cursor", cursor);
    return `${words ? "search" : "series"}?${query}`;
  };
  find("#continue").hidden = Boolean(words || genre) || !find("#continue .tiles");
  results.replaceChildren(ghosts());
  try {
    const page = await get(path());
    if (mine !== asked) return;
    if (!page.results.length) return results.replaceChildren(nothing(words));
    const heading = h("h2", {}, words ? say("results_for", { words }) : genre ? say(`genre_${genre}`) : say("new_series"));
    const list = posters(page.results);
    results.replaceChildren(heading, list);
    announce(say("found", { n: page.results.length }));
    addMore(list, page.next, path);
  } catch (error) {
    if (mine === asked) results.replaceChildren(errorNotice(error, show));
  }
}

function nothing(words) {
  return notice({
    drawing: "search", title: words ? say("nothing_found", { words }) : say("nothing_here"), text: say("nothing_found_text"),
    actions: [h("button", { type: "button", class: "button", onclick: clear }, say("show_all")), h("a", { class: "button quiet", href: "/" }, say("to_feed"))],
  });
}

function clear() {
  field.value = "";
  choose("");
}

function addMore(list, next, path) {
  if (!next) return;
  const button = h("button", { type: "button", class: "button quiet wide", onclick: async () => {
    button.disabled = true;
    try {
      const page = await get(path(next));
      list.append(...posters(page.results).children);
      button.remove();
      addMore(list, page.next, path);
    } catch {
      button.disabled = false;
      button.textContent = say("try_again");
    }
  } }, say("show_more"));
  list.after(button);
}

function choose(name) {
  genre = name;
  findAll("#genres button").forEach((button) => button.setAttribute("aria-pressed", String(button.value === genre)));
  show();
}

async function showContinue() {
  const page = await get("continue?limit=12").catch(() => ({ results: [] }));
  if (!page.results.length) return;
  find("#continue").append(continueRow(page.results));
  find("#continue").hidden = Boolean(field.value || genre);
}

field.addEventListener("input", () => {
  clearTimeout(timer);
  timer = setTimeout(() => {
    history.replaceState(null, "", field.value ? `?q=${encodeURIComponent(field.value)}` : location.pathname);
    show();
  }, PAUSE_MS);
});
find("#search").addEventListener("submit", (event) => { event.preventDefault(); show(); });
findAll("#genres button").forEach((button) => button.addEventListener("click", () => choose(button.value === genre ? "" : button.value)));
field.value = new URLSearchParams(location.search).get("q") || "";
show();
showContinue();
