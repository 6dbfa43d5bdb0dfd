// What a viewer says about what they see. PUT and DELETE may be repeated: saying it twice is saying it.
import { call } from "./api.js";
import { h } from "./dom.js";
import { openSheet, toast } from "./sheet.js";
import { episodeName, say } from "./words.js";

export const marks = {
  liked: (item, on) => call(on ? "PUT" : "DELETE", `episodes/${item.episode.uid}/like`),
  saved: (item, on) => call(on ? "PUT" : "DELETE", `series/${item.series.uid}/save`),
  following: (item, on) => call(on ? "POST" : "DELETE", `creators/${item.series.creator.uid}/follow`),
};

// Whether the link got out of the page.
export async function shareLink({ series, episode }) {
  const url = `${location.origin}/s/${series.uid}${episode ? `/${episode.number}` : ""}`;
  const text = episode ? `${series.title} · ${episodeName(episode)}` : series.title;
  try {
    if (navigator.share && matchMedia("(pointer: coarse)").matches) await navigator.share({ title: series.title, text, url });
    else {
      await navigator.clipboard.writeText(url);
      toast(say("copied"));
    }
    return true;
  } catch (refused) {
    if (refused.name === "AbortError") return false; // the person thought better of it
  }
  const field = h("input", { class: "field", readonly: true, value: url, "aria-label": say("link"), onfocus: (event) => event.target.select() });
  openSheet({ title: say("share"), name: "share", body: [h("p", {}, say("copy_this")), field] });
  field.focus();
  return true;
}
