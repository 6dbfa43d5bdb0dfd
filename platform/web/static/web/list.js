// My list: what you are in the middle of, and what you put aside.
import "./app.js";
import { get } from "./api.js";
import { find, h } from "./dom.js";
import { continueRow, errorNotice, ghosts, notice, poster } from "./shelf.js";
import { say } from "./words.js";

const root = find("#list");

async function start() {
  root.replaceChildren(ghosts());
  try {
    const [going, saved] = await Promise.all([get("continue?limit=20"), get("list?limit=30")]);
    if (!going.results.length && !saved.results.length) return root.replaceChildren(empty());
    const parts = [];
    if (going.results.length) parts.push(h("h2", {}, say("continue_watching")), continueRow(going.results));
    parts.push(h("h2", {}, say("my_list")), saved.results.length ? shelf(saved) : h("p", { class: "soft" }, say("list_hint")));
    root.replaceChildren(...parts);
  } catch (error) {
    root.replaceChildren(errorNotice(error, start));
  }
}

function shelf(page) {
  const list = h("ul", { class: "tiles" }, page.results.map((row) => poster(row.series)));
  const box = h("div", {}, list);
  let next = page.next;
  if (!next) return box;
  const more = h("button", { type: "button", class: "button quiet wide", onclick: async () => {
    more.disabled = true;
    try {
      const found = await get(`list?limit=30&cursor=${encodeURIComponent(next)}`);
      list.append(...found.results.map((row) => poster(row.series)));
      next = found.next;
      more.hidden = !next;
    } catch {
      more.textContent = say("try_again");
    }
    more.disabled = false;
  } }, say("show_more"));
  box.append(more);
  return box;
}

const empty = () => notice({
  drawing: "list", title: say("list_empty"), text: say("list_empty_text"),
  actions: [h("a", { class: "button", href: "/" }, say("to_feed")), h("a", { class: "button quiet", href: "/search" }, say("discover"))],
});

start();
addEventListener("pageshow", (event) => event.persisted && start());
