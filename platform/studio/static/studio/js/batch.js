// A batch as it goes: a bar for each episode, the whole, what it costs, and what it can be told. Live.
import { left, money } from "./amounts.js";
import { call } from "./api.js";
import { debounce, el, icon, notice } from "./dom.js";
import { StudioSocket } from "./socket.js";
import { t, told, when } from "./words.js";

const OPEN = ["admitting", "pilot", "running"];
const TONES = { done: "good", failed: "bad", running: "info", paused: "warn" };
const LOOK_MS = 10000;

/** Fires "state" with {open}. */
export class BatchView extends EventTarget {
  constructor({ data, place, said }) {
    super();
    Object.assign(this, { data, place, said, rows: new Map() });
    this.look = debounce(() => this.load(this.batch.uid), 600);
  }

  async load(uid) {
    try {
      this.show(await call("GET", `/api/v1/studio/batches/${uid}`));
    } catch (error) {
      if (!this.batch) throw error;
    }
  }

  show(batch) {
    if (this.batch?.uid !== batch.uid) this.rows.clear();
    this.batch = batch;
    if (!this.rows.size) this.#build();
    this.#fill();
    const open = OPEN.includes(batch.status);
    if (open && !this.socket) this.#listen();
    if (!open || batch.order) this.#quiet(open);
    clearTimeout(this.timer);
    if (open) this.timer = setTimeout(() => this.look(), batch.order || batch.status === "admitting" ? 1500 : LOOK_MS);
    this.dispatchEvent(new CustomEvent("state", { detail: { open } }));
  }

  // --- live
  #listen() {
    this.socket = new StudioSocket();
    this.socket.addEventListener("snapshot", ({ detail }) => { if (detail.renders.some((row) => row.batch === this.batch.uid && !this.#row(row.uid))) this.look(); });
    this.socket.addEventListener("progress", ({ detail }) => this.#moved(detail));
    this.socket.addEventListener("event", ({ detail }) => { const row = this.#moved(detail); if (row && detail.kind !== "step") this.look(); });
    this.socket.addEventListener("link", ({ detail }) => this.place.classList.toggle("unlinked", !detail));
  }

  #quiet(open) {
    if (open) return;
    this.socket?.close();
    this.socket = null;
  }

  #row(uid) { return this.batch.episodes.find((row) => row.render === uid); }

  #moved(message) {
    const row = this.#row(message.render);
    if (!row) return null;
    row.percent = message.percent;
    if (message.status) row.status = message.status;
    else if (row.status === "queued") row.status = "running";
    this.batch.percent = Math.max(this.batch.percent, whole(this.batch.episodes));
    this.#fill();
    return row;
  }

  // --- told
  async #tell(act, button) {
    if (act === "cancel" && !window.confirm(t("batch_stop_sure"))) return;
    button.disabled = true;
    try {
      this.show(await call("POST", `/api/v1/studio/batches/${this.batch.uid}/${act}`, {}));
    } catch (error) {
      const { message, remedy } = told(error);
      notice([message, remedy].filter(Boolean).join(" "), "bad");
    }
    button.disabled = false;
  }

  // --- drawing: built once, then filled, so that nothing flickers and the keyboard stays where it is
  #build() {
    const button = (act, name, text, style = "") => el("button", { type: "button", class: `button small ${style}`, "data-act": act, hidden: true, onclick: (event) => this.#tell(act, event.currentTarget) }, icon(name), text);
    this.parts = {
      title: el("h3", {}), sub: el("p", { class: "dim" }), percent: el("span", { class: "batch-percent" }),
      bar: el("progress", { max: 100, value: 0, "aria-label": t("batch_progress") }),
      watch: el("a", { class: "button small", hidden: true }, icon("play"), t("batch_watch")),
      buttons: [button("go", "check", t("batch_go"), "primary"), button("pause", "pause", t("pause")), button("resume", "play", t("resume"), "primary"), button("retry", "replay", t("retry"), "primary"), button("cancel", "close", t("cancel"))],
      list: el("ol", { class: "batch-rows" }),
    };
    const { title, sub, percent, bar, watch, buttons, list } = this.parts;
    this.place.replaceChildren(el("div", { class: "batch-head" }, el("div", { class: "head-text" }, title, sub), percent, el("div", { class: "head-actions" }, watch, ...buttons)), bar, list);
    this.place.hidden = false;
    list.replaceChildren(...this.batch.episodes.map((row) => this.#item(row)));
  }

  #item(row) {
    const part = {
      status: el("span", { class: "tag" }), error: el("span", { class: "batch-error" }),
      bar: el("progress", { max: 100, value: 0, "aria-label": t("item_progress", { n: row.number }) }),
      watch: el("a", { class: "small-link", href: `/studio/episodes/${row.episode}/#film`, hidden: true, "aria-label": `${t("batch_watch_row")}: ${t("item_progress", { n: row.number })}` }, t("batch_watch_row")),
    };
    this.rows.set(row.episode, part);
    return el("li", { class: "batch-row" },
      el("a", { class: "batch-name", href: `/studio/episodes/${row.episode}/` }, el("span", { class: "dim" }, `${row.number} `), row.title || t("untitled")),
      row.pilot ? el("span", { class: "tag info batch-pilot" }, t("batch_pilot_tag")) : el("span", { class: "batch-pilot" }), part.bar,
      el("span", { class: "batch-status" }, part.status, part.watch), part.error);
  }

  #fill() {
    const { batch, parts } = this;
    const state = this.#state();
    const cash = (micros) => money(micros, batch.price.currency);
    parts.title.textContent = t(`batch_${state}`, { n: batch.counts.failed });
    const done = batch.episodes.filter((row) => row.status === "done").length;
    const facts = [t("batch_of", { done, of: batch.episodes.length }), OPEN.includes(batch.status) && !batch.paused ? left(batch.eta_seconds) : "", t("batch_money", { spent: cash(batch.price.spent_micros), cost: cash(batch.price.estimated_micros) }), batch.order ? t("batch_ordered") : "", t("batch_since", { when: when(batch.created_at) })];
    parts.sub.textContent = facts.filter(Boolean).join(" · ");
    parts.percent.textContent = t("batch_percent", { percent: Math.floor(batch.percent) });
    parts.bar.value = batch.percent;
    const pilot = batch.episodes.find((row) => row.pilot);
    parts.watch.hidden = !(pilot && pilot.status === "done" && batch.waits_for_go);
    if (pilot) parts.watch.href = `/studio/episodes/${pilot.episode}/#film`;
    const shown = this.#offers(pilot);
    for (const button of parts.buttons) button.hidden = !shown.includes(button.dataset.act);
    for (const row of batch.episodes) this.#fillRow(row);
    const words = `${parts.title.textContent}. ${t("said_batch", { done, of: batch.episodes.length })}`;
    if (this.said.textContent !== words) this.said.textContent = words;
  }

  #fillRow(row) {
    const part = this.rows.get(row.episode);
    const why = row.status === "paused" && row.pause_reason && row.pause_reason !== "creator" ? `_${row.pause_reason}` : "";
    part.status.textContent = t(`item_${row.status}${why}`);
    part.status.className = `tag ${TONES[row.status] ?? ""}`;
    part.bar.value = row.percent;
    part.watch.hidden = row.status !== "done";
    const said = row.error && row.status === "failed" ? told({ ...row.error, details: { reference: /reference ([\w-]+)/.exec(row.error.message)?.[1] ?? "" } }) : null;
    part.error.textContent = said ? [said.message, said.remedy].filter(Boolean).join(" ") : "";
  }

  #state() {
    const { status, paused, waits_for_go: waits, episodes, counts } = this.batch;
    if (status === "ended") return counts.failed ? "ended_badly" : "ended";
    if (OPEN.includes(status) && paused) return "paused";
    if (status === "pilot" && waits && episodes.some((row) => row.pilot && row.status === "done")) return "pilot_done";
    return status;
  }

  #offers(pilot) {
    const { status, paused, waits_for_go: waits, counts } = this.batch;
    const again = counts.failed && status !== "cancelled" ? ["retry"] : [];
    if (!OPEN.includes(status)) return again;
    if (paused) return ["resume", "cancel"];
    return [...again, waits && pilot?.status === "done" ? "go" : "pause", "cancel"];
  }
}

/** As the server weighs it: by estimated seconds, and whole only at the end. */
function whole(rows) {
  if (rows.every((row) => row.status === "done")) return 100;
  const weigh = (row) => Math.max(row.estimated_seconds, 0.1);
  const sum = rows.reduce((all, row) => all + weigh(row), 0);
  return Math.min(99.9, rows.reduce((all, row) => all + weigh(row) * row.percent, 0) / sum);
}
