// The report before a series is rendered: price, time, and what stands in the way, the worst first.
import { money, span } from "./amounts.js";
import { call } from "./api.js";
import { el, notice } from "./dom.js";
import { seconds, t, told } from "./words.js";

const TONES = { block: "bad", warn: "warn", info: "info" };
const SEVERITIES = Object.keys(TONES);

/** Fires "started" with the batch. */
export class Preflight extends EventTarget {
  constructor({ data, place, button }) {
    super();
    Object.assign(this, { data, place, button, profile: data.profiles[0] });
  }

  hide() { this.place.hidden = true; }

  async check() {
    this.button.disabled = true;
    this.button.textContent = t("checking");
    try {
      this.report = await call("GET", `/api/v1/studio/series/${this.data.series}/preflight?profile=${this.profile}`);
      this.#draw();
      this.place.focus();
    } catch (error) {
      const { message, remedy } = told(error);
      notice([message, remedy].filter(Boolean).join(" "), "bad");
    }
    this.button.disabled = false;
    this.button.textContent = t("check_again");
  }

  #draw() {
    const { report } = this;
    const rows = [...report.episodes].sort((a, b) => worst(b) - worst(a) || a.number - b.number);
    this.place.replaceChildren(this.#verdict(), this.#tiles(),
      report.findings.length ? el("div", { class: "pre-series" }, el("h3", {}, t("pre_of_series")), findings(report.findings)) : null,
      el("ol", { class: "pre-rows" }, ...rows.map((row) => this.#episode(row))), this.#start());
    this.place.hidden = false;
  }

  #verdict() {
    const { blocked, budget, counts, totals } = this.report;
    const kind = counts.block ? "blocked" : !budget.enough ? "short" : totals.steps_to_run ? "ready" : "done";
    const values = { n: counts.block, cost: this.#cash(totals.cost_micros), left: this.#cash(budget.available_micros ?? 0) };
    return el("div", { class: `verdict ${blocked ? "bad" : "good"}` },
      el("div", {}, el("h3", {}, t(`pre_${kind}`)), el("p", {}, t(`pre_${kind}_more`, values))),
      el("p", { class: "card-counts" }, ...SEVERITIES.filter((name) => counts[name]).map((name) => el("span", { class: `tag ${TONES[name]}` }, t(`sev_count_${name}`, { n: counts[name] })))));
  }

  #tiles() {
    const { totals } = this.report;
    const tile = (name, value, more) => el("div", {}, el("dt", {}, name), el("dd", {}, value, more ? el("small", { class: "dim" }, ` ${more}`) : null));
    return el("dl", { class: "totals" },
      tile(t("pre_cost"), totals.cost_micros ? this.#cash(totals.cost_micros) : t("no_cost")), tile(t("pre_time"), span(totals.finish_seconds)),
      tile(t("pre_episodes"), String(totals.episodes), totals.unchanged ? t("pre_unchanged", { n: totals.unchanged }) : ""),
      tile(t("pre_shots"), String(totals.shots), t("pre_steps", { run: totals.steps_to_run, of: totals.steps_total })));
  }

  #episode(row) {
    const counts = SEVERITIES.map((name) => [name, row.findings.filter((each) => each.severity === name).length]).filter(([, n]) => n);
    const work = row.unchanged ? t("pre_unchanged_row") : t("pre_steps_row", { n: row.steps_to_run });
    const facts = [row.estimated_ms ? seconds(row.estimated_ms) : null, row.screenplay_version ? work : null, row.cost_micros ? this.#cash(row.cost_micros) : null];
    const head = [el("span", { class: "pre-name" }, el("span", { class: "dim" }, `${row.number} `), row.title || t("untitled")),
      el("span", { class: "pre-facts dim" }, facts.filter(Boolean).join(" · ")),
      el("span", { class: "card-counts" }, ...(counts.length ? counts.map(([name, n]) => el("span", { class: `tag ${TONES[name]}` }, t(`sev_count_${name}`, { n }))) : [el("span", { class: "dim small" }, t("pre_none"))]))];
    if (!row.findings.length) return el("li", { class: "pre-row" }, el("div", { class: "pre-head" }, ...head));
    const open = el("a", { class: "button small", href: `/studio/episodes/${row.uid}/` }, t("pre_fix"));
    return el("li", { class: "pre-row" }, el("details", { open: row.findings.some((each) => each.severity === "block") },
      el("summary", { class: "pre-head" }, ...head), findings(row.findings), el("div", { class: "actions left" }, open)));
  }

  #start() {
    const { report } = this;
    const pilot = el("select", { id: "pilot" }, el("option", { value: "" }, t("pre_pilot_none")),
      ...report.episodes.map((row) => el("option", { value: row.uid }, t("pre_pilot_pick", { n: row.number }))));
    if (report.episodes.length > 1) pilot.value = report.episodes[0].uid;
    const button = el("button", { class: "button primary", id: "batch-start", disabled: report.blocked });
    const name = () => { button.textContent = pilot.value ? t("pre_start_pilot") : t("pre_start", { n: report.totals.episodes }); };
    name();
    pilot.addEventListener("change", name);
    button.addEventListener("click", () => this.#begin(button, pilot.value));
    return el("div", { class: "pre-start" }, el("label", { class: "field" }, el("span", {}, t("pre_pilot")), pilot),
      el("p", { class: "dim small" }, t("pre_held", { cost: this.#cash(report.totals.cost_micros) })), button);
  }

  async #begin(button, pilot) {
    button.disabled = true;
    try {
      const batch = await call("POST", `/api/v1/studio/series/${this.data.series}/batches`, { profile: this.profile, pilot: pilot || false });
      this.dispatchEvent(new CustomEvent("started", { detail: batch }));
    } catch (error) {
      const { message, remedy } = told(error);
      notice([message, remedy].filter(Boolean).join(" "), "bad");
      button.disabled = false;
    }
  }

  #cash(micros) { return money(micros, this.report.totals.currency); }
}

function worst(row) {
  const has = (name) => row.findings.some((each) => each.severity === name);
  return has("block") ? 2 : has("warn") ? 1 : 0;
}

/** The server tells what it measured in English; other languages get the rule in short, and whom it is about. */
function findings(list) {
  const english = document.documentElement.lang.startsWith("en");
  const said = (each) => (english ? each : told({ code: `find:${each.code}`, message: each.message, remedy: each.remedy, details: {} }));
  return el("ul", { class: "findings" }, ...list.map((each) => {
    const where = [each.line ? t("pre_line", { n: each.line }) : null, each.shot ? t("pre_shot", { n: each.shot }) : null, english ? null : each.about.join(", ")];
    return el("li", { class: "finding" }, el("span", { class: `tag ${TONES[each.severity]}` }, t(`sev_${each.severity}`)),
      el("div", {}, el("p", {}, said(each).message, " ", el("span", { class: "dim small" }, where.filter(Boolean).join(" · "))),
        said(each).remedy ? el("p", { class: "dim" }, said(each).remedy) : null));
  }));
}
