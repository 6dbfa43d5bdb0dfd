// A shot as a small drawing: how near, how many, what light, where the camera goes. Drawn, not rendered.
import { svg } from "./dom.js";

const SKIES = { day: ["#7fb2d9", "#c9dfe8"], night: ["#1b2346", "#3a4476"], dawn: ["#d88f6d", "#f1cfa4"], dusk: ["#6a4a7d", "#d98a72"] };
const ROOMS = { day: ["#b9a58a", "#8d7a64"], night: ["#54485e", "#352d44"], dawn: ["#b98d72", "#7c5f58"], dusk: ["#7d5a5c", "#493844"] };
const SIZES = { wide: 0.34, medium: 0.8, close: 1.5, extreme_close: 2.7, over_shoulder: 1.15, insert: 0 };
const TONES = ["#c75f6b", "#4f8fb8", "#5fa387", "#c49a4f", "#8a76c4", "#b8738f"];
const SKIN = "#e2b798";
const ARROWS = {
  push_in: "M8 8l6 6m0-5v5h-5M64 104l-6-6m0 5v-5h5", pull_out: "M14 14l-6-6m0 5V8h5M58 98l6 6m0-5v5h-5",
  pan_left: "M20 120H8m5-5l-5 5 5 5", pan_right: "M52 120h12m-5-5l5 5-5 5", tilt_up: "M64 24V10m-5 5l5-5 5 5", tilt_down: "M64 10v14m-5-5l5 5 5-5",
};
let count = 0;

function person(x, eyes, size, tone, skin = SKIN) {
  const head = 8 * size;
  const top = eyes + head * 1.25;
  return svg("g", {},
    svg("path", { d: `M${x - 17 * size} ${top + 64 * size}V${top + 16 * size}q0 ${-16 * size} ${17 * size} ${-16 * size}t${17 * size} ${16 * size}v${48 * size}z`, fill: tone }),
    svg("rect", { x: x - 3.4 * size, y: eyes + head * 0.5, width: 6.8 * size, height: head, fill: skin }),
    svg("ellipse", { cx: x, cy: eyes, rx: head * 0.86, ry: head, fill: skin }),
    svg("path", { d: `M${x - head * 0.9} ${eyes}a${head * 0.9} ${head * 1.06} 0 0 1 ${head * 1.8} 0q${-head * 0.9} ${-head * 0.75} ${-head * 1.8} 0z`, fill: "#2a2230" }));
}

const tones = new Map();

/** Each name keeps a colour of its own, in the order in which the names appear. */
function toneOf(name) {
  if (!tones.has(name)) tones.set(name, TONES[tones.size % TONES.length]);
  return tones.get(name);
}

function people(shot) {
  const size = SIZES[shot.framing] ?? 0.8;
  if (!size) return [svg("rect", { x: 22, y: 46, width: 28, height: 36, rx: 3, fill: "#f0e6d2", opacity: 0.92, transform: "rotate(-7 36 64)" })];
  const names = shot.cast.slice(0, shot.framing === "extreme_close" || shot.framing === "over_shoulder" ? 1 : 3);
  const gap = Math.min(36, 34 * size);
  const eyes = { wide: 76, medium: 50, close: 50, extreme_close: 58, over_shoulder: 50 }[shot.framing] ?? 50;
  const drawn = names.map((name, index) => person(36 + (index - (names.length - 1) / 2) * gap, eyes, names.length > 1 ? size * 0.82 : size, toneOf(name)));
  if (shot.framing === "over_shoulder") drawn.push(person(64, 74, 2.1, "#17151f", "#221f2c"));
  return drawn;
}

/** A 72 x 128 drawing of a shot. */
export function pictogram(shot) {
  count += 1;
  const [from, to] = (shot.interior === false ? SKIES : ROOMS)[shot.time_of_day] ?? SKIES.day;
  const id = `light-${count}`;
  const place = shot.interior === false
    ? svg("path", { d: "M0 92h12V70h14v22h10V78h16v14h20v36H0z", fill: "#00000055" })
    : svg("g", {}, svg("rect", { x: 44, y: 22, width: 20, height: 28, fill: (SKIES[shot.time_of_day] ?? SKIES.day)[1], opacity: 0.75 }), svg("path", { d: "M54 22v28M44 36h20", stroke: "#00000066" }), svg("rect", { y: 98, width: 72, height: 30, fill: "#00000044" }));
  return svg("svg", { viewBox: "0 0 72 128", class: "pictogram", "aria-hidden": "true", preserveAspectRatio: "xMidYMid slice" },
    svg("defs", {}, svg("linearGradient", { id, x2: 0, y2: 1 }, svg("stop", { "stop-color": from }), svg("stop", { offset: 1, "stop-color": to }))),
    svg("rect", { width: 72, height: 128, fill: `url(#${id})` }), place, ...people(shot),
    svg("path", { d: ARROWS[shot.move] ?? "", stroke: "#fff", "stroke-width": 2, fill: "none", opacity: 0.85, "stroke-linecap": "round", "stroke-linejoin": "round" }));
}
