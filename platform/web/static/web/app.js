// What every page has: the worker that keeps the shell, and the language that the viewer reads.
import { call, me, onPerson } from "./api.js";
import { language } from "./words.js";

if ("serviceWorker" in navigator && window.isSecureContext) {
  addEventListener("load", () => navigator.serviceWorker.register("/sw.js").catch(() => {}));
}

// The feed puts series in the viewer's language first; the page's language is what they chose last.
onPerson((person) => {
  if (person.language !== language()) call("PATCH", "me", { body: { language: language() } }).catch(() => {});
});

export { me };
