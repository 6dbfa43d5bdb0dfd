// Shot cards: what the text becomes, beside what has been made of it already.
import { byId, el } from "./dom.js";
import { pictogram } from "./pictogram.js";
import { seconds, t } from "./words.js";

/** What makes two shots the same picture, wherever they stand in the text. */
export function signature(shot) {
  return JSON.stringify([
    shot.place, shot.interior, shot.time_of_day, shot.framing, shot.move, shot.action, shot.prompt, shot.cast,
    shot.lines.map((line) => [line.speaker, line.text, line.manner, line.off_screen]), shot.transition,
  ]);
}

export class Shots extends EventTarget {
  constructor(list) {
    super();
    Object.assign(this, { list, shots: [], cards: [], made: new Map(), progress: new Map() });
  }

  /** Show the shots of a breakdown; pictures that fit are put back. */
  show(shots) {
    this.shots = shots;
    const old = new Map(this.cards.map((card) => [`${card.key} ${card.shot.number}`, card]));
    this.cards = shots.map((shot) => {
      const key = signature(shot);
      const card = old.get(`${key} ${shot.number}`) ?? this.#card(shot, key);
      card.shot = shot;
      return card;
    });
    this.list.replaceChildren(...this.cards.map((card) => card.node));
    byId("shots-empty").hidden = shots.length > 0;
    this.refresh();
  }

  /** `made`: signature -> {preview, done}; what the newest render has of these shots. */
  pictures(made) {
    this.made = made;
    this.refresh();
  }

  /** `frames`: signature -> address of the newest still of a running shot; loaded out of sight, then laid over the last. */
  frames(frames) {
    for (const card of this.cards) {
      const url = frames.get(card.key);
      if (url && !card.loading && card.preview === null) this.#lay(card, url);
    }
  }

  /** `progress`: signature -> {share: 0..1, failed} while a render runs or has failed; empty otherwise. */
  bars(progress) {
    this.progress = progress;
    this.refresh();
  }

  refresh() {
    for (const card of this.cards) {
      const made = this.made.get(card.key);
      const { share, failed = false } = this.progress.get(card.key) ?? {};
      this.#picture(card, made?.preview ?? null);
      card.bar.hidden = share === undefined || failed;
      card.failed.hidden = !failed;
      if (share !== undefined) card.bar.value = share * 100;
      card.node.classList.toggle("made", Boolean(made?.done) && (share === undefined || share >= 1));
      card.node.classList.toggle("working", share !== undefined && share < 1);
    }
  }

  /** The cards of the shots at a source line stand out. */
  atLine(line) {
    const found = this.cards.find((card) => card.shot.first_line <= line && line <= card.shot.last_line);
    for (const card of this.cards) card.node.classList.toggle("here", card === found);
    if (!found || this.list.contains(document.activeElement)) return;
    const pane = this.list.parentElement;
    const { offsetTop, offsetHeight } = found.node;
    if (offsetTop < pane.scrollTop || offsetTop + offsetHeight > pane.scrollTop + pane.clientHeight) pane.scrollTop = offsetTop - 90;
  }

  #picture(card, preview) {
    // by the artifact's key: a new grant for the same picture is no reason to load it again
    const key = preview ? this.made.get(card.key).key : null;
    if (card.preview === key) return;
    card.preview = key;
    if (preview) this.#lay(card, preview);
    else if (!this.progress.get(card.key)) card.frame.replaceChildren(pictogram(card.shot), card.failed, card.bar);
  }

  /** A picture over what is there, once it has been loaded; what it covers goes when it has faded in. */
  async #lay(card, url) {
    const picture = el("img", { src: url, alt: "", width: 72, height: 128, class: "fresh" });
    card.loading = url;
    try {
      await picture.decode();
    } catch {
      if (card.loading === url) card.loading = null;
      return;
    }
    if (card.loading !== url) return; // another one has overtaken it
    card.loading = null;
    card.frame.insertBefore(picture, card.failed);
    const gone = [...card.frame.children].filter((child) => child !== picture && child !== card.failed && child !== card.bar);
    setTimeout(() => gone.forEach((child) => child.remove()), 600);
  }

  #card(shot, key) {
    const bar = el("progress", { max: 100, value: 0, class: "shot-bar", hidden: true, "aria-label": t("shot_progress", { n: shot.number }) });
    const failed = el("span", { class: "shot-failed", hidden: true }, t("shot_failed"));
    const frame = el("span", { class: "shot-frame" }, pictogram(shot), failed, bar);
    const lines = shot.lines.map((line) => el("span", { class: "shot-line" }, el("b", {}, line.speaker), ` ${line.text}`));
    const node = el("li", {},
      el("button", { class: "shot", type: "button", "aria-label": t("shot_label", { n: shot.number, framing: t(`framing_${shot.framing}`) }) }, frame,
        el("span", { class: "shot-text" },
          el("span", { class: "shot-head" }, el("span", { class: "shot-n" }, String(shot.number)), el("span", { class: "shot-framing" }, t(`framing_${shot.framing}`)), el("span", { class: "shot-ms" }, seconds(shot.estimated_ms))),
          lines.length ? null : el("span", { class: "shot-action" }, shot.action), ...lines,
          el("span", { class: "shot-place" }, [shot.place, t(`time_${shot.time_of_day}`), shot.cast.join(", ")].filter(Boolean).join(" · ")))));
    const card = { shot, key, node: node.firstChild, frame, bar, failed, preview: null, loading: null };
    card.node = node;
    node.firstChild.addEventListener("click", () => this.dispatchEvent(new CustomEvent("pick", { detail: card.shot })));
    node.firstChild.addEventListener("mouseenter", () => this.dispatchEvent(new CustomEvent("point", { detail: card.shot })));
    node.firstChild.addEventListener("mouseleave", () => this.dispatchEvent(new CustomEvent("point", { detail: null })));
    return card;
  }
}

/** The length of the episode against the 30-60 s that the genre wants. */
export function showMeter(ms) {
  byId("meter").hidden = ms === 0;
  byId("meter-fill").style.width = `${Math.min(100, (ms / 90000) * 100)}%`;
  byId("meter-length").textContent = seconds(ms);
  const zone = ms < 30000 ? "short" : ms > 60000 ? "long" : "right";
  byId("meter").dataset.zone = zone;
  byId("meter-advice").textContent = t(`length_${zone}`);
}
