// Takes of one shot side by side: roll it again, look at all of them, choose one, go back.
import { money, span } from "./amounts.js";
import { call } from "./api.js";
import { byId, el, notice } from "./dom.js";
import { pictogram } from "./pictogram.js";
import { RenderSocket } from "./socket.js";
import { seconds, t, told } from "./words.js";

const ROLLING = ["queued", "running"];
const STATES = { none: "take_none", queued: "take_queued", paused: "take_paused", failed: "take_failed", cancelled: "take_cancelled" };

/** Fires "chosen" when the next render will use other takes than before, and "render". */
export class Takes extends EventTarget {
  /** `numberOf(shot)`: which shot of the latest text this is, counted from 1, or 0. */
  constructor({ episode, profile, numberOf }) {
    super();
    Object.assign(this, { path: `/api/v1/studio/episodes/${episode}/takes`, profile, numberOf, rows: [], sockets: new Map(), percents: new Map() });
    byId("another").addEventListener("click", () => this.roll());
    byId("takes-render").addEventListener("click", () => this.dispatchEvent(new CustomEvent("render")));
  }

  get row() { return this.rows[this.numberOf(this.shot) - 1]; }

  /** Read all takes of the saved text. */
  async load() {
    try {
      this.rows = (await call("GET", `${this.path}?profile=${this.profile()}`)).shots;
    } catch (error) {
      this.rows = [];
      if (error.code !== "no_screenplay") notice(told(error).message, "bad");
    }
    this.#follow();
    if (this.shot) this.#draw();
  }

  /** Show the takes of this shot of a film, the `number`th there. */
  show(shot, number) {
    if (this.shot === shot) return;
    Object.assign(this, { shot, number });
    this.#draw();
  }

  /** `quote` says what the next render would run: tell it where other takes are the reason. */
  quoted(quote) {
    const ours = this.touched || this.rows.some((row) => row.chosen > 1) && !quote.shots_touched.length;
    byId("takes-note").hidden = quote.up_to_date || !(ours || quote.reasons.some((reason) => reason.why === "take"));
    const values = { run: quote.steps_to_run, of: quote.steps_total, time: span(quote.finish_seconds), cost: money(quote.cost_micros, quote.currency) };
    byId("takes-note-text").textContent = t(quote.steps_to_run ? "takes_next" : "takes_next_free", values);
    byId("takes-render").disabled = !quote.budget.enough;
    if (!byId("takes-note").hidden && this.touched) byId("takes-note").scrollIntoView({ block: "nearest" });
  }

  async roll() {
    const { row } = this;
    if (!row) return;
    byId("another").disabled = true;
    try {
      const take = await call("POST", this.path, { shot_ref: row.shot_ref, profile: this.profile() });
      row.takes.push(take);
      this.#follow();
      this.#draw();
      byId("takes-box").scrollIntoView({ block: "nearest", behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth" });
      byId("takes").lastChild?.scrollIntoView({ block: "nearest", inline: "end" });
    } catch (error) {
      const { message, remedy } = told(error);
      notice([message, remedy].filter(Boolean).join(" "), "bad");
    }
    byId("another").disabled = false;
  }

  async #choose(row, number) {
    try {
      await call("PUT", `${this.path}/choice`, { shot_ref: row.shot_ref, number });
      row.chosen = number;
      this.touched = true;
      byId("takes-said").textContent = t("take_chosen", { n: number, shot: row.shot });
      if (this.row === row) this.#draw();
      byId("takes").children[row.takes.findIndex((take) => take.number === number)]?.querySelector(".take-frame").focus();
      this.dispatchEvent(new CustomEvent("chosen"));
    } catch (error) {
      notice(told(error).message, "bad");
    }
  }

  /** A take that is being made tells how far it is by its render. */
  #follow() {
    for (const row of this.rows) {
      for (const take of row.takes) if (take.render && ROLLING.includes(take.status) && !this.sockets.has(take.render)) this.#watch(row, take);
    }
  }

  #watch(row, take) {
    const socket = new RenderSocket(take.render);
    this.sockets.set(take.render, socket);
    const moved = ({ detail }) => {
      Object.assign(take, { status: detail.status ?? take.status, percent: detail.percent });
      const still = detail.steps?.filter?.((step) => step.preview).at(-1);
      if (still) take.still = still.preview;
      if (ROLLING.includes(take.status)) this.#progress(row, take);
      else this.#ended(row, take);
    };
    for (const name of ["snapshot", "event", "progress"]) socket.addEventListener(name, moved);
  }

  async #ended(row, take) {
    this.sockets.get(take.render)?.close();
    this.sockets.delete(take.render);
    await this.load();
    if (take.status === "done") byId("takes-said").textContent = t("take_ready", { n: take.number, shot: row.shot });
  }

  async #tell(take, act) {
    try {
      const now = await call("POST", `/api/v1/studio/renders/${take.render}/${act}`, {});
      take.status = now.status;
      this.#follow();
      this.#draw();
    } catch (error) {
      notice(told(error).message, "bad");
    }
  }

  /** The text was read again: the shot may be another one now. */
  refresh() { if (this.shot && this.row !== this.drawn) this.#draw(); }

  // --- drawing
  #draw() {
    const { row } = this;
    this.drawn = row;
    byId("takes-title").textContent = t("takes_of", { n: this.number });
    byId("another").disabled = !row;
    byId("takes-gone").hidden = Boolean(row) || !this.rows.length;
    byId("takes-gone").textContent = t("takes_gone");
    byId("takes").replaceChildren(...(row ? row.takes.map((take) => this.#card(row, take)) : []));
  }

  #card(row, take) {
    const chosen = row.chosen === take.number;
    const ready = Boolean(take.clip);
    const length = take.duration_ms ? seconds(take.duration_ms) : t(STATES[take.status] ?? "take_first");
    return el("li", { class: `take${chosen ? " chosen" : ""}${ready ? " ready" : ""}`, "data-number": take.number },
      this.#frame(take, ready),
      el("p", { class: "take-title" }, el("b", {}, t("take_n", { n: take.number })), el("span", { class: "dim" }, length)),
      el("div", { class: "take-act" }, this.#act(row, take, chosen)));
  }

  #act(row, take, chosen) {
    const button = (text, action) => el("button", { type: "button", class: "button small", onclick: action, "aria-label": `${text}: ${t("take_n", { n: take.number })}` }, text);
    if (chosen) return el("span", { class: "tag good" }, t("take_in_use"));
    if (take.number === 1 || take.status === "done") return button(t("take_use"), () => this.#choose(row, take.number));
    if (ROLLING.includes(take.status)) return button(t("take_stop"), () => this.#tell(take, "cancel"));
    return button(t("take_retry"), () => this.#tell(take, take.status === "paused" ? "resume" : "retry"));
  }

  #frame(take, ready) {
    const bar = ROLLING.includes(take.status) ? el("progress", { max: 100, value: take.percent, "aria-label": t("take_n", { n: take.number }) }) : null;
    const picture = take.preview ?? take.still;
    const frame = el("button", { type: "button", class: "take-frame", disabled: !ready, "aria-label": t("take_play", { n: take.number }), "aria-pressed": ready ? "false" : null },
      picture ? el("img", { src: picture, alt: "" }) : pictogram(this.shot), bar);
    if (ready) moving(frame, take.clip);
    return frame;
  }

  #progress(row, take) {
    if (this.row !== row) return;
    const card = byId("takes").querySelector(`[data-number="${take.number}"]`);
    const bar = card?.querySelector("progress");
    if (!bar) { this.#draw(); return; }
    bar.value = take.percent;
    card.querySelector(".take-title .dim").textContent = take.status === "queued" ? t("take_queued") : t("take_rolling", { percent: Math.floor(take.percent) });
    if (take.still && card.dataset.still !== take.still) this.#still(card, take.still);
  }

  async #still(card, url) {
    card.dataset.still = url;
    const picture = el("img", { src: url, alt: "", class: "fresh" });
    try {
      await picture.decode();
    } catch { return; }
    const frame = card.querySelector(".take-frame");
    const gone = [...frame.children].filter((child) => child.localName !== "progress");
    frame.prepend(picture);
    frame.insertBefore(picture, frame.querySelector("progress"));
    setTimeout(() => gone.forEach((child) => child.remove()), 600);
  }
}

/** A clip that plays while it is pointed at or has the keyboard; where motion is not wanted, only when pressed. */
function moving(frame, clip) {
  let video = null;
  let begun = 0;
  const play = () => {
    if (!video || video.paused) begun = performance.now();
    video ??= frame.appendChild(el("video", { src: clip, muted: true, loop: true, playsinline: true, preload: "auto", tabindex: -1, "aria-hidden": "true" }));
    video.muted = true;
    video.play().then(() => video.classList.add("playing"), () => {});
    frame.setAttribute("aria-pressed", "true");
  };
  const rest = () => {
    if (!video || frame.matches(":hover, :focus-visible")) return;
    video.pause();
    video.classList.remove("playing");
    video.currentTime = 0;
    frame.setAttribute("aria-pressed", "false");
  };
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  if (!calm) for (const name of ["mouseenter", "focus"]) frame.addEventListener(name, play);
  for (const name of ["mouseleave", "blur"]) frame.addEventListener(name, rest);
  // a tap is a hover, a focus and a click in one: only a later one means "stop"
  frame.addEventListener("click", () => { if (!video || video.paused) play(); else if (performance.now() - begun > 600) { video.pause(); frame.setAttribute("aria-pressed", "false"); } });
}
