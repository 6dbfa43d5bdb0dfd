// One place in the feed: the picture, who made it, the controls, and every state that it can be in.
import { h, icon, setIcon } from "./dom.js";
import { Player } from "./player.js";
import { clock, episodeName, say } from "./words.js";
import { reasonOf } from "./sheet.js";

const TAP_MS = 240;

export class Card {
  constructor(item, deck) {
    this.item = item;
    this.deck = deck;
    this.follower = null; // the promise of the card after it in its series
    this.build();
    this.player = new Player(this);
    this.state("poster");
  }

  get locked() { return this.item.access.state === "locked"; }
  get title() { return this.item.series.title; }

  build() {
    const { series, episode } = this.item;
    this.poster = h("img", { class: "poster", src: episode.poster, alt: "", decoding: "async" });
    this.poster.addEventListener("error", () => this.poster.classList.add("missing"));
    this.cue = h("p", { class: "cue", lang: series.language, "aria-hidden": "true" });
    this.surface = h("button", { type: "button", class: "surface", dataset: { control: "play" }, onclick: (event) => this.tapped(event) });
    this.mark = h("span", { class: "mark", "aria-hidden": "true" }, icon("play"));
    this.panel = h("div", { class: "panel", hidden: true });
    this.frame = h("div", { class: "frame" }, this.poster, h("div", { class: "shade" }), this.cue, this.surface, this.mark,
      h("div", { class: "spinner", "aria-hidden": "true" }), this.panel);
    this.el = h("article", { class: "card", "aria-label": `${series.title}, ${episodeName(episode)}`, dataset: { episode: episode.uid } },
      this.frame, this.meta(), this.rail(), this.bar());
  }

  meta() {
    const { series, episode, kind } = this.item;
    const chip = h("button", { type: "button", class: "chip", dataset: { control: "episodes" }, onclick: () => this.deck.showEpisodes(this) },
      icon("grid"), say("episode_of", { number: episode.number, total: series.published_episodes }));
    this.note = h("span", { class: "tag", hidden: kind !== "continue" }, say("continue_tag"));
    return h("div", { class: "meta" },
      h("p", { class: "by" }, h("span", { class: "maker" }, series.creator.name), this.note,
        series.maturity ? h("span", { class: "tag" }, `${series.maturity}+`) : null),
      h("h2", { lang: series.language }, h("a", { href: `/s/${series.uid}`, dataset: { control: "title" } }, series.title)),
      h("p", { class: "name", lang: series.language }, episode.title),
      chip);
  }

  rail() {
    const { viewer } = this.item;
    const { deck } = this;
    this.buttons = {};
    const add = (name, drawing, text, work, pressed) => {
      const button = h("button", { type: "button", class: "rail-button", dataset: { control: name }, onclick: work, "aria-pressed": pressed === undefined ? undefined : String(pressed) },
        icon(drawing), h("span", {}, text));
      this.buttons[name] = button;
      return button;
    };
    const rail = h("div", { class: "rail" },
      add("follow", "plus", say("follow"), () => deck.toggle(this, "following"), viewer.following),
      add("like", "heart", say("like"), () => deck.toggle(this, "liked"), viewer.liked),
      add("save", "list", say("save"), () => deck.toggle(this, "saved"), viewer.saved),
      add("share", "share", say("share"), () => deck.share(this)),
      add("more", "more", say("more"), () => deck.showMenu(this)));
    this.showMarks();
    return rail;
  }

  bar() {
    const { duration_ms: duration } = this.item.episode;
    this.range = h("input", { type: "range", min: 0, max: duration, step: 100, value: 0, "aria-label": say("position"), dataset: { control: "seek" } });
    this.range.addEventListener("input", () => {
      this.scrubbing = true;
      this.clock.classList.add("shown");
      this.showTime(Number(this.range.value));
    });
    this.range.addEventListener("change", () => {
      this.scrubbing = false;
      this.clock.classList.remove("shown");
      this.player.seekTo(Number(this.range.value));
      this.hidePanel();
      if (this.is("ended")) this.enter();
    });
    this.clock = h("output", { class: "clock", "aria-hidden": "true" });
    return h("div", { class: "bar" }, this.clock, this.range);
  }

  // --- what the deck does with a card

  async enter() {
    this.entered = true;
    if (this.locked) return this.deck.paywall(this);
    this.hidePanel();
    this.state("loading");
    try {
      await this.prepare();
      if (this.entered) await this.player.play();
    } catch (error) {
      if (!this.entered) return undefined;
      if (error.status === 402) {
        this.item.access = { ...this.item.access, state: "locked" };
        return this.deck.paywall(this, error.details);
      }
      this.onError(error);
    }
    return undefined;
  }

  async prepare() {
    const video = this.deck.lend(this);
    if (video.parentNode !== this.frame) this.frame.insertBefore(video, this.poster.nextSibling);
    await this.player.prepare(video);
  }

  leave(reason) {
    this.entered = false;
    this.player.stop(reason);
    this.state("poster");
  }

  giveBack() {
    this.player.detach();
    this.frame.classList.remove("pictured");
  }

  toggle() {
    if (this.is("playing", "waiting")) return this.player.pause();
    if (this.is("ended")) return this.player.replay();
    return this.locked ? this.deck.paywall(this) : this.player.video ? this.player.play() : this.enter();
  }

  // --- what the player says

  onState(state) { this.state(state); }
  onPicture() { this.frame.classList.add("pictured"); }
  onCue(text) { this.cue.textContent = text; }
  onEnded() { this.state("ended"); this.deck.ended(this); }

  onTime(ms) {
    if (!this.scrubbing) {
      this.range.value = ms;
      this.showTime(ms);
    }
    this.deck.progressed(this, ms);
  }

  onError(error) {
    this.state("error");
    this.showPanel(error.offline ? "offline" : "alert", say(error.offline ? "offline_title" : "film_failed"), reasonOf(error),
      h("button", { type: "button", class: "button", onclick: () => this.enter() }, say("try_again")),
      h("button", { type: "button", class: "button quiet", onclick: () => this.deck.step(1) }, say("next_story")));
  }

  // --- drawing

  is(...states) { return states.includes(this.el.dataset.state); }

  state(name) {
    this.el.dataset.state = name;
    const running = name === "playing" || name === "waiting";
    setIcon(this.mark.firstChild, name === "ended" ? "replay" : "play");
    this.surface.setAttribute("aria-label", say(running ? "pause" : name === "ended" ? "replay" : "play"));
  }

  showTime(ms) {
    const { duration_ms: duration } = this.item.episode;
    this.range.style.setProperty("--done", `${(100 * ms) / duration}%`);
    const text = `${clock(ms)} / ${clock(duration)}`;
    if (this.clock.value === text) return;
    this.clock.value = text;
    this.range.setAttribute("aria-valuetext", say("time_of", { now: clock(ms), total: clock(duration) }));
  }

  showMarks() {
    const { viewer, series } = this.item;
    const draw = (name, on, drawing, words) => {
      const button = this.buttons[name];
      button.setAttribute("aria-pressed", String(on));
      setIcon(button.firstChild, drawing);
      button.lastChild.textContent = words;
    };
    draw("follow", viewer.following, viewer.following ? "check" : "plus", say(viewer.following ? "following" : "follow"));
    this.buttons.follow.setAttribute("aria-label", say("follow_name", { name: series.creator.name }));
    draw("like", viewer.liked, viewer.liked ? "heart-on" : "heart", say("like"));
    draw("save", viewer.saved, viewer.saved ? "list-on" : "list", say("save"));
  }

  showPanel(drawing, title, text, ...buttons) {
    this.panel.replaceChildren(icon(drawing), h("h3", {}, title), h("p", {}, text || ""), h("div", { class: "panel-buttons" }, buttons));
    this.panel.hidden = false;
  }

  hidePanel() {
    this.panel.hidden = true;
  }

  // One tap pauses, two like: the first waits a moment for the second.
  tapped(event) {
    if (!event.detail) return this.toggle(); // by keyboard: no second tap will come
    if (this.deck.firstTap()) return undefined;
    clearTimeout(this.tap);
    if (event.detail > 1) {
      this.burst(event);
      if (!this.item.viewer.liked) this.deck.toggle(this, "liked");
    } else {
      this.tap = setTimeout(() => this.toggle(), TAP_MS);
    }
    return undefined;
  }

  burst({ clientX, clientY }) {
    const box = this.frame.getBoundingClientRect();
    const heart = h("span", { class: "burst", "aria-hidden": "true" }, icon("heart-on"));
    heart.style.left = `${clientX - box.left}px`;
    heart.style.top = `${clientY - box.top}px`;
    heart.addEventListener("animationend", () => heart.remove());
    this.frame.append(heart);
  }
}
