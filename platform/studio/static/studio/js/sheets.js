// The sheets of the cast: how everybody looks, before a model is shown it with every shot. Made once, approved by a person.
import { call } from "./api.js";
import { byId, el, notice } from "./dom.js";
import { RenderSocket } from "./socket.js";
import { t, told } from "./words.js";

const MAKING = ["queued", "running"];
const STATES = { none: "sheet_none", queued: "take_queued", paused: "take_paused", failed: "take_failed", cancelled: "take_cancelled" };

/** Fires "changed" when somebody was approved, or is not any more. */
export class Sheets extends EventTarget {
  constructor({ episode, profile }) {
    super();
    Object.assign(this, { path: `/api/v1/studio/episodes/${episode}/sheets`, profile, rows: [], sockets: new Map() });
    byId("sheets-all").addEventListener("click", () => this.#makeAll());
    byId("sheets").addEventListener("close", () => this.#rest());
  }

  async open() {
    byId("sheets").showModal();
    await this.load();
  }

  async load() {
    try {
      this.rows = (await call("GET", `${this.path}?profile=${this.profile()}`)).sheets;
    } catch (error) {
      notice(told(error).message, "bad");
    }
    for (const row of this.rows) if (row.render && MAKING.includes(row.status) && !this.sockets.has(row.render)) this.#watch(row);
    this.#draw();
  }

  async #makeAll() {
    byId("sheets-all").disabled = true;
    for (const row of this.rows.filter((one) => !one.picture && !MAKING.includes(one.status))) await this.#make(row);
    await this.load();
  }

  async #make(row) {
    try {
      await call("POST", this.path, { key: row.key, profile: this.profile() });
    } catch (error) {
      const { message, remedy } = told(error);
      notice([message, remedy].filter(Boolean).join(" "), "bad");
    }
  }

  async #approve(row) {
    const asked = { key: row.key, profile: this.profile() };
    try {
      if (row.approved) await call("DELETE", `${this.path}/approval?${new URLSearchParams(asked)}`);
      else await call("PUT", `${this.path}/approval`, asked);
      row.approved = !row.approved;
      byId("sheets-said").textContent = t(row.approved ? "sheet_is_approved" : "sheet_is_not", { name: row.name });
      this.dispatchEvent(new CustomEvent("changed"));
    } catch (error) {
      notice(told(error).message, "bad");
    }
    this.#draw();
    byId("sheets-list").querySelector(`[data-key="${row.key}"] button`)?.focus();
  }

  #watch(row) {
    const socket = new RenderSocket(row.render);
    this.sockets.set(row.render, socket);
    const moved = ({ detail }) => {
      const bar = byId("sheets-list").querySelector(`[data-key="${row.key}"] progress`);
      if (bar) bar.value = detail.percent;
      if (detail.status && !MAKING.includes(detail.status)) { this.#leave(row.render); this.load(); }
    };
    for (const name of ["snapshot", "event", "progress"]) socket.addEventListener(name, moved);
  }

  #leave(render) {
    this.sockets.get(render)?.close();
    this.sockets.delete(render);
  }

  #rest() { for (const render of [...this.sockets.keys()]) this.#leave(render); }

  #draw() {
    const missing = this.rows.some((row) => !row.picture && !MAKING.includes(row.status));
    byId("sheets-all").hidden = !missing;
    byId("sheets-all").disabled = !missing;
    byId("sheets-list").replaceChildren(...this.rows.map((row) => this.#card(row)));
  }

  #card(row) {
    const making = MAKING.includes(row.status) && !row.picture;
    const picture = row.picture ? el("img", { src: row.picture, alt: t("sheet_of", { name: row.name }) })
      : el("span", { class: "dim" }, t(STATES[row.status] ?? "sheet_none"));
    const bar = making ? el("progress", { max: 100, value: row.percent, "aria-label": t("sheet_of", { name: row.name }) }) : null;
    return el("li", { class: `cast-sheet${row.approved ? " approved" : ""}`, "data-key": row.key },
      el("div", { class: "cast-sheet-frame" }, picture, bar), el("b", {}, row.name), this.#act(row, making));
  }

  #act(row, making) {
    const button = (text, kind, action) => el("button", { type: "button", class: `button small ${kind}`, onclick: action, "aria-label": `${text}: ${row.name}` }, text);
    if (!row.picture) return making ? null : button(t("sheet_make"), "", async () => { await this.#make(row); await this.load(); });
    return button(t(row.approved ? "sheet_withdraw" : "sheet_approve"), row.approved ? "" : "primary", () => this.#approve(row));
  }
}
