// The wallboard: figures come over the line, waits grow here, and nobody is left to trust figures that are old.

import { $, $$, _, facts, now, whenChanged } from "./facts.js";
import { apply } from "./swaps.js";
import { switchTheme } from "./themes.js";
import { span } from "./times.js";
import * as live from "./live.js";

const OLD = 15_000; // milliseconds: figures come every five seconds, so something is wrong
const MINUTE = 60_000, HOUR = 60 * MINUTE, DAY = 24 * HOUR;
const zone = facts.language === "zh" ? "zh-CN" : facts.language;
const CLOCK = new Intl.DateTimeFormat(zone, { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
const DATE = new Intl.DateTimeFormat(zone, { weekday: "long", day: "numeric", month: "long" });
const desk = $("#desk"), wall = $("#board-wall");

const readAt = () => Date.parse($("[data-asof]").dateTime);
const isOld = () => desk.dataset.line === "down" || now() - readAt() > OLD;

/** Waits stand still with the figures that they belong to. */
function tick() {
  const old = isOld(), at = old ? readAt() : Math.max(now(), readAt());
  desk.toggleAttribute("data-stale", old);
  $("#board-live").hidden = old;
  $("#board-stale").hidden = !old;
  for (const time of $$("[data-since]")) tell(time, at - Date.parse(time.dateTime));
}

function tell(time, passed) {
  const text = time.dataset.since === "short" ? short(passed) : passed < DAY ? span(passed) : days(passed);
  if (time.textContent !== text) time.textContent = text;
}

/** How long somebody has been at something: 38 s, 42 m, 1 h 20 m, 3 d. */
function short(passed) {
  if (passed < MINUTE) return _("{n} s", { n: Math.max(0, Math.floor(passed / 1000)) });
  if (passed < HOUR) return _("{n} m", { n: Math.floor(passed / MINUTE) });
  if (passed < DAY) return span(passed);
  return days(passed);
}

const days = (passed) => _("{n} d", { n: Math.floor(passed / DAY) });

function dress() {
  const time = $("[data-asof]");
  time.textContent = CLOCK.format(readAt());
  time.title = DATE.format(readAt());
  tick();
}

/** For a screen on the wall: larger, alone, and kept in the address so that it can be a bookmark. */
function toWall(on) {
  desk.toggleAttribute("data-wall", on);
  wall.setAttribute("aria-pressed", String(on));
  history.replaceState({}, "", on ? "/app/wallboard?wall=1" : "/app/wallboard");
}

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-theme-switch]")) switchTheme();
});
wall.addEventListener("click", async () => {
  const on = wall.getAttribute("aria-pressed") !== "true";
  toWall(on);
  try {
    if (on) await document.documentElement.requestFullscreen();
    else if (document.fullscreenElement) await document.exitFullscreen();
  } catch {
    // a browser that refuses the whole screen still shows the larger board
  }
});
document.addEventListener("fullscreenchange", () => {
  if (!document.fullscreenElement) toWall(false);
});

live.whenSwaps(apply);
live.whenReload(() => {}); // whoever joins is told every part anew
live.start({ board: true, cursor: facts.cursor });
whenChanged(dress);
dress();
setInterval(tick, 1000);
