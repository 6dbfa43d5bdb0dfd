// What a render would run, and why: the sheet that opens above the bar.
import { money, span } from "./amounts.js";
import { byId, el } from "./dom.js";
import { t } from "./words.js";

const MOST_SHOTS = 14;

export class PlanSheet {
  constructor() {
    this.button = byId("plan-toggle");
    this.button.addEventListener("click", () => this.open(byId("plan").hidden));
    byId("plan").addEventListener("keydown", (event) => { if (event.key === "Escape") { this.open(false); this.button.focus(); } });
    this.button.addEventListener("keydown", (event) => { if (event.key === "Escape") this.open(false); });
    document.addEventListener("click", (event) => { if (!event.target.closest("#plan, #plan-toggle")) this.open(false); });
  }

  open(wanted) {
    byId("plan").hidden = !wanted;
    this.button.setAttribute("aria-expanded", String(wanted));
  }

  /** `quote` as the API gives it; null hides the sheet and its button. */
  show(quote) {
    this.button.hidden = !quote;
    if (!quote) { this.open(false); return; }
    byId("plan-body").replaceChildren(...(quote.steps_to_run ? [this.#kinds(quote), this.#shots(quote)] : [el("p", {}, t("plan_none"))]), this.#notes(quote));
  }

  #kinds(quote) {
    const row = (name, steps, seconds, micros, strong) => el("tr", { class: strong ? "plan-total" : null },
      el("th", { scope: "row" }, name), el("td", {}, String(steps)), el("td", {}, span(seconds)), el("td", {}, money(micros, quote.currency)));
    return el("table", { class: "plan-table" }, el("tbody", {},
      ...quote.kinds.map((kind) => row(t(`kind_${kind.kind}`), kind.steps, kind.seconds, kind.micros)),
      row(t("plan_total"), quote.steps_to_run, quote.estimated_seconds, quote.cost_micros, true)));
  }

  #shots(quote) {
    const rows = quote.reasons.slice(0, MOST_SHOTS).map((row) => el("li", { class: quote.shots_dragged.includes(row.shot) ? "dragged" : null },
      el("b", {}, t("step_shot", { n: row.shot })), ` ${t(`why_${row.why}`)}`));
    const more = quote.reasons.length - MOST_SHOTS;
    return el("ul", { class: "plan-shots" }, ...rows, more > 0 ? el("li", { class: "dim" }, t("plan_more", { n: more })) : null);
  }

  #notes(quote) {
    const cash = (micros) => money(micros, quote.currency);
    const { budget } = quote;
    const known = { spent: cash(budget.counted_micros), held: cash(budget.held_micros) };
    const standing = budget.cap_micros === null ? t("plan_no_cap", known) : t("plan_budget", { ...known, cap: cash(budget.cap_micros), left: cash(budget.available_micros) });
    return el("div", { class: "plan-notes dim" },
      quote.gpu_minutes ? el("p", {}, t("plan_gpu", { n: quote.gpu_minutes })) : null,
      quote.steps_shared ? el("p", {}, t("plan_shared", { n: quote.steps_shared })) : null,
      ...quote.notes.map((note) => el("p", {}, t(`note_${note.code}`, note.values), note.shots.length < quote.shots_total ? ` (${t("note_shots", { n: note.shots.join(", ") })})` : "")),
      el("p", {}, standing));
  }
}
