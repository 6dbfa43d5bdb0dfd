// The series page: what rendering all of it would take, and the newest batch as it goes.
import { call } from "./api.js";
import { BatchView } from "./batch.js";
import { byId, notice } from "./dom.js";
import { Preflight } from "./preflight.js";
import { told } from "./words.js";

const data = JSON.parse(byId("batch-data").textContent);
const preflight = new Preflight({ data, place: byId("preflight"), button: byId("check") });
const view = new BatchView({ data, place: byId("batch-now"), said: byId("batch-said") });

byId("check").addEventListener("click", () => preflight.check());
preflight.addEventListener("started", ({ detail }) => {
  preflight.hide();
  view.show(detail);
  byId("batch").scrollIntoView({ block: "start" });
});
view.addEventListener("state", ({ detail }) => { byId("check").classList.toggle("primary", !detail.open); });

try {
  const { results } = await call("GET", `/api/v1/studio/series/${data.series}/batches?limit=1`);
  if (results.length) await view.load(results[0].uid);
  else byId("check").classList.add("primary");
} catch (error) {
  notice(told(error).message, "bad");
}
