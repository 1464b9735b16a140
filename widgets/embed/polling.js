// The wire for networks that let no socket through: the same frames, carried by one request after the other.
// Fetched when it is needed.

import { webSocket } from "./transport.js";

// A desk that restarts says so itself; a socket would end with this.
const RESTART = 1012;
const BROKEN = 1006;
const AT_ONCE = 30;
// Now and then a socket is tried beside the requests, in milliseconds.
const LOOKS = 60_000;

/** As a socket: calls `opened()`, `frame(object)` and, once, `closed(code)`; gives `send(object)` and `close()`. */
export function polling(api, { opened, frame, closed }) {
  const waiting = [];
  let hello = null;
  let token = "";
  let greeted = false;
  let over = false;
  // the request under way, and how much was said in it
  let asking = null;
  let said = 0;
  let timer = setTimeout(look, LOOKS);

  queueMicrotask(() => over || opened());

  function send(object) {
    if (over) return false;
    if (object.hello) {
      ({ token, ...hello } = object.hello);
      greeted = false;
    } else waiting.push(object);
    // A request that only listens gives way to one that says something, and that one does not wait.
    if (!asking) ask();
    else if (!said) asking.abort();
    return true;
  }

  async function ask() {
    const frames = waiting.splice(0, AT_ONCE);
    const mine = (asking = new AbortController());
    said = frames.length;
    try {
      const answer = await fetch(`${api}/poll`, {
        method: "POST",
        headers: { "Content-Type": "application/json", Authorization: `Bearer ${token}` },
        body: JSON.stringify({ frames: [{ hello }, ...frames], wait: greeted && !said }),
        credentials: "omit",
        cache: "no-store",
        signal: mine.signal,
      });
      if (answer.ok) hear(await answer.json());
      else end(4000 + answer.status);
    } catch {
      if (!mine.signal.aborted) end(BROKEN);
    }
    asking = null;
    if (!over) ask();
  }

  function hear({ frames, epoch, cursor }) {
    if (over) return;
    for (const each of frames) {
      const state = each.welcome ?? each;
      if ("chat" in state) hello.ticket = state.chat?.ticket ?? null;
      hello.cursor = state.cursor ?? Math.max(hello.cursor ?? 0, (each.at ?? 1) - 1);
      // That nothing is amiss is news once; afterwards it is a sign of life.
      frame(each.resumed && greeted ? {} : each);
      greeted ||= Boolean(each.welcome ?? each.resumed);
      if (each.bye) end(RESTART);
    }
    hello.epoch = epoch;
    hello.cursor = Math.max(hello.cursor ?? 0, cursor ?? 0);
  }

  function look() {
    const probe = webSocket(api, {
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
