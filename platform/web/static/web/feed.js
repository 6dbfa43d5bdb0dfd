// The swipe page: the deck, its sheets, its keys, and the panel beside it on a wide screen.
import "./app.js";
import { get } from "./api.js";
import { Deck } from "./deck.js";
import { find, readJson, setIcon, store } from "./dom.js";
import { openEpisodes } from "./episodes.js";
import { captions, clearScreen, openMenu } from "./menu.js";
import { sound } from "./sound.js";
import { SidePanel } from "./side.js";
import { paywall } from "./unlock.js";

const PAGE = readJson("page");
const LEFT = "rw.feed"; // where the feed was when it was left: {items, at, cursor, exhausted, when}
const KEPT_MS = 30 * 60_000;
const JUMP_MS = 5_000;

const side = new SidePanel(find("#side"));
const deck = new Deck(find("#feed"), {
  paywall, menu: (card) => openMenu(card, deck), episodes: (card) => openEpisodes(card, deck), onEnter: (card) => side.show(card, deck),
});
find("#feed > .first")?.remove();

async function start() {
  if (PAGE.episode) await openOne();
  else if (!takeUp()) await deck.more();
}

// A shared link: that episode first, then the feed. The page that was bought for comes back here too.
async function openOne() {
  deck.showTail("loading");
  try {
    const item = await get(`episodes/${PAGE.episode}/card`);
    deck.begin(deck.add(item));
    await deck.more();
  } catch (error) {
    deck.showTail("error", error);
    find("button", deck.tail)?.addEventListener("click", (event) => { event.stopImmediatePropagation(); location.reload(); }, { capture: true });
  }
}

// Coming back from search or the wallet goes on with the same cards: the server would give new ones.
function takeUp() {
  const left = JSON.parse(store.take(LEFT, sessionStorage) || "null");
  if (!left || Date.now() - left.when > KEPT_MS || !left.items.length) return false;
  left.items.forEach((item) => deck.add(item));
  Object.assign(deck, { cursor: left.cursor, exhausted: left.exhausted });
  deck.showTail(left.exhausted ? "end" : "loading");
  const card = deck.cards[left.at] || deck.cards[0];
  deck.begin(card);
  return true;
}

addEventListener("pagehide", () => {
  if (PAGE.episode || !deck.cards.length) return;
  const from = Math.max(0, deck.index() - 5);
  const items = deck.cards.slice(from).map((card) => ({ ...card.item, position_ms: Math.round(card.player.position) }));
  store.set(LEFT, JSON.stringify({ items, at: Math.max(0, deck.index()) - from, cursor: deck.cursor, exhausted: deck.exhausted, when: Date.now() }), sessionStorage);
});

// --- the bar at the top

function showSound() {
  const button = find("#sound");
  setIcon(button.firstElementChild, sound.muted ? "mute" : "sound");
  button.setAttribute("aria-pressed", String(!sound.muted));
  find("#tap-for-sound").hidden = !sound.blocked;
}

function showCaptions() {
  document.body.classList.toggle("captions", captions.on);
  find("#captions").setAttribute("aria-pressed", String(captions.on));
}

sound.onChange(showSound);
captions.onChange(showCaptions);
find("#sound").addEventListener("click", () => sound.toggle());
find("#tap-for-sound").addEventListener("click", () => sound.toggle());
find("#captions").addEventListener("click", () => captions.toggle());
find("#up").addEventListener("click", () => deck.step(-1));
find("#down").addEventListener("click", () => deck.step(1));
find("#unclear").addEventListener("click", () => clearScreen());
showSound();
showCaptions();

// --- keys

const KEYS = {
  ArrowDown: () => deck.step(1),
  PageDown: () => deck.step(1),
  ArrowUp: () => deck.step(-1),
  PageUp: () => deck.step(-1),
  ArrowRight: (card) => card?.player.seekTo(card.player.position + JUMP_MS),
  ArrowLeft: (card) => card?.player.seekTo(card.player.position - JUMP_MS),
  " ": (card) => card?.toggle(),
  m: () => sound.toggle(),
  l: (card) => card && deck.toggle(card, "liked"),
  c: () => captions.toggle(),
  s: (card) => card && deck.toggle(card, "saved"),
};

addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
  const at = event.target;
  if (at.matches("input:not([type=range]), textarea, select")) return;
  if (event.key === " " && at.closest("button, a")) return; // it presses what has the focus
  if (at.matches("input[type=range]") && ["ArrowLeft", "ArrowRight"].includes(event.key)) return;
  const work = KEYS[event.key.length === 1 ? event.key.toLowerCase() : event.key];
  if (!work) return;
  event.preventDefault();
  work(deck.active);
});

start().catch((error) => deck.showTail("error", error));
