// Signing up keeps everything: the guest becomes the account. Signing in goes over to another account.
import { signIn, upgrade } from "./api.js";
import { h } from "./dom.js";
import { openSheet, reasonOf, toast } from "./sheet.js";
import { say } from "./words.js";

export function openAccount({ mode = "up", onDone }) {
  const sheet = openSheet({ title: "", name: "account" });
  const draw = (now) => {
    const up = now === "up";
    sheet.retitle(say(up ? "sign_up" : "sign_in"));
    const problem = h("p", { class: "notice", role: "alert", hidden: true });
    const email = h("input", { class: "field", type: "email", name: "email", id: "email", required: true, autocomplete: "email", maxlength: 254 });
    const password = h("input", { class: "field", type: "password", name: "password", id: "password", required: true, minlength: up ? 8 : undefined, maxlength: 256, autocomplete: up ? "new-password" : "current-password" });
    const go = h("button", { class: "button wide" }, say(up ? "sign_up" : "sign_in"));
    const submit = async (event) => {
      event.preventDefault();
      go.disabled = true;
      problem.hidden = true;
      try {
        await (up ? upgrade : signIn)({ email: email.value, password: password.value });
        sheet.close();
        toast(say(up ? "signed_up" : "signed_in"));
        onDone();
      } catch (error) {
        go.disabled = false;
        problem.textContent = wrongWith(error);
        problem.hidden = false;
      }
    };
    sheet.show(
      h("p", { class: "soft" }, say(up ? "sign_up_text" : "sign_in_text")),
      h("form", { class: "stack", onsubmit: submit },
        h("label", { for: "email" }, say("email")), email,
        h("label", { for: "password" }, say("password")), password,
        up ? h("p", { class: "soft small" }, say("password_hint")) : null, problem, go),
      h("button", { type: "button", class: "button quiet wide", onclick: () => draw(up ? "in" : "up") }, say(up ? "have_account" : "no_account")));
    email.focus();
  };
  draw(mode);
}

// The words of the field that is wrong say more than those of the whole.
function wrongWith(error) {
  const known = { email_taken: "email_taken", wrong_credentials: "wrong_credentials", weak_password: "weak_password" }[error.code];
  if (known) return say(known);
  const fields = Object.values(error.details.fields || {}).flat();
  return fields.length ? fields.join(" ") : reasonOf(error);
}
