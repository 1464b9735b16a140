// What every promise on the page still has: one timer counts them all down, whoever drew them and whenever.

import { $, $$, _, now, whenChanged } from "./facts.js";
import { when } from "./times.js";

const SECOND = 1000, MINUTE = 60 * SECOND, HOUR = 60 * MINUTE, DAY = 24 * HOUR;
const ICONS = { good: "clock", warn: "warn", bad: "x" };

/** 40 s, 1 m 40 s, 12 m, 3 h 10 m, 30 h, 4 d: as the desk says it when it draws the page. */
export function left(time) {
  if (time < MINUTE) return _("{n} s", { n: Math.floor(time / SECOND) });
  if (time < 2 * MINUTE) return _("{m} m {s} s", { m: 1, s: String(Math.floor(time / SECOND) - 60).padStart(2, "0") });
  if (time < HOUR) return _("{n} m", { n: Math.floor(time / MINUTE) });
  if (time < 5 * HOUR) return _("{h} h {m} m", { h: Math.floor(time / HOUR), m: Math.floor((time % HOUR) / MINUTE) });
  if (time < 48 * HOUR) return _("{n} h", { n: Math.floor(time / HOUR) });
  return _("{n} d", { n: Math.floor(time / DAY) });
}

function count(chip) {
  const at = now(), due = Date.parse(chip.dataset.due), warn = Date.parse(chip.dataset.warn ?? "");
  paint(chip, at >= due ? "bad" : at >= warn ? "warn" : "good");
  const says = at < due ? left(due - at) : _("{time} late", { time: left(at - due) });
  const place = $("[data-left]", chip);
  if (place.textContent !== says) place.textContent = says;
}

function paint(chip, state) {
  if (chip.classList.contains(state)) return;
  chip.classList.remove(...Object.keys(ICONS));
  chip.classList.add(state);
  $("use", chip).setAttribute("href", `#i-${ICONS[state]}`);
}

function fill(bar) {
  const began = Date.parse(bar.dataset.began), due = Date.parse(bar.dataset.due);
  bar.value = Math.min(1, Math.max(0, (now() - began) / (due - began)));
}

function tick() {
  $$(".sla[data-due]").forEach(count);
  $$("progress[data-began]").forEach(fill);
}

/** The sentence of a chip; when it is due is told in the reader's own time. */
function tell(chip) {
  chip.title = chip.dataset.tip.replace("{time}", () => when(Date.parse(chip.dataset.due)));
}

function refresh() {
  $$(".sla[data-tip]").forEach(tell);
  tick();
}

whenChanged(refresh);
refresh();
setInterval(tick, SECOND);
