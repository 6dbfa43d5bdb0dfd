// Coins: what you have, how to get more, what happened to them; and whose they are.
import "./app.js";
import { get, me, signOut } from "./api.js";
import { openAccount } from "./account.js";
import { bought, buy, forgetBought, packList, packPrice, untilPaid } from "./coins.js";
import { find, h, icon } from "./dom.js";
import { failed, toast } from "./sheet.js";
import { errorNotice } from "./shelf.js";
import { number, say, when } from "./words.js";

async function start() {
  const areas = { balance: find("#balance"), packs: find("#packs"), history: find("#history") };
  try {
    const [balance, packs, history] = await Promise.all([get("wallet"), get("packs"), get("wallet/history?limit=20")]);
    areas.balance.replaceChildren(...balanceCard(balance));
    areas.packs.replaceChildren(...shop(packs.results));
    areas.history.replaceChildren(...past(history));
    person();
  } catch (error) {
    areas.balance.replaceChildren(errorNotice(error, start));
    areas.packs.replaceChildren();
    areas.history.replaceChildren();
  }
}

function balanceCard(balance) {
  return [
    h("p", { class: "big" }, icon("coin"), h("b", {}, number(balance.total)), h("span", {}, say("coins_word", { n: balance.total }))),
    h("p", { class: "soft" }, say("balance_parts", { paid: number(balance.paid), bonus: number(balance.bonus) })),
    balance.debt ? h("p", { class: "notice" }, say("debt", { n: balance.debt })) : "",
  ];
}

function shop(packs) {
  if (!packs.length) return [h("p", { class: "soft" }, say("no_packs"))];
  const list = packList(packs);
  const go = h("button", { type: "button", class: "button gold wide", onclick: async () => {
    go.disabled = true;
    try {
      await buy(list.chosen(), { back: "/wallet" });
    } catch (error) {
      go.disabled = false;
      failed(error);
    }
  } });
  const label = () => go.replaceChildren(say("buy_for", { price: packPrice(list.chosen()) }));
  list.el.addEventListener("change", label);
  label();
  return [list.el, go];
}

function past(history) {
  if (!history.results.length) return [h("p", { class: "soft" }, say("history_empty"))];
  const rows = h("ul", { class: "history" }, history.results.map(line));
  let next = history.next;
  const more = h("button", { type: "button", class: "button quiet wide", hidden: !next, onclick: async () => {
    const page = await get(`wallet/history?limit=20&cursor=${encodeURIComponent(next)}`).catch(failed);
    if (!page) return;
    rows.append(...page.results.map(line));
    next = page.next;
    more.hidden = !next;
  } }, say("show_more"));
  return [rows, more];
}

// What happened, in plain words; the sign is always of the person's coins.
function line(entry) {
  const change = entry.paid + entry.bonus;
  const about = entry.episode ? say("history_unlock", { number: entry.episode.number, title: entry.episode.series_title }) : say(`history_${entry.kind}`);
  const parts = [entry.bonus && say("bonus_part", { change: signed(entry.bonus) }), entry.debt && say("debt_part", { change: signed(entry.debt) })].filter(Boolean);
  return h("li", {},
    h("span", { class: "history-what" }, h("b", {}, about), h("span", { class: "soft small" }, [when(entry.at), ...parts].join(" · "))),
    h("span", { class: change < 0 ? "history-change" : "history-change plus" }, signed(change)));
}

const signed = (value) => (value > 0 ? "+" : value < 0 ? "−" : "") + number(Math.abs(value));

function person() {
  const who = me();
  const area = find("#person");
  const guest = who.kind === "guest";
  const again = () => start();
  area.replaceChildren(...(guest ? [
    h("h2", {}, say("guest")), h("p", { class: "soft" }, say("guest_text")),
    h("div", { class: "stack" }, h("button", { type: "button", class: "button wide", onclick: () => openAccount({ mode: "up", onDone: again }) }, say("sign_up")),
      h("button", { type: "button", class: "button quiet wide", onclick: () => openAccount({ mode: "in", onDone: again }) }, say("sign_in"))),
  ] : [
    h("h2", {}, who.display_name || who.email), h("p", { class: "soft" }, who.display_name ? who.email : say("account_kept")),
    h("button", { type: "button", class: "button quiet wide", onclick: async () => { await signOut().catch(() => {}); start(); } }, icon("out"), say("sign_out")),
  ]));
}

async function cameBack() {
  const waiting = bought();
  if (!waiting || waiting.episode) return;
  forgetBought();
  if (new URLSearchParams(location.search).has("cancelled")) return toast(say("not_charged"));
  toast(say("waiting_coins"));
  const paid = await untilPaid(waiting.order).catch(() => false);
  toast(say(paid ? "coins_came" : "waiting_long"), { bad: !paid });
  if (paid) start();
}

await start();
await cameBack();
