// One switch for all cards. A browser may refuse sound until the person has touched the page: then it plays muted and
// says so, and the first tap brings the sound.
import { store } from "./dom.js";

const KEY = "rw.sound";
const listeners = new Set();

export const sound = {
  wanted: store.get(KEY) !== "off",
  blocked: false,

  get muted() { return !this.wanted || this.blocked; },

  onChange(listener) { listeners.add(listener); },

  block() {
    this.blocked = true;
    this.tell();
  },

  toggle() {
    if (this.blocked) {
      this.blocked = false;
      this.wanted = true;
    } else {
      this.wanted = !this.wanted;
    }
    store.set(KEY, this.wanted ? "on" : "off");
    this.tell();
  },

  tell() { listeners.forEach((listener) => listener()); },
};
