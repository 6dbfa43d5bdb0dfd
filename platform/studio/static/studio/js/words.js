// Texts come from the server in the reader's language; scripts hold none of their own.
const table = JSON.parse(document.getElementById("words").textContent);

/** The text `key` with {name} replaced by values. */
export function t(key, values = {}) {
  const text = table[key];
  if (text === undefined) throw new Error(`no text for ${key}`);
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}

/** What an error of the API says, in the reader's language where we know its code. */
export function told(error) {
  const text = table.errors[error.code];
  if (!text) return { message: error.message, remedy: error.remedy || "" };
  const values = { line: error.line ?? "", ...error.details };
  const fill = (part) => part.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
  const [message, remedy = ""] = text.map(fill);
  return { message, remedy };
}

/** 4200 -> "4.2 s", 60900 -> "60.9 s", 125000 -> "2:05". */
export function seconds(ms) {
  if (ms < 100000) return t("seconds", { n: (ms / 1000).toFixed(1) });
  return `${Math.floor(ms / 60000)}:${String(Math.floor((ms % 60000) / 1000)).padStart(2, "0")}`;
}

/** 65432 -> "1:05.4", as a player writes it. */
export function clock(ms) {
  const tenths = Math.floor(ms / 100);
  return `${Math.floor(tenths / 600)}:${String(Math.floor(tenths / 10) % 60).padStart(2, "0")}.${tenths % 10}`;
}

/** A point in time as people say it: only the time if it is today. */
export function when(iso) {
  const language = document.documentElement.lang || "en";
  const at = new Date(iso);
  const today = at.toDateString() === new Date().toDateString();
  const how = today ? { timeStyle: "short" } : { month: "short", day: "numeric", hour: "numeric", minute: "2-digit" };
  return new Intl.DateTimeFormat(language, how).format(at);
}
