// Sheets from below on a phone, in the middle on a wide screen. A `<dialog>` brings focus, Escape and the back gesture.
import { announce, h, icon } from "./dom.js";
import { say } from "./words.js";

export function openSheet({ title, body = [], name = "", onClose }) {
  const back = document.activeElement;
  const heading = h("h2", { id: "sheet-title", tabindex: "-1" }, title);
  const close = h("button", { type: "button", class: "round quiet", "aria-label": say("close"), onclick: () => dialog.close() }, icon("close"));
  const content = h("div", { class: "sheet-body" }, body);
  const dialog = h("dialog", { class: "sheet", "aria-labelledby": "sheet-title", dataset: { sheet: name } },
    h("div", { class: "sheet-head" }, heading, close), content);
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  dialog.addEventListener("close", () => {
    dialog.remove();
    onClose?.();
    const to = back?.isConnected && back !== document.body ? back : document.getElementById("main");
    to?.focus({ preventScroll: true });
  });
  document.body.append(dialog);
  dialog.showModal();
  heading.focus();
  return {
    close: () => dialog.close(),
    show: (...parts) => content.replaceChildren(...parts.flat().filter(Boolean)),
    retitle: (text) => { heading.textContent = text; },
    dialog,
  };
}

let shown;
// A line that goes by itself, with at most one thing to press. Errors stay longer.
export function toast(text, { action, onAction, bad = false } = {}) {
  shown?.remove();
  const button = action && h("button", { type: "button", class: "toast-action", onclick: () => { box.remove(); onAction(); } }, action);
  const box = h("div", { class: bad ? "toast bad" : "toast" }, h("span", {}, text), button);
  shown = box;
  (document.querySelector("dialog[open]") || document.body).append(box);
  announce(text);
  setTimeout(() => box.remove(), action || bad ? 7_000 : 3_200);
}

// What a person can do about an error, in words.
export function reasonOf(error) {
  if (error.offline) return say("offline_text");
  if (error.status === 429) return say("too_often");
  if (error.status >= 500 || !error.status) return say("server_text");
  return error.message || say("server_text");
}

export const failed = (error) => toast(reasonOf(error), { bad: true });
