// The test store's own page: it knows its session and nothing of who is watching. Paying moves no money.
import { find, readJson } from "./dom.js";
import { say } from "./words.js";

const { session, back } = readJson("page");
const button = find("#pay");
const problem = find("#problem");

const leave = (mark = "") => location.replace(back + (mark ? `${back.includes("?") ? "&" : "?"}${mark}` : ""));

button?.addEventListener("click", async () => {
  button.disabled = true;
  problem.hidden = true;
  try {
    const answer = await fetch(`/api/v1/twin/checkout/${session}/pay`, {
      method: "POST", credentials: "omit", headers: { "Content-Type": "application/json" }, body: "{}",
    });
    if (!answer.ok) throw new Error(String(answer.status));
    button.textContent = say("checkout_paid");
    setTimeout(leave, 600);
  } catch {
    button.disabled = false;
    problem.textContent = say("checkout_failed");
    problem.hidden = false;
  }
});
find("#cancel").addEventListener("click", () => leave("cancelled=1"));
find("#done")?.addEventListener("click", () => leave());
