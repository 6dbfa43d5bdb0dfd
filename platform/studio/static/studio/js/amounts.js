// Money and time as people say them.
import { t } from "./words.js";

/** 4200 micros -> "$0.0042", 14 -> "$0.000014": a step of an animatic costs that little, and sums have to add up. */
export function money(micros, currency = "USD") {
  const size = Math.abs(micros);
  return new Intl.NumberFormat(document.documentElement.lang || "en", {
    style: "currency", currency, currencyDisplay: "narrowSymbol", minimumFractionDigits: 2,
    maximumFractionDigits: size >= 1e6 ? 2 : size >= 1e4 ? 4 : 6,
  }).format(micros / 1e6);
}

/** 7 -> "7 s", 43 -> "45 s", 300 -> "5 min", 8000 -> "2 h 13 min". */
export function span(seconds) {
  if (seconds < 90) return t("seconds", { n: seconds < 20 ? Math.max(1, Math.ceil(seconds)) : Math.ceil(seconds / 5) * 5 });
  const minutes = Math.round(seconds / 60);
  if (minutes < 90) return t("minutes", { n: minutes });
  return t("hours", { h: Math.floor(minutes / 60), m: minutes % 60 });
}

/** How long it still takes, in words; "" if nobody can say. */
export function left(seconds) {
  if (seconds === null || seconds === undefined) return "";
  return seconds < 5 ? t("left_few") : t("left", { time: span(seconds) });
}
