// The cast on the series page: listen to a voice, see a face change with its words.
import { call } from "./api.js";
import { notice } from "./dom.js";
import { t, told } from "./words.js";

let playing = null;

async function listen(card, button) {
  if (playing) { playing.pause(); playing = null; }
  const voice = card.querySelector("select[name=voice]").value;
  const sound = new Audio(`/api/v1/studio/voices/${encodeURIComponent(voice)}/sample.wav`);
  playing = sound;
  button.classList.add("busy-button");
  const rest = () => button.classList.remove("busy-button");
  sound.addEventListener("ended", rest);
  sound.addEventListener("pause", rest);
  try {
    await sound.play();
  } catch {
    rest();
    notice(t("no_sound"), "bad");
  }
}

function redraw(card) {
  const picture = card.querySelector("[data-portrait]");
  picture.classList.add("loading");
  picture.src = `/api/v1/studio/characters/${card.dataset.character}/portrait.jpg?at=${Date.now()}`;
}

async function anotherFace(card, button) {
  button.disabled = true;
  try {
    const path = card.querySelector("form").dataset.api.split(" ")[1];
    await call("PATCH", path, { seed: Math.floor(Math.random() * 2 ** 31) });
    redraw(card);
  } catch (error) {
    notice(told(error).message, "bad");
  }
  button.disabled = false;
}

document.addEventListener("click", (event) => {
  const card = event.target.closest("[data-character]");
  const button = event.target.closest("[data-listen], [data-reface]");
  if (!card || !button) return;
  if ("listen" in button.dataset) listen(card, button);
  else anotherFace(card, button);
});
document.addEventListener("saved", (event) => {
  const card = event.target.closest("[data-character]");
  if (card) redraw(card);
});
for (const picture of document.querySelectorAll("[data-portrait]")) {
  picture.classList.toggle("loading", !picture.complete);
  for (const end of ["load", "error"]) picture.addEventListener(end, () => picture.classList.remove("loading"));
}
