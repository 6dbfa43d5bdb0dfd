// A render, live: the snapshot first, then numbered events and passing progress. Reconnects until the render has ended.

const ENDED = ["done", "failed", "cancelled"];
const LONGEST_MS = 15000;

/** Fires "snapshot", "event", "progress" and "link" (true while connected). `close()` ends it. */
export class RenderSocket extends EventTarget {
  constructor(uid) {
    super();
    Object.assign(this, { uid, tries: 0, over: false });
    this.#open();
  }

  close() {
    this.over = true;
    clearTimeout(this.timer);
    this.socket?.close();
  }

  #open() {
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    this.socket = new WebSocket(`${scheme}://${location.host}/ws/renders/${this.uid}/`);
    this.socket.addEventListener("open", () => { this.tries = 0; this.#say("link", true); });
    this.socket.addEventListener("message", (message) => this.#read(JSON.parse(message.data)));
    this.socket.addEventListener("close", (ending) => this.#closed(ending.code));
  }

  #read(message) {
    this.#say(message.type, message);
    if (ENDED.includes(message.status)) this.close();
  }

  #closed(code) {
    if (this.over) return;
    this.#say("link", false);
    if (code === 4404 || code === 4401 || code === 4403) return;
    this.tries += 1;
    this.timer = setTimeout(() => this.#open(), Math.min(LONGEST_MS, 500 * 2 ** this.tries));
  }

  #say(type, detail) { this.dispatchEvent(new CustomEvent(type, { detail })); }
}
