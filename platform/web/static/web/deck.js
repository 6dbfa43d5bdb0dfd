// The feed: a column of cards that snap. It knows which one is on, keeps the neighbours ready, and asks for more in time.
import { call, get } from "./api.js";
import { Card } from "./card.js";
import { announce, find, h, icon } from "./dom.js";
import { report } from "./events.js";
import { openPlayback } from "./playback.js";
import { sound } from "./sound.js";
import { Stage } from "./stage.js";
import { failed, reasonOf } from "./sheet.js";
import { posters } from "./shelf.js";
import { episodeName, say, when } from "./words.js";
import { marks, shareLink } from "./marks.js";

const PAGE = 8;
const AHEAD = 4; // so many cards before the end the next page is asked for
const SETTLE_MS = 90; // a card that only flies past is not entered
const FOLLOW_AT = 0.7; // of an episode: the next one is put behind it and made ready

export class Deck {
  constructor(root, { paywall, menu, episodes, onEnter }) {
    this.root = root;
    this.cards = [];
    this.active = null;
    this.cursor = null;
    this.stage = new Stage();
    this.hooks = { paywall, menu, episodes, onEnter };
    this.tail = h("article", { class: "card tail", "aria-label": say("feed_end") });
    this.root.append(this.tail);
    this.seen = new IntersectionObserver(() => this.looked(), { root, threshold: 0.6 });
    this.seen.observe(this.tail);
    sound.onChange(() => this.stage.each((video) => { video.muted = sound.muted; }));
    document.addEventListener("visibilitychange", () => this.visibility());
    addEventListener("pagehide", () => this.active?.player.stop("closed"));
    addEventListener("online", () => this.tail.dataset.state === "error" && this.more());
  }

  // --- filling

  add(item, after = null) {
    const card = new Card(item, this);
    if (after) {
      after.el.after(card.el); // below what is on: nothing on the screen moves
      this.cards.splice(this.cards.indexOf(after) + 1, 0, card);
    } else {
      this.tail.before(card.el);
      this.cards.push(card);
    }
    card.el.inert = true;
    this.seen.observe(card.el);
    return card;
  }

  // The next page. The cursor is opaque; one that has ended gives a fresh feed, and nothing comes twice.
  async more() {
    if (this.asking || this.exhausted) return;
    this.asking = true;
    this.showTail("loading");
    try {
      const page = await get(`feed?limit=${PAGE}${this.cursor ? `&cursor=${encodeURIComponent(this.cursor)}` : ""}`);
      const known = new Set(this.cards.map((card) => card.item.episode.uid));
      const [first] = page.items.filter((item) => !known.has(item.episode.uid)).map((item) => this.add(item));
      this.cursor = page.next_cursor;
      this.exhausted = page.exhausted;
      this.showTail(page.exhausted ? "end" : "loading");
      if (first && !this.active) this.begin(first); // whoever waited at the end waited for this
    } catch (error) {
      this.showTail("error", error);
    }
    this.asking = false;
  }

  // The browser would keep the tail in view, above which the card was put.
  begin(card) {
    this.show(card, false);
    this.look(card);
  }

  showTail(state, error) {
    this.tail.dataset.state = state;
    const button = (text, work, kind = "") => h("button", { type: "button", class: `button ${kind}`, onclick: work }, text);
    const parts = {
      loading: () => [h("div", { class: "skeleton" }), h("p", { class: "visually-hidden" }, say("loading"))],
      error: () => [icon(error.offline ? "offline" : "alert"), h("h2", {}, say(error.offline ? "offline_title" : "server_title")), h("p", {}, reasonOf(error)), button(say("try_again"), () => this.more())],
      end: () => [icon("check"), h("h2", {}, say("caught_up")), h("p", {}, say("caught_up_text")), h("a", { class: "button", href: "/search" }, say("discover")), h("a", { class: "button quiet", href: "/list" }, say("my_list")),
        this.cards.length ? button(say("back_to_top"), () => this.show(this.cards[0]), "quiet") : button(say("look_again"), () => { this.exhausted = false; this.cursor = null; this.more(); }, "quiet")],
    }[state]();
    this.tail.replaceChildren(...(state === "loading" ? parts : [h("div", { class: "tail-text" }, parts)]));
    this.tail.inert = Boolean(this.active); // what is not on the screen is not on the way of the Tab key
    if (state === "end") this.offerAgain();
  }

  // Who has seen everything may see it again: a small catalogue is no empty page.
  async offerAgain() {
    const page = await get("series?limit=6").catch(() => ({ results: [] }));
    if (page.results.length) find(".tail-text", this.tail)?.append(h("h3", {}, say("watch_again")), posters(page.results));
  }

  // --- moving

  // The observer says that something has moved; where it came to rest is measured then. Its own report may be older
  // than a card that was put before the tail since, as on a shared link.
  looked() {
    clearTimeout(this.settling);
    this.settling = setTimeout(() => {
      const at = this.inView();
      if (at === this.tail) return this.leaveAll();
      const card = this.cards.find((one) => one.el === at);
      return card && this.look(card);
    }, SETTLE_MS);
  }

  // What lies over the middle of the screen: a card, the tail, or nothing yet.
  inView() {
    const { top, height } = this.root.getBoundingClientRect();
    const middle = top + height / 2;
    return [...this.root.children].find((el) => {
      const box = el.getBoundingClientRect();
      return box.top <= middle && middle < box.bottom;
    });
  }

  leaveAll() {
    this.tail.inert = false;
    if (!this.active) return;
    this.active.leave("swipe");
    this.active.el.inert = true;
    this.active = null;
    announce(find("h2", this.tail)?.textContent || "");
  }

  look(card) {
    if (card === this.active) return;
    const before = this.active;
    const control = before?.el.contains(document.activeElement) ? document.activeElement.dataset.control : null;
    before?.leave("swipe");
    if (before) before.el.inert = true;
    this.active = card;
    this.tail.inert = true;
    card.el.inert = false;
    if (control) find(`[data-control="${control}"]`, card.el)?.focus({ preventScroll: true });
    if (!card.impressed) report("impression", card.item);
    card.impressed = true;
    announce(`${card.title}. ${episodeName(card.item.episode)}. ${say(`access_${card.item.access.state}`, { n: card.item.access.price_coins })}`);
    card.enter().finally(() => this.active === card && this.readyNeighbours());
    this.hooks.onEnter(card);
    if (this.cards.length - this.index() <= AHEAD) this.more();
  }

  index() { return this.cards.indexOf(this.active); }

  // The next card's film begins to load, and the one after it has its grant; so a swipe shows a picture at once.
  readyNeighbours() {
    const [next, later] = this.cards.slice(this.index() + 1, this.index() + 3);
    if (next && !next.locked) next.prepare().catch(() => {}); // what is wrong will be said when it is on
    if (later && !later.locked) openPlayback(later.item.episode.uid).catch(() => {});
  }

  lend(card) {
    const place = this.index();
    const near = this.cards.filter((one, n) => one === card || Math.abs(n - place) <= 1);
    return this.stage.lend(card, new Set(near));
  }

  show(card, smooth = true) {
    card.el.scrollIntoView({ behavior: smooth && !matchMedia("(prefers-reduced-motion: reduce)").matches ? "smooth" : "instant", block: "start" });
  }

  // One card up or down, from the keyboard and the arrows. From the tail it goes back to the last card.
  step(by) {
    if (!this.active) return this.cards.length && by < 0 ? this.show(this.cards[this.cards.length - 1]) : undefined;
    const to = this.cards[this.index() + by];
    if (to) return this.show(to);
    return by > 0 ? this.tail.scrollIntoView({ behavior: "smooth" }) : undefined;
  }

  visibility() {
    if (!this.active) return;
    if (document.hidden) {
      this.resume = this.active.is("playing", "waiting");
      this.active.player.stop("background");
      this.active.state("paused");
    } else if (this.resume) {
      this.active.player.play();
    }
  }

  // --- the next episode of a series

  progressed(card, ms) {
    if (card === this.active && ms >= FOLLOW_AT * card.item.episode.duration_ms) this.follow(card).catch(() => {});
  }

  // Put the next episode behind `card`; its promise is the new card, or null at the end of what is out.
  follow(card) {
    card.follower ||= this.findNext(card).catch((error) => { card.follower = null; throw error; });
    return card.follower;
  }

  async findNext(card) {
    const { series, episode } = card.item;
    const after = this.cards[this.cards.indexOf(card) + 1];
    const found = await get(`episodes/${episode.uid}/next`);
    card.ending = found;
    if (!found.episode) return null;
    if (after?.item.episode.uid === found.episode.uid) return after;
    const next = this.add({ kind: "next", series, episode: found.episode, access: found.access, viewer: found.viewer }, card);
    this.readyNeighbours();
    return next;
  }

  async ended(card) {
    try {
      const next = await this.follow(card);
      if (card !== this.active) return;
      if (next) return void this.show(next);
      this.showEnding(card);
    } catch (error) {
      card.onError(error);
    }
  }

  showEnding(card) {
    const { reason, release_at: release } = card.ending;
    const text = reason === "not_released" ? (release ? say("next_on", { date: when(release) }) : say("next_soon")) : say("series_end_text");
    card.showPanel("check", say(reason === "not_released" ? "so_far" : "series_end"), text,
      h("button", { type: "button", class: "button", onclick: () => this.step(1) }, say("next_story")),
      h("button", { type: "button", class: "button quiet", onclick: () => { card.hidePanel(); card.player.replay(); } }, say("replay")));
  }

  // --- what a viewer does with a card

  async toggle(card, mark) {
    const on = !card.item.viewer[mark];
    this.mark(card, mark, on);
    try {
      await marks[mark](card.item, on);
      if (mark === "liked") report(on ? "like" : "unlike", card.item, { position: card.player.position });
    } catch (error) {
      this.mark(card, mark, !on); // it did not happen, and the page says so
      failed(error);
    }
  }

  // A like is of an episode, my list of a series, following of its makers: every card that it is about shows it.
  mark(card, mark, on) {
    const about = { liked: (item) => item.episode.uid, saved: (item) => item.series.uid, following: (item) => item.series.creator.uid }[mark];
    for (const one of this.cards.filter((other) => about(other.item) === about(card.item))) {
      one.item.viewer = { ...one.item.viewer, [mark]: on };
      one.showMarks();
    }
  }

  async share(card) {
    if (await shareLink(card.item)) report("share", card.item, { position: card.player.position });
  }

  // Take every card of a series out, but what is above the active one stays where it is.
  async dismiss(card) {
    const { series } = card.item;
    await call("POST", `series/${series.uid}/not-interested`);
    report("not_interested", card.item, { position: card.player.position });
    this.step(1);
    const later = this.cards.slice(this.cards.indexOf(card) + 1).filter((one) => one.item.series.uid === series.uid);
    later.forEach((one) => this.remove(one));
  }

  remove(card) {
    this.seen.unobserve(card.el);
    this.stage.release(card);
    card.el.remove();
    this.cards = this.cards.filter((one) => one !== card);
  }

  firstTap() {
    if (!sound.blocked) return false;
    sound.toggle();
    return true;
  }

  paywall(card, details) { return this.hooks.paywall(card, details); }
  showMenu(card) { this.hooks.menu(card); }
  showEpisodes(card) { this.hooks.episodes(card); }
}
