// The sheet that stands before a locked episode: what it costs, what you have, what is missing, and every way to get it.
import { post } from "./api.js";
import { balanceLine, bought, buy, forgetBought, packList, packPrice, untilPaid } from "./coins.js";
import { announce, h, icon, uuid } from "./dom.js";
import { report } from "./events.js";
import { forgetPlayback, openPlayback } from "./playback.js";
import { openSheet, reasonOf, toast } from "./sheet.js";
import { episodeName, number, say } from "./words.js";

let open = null;

// Called when a locked card comes on, and by its button. `details` are those of the 402, if they are known already.
export async function paywall(card, details) {
  card.state("locked");
  card.showPanel("lock", say("locked_title", { number: card.item.episode.number }), say("price", { n: card.item.access.price_coins }),
    h("button", { type: "button", class: "button gold", dataset: { control: "unlock" }, onclick: () => paywall(card) }, icon("unlock"), say("unlock")));
  open?.close();
  try {
    await (details ? show(card, details) : ask(card));
  } catch (error) {
    if (card.entered) card.onError(error);
  }
}

// The price of this moment. An episode that was unlocked elsewhere meanwhile simply plays.
async function ask(card) {
  forgetPlayback(card.item.episode.uid);
  try {
    await openPlayback(card.item.episode.uid);
    opened(card);
  } catch (error) {
    if (error.status !== 402) throw error;
    await show(card, error.details);
  }
}

async function show(card, details) {
  if (!card.entered) return;
  card.item.access.price_coins = details.price_coins;
  const waiting = bought();
  const mine = waiting?.episode === card.item.episode.uid;
  report("paywall_shown", card.item);
  const sheet = openSheet({ title: say("unlock_title", { number: card.item.episode.number }), name: "unlock", onClose: () => { if (open === sheet) open = null; } });
  open = sheet;
  if (mine) await finish(card, sheet, waiting);
  else offer(card, sheet, details);
}

function offer(card, sheet, details, note = "") {
  const { price_coins: price, balance, shortfall, rest_of_series: rest, packs } = details;
  const missing = shortfall + (balance.debt || 0);
  const key = uuid(); // one for this intent: however often the button is pressed, one purchase
  const head = [
    h("div", { class: "unlock-head" },
      h("img", { src: card.item.series.poster, alt: "", class: "thumb" }),
      h("div", {}, h("p", { class: "strong", lang: card.item.series.language }, card.title), h("p", { class: "soft" }, episodeName(card.item.episode)),
        h("p", { class: "unlock-price" }, icon("coin"), h("b", {}, say("coins", { n: price }))))),
    note && h("p", { class: "notice", role: "status" }, note),
    balanceLine(balance),
    balance.debt ? h("p", { class: "notice" }, say("debt", { n: balance.debt })) : null,
  ];
  const restLine = rest.episodes > 1 && h("p", { class: "soft small" }, say("rest", { n: rest.episodes, coins: number(rest.price_coins) }));
  if (!missing) {
    const go = h("button", { type: "button", class: "button gold wide", onclick: () => pay(card, sheet, go, price, key) }, icon("unlock"), say("unlock_for", { n: price }));
    sheet.show(...head, go, restLine);
    go.focus();
    return;
  }
  const list = packList(packs, missing);
  const go = h("button", { type: "button", class: "button gold wide", onclick: () => order(card, sheet, go, list.chosen(), price, key) });
  const label = () => go.replaceChildren(say("buy_and_unlock", { price: packPrice(list.chosen()) }));
  list.el.addEventListener("change", label);
  label();
  sheet.show(...head, h("p", { class: "soft" }, say("missing", { n: missing })), list.el, go, h("p", { class: "soft small" }, say("buy_note")), restLine);
}

// The price that was shown goes along: if it has changed meanwhile nothing is taken, and the new one is shown.
async function pay(card, sheet, button, price, key) {
  button.disabled = true;
  try {
    const done = await post(`episodes/${card.item.episode.uid}/unlock`, { expected_price: price }, { headers: { "Idempotency-Key": key } });
    opened(card);
    sheet.close();
    toast(done.charged.total ? say("unlocked", { n: done.charged.total, left: number(done.balance.total) }) : say("unlocked_already"));
  } catch (error) {
    button.disabled = false;
    if (error.status === 409 || error.status === 402) await again(card, sheet, say(error.code === "price_changed" ? "price_changed" : "not_enough"));
    else toast(reasonOf(error), { bad: true });
  }
}

async function again(card, sheet, note) {
  forgetPlayback(card.item.episode.uid);
  try {
    await openPlayback(card.item.episode.uid);
    opened(card);
    sheet.close();
  } catch (error) {
    if (error.status === 402) offer(card, sheet, error.details, note);
    else sheet.show(h("p", { class: "notice" }, reasonOf(error)), h("button", { type: "button", class: "button wide", onclick: () => again(card, sheet, note) }, say("try_again")));
  }
}

async function order(card, sheet, button, pack, price, key) {
  button.disabled = true;
  const { series, episode } = card.item;
  try {
    await buy(pack, { back: `/s/${series.uid}/${episode.number}`, episode: episode.uid, price, key });
  } catch (error) {
    button.disabled = false;
    toast(reasonOf(error), { bad: true });
  }
}

// Back from the checkout: wait for the coins, then do what they were bought for.
async function finish(card, sheet, waiting) {
  if (new URLSearchParams(location.search).has("cancelled")) {
    forgetBought();
    return again(card, sheet, say("not_charged"));
  }
  sheet.show(h("div", { class: "waiting", role: "status" }, h("span", { class: "spinner shown" }), h("p", { class: "strong" }, say("waiting_coins")), h("p", { class: "soft" }, say("waiting_text"))));
  const paid = await untilPaid(waiting.order, () => sheet.dialog.open).catch(() => false);
  if (!sheet.dialog.open) return undefined;
  if (!paid) {
    sheet.show(h("p", { class: "strong" }, say("waiting_long")), h("p", { class: "soft" }, say("waiting_long_text")),
      h("button", { type: "button", class: "button gold wide", onclick: () => finish(card, sheet, waiting) }, say("check_again")),
      h("button", { type: "button", class: "button quiet wide", onclick: () => { forgetBought(); again(card, sheet, ""); } }, say("other_way")));
    return undefined;
  }
  forgetBought();
  const button = h("button", { type: "button" });
  return pay(card, sheet, button, waiting.price, waiting.key);
}

function opened(card) {
  card.item.access = { ...card.item.access, state: "entitled" };
  forgetPlayback(card.item.episode.uid);
  card.hidePanel();
  announce(say("unlocked_already"));
  if (card.entered) card.enter();
}

// A page that comes back from the browser's own store still shows a pressed button.
addEventListener("pageshow", (event) => event.persisted && bought() && location.reload());
