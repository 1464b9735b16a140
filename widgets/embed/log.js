// The conversation in its order: each message once, unsent ones below, thin lines where they happened.

export function newLog() {
  // by id
  const messages = new Map();
  let notes = [];
  const all = () => [...messages.values()];

  /** The desk's whole state; what was shown before is forgotten. */
  function replace(list, lines = []) {
    messages.clear();
    notes = lines;
    list.forEach(add);
  }

  /** True when the message was not known yet. */
  function add(message) {
    const isNew = !messages.has(message.id);
    messages.set(message.id, message);
    return isNew;
  }

  function note(line, at) {
    if (!notes.some((known) => known.at === at)) notes.push({ ...line, at, after: lastSeq() });
  }

  function lastSeq() {
    return Math.max(0, ...all().map((message) => message.seq));
  }

  /** Everything to show, top to bottom: {key, message} | {key, note} | {key, entry}; `entry` is from the outbox. */
  function items(unsent) {
    const shown = [
      ...all().map((message) => ({ key: keyOf(message), message, order: [message.seq, 0] })),
      ...notes.filter(isNews).map((line) => ({ key: `n:${line.at}`, note: line, order: [line.after, line.at] })),
    ];
    shown.sort((one, other) => one.order[0] - other.order[0] || one.order[1] - other.order[1]);
    const known = new Set(shown.map((item) => item.key));
    const waiting = unsent.map((entry) => ({ key: `c:${entry.id}`, entry })).filter((item) => !known.has(item.key));
    return [...shown, ...waiting];
  }

  /** How many of the desk's people's messages lie above `seq`. */
  function unread(seq) {
    return theirs().filter((message) => message.seq > seq).length;
  }

  /** The seq of the newest message of the desk's people; 0 before the first. */
  function lastTheirs() {
    return Math.max(0, ...theirs().map((message) => message.seq));
  }

  function theirs() {
    return all().filter((message) => message.from === "agent");
  }

  function last() {
    return (
      all()
        .filter((message) => message.from !== "system")
        .sort((one, other) => other.seq - one.seq)[0] ?? null
    );
  }

  return { replace, add, note, items, lastSeq, lastTheirs, unread, last };
}

/** One key before and after the confirmation, so that a bubble turns solid where it stands. */
function keyOf(message) {
  return message.client_id && message.from === "you" ? `c:${message.client_id}` : `m:${message.id}`;
}

/** A chat that was ended and then resolved has ended once. */
function isNews(line, i, lines) {
  return !(line.kind === "ended" && lines[i - 1]?.kind === "ended");
}
