// What the person sent and the desk has not confirmed yet. It outlives a reload, keeps its order and never sends twice:
// a message carries the same id however often it is tried.

import { heldNames, hold as holdName } from "./locks.js";

// An open line that does not confirm in this time is no longer trusted.
const PATIENCE = 10_000;
// Nobody wants yesterday's half-sent words to go out by themselves.
const STALE = 24 * 3_600_000;

/**
 * Entries: {id, kind, body, files, time, tab, state: "sending"|"refused", says}. `send(frame)` tells whether the line
 * took it; `stuck()` is called when an answer does not come. One entry is under way at a time: that is what keeps the order.
 */
export function newOutbox({ store, session, send, changed, stuck }) {
  // A reload is the same tab, and goes on with what it had.
  const tab = session.get("tab") ?? newId("t");
  const box = { add, adopt, flush, acked, refused, retry, drop, broken, unsent };
  let underway = null;
  let late = null;
  let held = null;
  let last = 0;

  session.set("tab", tab);
  holdName(`frontdesk:tab:${tab}`);
  adopt();

  function add(kind, body = {}, files = []) {
    last = Math.max(Date.now(), last + 1);
    const entry = { id: newId("c"), kind, body, files, time: last, tab, state: "sending", says: "" };
    keep(entry);
    flush();
    changed();
    return entry;
  }

  /** Sends the oldest entry, unless one is under way or the desk asked for a pause. */
  function flush() {
    const next = mine().find((entry) => entry.state === "sending");
    if (!next || underway || held) return;
    if (!send({ [next.kind]: { ...next.body, id: next.id } })) return;
    underway = next.id;
    late = setTimeout(stuck, PATIENCE);
  }

  function acked(id) {
    store.drop(name(id));
    free(id);
    flush();
  }

  function refused({ id, says, retry_after: pause }) {
    const entry = id && store.get(name(id));
    if (!entry) return;
    free(id);
    if (typeof pause === "number") hold(pause);
    else keep({ ...entry, state: "refused", says });
    flush();
  }

  function retry(id) {
    const entry = store.get(name(id));
    if (entry) keep({ ...entry, state: "sending", says: "" });
    flush();
    changed();
  }

  function drop(id) {
    store.drop(name(id));
    changed();
  }

  /** The line broke: whatever was under way is sent again on the next one. A frame it cannot take will never pass. */
  function broken(code) {
    const entry = underway && store.get(name(underway));
    if (entry && [1007, 1009].includes(code)) keep({ ...entry, state: "refused", says: "" });
    if (underway) free(underway);
  }

  function unsent(kind = "say") {
    return mine().filter((entry) => entry.kind === kind);
  }

  function hold(seconds) {
    clearTimeout(held);
    held = setTimeout(() => {
      held = null;
      flush();
      changed();
    }, seconds * 1000);
  }

  function free(id) {
    if (id !== underway) return;
    underway = null;
    clearTimeout(late);
  }

  function mine() {
    return all().filter((entry) => entry.tab === tab);
  }

  function all() {
    const entries = store.names("out:").map((each) => store.get(each));
    return entries.filter(Boolean).sort((one, other) => one.time - other.time);
  }

  function keep(entry) {
    store.set(name(entry.id), entry);
  }

  /** Takes over what tabs that are gone have left behind; a tab that lives still holds the lock of its name. */
  async function adopt() {
    const living = await heldNames();
    for (const entry of all()) {
      const orphan = entry.tab !== tab && !living.has(`frontdesk:tab:${entry.tab}`);
      const stale = entry.kind === "say" && Date.now() - entry.time > STALE;
      if (orphan) keep({ ...entry, tab, state: stale ? "refused" : entry.state });
    }
    flush();
    changed();
  }

  return box;
}

export function newId(letter) {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return `${letter}-${[...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("")}`;
}

function name(id) {
  return `out:${id}`;
}
