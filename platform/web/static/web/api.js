// How an app talks to the platform. Everything here is the public REST API; a native app does the same in its language.
//
//   1. POST auth/guest {device_id}: a random secret that this installation makes once and keeps. No sign-up screen.
//   2. Send `access` as a bearer for `expires_in` seconds. It stays in memory.
//   3. POST auth/token/refresh {refresh} before it ends. Each refresh token works ONCE: keep the new one at once, and
//      never refresh twice at a time (two tabs share one token here, so a lock stands round it).
//   4. Errors have one shape: {"error": {code, message, remedy, details, request_id}}. Branch on `code`, show the rest.
//
// No cookie goes along (`credentials: "omit"`): whoever is signed in to the studio here is still a guest viewer.
import { language } from "./words.js";
import { store } from "./dom.js";

const BASE = "/api/v1/";
const DEVICE = "rw.device";
const REFRESH = "rw.refresh";
const HANDOVER = "rw.handover"; // the access token on its way from one page of this tab to the next
const TIMEOUT_MS = 15_000;
const EARLY_MS = 30_000; // renewed so long before it ends

export class ApiError extends Error {
  constructor(status, body = {}) {
    super(body.message || "");
    this.status = status; // 0: nobody answered
    this.code = body.code || (status ? "unknown" : "offline");
    this.remedy = body.remedy || "";
    this.details = body.details || {};
  }

  get offline() { return this.status === 0; }
}

let held = takeHandover(); // {access, until, user}
let renewing = null;
const listeners = new Set();

export const me = () => held?.user ?? null;
export const onPerson = (listener) => listeners.add(listener);

// Call `method path` as this viewer. Returns the JSON (null for 204), or throws `ApiError`.
export async function call(method, path, { body, headers = {}, keepalive = false } = {}) {
  for (let first = true; ; first = false) {
    const access = await token();
    const answer = await send(method, path, { body, keepalive, headers: { ...headers, Authorization: `Bearer ${access}` } });
    if (answer.status === 401 && first) {
      held = null; // ended early: the password was changed, or our clock is wrong
      continue;
    }
    return read(answer);
  }
}

export const get = (path) => call("GET", path);
export const post = (path, body, options = {}) => call("POST", path, { body, ...options });

// Without waiting for anything: for what must go out while the page is being closed. Null if there is no token yet.
export function sendLast(path, body) {
  if (!held) return null;
  return send("POST", path, { body, keepalive: true, headers: { Authorization: `Bearer ${held.access}` } });
}

// A guest becomes a registered account and keeps everything. The old tokens and the device id end with it.
export async function upgrade(form) {
  keep(await post("me/upgrade", form));
  store.drop(DEVICE);
}

export async function signIn(form) {
  keep(await read(await send("POST", "auth/token", { body: form })));
}

// Afterwards this installation is a new guest.
export async function signOut() {
  const refresh = store.take(REFRESH);
  store.drop(DEVICE);
  held = null;
  if (refresh) await send("POST", "auth/logout", { body: { refresh } });
}

async function token() {
  if (held && held.until - EARLY_MS > Date.now()) return held.access;
  renewing ||= locked(renew).finally(() => { renewing = null; });
  await renewing;
  return held.access;
}

async function renew() {
  const refresh = store.get(REFRESH);
  if (refresh) {
    const answer = await send("POST", "auth/token/refresh", { body: { refresh } });
    if (answer.ok) return keep(await answer.json());
    if (answer.status !== 401) throw await errorOf(answer);
    store.drop(REFRESH);
  }
  return beGuest();
}

async function beGuest(again = true) {
  const answer = await send("POST", "auth/guest", { body: { device_id: deviceId(), language: language() } });
  if (answer.status === 409 && again) { // this device's guest has registered: start as a new one
    store.drop(DEVICE);
    return beGuest(false);
  }
  if (!answer.ok) throw await errorOf(answer);
  return keep(await answer.json());
}

function deviceId() {
  const known = store.get(DEVICE);
  if (known) return known;
  const bytes = crypto.getRandomValues(new Uint8Array(32));
  const made = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  store.set(DEVICE, made);
  return made;
}

function keep(answer) {
  store.set(REFRESH, answer.refresh); // first: the one before it is spent
  held = { access: answer.access, until: Date.now() + answer.expires_in * 1000, user: answer.user };
  listeners.forEach((listener) => listener(held.user));
}

// One renewal at a time over all tabs; whoever waited finds the new token in the store.
const locked = (work) => (navigator.locks ? navigator.locks.request("rw.session", work) : work());

async function send(method, path, { body, headers = {}, keepalive = false } = {}) {
  const json = body === undefined ? {} : { "Content-Type": "application/json" };
  try {
    return await fetch(BASE + path, {
      method, keepalive, credentials: "omit", cache: "no-store", body: body === undefined ? undefined : JSON.stringify(body),
      headers: { Accept: "application/json", ...json, ...headers }, signal: AbortSignal.timeout(TIMEOUT_MS),
    });
  } catch {
    throw new ApiError(0);
  }
}

async function read(answer) {
  if (!answer.ok) throw await errorOf(answer);
  return answer.status === 204 ? null : answer.json();
}

async function errorOf(answer) {
  const body = await answer.json().catch(() => ({}));
  return new ApiError(answer.status, body.error);
}

// A refresh token is spent by every use, so a page that is left does not throw its access token away: the next page of
// this tab takes it over.
function takeHandover() {
  const left = JSON.parse(store.take(HANDOVER, sessionStorage) || "null");
  return left && left.until > Date.now() ? left : null;
}

addEventListener("pagehide", () => held && store.set(HANDOVER, JSON.stringify(held), sessionStorage));
addEventListener("pageshow", (event) => event.persisted && store.drop(HANDOVER, sessionStorage));
