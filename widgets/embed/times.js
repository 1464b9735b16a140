// Times as the server tells them, shown in the visitor's zone. A visitor's wrong clock changes nothing.

import { _ } from "./words.js";

let skew = 0;
let language = "en";

export function tell(languageNow) {
  language = languageNow;
}

/** `time` has just happened on the server: from now on "today" is the server's. */
export function learn(time) {
  const server = Date.parse(time);
  if (!Number.isNaN(server) && Math.abs(server - now()) > 5000) skew = server - Date.now();
}

export function now() {
  return Date.now() + skew;
}

export function clock(time) {
  return said(time, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
}

export function exactly(time) {
  return said(time, { dateStyle: "full", timeStyle: "medium" });
}

/** "Today", "Yesterday", or the date, with its year when that is another one. */
export function day(time) {
  const date = new Date(time);
  const age = daysBetween(date, new Date(now()));
  if (age === 0) return _("Today");
  else if (age === 1) return _("Yesterday");
  else return said(date, shape(date));
}

export function sameDay(one, other) {
  return daysBetween(new Date(one), new Date(other)) === 0;
}

function said(time, as) {
  return new Intl.DateTimeFormat(language, as).format(new Date(time));
}

function shape(date) {
  const thisYear = date.getFullYear() === new Date(now()).getFullYear();
  return { weekday: "long", day: "numeric", month: "long", ...(thisYear ? {} : { year: "numeric" }) };
}

function daysBetween(one, other) {
  const midnight = (date) => new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
  return Math.round((midnight(other) - midnight(one)) / 86_400_000);
}
