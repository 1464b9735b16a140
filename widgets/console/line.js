// What the person is told about the line to the desk: nothing while it is well.

import { $, _, element } from "./facts.js";

const strip = $("#line-state");
const desk = $("#desk");
let pending = 0;
let latest = "";
let out = false;

/** Say it if it lasts, however often it is tried meanwhile: a short break is nobody's business. */
export function troubled(says, { soon = false } = {}) {
  if (out) return;
  desk.dataset.line = "down";
  latest = says;
  if (soon || !strip.hidden) show(says);
  else pending ||= setTimeout(() => show(latest), 2000);
}

export function well() {
  if (out) return;
  desk.dataset.line = "up";
  quiet();
  strip.hidden = true;
}

/** The session is over. What was written is kept in this browser until somebody signs in again. */
export function signedOut() {
  out = true;
  const back = encodeURIComponent(location.pathname + location.search);
  show(_("You are signed out."));
  strip.classList.add("bad");
  strip.append(element("a", { href: `/app/login?next=${back}` }, _("Sign in again")));
}

function quiet() {
  clearTimeout(pending);
  pending = 0;
}

function show(says) {
  quiet();
  strip.textContent = says;
  strip.hidden = false;
}
