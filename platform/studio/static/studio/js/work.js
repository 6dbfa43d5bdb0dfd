// Rendering: what it would take, asking for it, watching it, stopping it.
import { call } from "./api.js";
import { byId, debounce, el } from "./dom.js";
import { signature } from "./shots.js";
import { RenderSocket } from "./socket.js";
import { t, told } from "./words.js";

const LIVE = ["queued", "running"];

/** Fires "done" with the render, "pictures" with signature -> {key, preview, done}, "progress" with signature -> 0..1. */
export class Work extends EventTarget {
  constructor({ desk, save }) {
    super();
    Object.assign(this, { desk, save, steps: new Map(), shots: [], quote: null, render: null });
    this.requote = debounce(() => this.price(), 400);
    this.reload = debounce(() => this.pictures(), 350);
    byId("render").addEventListener("click", () => this.start());
    byId("cancel").addEventListener("click", () => this.cancel());
    byId("profile").append(...desk.profiles.map((name) => el("option", { value: name }, t(`profile_${name}`) || name)));
    byId("profile").hidden = desk.profiles.length < 2;
    byId("profile").addEventListener("change", () => this.price());
  }

  get live() { return Boolean(this.render && LIVE.includes(this.render.status)); }

  begin() {
    const newest = this.desk.renders[0];
    const shown = newest && (LIVE.includes(newest.status) || newest.status === "failed") ? newest : this.desk.renders.find((row) => row.status === "done");
    if (shown) this.follow(shown);
    if (!this.live) this.price();
  }

  /** What a render of the saved text would take. */
  async price() {
    if (this.live) return;
    if (!this.desk.version) { this.#bar(t("write_first"), "", { render: false }); return; }
    try {
      this.quote = await call("POST", `/api/v1/studio/episodes/${this.desk.episode}/quote`, { profile: byId("profile").value || "animatic" });
      this.#showQuote();
    } catch (error) {
      const { message, remedy } = told(error);
      this.quote = null;
      this.#bar(message, remedy, { render: error.code === "offline", bad: true });
    }
  }

  async start() {
    if (this.live || byId("render").disabled) return;
    byId("render").disabled = true;
    this.#bar(t("asking"), "", { render: false });
    if (!(await this.save())) { this.#bar(t("save_first"), "", { render: true, bad: true }); return; }
    try {
      const made = await call("POST", `/api/v1/studio/episodes/${this.desk.episode}/renders`, { profile: byId("profile").value || "animatic" });
      this.dispatchEvent(new CustomEvent("started"));
      this.follow({ uid: made.uid, status: made.status, version: made.screenplay_version, at: made.created_at, master: made.master, percent: made.percent });
    } catch (error) {
      const { message, remedy } = told(error);
      this.#bar(message, remedy, { render: true, bad: true });
    }
  }

  async cancel() {
    byId("cancel").disabled = true;
    try {
      await call("POST", `/api/v1/studio/renders/${this.render.uid}/cancel`, {});
    } catch (error) {
      this.#bar(told(error).message, "", { bad: true });
    }
    byId("cancel").disabled = false;
  }

  follow(row) {
    this.socket?.close();
    this.render = { ...row };
    this.steps = new Map();
    this.pictures();
    if (row.status === "done") { this.dispatchEvent(new CustomEvent("done", { detail: { ...row, fresh: false } })); return; }
    this.socket = new RenderSocket(row.uid);
    this.socket.addEventListener("snapshot", ({ detail }) => this.#snapshot(detail));
    this.socket.addEventListener("event", ({ detail }) => this.#event(detail));
    this.socket.addEventListener("progress", ({ detail }) => this.#progress(detail));
    this.socket.addEventListener("link", ({ detail }) => byId("bar").classList.toggle("unlinked", !detail));
    this.#showProgress();
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
    Object.assign(this.render, { status: message.status, percent: message.percent, master: message.master, error: message.error });
    this.steps = new Map(message.steps.map((step) => [step.key, step]));
    this.#moved();
  }

  #event(message) {
    Object.assign(this.render, { status: message.status, percent: message.percent });
    if (message.master) this.render.master = message.master;
    if (message.error) this.render.error = message.error;
    const step = message.step && this.steps.get(message.step.key);
    if (step) {
      Object.assign(step, message.step, message.step.status === "done" ? { fraction: 1 } : {});
      if (step.kind === "shot" && step.status === "done") this.reload();
    }
    this.#moved();
  }

  #progress(message) {
    this.render.percent = message.percent;
    for (const news of message.steps) {
      const step = this.steps.get(news.key);
      if (step && step.status !== "done") Object.assign(step, { status: "leased", fraction: news.fraction });
    }
    this.#moved();
  }

  #moved() {
    if (this.live) { this.#showProgress(); return; }
    this.dispatchEvent(new CustomEvent("progress", { detail: new Map() }));
    byId("cancel").hidden = true;
    byId("bar-progress").hidden = true;
    if (this.render.status === "done") {
      this.pictures();
      this.dispatchEvent(new CustomEvent("done", { detail: { ...this.render, fresh: true } }));
      this.price();
    } else if (this.render.status === "failed") {
      const error = this.render.error ?? {};
      const said = told({ code: error.code, message: error.message || t("render_failed"), remedy: error.remedy, details: {} });
      this.#bar(said.message, said.remedy, { render: true, bad: true });
    } else {
      this.price();
    }
  }

  #showProgress() {
    const steps = [...this.steps.values()];
    const ran = steps.filter((step) => !step.reused);
    const done = ran.filter((step) => step.status === "done").length;
    const main = this.render.status === "queued" ? t("waiting_for_worker") : t("rendering", { percent: Math.floor(this.render.percent) });
    const reused = steps.length - ran.length;
    const sub = steps.length ? t(reused ? "steps_done_reused" : "steps_done", { done, of: ran.length, reused }) : "";
    this.#bar(main, sub, { render: false });
    byId("cancel").hidden = false;
    byId("bar-progress").hidden = false;
    byId("bar-progress").value = this.render.percent;
    this.#tellProgress();
  }

  /** Each shot's share: its steps weighted by the seconds they should take. */
  #tellProgress() {
    if (!this.live || !this.steps.size) return;
    const sums = new Map();
    for (const step of this.steps.values()) {
      if (!step.shot) continue;
      const sum = sums.get(step.shot) ?? { all: 0, done: 0 };
      const weight = step.estimated_seconds || 0.1;
      sum.all += weight;
      sum.done += weight * (step.reused || step.status === "done" ? 1 : step.status === "leased" ? step.fraction : 0);
      sums.set(step.shot, sum);
    }
    const progress = new Map();
    for (const row of this.shots) {
      const sum = sums.get(row.number);
      if (sum) progress.set(signature(row.shot), sum.done / sum.all);
    }
    this.dispatchEvent(new CustomEvent("progress", { detail: progress }));
  }

  #showQuote() {
    const quote = this.quote;
    if (!quote.steps_to_run) { this.#bar(t("nothing_to_do"), t("nothing_to_do_more"), { render: !this.desk.renders.some((row) => row.status === "done" && row.version === quote.screenplay_version) }); return; }
    const main = t("quote_main", { seconds: Math.max(1, Math.round(quote.estimated_seconds)), shots: quote.shots_touched.length, of: quote.shots_total });
    const sub = t("quote_sub", { run: quote.steps_to_run, of: quote.steps_total, cost: (quote.cost_micros / 1e6).toFixed(4) });
    this.#bar(main, sub, { render: true });
  }

  #bar(main, sub, { render = null, bad = false } = {}) {
    byId("bar-main").textContent = main;
    byId("bar-sub").textContent = sub;
    byId("bar").classList.toggle("bad", bad);
    if (render !== null) byId("render").disabled = !render;
  }
}
