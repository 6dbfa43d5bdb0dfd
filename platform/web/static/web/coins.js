// Buying coins: an order, the provider's own page, and then waiting until the provider has told the platform. The page
// never grants anything itself: what counts is the order's status, and coming back from the checkout proves nothing.
import { get, post } from "./api.js";
import { h, icon, store } from "./dom.js";
import { money, number, say } from "./words.js";

const BUYING = "rw.buying"; // {order, back, episode?, price?, key?}: survives the way to the checkout and back
const ASK_MS = [700, 1_000, 1_000, 1_500, 2_000, 2_000, 3_000, 3_000, 4_000, 5_000, 5_000, 5_000];

export const bought = () => JSON.parse(store.get(BUYING, sessionStorage) || "null");
export const forgetBought = () => store.drop(BUYING, sessionStorage);

// Radio buttons of packs, the money price beside the coins. `need` is what is missing: the first pack that covers it is
// chosen. Returns the element and a way to read the choice.
export function packList(packs, need = 0) {
  const fit = packs.find((pack) => pack.coins + pack.bonus >= need) || packs[packs.length - 1];
  const rows = packs.map((pack) => h("label", { class: "pack" },
    h("input", { type: "radio", name: "pack", value: pack.uid, checked: pack === fit }),
    h("span", { class: "pack-coins" }, icon("coin"), h("b", {}, say("coins", { n: pack.coins })),
      pack.bonus ? h("span", { class: "pack-bonus" }, say("bonus", { n: pack.bonus, days: pack.bonus_days })) : null),
    h("span", { class: "pack-price" }, money(pack.price_cents, pack.currency))));
  const el = h("fieldset", { class: "packs" }, h("legend", { class: "visually-hidden" }, say("packs")), rows);
  return { el, chosen: () => packs.find((pack) => pack.uid === el.querySelector("input:checked")?.value) || fit };
}

export const packPrice = (pack) => money(pack.price_cents, pack.currency);

// Leaves the page for the checkout; `back` is a path of ours. Throws `ApiError`.
export async function buy(pack, { back, ...intent }) {
  const order = await post("orders", { pack: pack.uid });
  store.set(BUYING, JSON.stringify({ order: order.uid, back, ...intent }), sessionStorage);
  location.assign(checkoutAddress(order.checkout_url, back));
}

// The local twin lives on this same server: stay on the name that this page was opened by (localhost or 127.0.0.1), or
// the browser takes the way back for another visitor. A real provider's address is used as it is.
function checkoutAddress(url, back) {
  const address = new URL(url);
  if (!address.pathname.startsWith("/api/v1/twin/")) return address.href;
  return `${location.origin}${address.pathname}?return=${encodeURIComponent(back)}`;
}

// Ask until the order is paid; returns whether it is. Stops early when `alive()` says no.
export async function untilPaid(order, alive = () => true) {
  for (const pause of ASK_MS) {
    const { status } = await get(`orders/${order}`).catch((error) => {
      if (error.status === 404) throw error;
      return { status: "pending" }; // no network for a moment
    });
    if (status !== "pending") return status === "paid";
    await new Promise((resolve) => setTimeout(resolve, pause));
    if (!alive()) return false;
  }
  return false;
}

export const balanceLine = (balance) => h("p", { class: "balance" }, icon("coin"), h("span", {}, say("you_have")), h("b", {}, number(balance.total)));
