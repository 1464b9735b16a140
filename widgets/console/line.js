// What the person is told about the line to the desk: nothing while it is well.

import { $, _, element } from "./facts.js";

const strip = $("#line-state");
const desk = $("#desk");
let pending = 0;
let out = false;

/** Say it if it lasts: a short break is nobody's business. */
export function troubled(says, { soon = false } = {}) {
  if (out) return;
  desk.dataset.line = "down";
  clearTimeout(pending);
  if (!strip.hidden) strip.textContent = says;
  else pending = setTimeout(() => show(says), soon ? 0 : 2000);
}

export function well() {
  if (out) return;
  desk.dataset.line = "up";
  clearTimeout(pending);
  strip.hidden = true;
}

/** The session is over. What was written is kept in this browser until somebody signs in again. */
export function signedOut() {
  out = true;
  clearTimeout(pending);
  const back = encodeURIComponent(location.pathname + location.search);
  show(_("You are signed out."));
  strip.classList.add("bad");
  strip.append(element("a", { href: `/app/login?next=${back}` }, _("Sign in again")));
}

function show(says) {
  strip.textContent = says;
  strip.hidden = false;
}
