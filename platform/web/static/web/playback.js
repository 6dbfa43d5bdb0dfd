// The right to play, and what to play. POST episodes/<uid>/playback answers a grant for a few minutes, or 402 with every
// way to unlock. Addresses carry the grant and belong to one viewer: never store or share them.
import { post } from "./api.js";

const held = new Map(); // episode uid -> promise of a playback

// The playback of an episode; asked for at most once while it is fresh. Throws `ApiError` (402: locked).
export function openPlayback(uid) {
  const known = held.get(uid);
  if (known) return known;
  const asked = post(`episodes/${uid}/playback`);
  held.set(uid, asked);
  asked.then(
    (playback) => setTimeout(() => held.get(uid) === asked && held.delete(uid), untilRefresh(playback)),
    () => held.delete(uid),
  );
  return asked;
}

// After a 403, an unlock or a renewal: the next call asks again.
export const forgetPlayback = (uid) => held.delete(uid);

export const untilRefresh = (playback) => Math.max(1_000, new Date(playback.refresh_after) - Date.now());

// The smallest rung that is sharp in `box` and that the network carries with a third to spare. Rungs come tallest first.
export function chooseRung(renditions, box) {
  const link = navigator.connection || {};
  const pixels = box.width * Math.min(devicePixelRatio || 1, link.saveData ? 1 : 2);
  const carried = renditions.filter((rung) => !link.downlink || rung.bitrate * 1.5 <= link.downlink * 1e6);
  const fit = [...(carried.length ? carried : renditions.slice(-1))].reverse();
  return fit.find((rung) => rung.width >= pixels * 0.9) || fit[fit.length - 1];
}
