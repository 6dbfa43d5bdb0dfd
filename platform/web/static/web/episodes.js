// The episodes of a series as a grid of numbers, with what is locked, unlocked and where the viewer stopped.
import { get } from "./api.js";
import { h, icon } from "./dom.js";
import { openSheet, reasonOf } from "./sheet.js";
import { say } from "./words.js";

const PAGE = 100;

// {series, mine, episodes}: three calls at once, then further pages of a long series.
export async function loadSeries(uid) {
  const [series, mine, first] = await Promise.all([get(`series/${uid}`), get(`series/${uid}/viewer`), get(`series/${uid}/episodes?limit=${PAGE}`)]);
  const episodes = first.results;
  for (let next = first.next; next;) {
    const page = await get(`series/${uid}/episodes?limit=${PAGE}&cursor=${encodeURIComponent(next)}`);
    episodes.push(...page.results);
    next = page.next;
  }
  return { series, mine, episodes };
}

export function accessOf(episode, mine) {
  const state = episode.price_coins === 0 ? "free" : mine.unlocked.includes(episode.uid) ? "entitled" : "locked";
  return { state, price_coins: episode.price_coins };
}

// `onPick(episode)` makes buttons; without it they are links to the episode's own address.
export function episodeGrid({ series, mine, episodes }, { current, onPick } = {}) {
  const cell = (episode) => {
    const { state } = accessOf(episode, mine);
    const words = [say("episode", { number: episode.number }), episode.title, say(`access_${state}`, { n: episode.price_coins })].filter(Boolean).join(". ");
    const props = { class: `cell ${state}`, "aria-label": words, title: episode.title || undefined, "aria-current": episode.uid === current ? "true" : undefined };
    const inside = [h("span", {}, String(episode.number)), state === "locked" ? icon("lock") : state === "entitled" ? icon("unlock") : null];
    return h("li", {}, onPick ? h("button", { type: "button", ...props, onclick: () => onPick(episode) }, inside) : h("a", { href: `/s/${series.uid}/${episode.number}`, ...props }, inside));
  };
  return h("ol", { class: "cells", "aria-label": say("episodes") }, episodes.map(cell));
}

export function openEpisodes(card, deck) {
  const { series, episode } = card.item;
  const sheet = openSheet({ title: series.title, name: "episodes", body: h("p", { class: "soft" }, say("loading")) });
  const fill = async () => {
    try {
      const found = await loadSeries(series.uid);
      const pick = (chosen) => {
        sheet.close();
        if (chosen.uid === episode.uid) return;
        const viewer = { ...card.item.viewer, liked: found.mine.liked.includes(chosen.uid) };
        deck.show(deck.add({ kind: "chosen", series, episode: chosen, access: accessOf(chosen, found.mine), viewer }, card));
      };
      sheet.show(
        found.series.synopsis ? h("p", { class: "soft", lang: series.language }, found.series.synopsis) : null,
        episodeGrid(found, { current: episode.uid, onPick: pick }),
        h("a", { class: "button quiet wide", href: `/s/${series.uid}` }, say("series_page")));
    } catch (error) {
      sheet.show(h("p", { class: "notice" }, reasonOf(error)), h("button", { type: "button", class: "button wide", onclick: fill }, say("try_again")));
    }
  };
  fill();
}
