// A series' page: the server has written its title and synopsis; what is the viewer's own comes through the API.
import "./app.js";
import { call } from "./api.js";
import { find, icon, readJson, setIcon } from "./dom.js";
import { episodeGrid, loadSeries } from "./episodes.js";
import { marks, shareLink } from "./marks.js";
import { failed, toast } from "./sheet.js";
import { errorNotice } from "./shelf.js";
import { clock, say } from "./words.js";

const UID = readJson("page").series;
const area = find("#episodes");

async function start() {
  try {
    draw(await loadSeries(UID));
  } catch (error) {
    area.replaceChildren(errorNotice(error, start));
  }
}

function draw(found) {
  const { series, mine, episodes } = found;
  const item = { series };
  area.replaceChildren(episodeGrid(found, { current: mine.resume?.episode }));
  const go = find("#go");
  const first = episodes[0];
  const next = mine.resume || (first && { number: first.number, position_ms: 0 });
  if (next) {
    go.href = `/s/${UID}/${next.number}`;
    go.replaceChildren(icon("play"), mine.resume ? say("continue_at", { number: next.number }) + (next.position_ms ? ` · ${clock(next.position_ms)}` : "") : say("start_watching"));
  }
  toggle("#save", "saved", "list", "save", mine, item);
  toggle("#follow", "following", "plus", "follow", mine, item);
  find("#share").onclick = () => shareLink(item);
  less(mine);
}

function toggle(selector, mark, drawing, words, mine, item) {
  const button = find(selector);
  const show = () => {
    const on = mine.viewer[mark];
    button.setAttribute("aria-pressed", String(on));
    setIcon(button.firstElementChild, on ? (mark === "saved" ? "list-on" : "check") : drawing);
    button.lastElementChild.textContent = say(mark === "following" && on ? "following" : words);
  };
  button.hidden = false;
  button.onclick = async () => {
    mine.viewer[mark] = !mine.viewer[mark];
    show();
    try {
      await marks[mark](item, mine.viewer[mark]);
    } catch (error) {
      mine.viewer[mark] = !mine.viewer[mark];
      show();
      failed(error);
    }
  };
  show();
}

function less(mine) {
  const button = find("#less");
  const show = () => {
    button.lastElementChild.textContent = say(mine.not_interested ? "show_again" : "not_interested");
    button.setAttribute("aria-pressed", String(mine.not_interested));
  };
  button.hidden = false;
  button.onclick = async () => {
    try {
      await call(mine.not_interested ? "DELETE" : "POST", `series/${UID}/not-interested`);
      mine.not_interested = !mine.not_interested;
      show();
      toast(say(mine.not_interested ? "less_of_this" : "more_of_this"));
    } catch (error) {
      failed(error);
    }
  };
  show();
}

start();
addEventListener("pageshow", (event) => event.persisted && start());
