// The left rail: scenes to jump to, versions to look back at.
import { byId, el } from "./dom.js";
import { seconds, t, when } from "./words.js";

export function showOutline(scenes, shots, goTo) {
  const lengths = new Map();
  const starts = scenes.map((scene) => scene.line);
  for (const shot of shots) {
    const start = starts.filter((line) => line <= shot.first_line).pop();
    lengths.set(start, (lengths.get(start) ?? 0) + shot.estimated_ms);
  }
  byId("outline-empty").hidden = scenes.length > 0;
  byId("outline").replaceChildren(...scenes.map((scene, index) => el("li", {},
    el("button", { type: "button", class: "outline-item", onclick: () => goTo(scene.line) },
      el("span", { class: "outline-n" }, String(index + 1)), el("span", { class: "outline-text" }, scene.text),
      el("span", { class: "outline-ms" }, lengths.has(scene.line) ? seconds(lengths.get(scene.line)) : "")))));
}

export class Versions extends EventTarget {
  constructor(rows) {
    super();
    this.rows = rows;
    this.show();
  }

  add(row) {
    this.rows.unshift({ version: row.version, at: row.created_at, by: "", shots: row.shot_count, ms: row.estimated_ms });
    this.show();
  }

  show() {
    byId("versions-empty").hidden = this.rows.length > 0;
    byId("versions").replaceChildren(...this.rows.map((row, index) => el("li", {},
      el("button", { type: "button", class: "version", "aria-current": index === 0, title: row.by ? t("by", { name: row.by }) : null,
        onclick: () => this.dispatchEvent(new CustomEvent("pick", { detail: row })) },
        el("span", { class: "version-n" }, `v${row.version}`), el("span", { class: "version-at" }, when(row.at)),
        el("span", { class: "version-ms" }, seconds(row.ms))))));
  }
}
