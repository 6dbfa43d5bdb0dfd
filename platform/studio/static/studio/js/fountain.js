// What each line of a screenplay probably is, for its colour only. What it truly is, the server says.

const HEADING = /^(?:\.(?!\.)\S|(?:INT|EXT|EST|I\/E)(?:[. ]|\/)|(?:内外景|内\/外景|内景|外景|第[零一二三四五六七八九十百\d]{1,5}[场幕]|场景?[零一二三四五六七八九十百\d]{1,5}))/i;
const TRANSITION = /^(?:>(?!.*<$)|(?:(?:SMASH |HARD |MATCH |JUMP |QUICK )?CUT TO|FADE (?:IN|OUT|TO BLACK|TO WHITE)|DISSOLVE TO)[ A-Z]*[.:]?$|.*\bTO:$|(?:渐隐|渐显|渐黑|淡入|淡出|叠化|切至|切到|黑场|闪白|定格)[：:。]?$)/;
const CUE = /^(?:@\S.*|[^\p{Ll}\W][^\p{Ll}]*?(?:\s*\([^)]*\))?\s*\^?)$/u;
const ZH_SPEECH = /^@?([㐀-鿿A-Za-z0-9·•]{1,12}[ \t]*(?:[（(][^）)：:]{1,30}[）)])?)[ \t]*[：:]/;
const NOBODY = /^@?(?:特写|近景|远景|中景|全景|空镜|镜头|字幕|时间|地点|人物|场景|音效|音乐|道具|画面|注|备注|闪回|回忆|蒙太奇|屏幕|短信|微信)[ \t]*[：:]/;
const TITLE = /^(?:Title|Credit|Author|Authors|Source|Draft date|Contact|Copyright|Notes|标题|片名|剧名|作者|编剧)\s*[:：]/i;

/** One entry for each line: {kind, split}; `split` is where a name ends that begins the line. */
export function classify(lines) {
  const kinds = [];
  let titles = true;
  let speaking = false;
  lines.forEach((line, index) => {
    const text = line.trim();
    const kind = kindOf(text, { titles, speaking, blankBefore: index === 0 || !lines[index - 1].trim(), next: (lines[index + 1] ?? "").trim() });
    if (kind !== "title" && text) titles = false;
    if (kind === "cue") speaking = true;
    else if (!text || kind === "heading" || kind === "transition") speaking = false;
    const split = kind === "named" ? line.match(ZH_SPEECH)?.[0].length ?? 0 : 0;
    kinds.push({ kind, split });
  });
  return kinds;
}

function kindOf(text, { titles, speaking, blankBefore, next }) {
  if (!text) return "blank";
  if (titles && TITLE.test(text)) return "title";
  if (text.startsWith("[[")) return "note";
  if (/^(#|=)/.test(text)) return "section";
  if (HEADING.test(text)) return "heading";
  if (TRANSITION.test(text)) return "transition";
  if (speaking) return /^[(（].*[)）]$/.test(text) ? "manner" : "speech";
  if (ZH_SPEECH.test(text) && !NOBODY.test(text)) return "named";
  if (blankBefore && next && text.length <= 60 && CUE.test(text)) return "cue";
  return "action";
}

/** Lines that begin a scene: [{line, text}], lines counted from 1. */
export function headings(lines, kinds) {
  return lines.flatMap((line, index) => (kinds[index].kind === "heading" ? [{ line: index + 1, text: line.trim().replace(/^\./, "") }] : []));
}
