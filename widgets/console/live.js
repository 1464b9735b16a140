// The line to the desk: what changes arrives here, from the place in the log that this page was drawn at.

import { $, facts, _ } from "./facts.js";
import { signedOut, troubled, well } from "./line.js";

const BEAT = 20_000; // milliseconds between signs of life
const SILENCE = 65_000; // nothing heard for so long: the line is dead, whatever the browser believes
const BLOCKED = 3; // so many, and it is the network
const [SLOW, SIGNED_OUT, REVOKED] = [4008, 4401, 4403];

let socket = null;
let tries = 0;
let shut = 0; // sockets in a row that did not open, while the desk answered everything else
let heardAt = Date.now();
let retry = 0;
let cursor = facts.cursor;
let unanswered = 0; // until the desk has said from where on it tells of what is followed, its position says nothing
let epoch = facts.epoch;
let following = null;
let onSwaps = () => {}, onReload = () => {};
const whispers = [];

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

export function say(frame) {
  const isUp = Boolean(socket?.readyState === WebSocket.OPEN && socket.greeted);
  if (isUp) socket.send(JSON.stringify(frame));
  return isUp;
}

async function connect() {
  clearTimeout(retry);
  if (socket) return;
  let ticket;
  try {
    const headers = { "X-Requested-With": "frontdesk", "X-CSRF-Token": $('meta[name="csrf"]').content };
    const answer = await fetch("/app/live/ticket", { method: "POST", headers, credentials: "same-origin" });
    if (answer.status === 401) return void signedOut();
    if (!answer.ok) throw new Error(answer.statusText);
    ({ ticket } = await answer.json());
  } catch {
    shut = 0;
    return again();
  }
  if (socket) return;
  const mine = (socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/app/live`));
  heardAt = Date.now();
  shut += 1;
  mine.onopen = () => {
    shut = 0;
    unanswered = 1;
    mine.send(JSON.stringify({ hello: { ticket, epoch, open: { ...following, cursor } } }));
    mine.greeted = true;
  };
  mine.onmessage = ({ data }) => hear(JSON.parse(data));
  mine.onclose = ({ code }) => {
    if (socket === mine) lost(code);
  };
}

function hear(frame) {
  heardAt = Date.now();
  if (frame.hello) greeted(frame.hello);
  if (frame.swaps) onSwaps(frame.swaps);
  if (frame.reload) onReload();
  // More of the same place may be on its way.
  if (!unanswered) cursor = Math.max(cursor, (frame.at ?? 0) - 1, frame.position ?? 0);
  if (frame.whisper) for (const act of whispers) act(frame.whisper);
  if (frame.bye) restart(frame.bye.retry_after);
}

/** Another place than was asked for, in this history or another, comes with a reload that brings its state. */
function greeted(hello) {
  unanswered -= 1;
  if (!unanswered) ({ epoch, cursor } = hello);
  tries = 0;
  well();
}

function restart(seconds) {
  const old = socket;
  socket = null;
  old.onclose = null;
  old.close();
  troubled(_("The desk is restarting. What you write is kept."), { soon: true });
  retry = setTimeout(connect, seconds * 1000);
}

function lost(code) {
  socket = null;
  if (code === SIGNED_OUT || code === REVOKED) return signedOut();
  if (code === SLOW) tries = 0;
  again();
}

/** Full jitter, doubling up to half a minute: a thousand consoles must not all come at once. */
function again() {
  troubled(why());
  const most = Math.min(30_000, 500 * 2 ** tries);
  tries += 1;
  clearTimeout(retry);
  retry = setTimeout(connect, Math.random() * most);
}

function why() {
  if (!navigator.onLine) return _("You are offline. What you write is kept.");
  else if (shut >= BLOCKED) return _("This network blocks live updates. You can work; reload the page to see what is new.");
  else return _("Reconnecting…");
}

function beat() {
  if (!socket) return;
  if (Date.now() - heardAt > SILENCE) {
    const dead = socket;
    dead.onclose = null;
    dead.close();
    lost(0);
  } else say({ alive: true });
}

export function start(what) {
  following = what;
  setInterval(beat, BEAT);
  addEventListener("online", () => {
    tries = 0;
    void connect();
  });
  addEventListener("offline", () => troubled(_("You are offline. What you write is kept."), { soon: true }));
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden && !socket) void connect();
  });
  void connect();
}
