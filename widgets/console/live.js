// The line to the desk: what changes arrives here, from the place in the log that this page was drawn at.

import { newWires } from "../line/transport.js";
import { $, facts, _ } from "./facts.js";
import { signedOut, troubled, well } from "./line.js";

const BEAT = 20_000; // milliseconds between signs of life
const SILENCE = 65_000; // nothing heard for so long: the line is dead, whatever the browser believes
const ANSWER = 10_000; // milliseconds that the desk takes for one at most
const [SLOW, SIGNED_OUT, REVOKED, TOO_MANY] = [4008, 4401, 4403, 4429];
const PATIENCE = 10_000; // milliseconds, where more screens are open than the desk takes

let wire = null;
let opening = false;
let greets = false; // the wire has said hello
let tries = 0;
let heardAt = Date.now();
let retry = 0;
let cursor = facts.cursor;
let unanswered = 0; // until the desk has said from where on it tells of what is followed, its position says nothing
let epoch = facts.epoch;
let counted = null; // up to where in the log the numbers on this page hold
let following = null;
let onSwaps = () => {}, onReload = () => {};
const whispers = [];
const marks = () => ({ "X-Requested-With": "frontdesk", "X-CSRF-Token": $('meta[name="csrf"]').content });

const wires = newWires({
  socket: "/app/live",
  poll: "/app/live/poll",
  headers: marks,
  credentials: "same-origin",
  hello: () => ({ epoch, open: { ...following, cursor }, counted }),
  reached(place) {
    if (unanswered) return;
    epoch = place.epoch;
    cursor = Math.max(cursor, place.cursor ?? 0);
  },
});

export const whenSwaps = (act) => (onSwaps = act);
export const whenReload = (act) => (onReload = act);
export const whenWhispered = (act) => whispers.push(act);

/** Up to where in the log this page is told of everything that it follows. */
export const reached = () => cursor;

/** Follow this list and this ticket from `cursor` on, also if the line is only there later. */
export function open(what) {
  cursor = Math.min(cursor, what.cursor);
  following = what;
  if (say({ open: { ...following, cursor } })) unanswered += 1;
}

/** Whether the desk will answer it, where it answers such things. */
export const say = (frame) => Boolean(greets && wire?.send(frame));

async function connect() {
  clearTimeout(retry);
  if (wire || opening) return;
  opening = true;
  try {
    const ticket = wires.polls() ? "" : await ride();
    if (ticket === null) return;
    const open = await wires.next();
    heardAt = Date.now();
    const mine = (wire = open({
      opened: () => greet(mine, ticket),
      frame: (frame) => wire === mine && hear(frame),
      closed: (code) => wire === mine && lost(code),
    }));
  } catch {
    again();
  } finally {
    opening = false;
  }
}

/** A ticket for one socket; null where nobody is signed in any more. */
async function ride() {
  const answer = await fetch("/app/live/ticket", { method: "POST", headers: marks(), credentials: "same-origin" });
  if (answer.status === 401) return signedOut(), null;
  if (!answer.ok) throw new Error(answer.statusText);
  return (await answer.json()).ticket;
}

function greet(mine, ticket) {
  unanswered = 1;
  mine.send({ hello: { ticket, epoch, open: { ...following, cursor }, counted } });
  greets = true;
}

function hear(frame) {
  heardAt = Date.now();
  if (frame.hello) greeted(frame.hello);
  if (frame.swaps) onSwaps(frame.swaps);
  if (frame.reload) onReload();
  // More of the same place may be on its way.
  if (!unanswered) cursor = Math.max(cursor, (frame.at ?? 0) - 1, frame.position ?? 0);
  if (frame.counted) counted = frame.counted;
  if (frame.whisper) for (const act of whispers) act(frame.whisper);
  if (frame.bye) restart(frame.bye.retry_after);
}

/** Another place than was asked for, in this history or another, comes with a reload that brings its state. */
function greeted(hello) {
  unanswered = Math.max(0, unanswered - 1);
  if (!unanswered) ({ epoch, cursor } = hello);
  tries = 0;
  well();
}

function restart(seconds) {
  hangUp();
  troubled(_("The desk is restarting. What you write is kept."), { soon: true });
  retry = setTimeout(connect, seconds * 1000);
}

/** Nothing more is heard from it, not even that it closes. */
function hangUp() {
  const old = wire;
  wire = null;
  greets = false;
  old?.close();
}

function lost(code) {
  hangUp();
  if (code === SIGNED_OUT || code === REVOKED) return signedOut();
  if (code === SLOW) tries = 0;
  again(code === TOO_MANY ? PATIENCE : 0);
}

/** Full jitter, doubling up to half a minute: a thousand consoles must not all come at once. */
function again(least = 0) {
  troubled(why());
  const most = Math.min(30_000, 500 * 2 ** tries);
  tries += 1;
  clearTimeout(retry);
  retry = setTimeout(connect, least + Math.random() * most);
}

function why() {
  return navigator.onLine ? _("Reconnecting…") : _("You are offline. What you write is kept.");
}

/** Whether the line still answers. It may have outlived the network's absence, or only seem to be there. */
function ask() {
  const mine = wire;
  open({ ...following, cursor });
  setTimeout(() => wire === mine && unanswered && lost(0), ANSWER);
}

function beat() {
  if (!wire) return;
  if (Date.now() - heardAt > SILENCE) lost(0);
  else say({ alive: true });
}

export function start(what) {
  following = what;
  setInterval(beat, BEAT);
  addEventListener("online", () => {
    tries = 0;
    if (wire) ask();
    else void connect();
  });
  addEventListener("offline", () => troubled(_("You are offline. What you write is kept."), { soon: true }));
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) return;
    if (wire) beat();
    else void connect();
  });
  void connect();
}
