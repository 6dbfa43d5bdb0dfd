// What is rendered, live. The server sends a snapshot first, then numbered events and passing progress.

const ENDED = ["done", "failed", "cancelled"];
const REFUSED = [4401, 4403, 4404];
const LONGEST_MS = 15000;

/** Fires "snapshot", "event", "progress" and "link" (true while connected). Reconnects until `close()`. */
class Live extends EventTarget {
  constructor(path) {
    super();
    Object.assign(this, { path, tries: 0, over: false });
    this.#open();
  }

  close() {
    this.over = true;
    clearTimeout(this.timer);
    this.socket?.close();
  }

  /** For those who know when it is over. */
  read(message) { this.#say(message.type, message); }

  #open() {
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    this.socket = new WebSocket(`${scheme}://${location.host}${this.path}`);
    this.socket.addEventListener("open", () => { this.tries = 0; this.#say("link", true); });
    this.socket.addEventListener("message", (message) => this.read(JSON.parse(message.data)));
    this.socket.addEventListener("close", (ending) => this.#closed(ending.code));
  }

  #closed(code) {
    if (this.over) return;
    this.#say("link", false);
    if (REFUSED.includes(code)) return;
    this.tries += 1;
    this.timer = setTimeout(() => this.#open(), Math.min(LONGEST_MS, 500 * 2 ** this.tries));
  }

  #say(type, detail) { this.dispatchEvent(new CustomEvent(type, { detail })); }
}

/** One render, until it has ended. */
export class RenderSocket extends Live {
  constructor(uid) { super(`/ws/renders/${uid}/`); }

  read(message) {
    super.read(message);
    if (ENDED.includes(message.status)) this.close();
  }
}

/** All renders of the person's studios; every message but the snapshot names its `render`. */
export class StudioSocket extends Live {
  constructor() { super("/ws/studio/"); }
}
