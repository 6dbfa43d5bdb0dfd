// What stands behind the three dots: captions and screen, less of this, report.
import { call, post } from "./api.js";
import { h, icon, store } from "./dom.js";
import { failed, openSheet, reasonOf, toast } from "./sheet.js";
import { say } from "./words.js";

const REASONS = ["sexual", "violence", "hate", "self_harm", "minors", "dangerous", "consent", "copyright", "misleading", "quality", "spam", "other"];
const CAPTIONS = "rw.captions";
const listeners = new Set();

// Captions are drawn into the picture by the makers; these are for those who want them larger, or to read them aloud.
export const captions = {
  get on() { return store.get(CAPTIONS) === "on"; },
  onChange(listener) { listeners.add(listener); },
  toggle() {
    store.set(CAPTIONS, captions.on ? "off" : "on");
    listeners.forEach((listener) => listener(captions.on));
  },
};

export function openMenu(card, deck) {
  const entry = (drawing, text, work) => h("li", {}, h("button", { type: "button", class: "entry", onclick: () => { sheet.close(); work(); } }, icon(drawing), h("span", {}, text)));
  const sheet = openSheet({
    title: say("more"), name: "menu",
    body: h("ul", { class: "entries" },
      entry("captions", say(captions.on ? "captions_off" : "captions_on"), captions.toggle),
      entry("grid", say("episodes"), () => deck.showEpisodes(card)),
      entry("hide", say("clear_screen"), clearScreen),
      entry("less", say("not_interested"), () => dismiss(card, deck)),
      entry("flag", say("report"), () => openReport(card, deck))),
  });
}

export function clearScreen() {
  const on = document.body.classList.toggle("clear");
  if (on) toast(say("clear_screen_hint"));
}

async function dismiss(card, deck) {
  try {
    await deck.dismiss(card);
    const undo = () => call("DELETE", `series/${card.item.series.uid}/not-interested`).then(() => deck.show(card), failed);
    toast(say("less_of_this"), { action: say("undo"), onAction: undo });
  } catch (error) {
    failed(error);
  }
}

function openReport(card, deck) {
  const rows = REASONS.map((code) => h("label", { class: "choice" }, h("input", { type: "radio", name: "reason", value: code, required: true }), h("span", {}, say(`reason_${code}`))));
  const note = h("textarea", { class: "field", name: "note", maxlength: 1000, rows: 3, "aria-label": say("report_note"), placeholder: say("report_note") });
  const problem = h("p", { class: "notice", role: "alert", hidden: true });
  const send = h("button", { class: "button wide" }, say("send"));
  const form = h("form", { class: "stack", onsubmit: async (event) => {
    event.preventDefault();
    const reason = new FormData(form).get("reason");
    if (reason === "other" && !note.value.trim()) return say_problem(say("report_needs_note"));
    send.disabled = true;
    try {
      await post(`episodes/${card.item.episode.uid}/report`, { reason_code: reason, note: note.value });
      thanks();
    } catch (error) {
      send.disabled = false;
      say_problem(reasonOf(error));
    }
    return undefined;
  } }, h("fieldset", { class: "choices" }, h("legend", { class: "soft" }, say("report_why")), rows), note, problem, send);
  const say_problem = (text) => { problem.textContent = text; problem.hidden = false; };
  const sheet = openSheet({ title: say("report"), name: "report", body: form });
  const thanks = () => sheet.show(h("p", { class: "strong", role: "status" }, say("report_thanks")), h("p", { class: "soft" }, say("report_thanks_text")),
    h("button", { type: "button", class: "button wide", onclick: () => { sheet.close(); dismiss(card, deck); } }, say("not_interested")),
    h("button", { type: "button", class: "button quiet wide", onclick: () => sheet.close() }, say("go_on")));
}
