// The bar below the stage: one sentence, one line of detail, how far it is, and what can be done about it.
import { byId } from "./dom.js";

const BUTTONS = ["pause", "resume", "retry", "cancel", "cast"];

export class Bar {
  /** `press`: what the buttons do, by their ids. */
  constructor(press) {
    for (const [name, action] of Object.entries(press)) byId(name).addEventListener("click", action);
  }

  /** `link`: [text, address] of where to go on, or null. */
  say(main, sub, { bad = false, link = null } = {}) {
    byId("bar-main").textContent = main;
    byId("bar-sub").textContent = sub;
    byId("bar").classList.toggle("bad", bad);
    const place = byId("bar-link");
    place.hidden = !link;
    if (link) [place.textContent, place.href] = link;
  }

  /** Shows these buttons and no others. `render`: null hides it, false greys it out. The first one shown stands out. */
  offer({ render = null, buttons = [] } = {}) {
    const focused = document.activeElement;
    for (const name of BUTTONS) byId(name).hidden = !buttons.includes(name);
    byId("render").hidden = render === null;
    byId("render").disabled = !render;
    byId("render").classList.toggle("primary", !buttons.includes("retry"));
    // whoever pressed a button that has gone finds the keyboard on the one that came
    if (focused?.closest("#bar") && focused.hidden) byId("bar").querySelector("button:not([hidden]):not(:disabled)")?.focus();
  }

  /** How far it is in percent, or null. */
  percent(value) {
    byId("bar-progress").hidden = value === null;
    if (value !== null) byId("bar-progress").value = value;
  }

  /** Says it to those who listen; the bar itself changes too often to be read out. */
  tell(text) { if (byId("bar-said").textContent !== text) byId("bar-said").textContent = text; }
}
