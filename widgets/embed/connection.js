// The line to the desk: says hello, notices silence, comes back with jitter and asks for exactly what was missed.

import { newWires } from "../line/transport.js";

// The desk's heartbeat comes every 25 s.
const SILENT = 40_000;
// A line that held this long starts its next wait from zero.
const STEADY = 10_000;
const LATEST = 30_000;
const nowhere = () => ({ epoch: null, cursor: null });

/**
 * `state` is "idle", "connecting", "open", "waiting" or "refused". `changed()` after every change of it,
 * `hear(frame)` for everything that is not about the line itself.
 */
export function newConnection({ api, visitor, language, hear, changed }) {
  const line = { state: "idle", since: Date.now(), says: "", start, renew, restart, send, heard };
  let wire = null;
  let token = null;
  let place = nowhere();
  let tries = 0;
  let openedAt = 0;
  let lastHeard = 0;
  let timer = null;
  let least = 0;
  let doubted = null;
  const wires = newWires({
    socket: `${api}/socket`,
    poll: `${api}/poll`,
    headers: () => ({ Authorization: `Bearer ${token}` }),
    hello: () => ({ ...place, lang: language }),
    reached({ epoch, cursor }) {
      place.epoch = epoch;
      if (cursor !== null) place.cursor = Math.max(place.cursor ?? 0, cursor);
    },
  });

  setInterval(watch, 5000);
  addEventListener("online", hurry);
  addEventListener("offline", changed);
  document.addEventListener("visibilitychange", hurry);

  function start() {
    if (line.state === "idle") attempt();
  }

  /** Asks for the whole state again, on the same line. */
  function renew() {
    place = nowhere();
    greet();
  }

  function restart() {
    wire?.close();
  }

  function send(frame) {
    return line.state === "open" && wire.send(frame);
  }

  async function attempt() {
    become("connecting");
    try {
      token = await visitor.token();
      const open = await wires.next();
      wire = open({ opened: greet, frame: receive, closed });
      lastHeard = Date.now();
    } catch (error) {
      line.says = error.says ?? "";
      wait(error.retryAfter ?? 0);
    }
  }

  function greet() {
    wire?.send({ hello: { token, ...place, lang: language } });
  }

  function receive(frame) {
    lastHeard = Date.now();
    const greeting = frame.welcome ?? frame.resumed;
    if (greeting) settle(greeting);
    const state = frame.welcome ?? frame;
    if ("chat" in state) place.ticket = state.chat?.ticket ?? null;
    // More of the same place may be on its way.
    if (frame.at) place.cursor = Math.max(place.cursor ?? 0, frame.at - 1);
    if (frame.counted) place.counted = frame.counted;
    if (frame.bye) least = Number(frame.bye.retry_after) || 0;
    hear(frame);
  }

  function settle({ epoch, cursor }) {
    place = { ...place, epoch, cursor };
    line.says = "";
    openedAt = Date.now();
    become("open");
  }

  /** The desk says which message we should have. If we do not: ask again; if that did not help, ask for everything. */
  function heard({ at, seq }, have) {
    if (have >= seq) {
      place.cursor = Math.max(place.cursor ?? 0, at);
      doubted = null;
    } else if (doubted !== seq) {
      if (doubted !== null) place = nowhere();
      doubted = seq;
      greet();
    }
  }

  function closed(code) {
    wire = null;
    if (Date.now() - openedAt > STEADY && openedAt) tries = 0;
    openedAt = 0;
    if (code === 4401) {
      visitor.forget(token);
      place = nowhere();
    }
    if (code === 4403) become("refused");
    else wait(code === 4429 ? Math.max(least, 10) : least);
    hear({ closed: { code } });
  }

  /** Full jitter, so that thousands of browsers do not come back in the same second. */
  function wait(seconds) {
    const most = Math.min(LATEST, 500 * 2 ** tries);
    tries += 1;
    least = 0;
    become("waiting");
    clearTimeout(timer);
    timer = setTimeout(attempt, seconds * 1000 + Math.random() * most);
  }

  /** The network is back, or the person is: no reason to wait for the timer, or to trust an old silence. */
  function hurry() {
    if (document.visibilityState === "hidden") return;
    if (line.state === "waiting") {
      clearTimeout(timer);
      timer = setTimeout(attempt, Math.random() * 500);
    } else watch();
  }

  function watch() {
    const quiet = Date.now() - lastHeard;
    if (wire && quiet > (line.state === "open" ? SILENT : 10_000)) wire.close();
  }

  function become(state) {
    const wasWorking = ["idle", "open"].includes(line.state);
    const working = state === "open";
    if (working || wasWorking) line.since = Date.now();
    line.state = state;
    changed();
  }

  return line;
}
