// The text area with its overlay: numbers, colours and marks lie behind a transparent text of the same measures.
import { el } from "./dom.js";
import { classify, headings } from "./fountain.js";

export class Script extends EventTarget {
  constructor(text, backdrop, paper) {
    super();
    Object.assign(this, { text, backdrop, paper, shown: [], kinds: [], lines: [] });
    text.addEventListener("input", () => { this.#paint(); this.dispatchEvent(new Event("input")); });
    document.addEventListener("selectionchange", () => this.#follow());
    text.addEventListener("focus", () => this.#follow());
  }

  get value() { return this.text.value; }

  /** Replace everything; `quiet` for the first text, which is no change of the writer's. */
  set(value, { quiet = false } = {}) {
    this.text.value = value;
    this.#paint();
    if (!quiet) this.dispatchEvent(new Event("input"));
  }

  get scenes() { return headings(this.lines, this.kinds); }

  /** Put the cursor at the start of a line (from 1), in sight. */
  goTo(number, last = number) {
    const start = this.#offset(number);
    const end = last > number ? this.#offset(last) + (this.lines[last - 1] ?? "").length : start;
    this.text.focus({ preventScroll: true });
    this.text.setSelectionRange(start, end);
    this.reveal(number);
  }

  reveal(number) {
    const row = this.backdrop.children[number - 1];
    if (!row) return;
    const top = row.offsetTop - this.paper.clientHeight / 3;
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.paper.scrollTo({ top: Math.max(0, top), behavior: calm ? "auto" : "smooth" });
  }

  /** Mark lines first..last with a class ("error", "marked"); null clears it. */
  mark(kind, first = null, last = first) {
    for (const row of this.backdrop.querySelectorAll(`.${kind}`)) row.classList.remove(kind);
    if (first === null) return;
    for (let n = first; n <= last; n += 1) this.backdrop.children[n - 1]?.classList.add(kind);
  }

  /** The line of the cursor, from 1. */
  get line() { return this.text.value.slice(0, this.text.selectionStart).split("\n").length; }

  #offset(number) {
    return this.lines.slice(0, number - 1).reduce((sum, line) => sum + line.length + 1, 0);
  }

  #follow() {
    if (document.activeElement !== this.text) return;
    const line = this.line;
    if (line === this.current) return;
    this.current = line;
    this.mark("active", line);
    this.dispatchEvent(new CustomEvent("line", { detail: line }));
  }

  /** Only rows that differ are built anew: a page of thousands of lines stays quick. */
  #paint() {
    this.lines = this.text.value.split("\n");
    this.kinds = classify(this.lines);
    this.lines.forEach((line, index) => {
      const { kind, split } = this.kinds[index];
      const key = `${kind} ${split} ${line}`;
      if (this.shown[index] === key) return;
      const row = rowOf(line, kind, split);
      const old = this.backdrop.children[index];
      if (old) {
        for (const name of ["active", "marked"]) if (old.classList.contains(name)) row.classList.add(name);
        old.replaceWith(row);
      } else this.backdrop.append(row);
      this.shown[index] = key;
    });
    while (this.backdrop.children.length > this.lines.length) this.backdrop.lastElementChild.remove();
    this.shown.length = this.lines.length;
  }
}

function rowOf(line, kind, split) {
  const text = line === "" ? "\u200b" : line;
  if (!split) return el("div", { class: `ln l-${kind}` }, text);
  return el("div", { class: `ln l-${kind}` }, el("span", { class: "who" }, text.slice(0, split)), text.slice(split));
}
