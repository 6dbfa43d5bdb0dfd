// Three video elements that wander from card to card: one plays, one holds the next card ready, one keeps the last.
// Re-using them keeps memory flat over hundreds of swipes, and an element that a person has once allowed to sound stays
// allowed on phones.
import { h } from "./dom.js";

const COUNT = 3;

export class Stage {
  constructor() {
    this.videos = Array.from({ length: COUNT }, () => h("video", { playsinline: true, preload: "auto", tabindex: "-1", "aria-hidden": "true" }));
    this.holders = new Map(); // video -> card
  }

  // A video for `card`; taken from a card that is not among `keep`.
  lend(card, keep) {
    const own = this.videos.find((video) => this.holders.get(video) === card);
    if (own) return own;
    const free = this.videos.find((video) => !keep.has(this.holders.get(video))) || this.videos[0];
    this.holders.get(free)?.giveBack();
    this.clear(free);
    this.holders.set(free, card);
    return free;
  }

  release(card) {
    const video = this.videos.find((one) => this.holders.get(one) === card);
    if (!video) return;
    this.holders.delete(video);
    this.clear(video);
  }

  // Also ends the download.
  clear(video) {
    video.pause();
    video.removeAttribute("src");
    video.replaceChildren();
    video.load();
    video.remove();
  }

  each(work) {
    this.videos.forEach(work);
  }
}
