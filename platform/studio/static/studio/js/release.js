// Handing a film to review, and what the review said.
import { call } from "./api.js";
import { byId, el } from "./dom.js";
import { showError } from "./page.js";
import { t, when } from "./words.js";

const OPEN = ["draft", "rejected"];

export class Release extends EventTarget {
  constructor({ desk }) {
    super();
    this.desk = desk;
    this.render = null;
    byId("submit-form").addEventListener("submit", (event) => { event.preventDefault(); this.#submit(); });
  }

  /** The newest done render that was not judged yet, or null. */
  offer(render) {
    this.render = render;
    this.show();
  }

  show() {
    const { status } = this.desk;
    const open = OPEN.includes(status);
    const fit = open && this.render && !this.render.submitted;
    byId("submit-form").hidden = !fit;
    if (fit) byId("submit-what").textContent = t("submit_what", { version: this.render.version, when: when(this.render.at) });
    byId("review-wait").hidden = fit;
    byId("review-title").textContent = open ? t("release_render_first") : t(`release_${status}`);
    byId("review-text").textContent = open ? t(this.desk.reviews.length ? "release_render_again" : "release_render_first_more") : t(`release_${status}_more`);
    byId("review-mark").hidden = status !== "rejected";
    byId("reviews").replaceChildren(...this.desk.reviews.filter((row) => row.status !== "pending").map((row) => this.#review(row)));
  }

  #review(row) {
    const bad = row.status === "rejected";
    return el("li", { class: `review ${bad ? "bad" : "good"}` },
      el("p", { class: "review-head" }, el("span", { class: `tag ${bad ? "bad" : "good"}` }, t(bad ? "review_rejected" : "review_approved")), ` ${t("master_version", { version: row.version })} · ${row.at ? when(row.at) : ""}`),
      bad ? el("p", { class: "review-reason" }, row.reason) : null, row.note ? el("blockquote", {}, row.note) : null);
  }

  async #submit() {
    const form = byId("submit-form");
    const at = byId("release-at").value;
    form.querySelector(".form-error").hidden = true;
    byId("submit-go").disabled = true;
    try {
      const answer = await call("POST", `/api/v1/studio/episodes/${this.desk.episode}/submit`, { render: this.render.uid, release_at: at ? new Date(at).toISOString() : null });
      this.desk.status = answer.status;
      this.render.submitted = true;
      this.dispatchEvent(new CustomEvent("submitted", { detail: answer }));
      this.show();
    } catch (error) {
      showError(form, error);
    }
    byId("submit-go").disabled = false;
  }
}
