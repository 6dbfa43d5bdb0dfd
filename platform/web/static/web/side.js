// Beside the deck on a wide screen: what the story is about, its episodes, and the keys.
import { find, h, icon } from "./dom.js";
import { accessOf, episodeGrid, loadSeries } from "./episodes.js";
import { say } from "./words.js";

const WIDE = matchMedia("(min-width: 1100px)");
const SETTLE_MS = 500; // nobody reads about a story that they swipe past

export class SidePanel {
  constructor(root) {
    this.root = root;
    this.known = new Map(); // series uid -> promise
  }

  show(card, deck) {
    if (!WIDE.matches) return;
    const { series } = card.item;
    if (this.shown === series.uid) return this.mark(card);
    this.shown = series.uid;
    this.root.replaceChildren(
      h("p", { class: "soft" }, series.creator.name),
      h("h2", { lang: series.language }, h("a", { href: `/s/${series.uid}` }, series.title)),
      h("div", { class: "side-more" }, h("div", { class: "ghost line" }), h("div", { class: "ghost line" })));
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.fill(card, deck), SETTLE_MS);
    return undefined;
  }

  async fill(card, deck) {
    const { series } = card.item;
    const more = find(".side-more", this.root);
    if (!this.known.has(series.uid)) this.known.set(series.uid, loadSeries(series.uid));
    try {
      const found = await this.known.get(series.uid);
      if (this.shown !== series.uid) return;
      const pick = (episode) => {
        const now = deck.active || card;
        if (episode.uid === now.item.episode.uid) return;
        const viewer = { ...now.item.viewer, liked: found.mine.liked.includes(episode.uid) };
        deck.show(deck.add({ kind: "chosen", series, episode, access: accessOf(episode, found.mine), viewer }, now));
      };
      more.replaceChildren(
        h("p", { class: "tags" }, found.series.genres.map((genre) => h("span", { class: "tag" }, say(`genre_${genre}`))), h("span", { class: "tag" }, series.maturity ? `${series.maturity}+` : say("all_ages"))),
        found.series.synopsis ? h("p", { lang: series.language, class: "synopsis" }, found.series.synopsis) : "",
        h("h3", {}, icon("grid"), say("episodes")),
        episodeGrid(found, { current: deck.active?.item.episode.uid, onPick: pick }));
    } catch {
      this.known.delete(series.uid); // the panel is extra: the card says what is wrong
      more.replaceChildren();
    }
  }

  mark(card) {
    for (const cell of this.root.querySelectorAll(".cell")) {
      if (Number(cell.firstChild.textContent) === card.item.episode.number) cell.setAttribute("aria-current", "true");
      else cell.removeAttribute("aria-current");
    }
  }
}
