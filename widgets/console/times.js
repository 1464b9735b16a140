// Times in the reader's own zone and words: short on the screen, exact on hover, ticking without moving anything.

import { $, $$, _, facts, now, whenChanged } from "./facts.js";

const MINUTE = 60_000, HOUR = 60 * MINUTE, DAY = 24 * HOUR;
const LATE = MINUTE; // who waits live for longer stands out
const told = (options) => new Intl.DateTimeFormat(facts.language === "zh" ? "zh-CN" : facts.language, options);
const CLOCK = told({ hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const WEEKDAY = told({ weekday: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const DATE = told({ day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const DAY_NAME = told({ weekday: "long", day: "numeric", month: "long" });
const DAY_ONLY = told({ day: "numeric", month: "short", year: "numeric" });
const MONTH = told({ month: "short" });
const YEAR = told({ year: "numeric" });
const EXACT = told({ dateStyle: "full", timeStyle: "medium" });

const WAYS = {
  clock: (at) => CLOCK.format(at),
  ago: (at) => ago(now() - at),
  span: (at) => span(now() - at),
  left: (at) => span(at - now()),
  when,
  day: (at) => DAY_ONLY.format(at),
  month: (at) => (now() - at > 300 * DAY ? YEAR : MONTH).format(at),
};

export function ago(passed) {
  if (passed < MINUTE) return _("now");
  if (passed < HOUR) return _("{n} m", { n: Math.floor(passed / MINUTE) });
  if (passed < DAY) return _("{n} h", { n: Math.floor(passed / HOUR) });
  return _("{n} d", { n: Math.floor(passed / DAY) });
}

export function span(passed) {
  const seconds = Math.max(0, Math.floor(passed / 1000));
  if (seconds < 60) return _("{n} s", { n: seconds });
  if (seconds < 3600) return _("{m} m {s} s", { m: Math.floor(seconds / 60), s: String(seconds % 60).padStart(2, "0") });
  if (seconds < 86400) return _("{h} h {m} m", { h: Math.floor(seconds / 3600), m: Math.floor((seconds % 3600) / 60) });
  return ago(passed);
}

export function when(at) {
  if (dayOf(at) === dayOf(now())) return CLOCK.format(at);
  return (Math.abs(at - now()) < 6 * DAY ? WEEKDAY : DATE).format(at);
}

const dayOf = (at) => new Date(at).toDateString();

export function dayName(at) {
  if (dayOf(at) === dayOf(now())) return _("Today");
  return dayOf(at) === dayOf(now() - DAY) ? _("Yesterday") : DAY_NAME.format(at);
}

function tell(time) {
  const at = Date.parse(time.dateTime);
  const text = (WAYS[time.dataset.as] ?? WAYS.clock)(at);
  if (time.textContent !== text) time.textContent = text;
  if (time.dataset.as === "span") time.parentElement.classList.toggle("late", now() - at > LATE);
  if (!time.title) time.title = EXACT.format(at);
}

/** Days, consecutive messages, the reader's own name, how far the customer has read: all from what stands there. */
function dress(timeline) {
  let before = null;
  for (const entry of timeline.children) {
    const at = Date.parse(entry.dataset.at);
    const newDay = !before || dayOf(Date.parse(before.dataset.at)) !== dayOf(at);
    mark(entry, "day", newDay ? dayName(at) : null);
    mark(entry, "same", !newDay && follows(before, entry, at) ? "yes" : null);
    before = entry;
  }
  const read = Number($("[data-seen]", timeline.closest(".timeline"))?.dataset.seen ?? 0);
  const sent = $$(".msg.out", timeline);
  const last = sent.filter((message) => Number(message.dataset.seq) <= read).at(-1);
  for (const message of sent) mark(message, "read", message === last ? _("Read") : null);
  for (const name of $$(`[data-by="agent:${facts.me}"] .name`, timeline)) name.textContent = _("You");
}

function follows(before, entry, at) {
  return Boolean(entry.dataset.by) && before.className === entry.className && before.dataset.by === entry.dataset.by && at - Date.parse(before.dataset.at) < 5 * MINUTE;
}

function mark(entry, name, value) {
  if (value === null) delete entry.dataset[name];
  else if (entry.dataset[name] !== value) entry.dataset[name] = value;
}

function refresh() {
  $$("time[data-as]").forEach(tell);
  $$(".log > ol").forEach(dress);
  for (const own of $$("[data-unless-me]")) own.hidden = own.dataset.unlessMe === String(facts.me);
}

whenChanged(refresh);
refresh();
setInterval(() => $$('time:is([data-as="span"], [data-as="left"])').forEach(tell), 1000);
setInterval(() => $$('time[data-as="ago"]').forEach(tell), 20_000);
