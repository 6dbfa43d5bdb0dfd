// What every studio page has: forms that speak to the API, dialogs, buttons that call, handles made of names.
import { call } from "./api.js";
import { byId, notice } from "./dom.js";
import { t, told } from "./words.js";

function valuesOf(form) {
  const values = {};
  for (const field of form.elements) {
    if (!field.name || field.disabled) continue;
    if (field.dataset.kind === "list") {
      values[field.name] ??= [];
      if (field.checked) values[field.name].push(field.value);
    } else values[field.name] = field.dataset.kind === "number" ? Number(field.value) : field.value;
  }
  return values;
}

export function showError(form, error) {
  const { message, remedy } = told(error);
  const place = form.querySelector(".form-error");
  const fields = Object.entries(error.fields).map(([name, why]) => {
    const field = form.elements[name];
    field?.setAttribute?.("aria-invalid", "true");
    return [].concat(why).join(" ");
  });
  place.textContent = fields.length ? fields.join(" ") : [message, remedy].filter(Boolean).join(" ");
  place.hidden = false;
  form.querySelector("[aria-invalid]")?.focus();
}

function goOn(then, answer, form) {
  if (then === "saved") {
    notice(t("saved"), "good");
    form?.dispatchEvent(new CustomEvent("saved", { bubbles: true, detail: answer }));
  } else if (then === "reload") location.reload();
  else location.assign(then.replace("{uid}", answer?.uid ?? ""));
}

async function submit(event) {
  const form = event.target.closest("form[data-api]");
  if (!form) return;
  event.preventDefault();
  const [method, path] = form.dataset.api.split(" ");
  const button = form.querySelector("button:not([type=button])");
  form.querySelector(".form-error").hidden = true;
  for (const field of form.querySelectorAll("[aria-invalid]")) field.removeAttribute("aria-invalid");
  button.disabled = true;
  try {
    goOn(form.dataset.then, await call(method, path, valuesOf(form)), form);
  } catch (error) {
    showError(form, error);
  } finally {
    button.disabled = false;
  }
}

async function press(button) {
  const [method, path] = button.dataset.call.split(" ");
  if (button.dataset.sure && !window.confirm(button.dataset.sure)) return;
  button.disabled = true;
  try {
    goOn(button.dataset.then, await call(method, path, method === "DELETE" ? undefined : {}));
  } catch (error) {
    notice(told(error).message, "bad");
    button.disabled = false;
  }
}

async function change(select) {
  try {
    await call("PATCH", select.dataset.patch, { [select.name]: select.value });
    select.dataset.was = select.value;
    notice(t("saved"), "good");
  } catch (error) {
    select.value = select.dataset.was;
    notice(told(error).message, "bad");
  }
}

function handleOf(name) {
  const plain = name.normalize("NFKD").toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-+|-+$/g, "").slice(0, 36);
  return plain.length >= 3 ? plain : plain ? `${plain}-studio` : `studio-${Math.random().toString(36).slice(2, 8)}`;
}

document.addEventListener("submit", submit);
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-open], [data-close], [data-call]");
  if (button?.dataset.open) byId(button.dataset.open).showModal();
  else if (button?.dataset.call) press(button);
  else if (button) button.closest("dialog").close();
  const menu = document.querySelector("details.menu[open]");
  if (menu && !menu.contains(event.target)) menu.open = false;
  if (event.target instanceof HTMLDialogElement) event.target.close();
});
document.addEventListener("change", (event) => { if (event.target.dataset?.patch) change(event.target); });
document.addEventListener("keydown", (event) => {
  const menu = document.querySelector("details.menu[open]");
  if (event.key === "Escape" && menu) { menu.open = false; menu.querySelector("summary").focus(); }
});
const source = document.querySelector("[data-handle-from]");
const handle = document.querySelector("[data-handle]");
handle?.addEventListener("input", () => { handle.dataset.own = handle.value ? "1" : ""; });
source?.addEventListener("input", () => { if (!handle.dataset.own) handle.value = handleOf(source.value); });
