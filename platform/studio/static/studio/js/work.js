// Rendering: what it would take, asking for it, watching it, and what it is told meanwhile.
import { left, money, span } from "./amounts.js";
import { call } from "./api.js";
import { Bar } from "./bar.js";
import { byId, debounce, el } from "./dom.js";
import { PlanSheet } from "./plan.js";
import { signature } from "./shots.js";
import { RenderSocket } from "./socket.js";
import { t, told } from "./words.js";

const LIVE = ["queued", "running"];
const OPEN = [...LIVE, "paused"];
const SAY_EVERY = 25; // percent

/**
 * Fires "done" with the render, "pictures" with signature -> {key, preview, done}, "progress" with signature ->
 * {share, failed}, "frames" with signature -> address of the newest still, "cast" to see the sheets, and "quote".
 */
export class Work extends EventTarget {
  constructor({ desk, save }) {
    super();
    Object.assign(this, { desk, save, steps: new Map(), shots: [], quote: null, render: null });
    this.requote = debounce(() => this.price(), 400);
    this.reload = debounce(() => this.pictures(), 350);
    this.sheet = new PlanSheet();
    const steer = (act) => () => this.steer(act);
    this.bar = new Bar({ render: () => this.start(), pause: steer("pause"), resume: steer("resume"), retry: steer("retry"), cancel: steer("cancel"), cast: () => this.dispatchEvent(new CustomEvent("cast")) });
    byId("profile").append(...desk.profiles.map((name) => el("option", { value: name }, t(`profile_${name}`) || name)));
    byId("profile").hidden = desk.profiles.length < 2;
    byId("profile").addEventListener("change", () => this.price());
  }

  get live() { return Boolean(this.render && LIVE.includes(this.render.status)); }

  get open() { return Boolean(this.render && OPEN.includes(this.render.status)); }

  get profile() { return byId("profile").value || "animatic"; }

  begin() {
    const newest = this.desk.renders[0];
    const shown = newest && (OPEN.includes(newest.status) || newest.status === "failed") ? newest : this.desk.renders.find((row) => row.status === "done");
    if (shown) this.follow(shown);
    if (!this.open && shown?.status !== "failed") this.price();
  }

  /** What a render of the saved text would take. */
  async price() {
    if (this.open) return;
    if (!this.desk.version) { this.sheet.show(null); this.bar.say(t("write_first"), ""); this.bar.offer({ render: false }); return; }
    try {
      this.quote = await call("POST", `/api/v1/studio/episodes/${this.desk.episode}/quote`, { profile: this.profile });
      if (!this.open) this.#showQuote();
      this.dispatchEvent(new CustomEvent("quote", { detail: this.quote }));
    } catch (error) {
      const { message, remedy } = told(error);
      this.quote = null;
      this.sheet.show(null);
      this.bar.say(message, remedy, { bad: true });
      this.bar.offer({ render: error.code === "offline" });
    }
  }

  async start() {
    if (this.open || byId("render").disabled) return;
    this.bar.say(t("asking"), "");
    this.bar.offer({ render: false });
    this.sheet.open(false);
    if (!(await this.save())) { this.#refused(t("save_first"), ""); return; }
    try {
      const made = await call("POST", `/api/v1/studio/episodes/${this.desk.episode}/renders`, { profile: this.profile });
      this.dispatchEvent(new CustomEvent("started"));
      this.follow({ uid: made.uid, status: made.status, version: made.screenplay_version, at: made.created_at, master: made.master, percent: made.percent });
    } catch (error) {
      const { message, remedy } = told(error);
      this.#refused(message, remedy, error.code === "budget_exceeded" ? this.#toBudget() : null);
    }
  }

  /** pause, resume, retry or cancel: the answer is the render as it is then. */
  async steer(act) {
    const button = byId(act);
    button.disabled = true;
    const { uid } = this.render;
    try {
      const now = await call("POST", `/api/v1/studio/renders/${uid}/${act}`, {});
      if (this.render.uid === uid) { if (act === "retry") this.follow({ ...this.render, ...brief(now) }); else this.#snapshot(now); }
    } catch (error) {
      const { message, remedy } = told(error);
      this.bar.say(message, remedy, { bad: true, link: error.code === "budget_exceeded" ? this.#toBudget() : null });
    }
    button.disabled = false;
  }

  follow(row) {
    this.socket?.close();
    this.render = { ...row };
    Object.assign(this, { steps: new Map(), said: 0 });
    this.pictures();
    if (row.status === "done") { this.dispatchEvent(new CustomEvent("done", { detail: { ...row, fresh: false } })); return; }
    this.sheet.show(null);
    this.socket = new RenderSocket(row.uid);
    this.socket.addEventListener("snapshot", ({ detail }) => this.#snapshot(detail));
    this.socket.addEventListener("event", ({ detail }) => this.#event(detail));
    this.socket.addEventListener("progress", ({ detail }) => this.#progress(detail));
    this.socket.addEventListener("link", ({ detail }) => byId("bar").classList.toggle("unlinked", !detail));
    if (this.open) this.#showProgress();
  }

  /** The pictures of the render's shots, as far as they are made. */
  async pictures() {
    const { uid } = this.render;
    try {
      const answer = await call("GET", `/api/v1/studio/renders/${uid}/shots`);
      if (this.render.uid !== uid) return;
      this.shots = answer.shots;
      const made = new Map(answer.shots.map((row) => [signature(row.shot), { key: row.key, preview: row.preview, done: row.done }]));
      this.dispatchEvent(new CustomEvent("pictures", { detail: made }));
      this.#tellProgress();
    } catch { /* pictures are a comfort; the bars go on without them */ }
  }

  #snapshot(message) {
    const was = this.render.status;
    Object.assign(this.render, brief(message));
    this.steps = new Map(message.steps.map((step) => [step.key, step]));
    this.#moved(was);
  }

  #event(message) {
    const was = this.render.status;
    Object.assign(this.render, { status: message.status, percent: message.percent });
    if (message.master) this.render.master = message.master;
    if (message.error) this.render.error = message.error;
    if (message.kind === "paused") this.render.pause_reason = message.reason;
    const step = message.step && this.steps.get(message.step.key);
    if (step) {
      Object.assign(step, message.step, message.step.status === "done" ? { fraction: 1 } : {});
      if (step.kind === "shot" && step.status === "done") this.reload();
    }
    this.#moved(was);
  }

  #progress(message) {
    Object.assign(this.render, { percent: message.percent, eta_seconds: message.eta_seconds ?? this.render.eta_seconds });
    for (const news of message.steps) {
      const step = this.steps.get(news.key);
      if (step && step.status !== "done") Object.assign(step, { status: "leased", fraction: news.fraction });
    }
    this.#tellFrames(message.steps);
    this.#moved(this.render.status);
  }

  #moved(was) {
    if (this.open) { this.#showProgress(); this.#say(was); return; }
    this.bar.percent(null);
    if (was === this.render.status && this.render.status !== "failed") return;
    this.#tellProgress();
    this.#say(was);
    if (this.render.status === "done") {
      this.pictures();
      this.dispatchEvent(new CustomEvent("done", { detail: { ...this.render, fresh: true } }));
      this.price();
    } else if (this.render.status === "failed") {
      this.#showFailure();
    } else {
      this.price();
    }
  }

  #showProgress() {
    const steps = [...this.steps.values()];
    const ran = steps.filter((step) => !step.reused);
    const done = ran.filter((step) => step.status === "done").length;
    const reused = steps.length - ran.length;
    const counted = steps.length ? t(reused ? "steps_done_reused" : "steps_done", { done, of: ran.length, reused }) : "";
    const percent = Math.floor(this.render.percent);
    this.bar.percent(this.render.percent);
    this.#tellProgress();
    if (this.render.status === "paused") { this.#showPause(percent); return; }
    const main = this.render.status === "queued" ? t("waiting_for_worker") : t("rendering", { percent });
    this.bar.say(main, [left(this.render.eta_seconds), counted].filter(Boolean).join(" · "));
    this.bar.offer({ buttons: ["pause", "cancel"] });
  }

  #showPause(percent) {
    const why = this.render.pause_reason || "creator";
    const link = { pilot: [t("to_series"), `/studio/series/${this.desk.series}/#batch`], budget: this.#toBudget() }[why] ?? null;
    this.bar.say(t("paused", { percent }), t(`paused_${why}`), { link });
    this.bar.offer({ buttons: why === "creator" ? ["resume", "cancel"] : ["cancel"] });
  }

  #showFailure() {
    const error = this.render.error ?? {};
    const reference = /reference ([\w-]+)/.exec(error.message ?? "")?.[1] ?? "";
    const said = told({ code: error.code, message: error.message || t("render_failed"), remedy: error.remedy, details: { reference } });
    const step = [...this.steps.values()].find((row) => row.status === "failed");
    const main = step ? t("step_failed", { step: stepName(step) }) : t("render_failed");
    this.bar.say(main, [said.message, said.remedy].filter(Boolean).join(" "), { bad: true });
    this.bar.offer({ buttons: ["retry"], render: true });
  }

  /** What is worth reading out: a change, and every quarter of the way. */
  #say(was) {
    const { status, percent } = this.render;
    if (status === "running" && (was !== status || percent >= this.said + SAY_EVERY)) {
      this.said = Math.floor(percent / SAY_EVERY) * SAY_EVERY;
      this.bar.tell(t("said_percent", { percent: Math.floor(percent) }));
    } else if (was !== status && status !== "queued") this.bar.tell(t({ paused: "said_paused", done: "said_done", cancelled: "said_cancelled", failed: "render_failed" }[status] ?? "asking"));
  }

  /** Each shot's share: its steps weighted by the seconds they should take. */
  #tellProgress() {
    const shown = this.steps.size && (this.open || this.render.status === "failed");
    const sums = new Map();
    for (const step of shown ? this.steps.values() : []) {
      if (!step.shot) continue;
      const sum = sums.get(step.shot) ?? { all: 0, done: 0, failed: false };
      const weight = step.estimated_seconds || 0.1;
      sum.all += weight;
      sum.done += weight * (step.reused || step.status === "done" ? 1 : step.status === "leased" ? step.fraction : 0);
      sum.failed ||= step.status === "failed";
      sums.set(step.shot, sum);
    }
    const progress = new Map();
    for (const row of this.shots) {
      const sum = sums.get(row.number);
      if (sum) progress.set(signature(row.shot), { share: this.open ? sum.done / sum.all : 1, failed: sum.failed });
    }
    this.dispatchEvent(new CustomEvent("progress", { detail: progress }));
  }

  #tellFrames(steps) {
    const stills = new Map(steps.filter((step) => step.preview).map((step) => [step.key, step.preview]));
    const frames = new Map(this.shots.filter((row) => stills.has(row.key)).map((row) => [signature(row.shot), stills.get(row.key)]));
    if (frames.size) this.dispatchEvent(new CustomEvent("frames", { detail: frames }));
  }

  #showQuote() {
    const { quote } = this;
    this.bar.percent(null);
    this.sheet.show(quote);
    const cost = money(quote.cost_micros, quote.currency);
    const available = quote.budget.available_micros === null ? "" : money(quote.budget.available_micros, quote.currency);
    if (quote.unapproved.length) {
      this.bar.say(t("sheets_first", { names: quote.unapproved.join(", ") }), t("sheets_first_more"));
      this.bar.offer({ buttons: ["cast"] });
    } else if (!quote.budget.enough) {
      this.bar.say(t("budget_short", { cost, left: available }), t("budget_short_more"), { bad: true, link: this.#toBudget() });
      this.bar.offer({ render: false });
    } else if (!quote.steps_to_run) {
      const shown = quote.up_to_date && this.desk.renders.some((row) => row.status === "done" && row.version === quote.screenplay_version);
      this.bar.say(t(shown ? "nothing_to_do" : "all_made"), t(shown ? "nothing_to_do_more" : "all_made_more"));
      this.bar.offer({ render: !shown });
    } else {
      const shots = quote.shots_touched.length;
      const main = t(shots ? "quote_main" : "quote_main_none", { time: span(quote.finish_seconds), shots, of: quote.shots_total });
      const sub = t("quote_sub", { run: quote.steps_to_run, of: quote.steps_total, cost });
      this.bar.say(main, [sub, available && t("quote_left", { left: available })].filter(Boolean).join(" · "));
      this.bar.offer({ render: true });
    }
  }

  #refused(main, sub, link = null) {
    this.bar.say(main, sub, { bad: true, link });
    this.bar.offer({ render: true });
  }

  #toBudget() { return [t("to_budget"), `/studio/creators/${this.desk.creator}/members/#compute`]; }
}

function brief(message) {
  return { status: message.status, percent: message.percent, master: message.master, error: message.error, pause_reason: message.pause_reason, eta_seconds: message.eta_seconds };
}

function stepName(step) {
  if (step.kind === "shot") return t("step_shot", { n: step.shot });
  if (step.kind === "voice") return t("step_voice", { n: step.shot });
  return t(`kind_${step.kind}`);
}
