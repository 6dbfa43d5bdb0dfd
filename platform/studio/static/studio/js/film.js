// The film: a 9:16 player, and its shots on a timeline to jump by.
import { call } from "./api.js";
import { byId, el, icon, notice } from "./dom.js";
import { pictogram } from "./pictogram.js";
import { clock, seconds, t, told, when } from "./words.js";

export class Film extends EventTarget {
  constructor() {
    super();
    this.video = byId("video");
    this.shots = [];
    this.current = -1;
    const { video } = this;
    byId("play").addEventListener("click", () => this.toggle());
    byId("toggle").addEventListener("click", () => this.toggle());
    video.addEventListener("click", () => this.toggle());
    for (const name of ["play", "pause", "ended"]) video.addEventListener(name, () => { this.#buttons(); this.#tellShot(); });
    for (const name of ["timeupdate", "seeked", "loadedmetadata"]) video.addEventListener(name, () => this.#tick());
    video.addEventListener("error", () => this.#again());
    byId("seek").addEventListener("input", (event) => { video.currentTime = (event.target.value / 1000) * (video.duration || 0); });
    byId("reword").addEventListener("click", () => this.dispatchEvent(new CustomEvent("reword", { detail: this.shots[this.current]?.shot })));
    byId("film-pick").addEventListener("change", (event) => this.dispatchEvent(new CustomEvent("choose", { detail: event.target.value })));
  }

  get uid() { return this.render?.uid; }

  /** Load a done render. */
  async show(render) {
    this.render = render;
    try {
      const [preview, answer] = await Promise.all([
        call("GET", `/api/v1/studio/renders/${render.uid}/preview`), call("GET", `/api/v1/studio/renders/${render.uid}/shots`),
      ]);
      if (this.uid !== render.uid) return;
      this.shots = answer.shots;
      this.#load(preview);
      byId("film-empty").hidden = true;
      byId("film").hidden = false;
      byId("film-which").textContent = t("film_of", { version: render.version });
      this.#timeline();
      this.current = -1;
      this.#tick();
    } catch (error) {
      notice(told(error).message, "bad");
    }
  }

  /** The renders that can be watched, the shown one chosen. */
  choices(renders) {
    const done = renders.filter((row) => row.status === "done");
    byId("film-pick").replaceChildren(...done.map((row) => el("option", { value: row.uid, selected: row.uid === this.uid }, `v${row.version} · ${when(row.at)}`)));
    byId("film-pick").closest("label").hidden = done.length < 2;
  }

  toggle() {
    if (this.video.paused) this.video.play().catch(() => notice(t("no_play"), "bad"));
    else this.video.pause();
  }

  /** Go `by` shots on or back. */
  step(by) {
    const next = Math.min(this.shots.length - 1, Math.max(0, this.current + by));
    this.#jump(next);
  }

  #load(preview) {
    const small = matchMedia("(max-width: 700px)").matches;
    const rung = preview.renditions[small ? Math.min(1, preview.renditions.length - 1) : 0];
    this.video.poster = preview.poster;
    this.video.src = rung.url;
    this.retried = false;
  }

  /** A grant that has ended shows as an error: ask for the next one once, and go on where it stopped. */
  async #again() {
    if (this.retried || !this.uid) return;
    this.retried = true;
    const at = this.video.currentTime;
    try {
      this.#load(await call("GET", `/api/v1/studio/renders/${this.uid}/preview`));
      this.retried = true;
      this.video.currentTime = at;
    } catch (error) {
      notice(told(error).message, "bad");
    }
  }

  #timeline() {
    byId("timeline").replaceChildren(...this.shots.map((row, index) => {
      const picture = row.preview ? el("img", { src: row.preview, alt: "", width: 54, height: 96 }) : pictogram(row.shot);
      const text = row.shot.lines.map((line) => line.text).join(" ") || row.shot.action;
      const button = el("button", { type: "button", class: "beat", "aria-label": t("timeline_shot", { n: row.number, text }), title: text, onclick: () => this.#jump(index) },
        el("span", { class: "beat-frame" }, picture, el("span", { class: "beat-n" }, String(row.number))),
        el("span", { class: "beat-text" }, text), el("span", { class: "beat-ms" }, seconds(row.duration_ms)));
      const item = el("li", {}, button);
      item.style.flexGrow = String(row.duration_ms);
      return item;
    }));
  }

  #jump(index) {
    const row = this.shots[index];
    if (!row) return;
    this.video.currentTime = (row.start_ms + 10) / 1000;
    this.#tick();
  }

  #tick() {
    const ms = this.video.currentTime * 1000;
    byId("clock").textContent = clock(ms);
    byId("length").textContent = Number.isFinite(this.video.duration) ? clock(this.video.duration * 1000) : "";
    byId("seek").value = this.video.duration ? Math.round((this.video.currentTime / this.video.duration) * 1000) : 0;
    byId("seek").style.setProperty("--done", `${byId("seek").value / 10}%`);
    byId("seek").setAttribute("aria-valuetext", clock(ms));
    let index = this.shots.findIndex((row) => ms < row.start_ms + row.duration_ms);
    if (index < 0) index = this.shots.length - 1;
    if (index !== this.current && index >= 0) this.#now(index);
  }

  #now(index) {
    this.current = index;
    const { shot, duration_ms: length } = this.shots[index];
    byId("now-title").textContent = t("now_title", { n: index + 1, of: this.shots.length, framing: t(`framing_${shot.framing}`), length: seconds(length) });
    byId("now-action").textContent = shot.action;
    byId("now-lines").replaceChildren(...shot.lines.map((line) => el("li", {}, el("b", {}, line.speaker), ` ${line.text}`)));
    this.#tellShot();
    const beats = [...byId("timeline").children];
    beats.forEach((beat, n) => beat.firstChild.toggleAttribute("aria-current", n === index));
    const beat = beats[index];
    const strip = byId("timeline");
    if (beat && (beat.offsetLeft < strip.scrollLeft || beat.offsetLeft + beat.offsetWidth > strip.scrollLeft + strip.clientWidth)) {
      strip.scrollTo({ left: beat.offsetLeft - 40, behavior: "smooth" });
    }
  }

  /** The shot that it stands at; while it plays nothing below the film moves. */
  #tellShot() {
    const row = this.shots[this.current];
    if (row && this.video.paused) this.dispatchEvent(new CustomEvent("shot", { detail: row }));
  }

  #buttons() {
    const playing = !this.video.paused && !this.video.ended;
    byId("play").hidden = playing;
    byId("toggle").replaceChildren(icon(playing ? "pause" : "play"));
    byId("toggle").setAttribute("aria-label", t(playing ? "pause" : "play"));
  }
}
