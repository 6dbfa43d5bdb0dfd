// Every text comes from the server in the visitor's language; numbers, money and times are written as that language does.
import { readJson } from "./dom.js";

const WORDS = readJson("words");
const LANG = document.documentElement.lang || "en";
const plural = new Intl.PluralRules(LANG);

// `say("coins", {n: 1})` takes `coins_one` where the language has such a form, and fills {n}.
export function say(key, values = {}) {
  const form = "n" in values ? WORDS[`${key}_${plural.select(values.n)}`] : undefined;
  const text = form ?? WORDS[key] ?? key;
  return text.replace(/\{(\w+)\}/g, (whole, name) => {
    if (!(name in values)) return whole;
    return typeof values[name] === "number" ? number(values[name]) : values[name];
  });
}

export const number = (value) => new Intl.NumberFormat(LANG).format(value);

// Money in the currency's smallest unit: 499 USD is $4.99, 499 JPY is ¥499.
export function money(minor, currency) {
  const format = new Intl.NumberFormat(LANG, { style: "currency", currency });
  return format.format(minor / 10 ** format.resolvedOptions().maximumFractionDigits);
}

export function clock(ms) {
  const seconds = Math.max(0, Math.round(ms / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

export const when = (iso) =>
  new Intl.DateTimeFormat(LANG, { dateStyle: "medium", timeStyle: "short" }).format(new Date(iso));

export const episodeName = (episode) =>
  say("episode", { number: episode.number }) + (episode.title ? ` · ${episode.title}` : "");

export const language = () => (LANG.startsWith("zh") ? "zh" : "en");
