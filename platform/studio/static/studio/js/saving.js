// Every pause becomes a version. Nothing is overwritten: the server refuses a text that was based on an older one.
import { call } from "./api.js";
import { debounce } from "./dom.js";

const PAUSE_MS = 5000;

/** Fires "state" with {state, error}: saved, dirty, saving, refused, offline, conflict; and "version" with the row. */
export class Saving extends EventTarget {
  constructor({ episode, version, source, read }) {
    super();
    Object.assign(this, { path: `/api/v1/studio/episodes/${episode}/screenplay`, version, kept: source, read, state: "saved" });
    this.draftKey = `rw-draft-${episode}`;
    this.soon = debounce(() => this.save(), PAUSE_MS);
    window.addEventListener("beforeunload", (event) => { if (this.unsaved) event.preventDefault(); });
    window.addEventListener("online", () => { if (this.unsaved) this.save(); });
  }

  get unsaved() { return this.read() !== this.kept; }

  /** A text that this browser kept because the server could not: from the last visit, or null. */
  draft() {
    try {
      const kept = JSON.parse(localStorage.getItem(this.draftKey) || "null");
      return kept && kept.base === this.version && kept.text !== this.kept ? kept.text : null;
    } catch {
      return null;
    }
  }

  changed() {
    this.#keep();
    if (this.state === "conflict") return;
    if (!this.unsaved) { this.soon.cancel(); this.#say("saved"); return; }
    this.#say("dirty");
    this.soon();
  }

  /** Save what stands there now; answers whether the server has it. Saves one after the other, never two at once. */
  async save({ over = null } = {}) {
    this.soon.cancel();
    if (this.running) { await this.running; }
    if (!this.unsaved && over === null) return true;
    if (!this.read().trim()) return false;
    this.running = this.#put(over);
    const done = await this.running;
    this.running = null;
    return done;
  }

  async #put(over) {
    const source = this.read();
    this.#say("saving");
    try {
      const row = await call("PUT", this.path, { source, base_version: over ?? this.version });
      const fresh = row.version !== this.version;
      this.version = row.version;
      this.kept = source;
      this.#say(this.unsaved ? "dirty" : "saved");
      if (this.unsaved) this.soon();
      else this.#forget();
      if (fresh) this.dispatchEvent(new CustomEvent("version", { detail: row }));
      return true;
    } catch (error) {
      const state = error.code === "newer_version" ? "conflict" : error.status && error.status < 500 && error.status !== 429 ? "refused" : "offline";
      this.#say(state, error);
      if (state === "offline") this.soon();
      return false;
    }
  }

  /** Take the server's text as the one to go on from. */
  take(row) {
    this.version = row.version;
    this.kept = row.source;
    this.#forget();
    this.#say("saved");
  }

  #say(state, error = null) {
    this.state = state;
    this.dispatchEvent(new CustomEvent("state", { detail: { state, error } }));
  }

  #keep() {
    try {
      localStorage.setItem(this.draftKey, JSON.stringify({ base: this.version, text: this.read() }));
    } catch { /* a full or forbidden store costs the draft, not the text */ }
  }

  #forget() {
    try { localStorage.removeItem(this.draftKey); } catch { /* as above */ }
  }
}
