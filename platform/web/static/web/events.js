// What was shown and watched, told in batches. Ranking, "continue watching" and the makers' numbers live from it.
//
//   - Each event has an id of its own, the same on every retry: the server takes it once, however often it comes.
//   - `token` says where in which feed the card was; send back what the feed gave.
//   - `watched_ms` is what was really played in this playing; `position_ms` is where in the episode it was.
//   - `sent_at` is stamped anew on every try: the server corrects a wrong clock with it.
//   - What could not be sent waits in storage and goes out with the next page.
//   - `navigator.sendBeacon` cannot carry the bearer token, so the last batch goes by `fetch` with `keepalive`, which
//     outlives the page in the same way.
import { ApiError, call, me, sendLast } from "./api.js";
import { store, uuid } from "./dom.js";

const WAITING = "rw.events";
const INSTALL = "rw.install"; // names this installation in the events; the device id is a secret and stays out of them
const EVERY_MS = 5_000;
const BATCH = 100;
const LAST_BATCH = 60; // a keepalive body may have 64 KiB
const MOST = 1_000;

let queue = JSON.parse(store.take(WAITING) || "[]");
let sending = false;
let timer = 0;

export function report(type, item, { position = 0, watched = 0, reason } = {}) {
  queue.push({
    id: uuid(), type, episode: item.episode.uid, token: item.token || "", occurred_at: new Date().toISOString(),
    position_ms: Math.round(position), watched_ms: Math.round(watched), reason,
  });
  queue = queue.slice(-MOST);
  timer ||= setTimeout(flush, EVERY_MS);
}

export async function flush() {
  clearTimeout(timer);
  timer = 0;
  if (sending || !queue.length) return;
  sending = true;
  const batch = queue.slice(0, BATCH);
  try {
    await call("POST", "events", { body: frame(batch) });
    forget(batch); // accepted, known, or rejected for good: none of them is sent again
  } catch (error) {
    if (error instanceof ApiError && [400, 413].includes(error.status)) forget(batch); // it will not get better
  }
  sending = false;
  if (queue.length) timer ||= setTimeout(flush, EVERY_MS);
}

function frame(events) {
  let install = store.get(INSTALL);
  if (!install) store.set(INSTALL, (install = uuid()));
  return { device_id: install, sent_at: new Date().toISOString(), events };
}

function forget(batch) {
  const ids = new Set(batch.map((event) => event.id));
  queue = queue.filter((event) => !ids.has(event.id));
}

addEventListener("pagehide", () => {
  if (!queue.length) return;
  store.set(WAITING, JSON.stringify(queue)); // whether the last batch arrives nobody will tell: it is sent again
  if (me()) sendLast("events", frame(queue.slice(0, LAST_BATCH)))?.catch(() => {});
});
addEventListener("pageshow", (event) => event.persisted && store.drop(WAITING));
addEventListener("online", flush);
if (queue.length) timer = setTimeout(flush, EVERY_MS);
