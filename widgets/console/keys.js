// Single keys, outside of text fields only, and only while they are wanted (WCAG 2.1.4).

import { $, $$, wanted } from "./facts.js";
import { compose } from "./composer.js";
import { openMenu } from "./menus.js";
import { go, isAwaited, onceThere, openView } from "./navigate.js";

const VIEWS = { m: "mine", w: "waiting", u: "unassigned", s: "snoozed", o: "open", r: "resolved" };
const OF_THE_TICKET = {
  r: () => compose("reply"),
  n: () => compose("note"),
  e: () => $(".ticket-head [id^=resolve]")?.click(),
  a: () => openMenu("assignment"),
  t: () => openMenu("queue"),
  p: () => openMenu("priority"),
  s: () => openMenu("status"),
  z: () => openMenu("snooze"),
  x: () => openMenu("merge"),
};
const KEYS = {
  j: () => step(1),
  k: () => step(-1),
  "/": () => $("#search").focus(),
  "?": () => $("#help").showModal(),
  g: () => (going = Date.now()),
};
let going = 0;

function step(by) {
  const rows = $$(".row a");
  const at = rows.findIndex((row) => row.hasAttribute("aria-current"));
  const next = rows[at < 0 ? (by > 0 ? 0 : rows.length - 1) : at + by];
  if (!next) return;
  next.scrollIntoView({ block: "nearest" });
  void go(next.getAttribute("href"));
}

const inField = (target) => Boolean(target.closest?.("input, textarea, select, [contenteditable], dialog[open], .menu"));

document.addEventListener("keydown", (event) => {
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if (event.altKey && (event.code === "KeyJ" || event.code === "KeyK")) {
    event.preventDefault();
    return step(event.code === "KeyJ" ? 1 : -1);
  }
  if (event.key === "Escape" && event.target.matches?.("textarea, #search")) return event.target.blur();
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || !wanted("keys") || inField(event.target) || isAwaited()) return;
  if (Date.now() - going < 1500 && VIEWS[key]) {
    going = 0;
    event.preventDefault();
    return void openView(VIEWS[key]);
  }
  if (!KEYS[key] && !OF_THE_TICKET[key]) return;
  event.preventDefault();
  if (KEYS[key]) KEYS[key]();
  else onceThere(OF_THE_TICKET[key]);
});
