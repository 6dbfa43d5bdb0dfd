// Plays one card's episode in a borrowed video element: grant, rung, sound, captions, renewal, and what was watched.
import { forgetPlayback, chooseRung, openPlayback, untilRefresh } from "./playback.js";
import { h } from "./dom.js";
import { report } from "./events.js";
import { sound } from "./sound.js";

const TOLD_EVERY_MS = 5_000;
const LONGEST_STEP_MS = 1_500; // between two timeupdates of real playing; more is a jump
const RETRIES = 2;

export class Player {
  // `card` hears: onState(state), onTime(ms), onCue(text), onEnded(), onError(error)
  constructor(card) {
    this.card = card;
    this.item = card.item;
    this.video = null;
    this.position = card.item.position_ms || 0;
    this.duration = card.item.episode.duration_ms;
    this.active = false;
    this.resetWatch();
  }

  // Ready the picture and the first seconds, without playing. Throws `ApiError` (402: locked).
  async prepare(video) {
    if (this.video === video && video.hasAttribute("src")) return;
    this.attach(video);
    const playback = await openPlayback(this.item.episode.uid);
    if (this.video !== video) return; // the card was left meanwhile
    this.load(playback);
  }

  attach(video) {
    this.detach();
    this.video = video;
    this.heard = new AbortController();
    const on = (name, work) => video.addEventListener(name, work, { signal: this.heard.signal });
    on("loadedmetadata", () => this.seekTo(this.position));
    on("loadeddata", () => this.card.onPicture());
    on("playing", () => this.onPlaying());
    on("pause", () => !video.ended && this.active && this.card.onState("paused"));
    on("waiting", () => this.active && this.card.onState("waiting"));
    on("timeupdate", () => this.onTime());
    on("seeked", () => this.onTime());
    on("ended", () => this.onEnded());
    on("error", () => this.onFault());
  }

  detach() {
    this.heard?.abort();
    clearTimeout(this.renewal);
    this.video = null;
  }

  load(playback) {
    const { video } = this;
    if (!this.position && playback.position_ms) this.position = playback.position_ms;
    if (this.position > this.duration * 0.95) this.position = 0;
    this.source = playback;
    const rung = chooseRung(playback.renditions, this.card.el.getBoundingClientRect());
    video.muted = sound.muted;
    // captions before the film: a track that comes later is loaded later
    video.replaceChildren(...playback.subtitles.map((one) => h("track", { kind: "subtitles", srclang: one.language, src: one.url })));
    video.src = rung.url;
    this.watchCues();
    clearTimeout(this.renewal);
    this.renewal = setTimeout(() => this.renew(), untilRefresh(playback));
  }

  async play() {
    const { video } = this;
    if (!video) return;
    this.active = true;
    video.muted = sound.muted;
    try {
      await video.play();
    } catch (refused) {
      if (refused.name !== "NotAllowedError") return; // a newer src or a pause came between
      if (!video.muted) {
        sound.block();
        video.muted = true;
        await video.play().catch(() => this.card.onState("paused"));
      } else {
        this.card.onState("paused");
      }
    }
  }

  pause() {
    this.video?.pause();
  }

  // Leave the card: `reason` is swipe, complete, background or closed.
  stop(reason) {
    if (!this.active) return;
    this.active = false;
    this.pause();
    if (this.started) report("play_end", this.item, { position: this.position, watched: this.watched, reason });
    this.resetWatch();
  }

  resetWatch() {
    this.started = false;
    this.watched = 0;
    this.told = 0;
    this.last = this.position;
  }

  seekTo(ms) {
    this.position = Math.min(Math.max(0, ms), this.duration);
    if (this.video?.readyState >= 1 && Math.abs(this.video.currentTime * 1000 - this.position) > 150) {
      this.video.currentTime = this.position / 1000;
    }
    this.last = this.position;
    this.card.onTime(this.position);
  }

  replay() {
    this.stop("complete");
    this.seekTo(0);
    report("replay", this.item);
    this.play();
  }

  onPlaying() {
    if (!this.active) return;
    this.tries = 0;
    if (!this.started) {
      this.started = true;
      report("play_start", this.item, { position: this.position });
    }
    this.card.onState("playing");
  }

  onTime() {
    if (!this.video || this.video.readyState < 1) return;
    this.position = this.video.currentTime * 1000;
    const step = this.position - this.last;
    this.last = this.position;
    if (!this.active || !this.started) return;
    if (step > 0 && step < LONGEST_STEP_MS && !this.video.seeking) this.watched += step;
    if (this.watched - this.told >= TOLD_EVERY_MS) {
      this.told = this.watched;
      report("progress", this.item, { position: this.position, watched: this.watched });
    }
    this.card.onTime(this.position);
  }

  onEnded() {
    this.position = this.duration;
    this.stop("complete");
    this.position = 0;
    this.card.onEnded();
  }

  // A grant that has ended answers 403, and the element only says "error": ask for a new one and go on where it was.
  async onFault() {
    if (!this.video?.hasAttribute("src")) return;
    forgetPlayback(this.item.episode.uid);
    this.tries = (this.tries || 0) + 1;
    const { video } = this;
    try {
      const playback = await openPlayback(this.item.episode.uid);
      if (this.video !== video) return;
      if (this.tries > RETRIES) throw new Error("the film does not play");
      this.load(playback);
      if (this.active) this.play();
    } catch (error) {
      if (this.video !== video) return;
      if (this.active && this.started) report("play_end", this.item, { position: this.position, watched: this.watched, reason: "error" });
      this.active = false;
      this.resetWatch();
      this.card.onError(error);
    }
  }

  // The grant is about to end. What is loaded to the end plays on; otherwise take the new address at the same place.
  async renew() {
    const { video } = this;
    forgetPlayback(this.item.episode.uid);
    const ranges = video?.buffered;
    if (!video || (ranges.length && ranges.end(ranges.length - 1) >= video.duration - 0.5)) return;
    const playback = await openPlayback(this.item.episode.uid).catch(() => null);
    if (!playback || this.video !== video) return;
    const playing = this.active && !video.paused;
    this.load(playback);
    if (playing) this.play();
  }

  // Cues are read here and shown as text by the card: nothing from the file becomes markup.
  watchCues() {
    const track = this.video.textTracks[0];
    if (!track) return;
    track.mode = "hidden";
    track.oncuechange = () => {
      const texts = [...(track.activeCues || [])].map((cue) => cue.getCueAsHTML().textContent.trim());
      this.card.onCue(texts.join("\n"));
    };
  }
}
