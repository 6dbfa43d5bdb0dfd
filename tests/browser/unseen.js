// Text that is cut off without an ellipsis, and controls that something else lies upon (bars that stay may do that).
() => {
  const found = new Set();
  const name = (el) => `${el.tagName.toLowerCase()}.${el.className} "${(el.innerText || el.ariaLabel || "").trim().slice(0, 40)}"`;
  const shown = (el) => el.checkVisibility({ opacityProperty: true, visibilityProperty: true }) && el.getBoundingClientRect().width > 2;
  const stays = (el) => el && (["fixed", "sticky"].includes(getComputedStyle(el).position) || stays(el.parentElement));

  const cut = (el) => {
    const style = getComputedStyle(el);
    if (!["hidden", "clip"].includes(style.overflowX) || style.textOverflow === "ellipsis" || style.display === "inline") return false;
    if (style.webkitLineClamp !== "none" || el.closest(".visually-hidden, .sr-only")) return false;
    return el.scrollWidth > el.clientWidth + 1;
  };
  for (const el of document.querySelectorAll("h1, h2, h3, p, a, button, label, td, th, li, dd, dt, span, output")) {
    if (el.innerText?.trim() && shown(el) && cut(el)) found.add(`cut off: ${name(el)}`);
  }

  const scrolledAway = (el, x, y) => {
    for (let up = el.parentElement; up; up = up.parentElement) {
      const box = up.getBoundingClientRect();
      if (getComputedStyle(up).overflow !== "visible" && (x < box.left || x >= box.right || y < box.top || y >= box.bottom)) return true;
    }
    return false;
  };
  const upon = (el) => {
    const box = el.getBoundingClientRect();
    const [x, y] = [box.left + box.width / 2, box.top + box.height / 2];
    if (x < 0 || y < 0 || x >= innerWidth || y >= innerHeight || scrolledAway(el, x, y)) return null;
    const over = document.elementFromPoint(x, y);
    if (!over || el.contains(over) || over.contains(el) || stays(over)) return null;
    return [...(el.labels || [])].some((label) => label.contains(over) || over.contains(label)) ? null : over;
  };
  if (!document.querySelector("dialog[open]")) {
    for (const el of document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea")) {
      const over = shown(el) && !el.closest("[inert], dialog") && upon(el);
      if (over) found.add(`covered: ${name(el)} by ${name(over)}`);
    }
  }
  return [...found];
}
