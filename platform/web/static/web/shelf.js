// Series as posters: in search, in the list, and where a page would otherwise end.
import { h, icon } from "./dom.js";
import { reasonOf } from "./sheet.js";
import { clock, say } from "./words.js";

export function poster(series) {
  return h("li", {}, h("a", { class: "tile", href: `/s/${series.uid}` },
    h("span", { class: "tile-picture" }, h("img", { src: series.poster, alt: "", loading: "lazy", decoding: "async" }),
      h("span", { class: "tile-count" }, say("episodes_n", { n: series.published_episodes }))),
    h("span", { class: "tile-title", lang: series.language }, series.title),
    h("span", { class: "tile-maker" }, series.creator.name)));
}

export const posters = (list) => h("ul", { class: "tiles" }, list.map(poster));

export function continueRow(cards) {
  const row = (card) => h("li", {}, h("a", { class: "tile", href: `/s/${card.series.uid}/${card.episode.number}` },
    h("span", { class: "tile-picture" }, h("img", { src: card.series.poster, alt: "", loading: "lazy" }), h("span", { class: "tile-play" }, icon("play")),
      bar(card.position_ms / card.episode.duration_ms)),
    h("span", { class: "tile-title", lang: card.series.language }, card.series.title),
    h("span", { class: "tile-maker" }, say("episode", { number: card.episode.number }), card.position_ms ? ` · ${clock(card.position_ms)}` : "")));
  return h("ul", { class: "tiles row" }, cards.map(row));
}

function bar(share) {
  const done = h("span", { class: "tile-done" });
  done.style.setProperty("--done", `${Math.round(100 * share)}%`);
  return done;
}

export const ghosts = (count = 6) => h("div", { class: "tiles", "aria-hidden": "true" }, Array.from({ length: count }, () => h("div", { class: "tile ghost" }, h("span", { class: "tile-picture" }))));

// A state that is not a list: what is so, and what can be done about it.
export function notice({ drawing, title, text, actions = [] }) {
  return h("div", { class: "empty" }, icon(drawing), h("h2", {}, title), h("p", {}, text), h("div", { class: "empty-actions" }, actions));
}

export const errorNotice = (error, again) => notice({
  drawing: error.offline ? "offline" : "alert", title: say(error.offline ? "offline_title" : "server_title"), text: reasonOf(error),
  actions: [h("button", { type: "button", class: "button", onclick: again }, say("try_again"))],
});
