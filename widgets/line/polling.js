// The wire for networks that let no socket through: the same frames, carried by one request after the other.
// Fetched when it is needed.

import { webSocket } from "./transport.js";

// A desk that restarts says so itself; a socket would end with this.
const RESTART = 1012;
const BROKEN = 1006;
const AT_ONCE = 30;
// Now and then a socket is tried beside the requests, in milliseconds.
const LOOKS = 60_000;

/** As a socket. Every request begins with what `desk.hello()` says by then; `send` says whether an answer will come. */
export function polling(desk, { opened, frame, closed }) {
  const waiting = [];
  // how often another place was told, and whether the last one has been answered
  let places = 0;
  let greeted = false;
  let over = false;
  // the request under way, and how much was said in it
  let asking = null;
  let said = 0;
  let timer = setTimeout(look, LOOKS);

  queueMicrotask(() => over || opened());

  function send(object) {
    if (over) return false;
    // A request is a sign of life itself.
    if (object.alive) return true;
    const told = greeted || !(object.hello || object.open);
    if (object.hello || object.open) {
      places += 1;
      greeted = false;
    } else waiting.push(object);
    // A request that only listens gives way to one that says something, and that one does not wait.
    if (!asking) ask();
    else if (!said) asking.abort();
    return told;
  }

  async function ask() {
    const frames = waiting.splice(0, AT_ONCE);
    const place = places;
    const mine = (asking = new AbortController());
    said = frames.length;
    try {
      const answer = await fetch(desk.poll, {
        method: "POST",
        headers: { "Content-Type": "application/json", ...desk.headers() },
        body: JSON.stringify({ frames: [{ hello: desk.hello() }, ...frames], wait: greeted && !said }),
        credentials: desk.credentials ?? "omit",
        cache: "no-store",
        signal: mine.signal,
      });
      if (answer.ok) hear(await answer.json(), place === places);
      else end(4000 + answer.status);
    } catch {
      if (!mine.signal.aborted) end(BROKEN);
    }
    asking = null;
    if (!over) ask();
  }

  /** `current`: it answers the place that was told last. What answers an earlier one says nothing about where we are. */
  function hear({ frames, epoch, cursor }, current) {
    for (const each of frames) {
      if (over) return;
      const greeting = each.welcome ?? each.resumed ?? each.hello;
      // That nothing is amiss is news once; afterwards it is a sign of life.
      const isNews = current && (!greeted || each.welcome || each.reload);
      frame(greeting && !isNews ? {} : each);
      if (greeting && current) greeted = true;
      if (each.bye) end(RESTART);
    }
    if (current && !over) desk.reached({ epoch, cursor });
  }

  function look() {
    const probe = webSocket(desk, {
      opened() {
        probe.close();
        end(BROKEN);
      },
      frame() {},
      closed() {
        if (!over) timer = setTimeout(look, LOOKS);
      },
    });
  }

  function end(code) {
    if (over) return;
    over = true;
    clearTimeout(timer);
    asking?.abort();
    closed(code);
  }

  return { send, close: () => end(BROKEN) };
}
