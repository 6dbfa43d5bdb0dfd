// The review page: keys, jumps into the film, pictures of the shots. Everything also works without this file, by links
// and plain forms. Words come from the page, in the reader's language.

const words = JSON.parse(document.getElementById("words").textContent);
const root = document.getElementById("review");
const player = document.getElementById("player");
const form = document.getElementById("decision");
const help = document.getElementById("help");
const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;

// --- the film -------------------------------------------------------------------------------------------------------

function seek(milliseconds, play) {
  player.currentTime = milliseconds / 1000 + 0.01; // inside the shot, not on its border
  if (play) player.play().catch(() => {});
}

player.addEventListener("error", () => {
  const note = document.getElementById("broken");
  note.textContent = words.broken;
  note.hidden = false;
});

const head = document.getElementById("head");
const rows = [...document.querySelectorAll(".cn-shots > li")];

function follow() {
  const at = player.currentTime * 1000;
  if (head) {
    const width = head.ownerSVGElement.viewBox.baseVal.width;
    head.setAttribute("width", width / 150);
    head.setAttribute("x", Math.min(at, width - width / 150));
  }
  for (const row of rows) {
    const begin = Number(row.dataset.at);
    row.classList.toggle("cn-now", at >= begin && at < begin + Number(row.dataset.ms) && player.currentTime > 0);
  }
}
player.addEventListener("timeupdate", follow);
player.addEventListener("seeked", follow);

document.addEventListener("click", (event) => {
  const jump = event.target.closest("[data-at]");
  if (!jump || jump.tagName === "LI") return;
  seek(Number(jump.dataset.at), !jump.closest(".cn-findings"));
  if (jump.closest(".cn-shots")) event.preventDefault(); // the film is in sight already; do not scroll the list away
});

// --- pictures of the shots, taken from the film itself ---------------------------------------------------------------

async function drawShots() {
  if (!rows.length || !player.currentSrc) return;
  const film = document.createElement("video");
  Object.assign(film, { muted: true, preload: "auto", src: player.currentSrc });
  const happens = (name) => new Promise((done, broken) => {
    film.addEventListener(name, done, { once: true });
    film.addEventListener("error", broken, { once: true });
  });
  await happens("loadeddata");
  for (const row of rows) {
    film.currentTime = (Number(row.dataset.at) + Number(row.dataset.ms) / 2) / 1000;
    await happens("seeked");
    const canvas = row.querySelector("canvas");
    canvas.getContext("2d").drawImage(film, 0, 0, canvas.width, canvas.height);
    row.classList.add("cn-drawn");
  }
  film.removeAttribute("src");
  film.load();
}
// a film that does not load is told of by the player itself; the rows then keep their plain faces
const draw = () => drawShots().catch(() => {});
if (player.readyState >= 1) draw();
else player.addEventListener("loadedmetadata", draw, { once: true });

// --- the decision ---------------------------------------------------------------------------------------------------

const part = (id) => document.getElementById(id);

function say(text) {
  if (form) part("hint").textContent = text;
}

function show(element) {
  element.scrollIntoView({ block: "nearest", behavior: calm ? "auto" : "smooth" });
}

function approve() {
  if (!form) return;
  if (root.hasAttribute("data-blocked") && !part("note").value.trim()) {
    part("note").focus();
    say(words.note_needed);
  } else {
    part("approve").focus({ focusVisible: true });
    say(words.sure);
  }
  show(form);
}

function openReasons() {
  if (!form) return;
  part("reasons").open = true;
  part("open-reasons").setAttribute("aria-expanded", "true");
  const chosen = form.querySelector("[name=reason_code]:checked") || form.querySelector("[name=reason_code]");
  chosen.focus({ focusVisible: true });
  say(words.choose);
  show(part("reasons"));
}

function pick(number) {
  const radio = form && part("reasons").open && form.querySelector(`[data-number="${number}"]`);
  if (!radio) return false;
  radio.checked = true;
  part("note").focus();
  return true;
}

if (form) {
  part("open-reasons").addEventListener("click", openReasons);
  part("note").addEventListener("keydown", (event) => {
    // Enter in the note sends the rejection that has a reason; Shift+Enter is a new line
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    if (!part("reasons").open || !form.querySelector("[name=reason_code]:checked")) return;
    event.preventDefault();
    form.requestSubmit(part("reject"));
  });
  let sent = false; // a second click while the first is on its way would only be refused
  form.addEventListener("submit", (event) => {
    if (sent) event.preventDefault();
    sent = true;
  });
  addEventListener("pageshow", () => { sent = false; });
}

// --- keys -----------------------------------------------------------------------------------------------------------

const go = (which) => document.querySelector(`[data-key="${which}"]`)?.click();
const keys = {
  j: () => go("next"), arrowright: () => go("next"), arrowdown: () => go("next"),
  k: () => go("previous"), arrowleft: () => go("previous"), arrowup: () => go("previous"),
  a: approve,
  r: openReasons,
  n: () => form && part("note").focus(),
  " ": () => (player.paused ? player.play().catch(() => {}) : player.pause()),
  "?": () => help.showModal(),
};

function typing(target) {
  return target.matches("textarea, select, input:not([type=radio])") || target.isContentEditable;
}

// arrows and space mean something of their own on these
function own(target, key) {
  if (target.matches("[type=radio], video, summary")) return key === " " || key.startsWith("arrow");
  return target.matches("button, a") && key === " ";
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || help.open) return;
  const key = event.key.toLowerCase();
  if (key === "escape") {
    if (event.target !== document.body) event.target.blur();
    say("");
    return;
  }
  if (typing(event.target) || own(event.target, key)) return;
  if (/^[1-9]$/.test(key) ? pick(key) : keys[key]) {
    event.preventDefault();
    if (keys[key]) keys[key]();
  }
});

document.querySelector("[data-help]").addEventListener("click", () => help.showModal());
