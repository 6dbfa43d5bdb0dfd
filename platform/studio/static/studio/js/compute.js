// The compute account: where it stands, how far it may go, and every movement in plain words.
import { money } from "./amounts.js";
import { call } from "./api.js";
import { byId, el, notice } from "./dom.js";
import { showError } from "./page.js";
import { t, told, when } from "./words.js";

const path = `/api/v1/studio/creators/${byId("compute").dataset.creator}/compute`;
let currency = "USD";
let next = null;
let typed = false; // what somebody is writing is not written over

function show(account) {
  ({ currency } = account);
  const cash = (micros) => money(micros, currency);
  byId("compute-spent").textContent = cash(account.counted_micros);
  byId("compute-held").textContent = cash(account.held_micros);
  byId("compute-cap").textContent = account.cap_micros === null ? t("compute_no_cap") : cash(account.cap_micros);
  byId("compute-left").textContent = account.available_micros === null ? "–" : cash(account.available_micros);
  byId("compute-capped").hidden = !account.capped;
  byId("compute-capped").textContent = account.capped ? t("compute_capped") : "";
  if (!byId("compute-form")) return;
  byId("compute-currency").textContent = currency;
  byId("compute-form").querySelector("button").disabled = false;
  if (!typed) byId("compute-amount").value = account.cap_micros === null ? "" : account.cap_micros / 1e6;
}

function words(entry) {
  const what = entry.step_kind ? t(`one_${entry.step_kind}`) : "";
  if (entry.kind === "settle") return t("compute_settle", { what });
  if (entry.kind === "release") return what ? t("compute_release", { what }) : t(entry.batch ? "compute_move" : "compute_release_render");
  return t(entry.batch && !entry.render ? "compute_hold_batch" : "compute_hold");
}

function signed(micros) {
  if (!micros) return "–";
  return `${micros > 0 ? "+" : "−"}${money(Math.abs(micros), currency)}`;
}

async function entries() {
  const page = await call("GET", `${path}/entries?limit=20${next ? `&cursor=${encodeURIComponent(next)}` : ""}`);
  const table = byId("entries");
  const { held, spent } = table.dataset;
  table.append(...page.results.map((entry) => el("tr", {},
    el("th", { scope: "row" }, el("span", { class: "dim" }, when(entry.created_at))), el("td", {}, words(entry)),
    el("td", { class: "num", "data-label": held }, signed(entry.held_micros)), el("td", { class: "num", "data-label": spent }, signed(entry.spent_micros)))));
  if (!table.children.length) table.append(el("tr", {}, el("td", { colspan: 4, class: "dim" }, t("compute_none"))));
  ({ next } = page);
  byId("entries-more").hidden = !next;
}

async function set(event) {
  event.preventDefault();
  const form = byId("compute-form");
  const amount = byId("compute-amount").value.trim();
  form.querySelector(".form-error").hidden = true;
  try {
    const answer = await call("PUT", path, { cap_micros: amount === "" ? null : Math.round(Number(amount) * 1e6), renew: byId("compute-renew").checked });
    typed = false;
    show(answer);
    byId("compute-renew").checked = false;
    notice(t("saved"), "good");
  } catch (error) {
    showError(form, error);
  }
}

byId("compute-form")?.addEventListener("submit", set);
byId("compute-amount")?.addEventListener("input", () => { typed = true; });
byId("entries-more").addEventListener("click", () => entries().catch((error) => notice(told(error).message, "bad")));
try {
  show(await call("GET", path));
  await entries();
  if (location.hash === "#compute") byId("compute").scrollIntoView();
} catch (error) {
  notice(told(error).message, "bad");
}
