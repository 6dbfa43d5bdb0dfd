// Builds elements from values, never from markup: a title with a tag in it is shown as that text and does nothing.

export function h(tag, props = {}, ...children) {
  const el = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) el.addEventListener(name.slice(2), value);
    else if (name === "dataset") Object.assign(el.dataset, value);
    else el.setAttribute(name, value === true ? "" : value);
  }
  el.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return el;
}

export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  use.setAttribute("href", `${document.body.dataset.icons}#${name}`);
  svg.append(use);
  return svg;
}

// Change which drawing an icon shows, keeping the element and its transitions.
export function setIcon(svg, name) {
  svg.querySelector("use").setAttribute("href", `${document.body.dataset.icons}#${name}`);
}

export const find = (selector, root = document) => root.querySelector(selector);
export const findAll = (selector, root = document) => [...root.querySelectorAll(selector)];

export function readJson(id) {
  const el = document.getElementById(id);
  return el ? JSON.parse(el.textContent) : {};
}

// A random version-4 uuid. `crypto.randomUUID` exists on https and localhost only; a phone in the same network has
// neither, and `getRandomValues` is everywhere.
export function uuid() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

// Storage can be full, forbidden or gone (private windows): then the page works, and forgets.
export const store = {
  get(key, area = localStorage) {
    try { return area.getItem(key); } catch { return null; }
  },
  set(key, value, area = localStorage) {
    try { area.setItem(key, value); } catch { /* forgotten */ }
  },
  drop(key, area = localStorage) {
    try { area.removeItem(key); } catch { /* was not there */ }
  },
  take(key, area = localStorage) {
    const value = store.get(key, area);
    store.drop(key, area);
    return value;
  },
};

let live;
// Speak to a screen reader without moving the focus.
export function announce(text) {
  live ||= document.getElementById("live");
  if (live) live.textContent = text;
}
