// Small helpers for building pages without markup in strings.

export const byId = (id) => document.getElementById(id);

/** An element with properties, data and children; text children are text, never markup. */
export function el(name, attributes = {}, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (key === "class") node.className = value;
    else if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else node.setAttribute(key, value === true ? "" : value);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

const SVG = "http://www.w3.org/2000/svg";

/** An SVG element. */
export function svg(name, attributes = {}, ...children) {
  const node = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  node.append(...children);
  return node;
}

/** An icon of the shared sprite. */
export function icon(name) {
  return svg("svg", { class: "icon", "aria-hidden": "true" }, svg("use", { href: `${document.body.dataset.icons}#${name}` }));
}

/** Runs `action` once the calls have stopped for `ms`. `now()` runs it at once if it is waiting. */
export function debounce(action, ms) {
  let timer = 0;
  const later = (...args) => {
    clearTimeout(timer);
    timer = setTimeout(() => { timer = 0; action(...args); }, ms);
  };
  later.cancel = () => { clearTimeout(timer); timer = 0; };
  later.waiting = () => timer !== 0;
  return later;
}

/** A short message at the foot of the page. */
export function notice(text, kind = "") {
  const place = byId("notice");
  place.textContent = text;
  place.className = `notice ${kind}`;
  place.hidden = false;
  clearTimeout(notice.timer);
  notice.timer = setTimeout(() => { place.hidden = true; }, 6000);
}
