// What is known of the chat right now, from the frames the desk sends.

import { newLog } from "./log.js";
import { learn } from "./times.js";

const FORGET_TYPING = 5000;

/**
 * `changed()` after anything that shows; `arrived(message)` for a new message of the desk's people; `renew()` when what
 * we hold belongs to another ticket; `outbox` hears of confirmations.
 */
export function newChat({ store, outbox, changed, arrived, renew, heard }) {
  const chat = {
    log: newLog(),
    you: { name: null, email: null },
    // CHAT of the protocol
    now: null,
    place: null,
    typing: null,
    seen: 0,
    older: false,
    restored: false,
    hint: "",
    // the next words are about another matter
    begins: false,
    hear,
    startAgain,
    // the ended ticket that the person is not done with
    goesOn: null,
    isOver: () => chat.now?.state === "ended" && chat.goesOn !== chat.now.ticket,
    isLive: () => ["waiting", "talking"].includes(chat.now?.state),
    unread: () => chat.log.unread(mySeen()),
    mySeen,
    saw,
  };
  let typingEnds = null;
  // the ticket the person has left behind
  let over = null;

  const frames = {
    welcome,
    message,
    chat: turn,
    note: chat.log.note,
    ack,
    refused,
    typing,
    place: (place) => (chat.place = place),
    seen: ({ seq }) => (chat.seen = Math.max(chat.seen, seq)),
    position: (position) => heard(position, chat.log.lastSeq()),
  };

  function hear(frame) {
    const name = Object.keys(frame).find((key) => Object.hasOwn(frames, key));
    if (!name) return;
    frames[name](frame[name], frame.at);
    changed();
  }

  function welcome({ you, chat: state, messages, notes, older }) {
    const left = state && state.ticket === over;
    chat.you = you ?? chat.you;
    chat.log.replace(left ? [] : messages, left ? [] : notes);
    chat.older = older && !left;
    chat.typing = null;
    chat.seen = 0;
    chat.place = null;
    chat.restored = true;
    chat.now = null;
    if (state && !left) turn(state);
    for (const known of messages) if (known.client_id) outbox.acked(known.client_id);
  }

  function turn(state) {
    if (state && state.ticket === over) return;
    const other = chat.now && state && chat.now.ticket !== state.ticket;
    chat.now = state;
    chat.seen = Math.max(chat.seen, state?.seen ?? 0);
    chat.place = state?.state === "waiting" ? (state.place ?? chat.place) : null;
    if (state?.state === "ended") chat.typing = null;
    if (!other) return;
    chat.restored = false;
    renew();
  }

  function message(said) {
    const isNew = chat.log.add(said);
    if (said.client_id) outbox.acked(said.client_id);
    if (!isNew) return;
    learn(said.time);
    if (said.from === "agent") {
      chat.typing = null;
      arrived(said);
    }
  }

  function ack({ id, message: said }) {
    if (said) {
      chat.log.add({ client_id: id, ...said });
      learn(said.time);
    }
    chat.hint = "";
    outbox.acked(id);
  }

  function refused(refusal) {
    chat.hint = refusal.id && typeof refusal.retry_after !== "number" ? "" : (refusal.says ?? "");
    outbox.refused(refusal);
  }

  function typing({ name, on }) {
    clearTimeout(typingEnds);
    chat.typing = on ? { name } : null;
    if (on) typingEnds = setTimeout(() => hear({ typing: { name, on: false } }), FORGET_TYPING);
  }

  /** The person is done with the ended chat; its late frames change nothing any more. */
  function startAgain() {
    over = chat.now?.ticket ?? null;
    chat.now = null;
    chat.begins = over !== null;
    chat.seen = 0;
    chat.older = false;
    chat.log.replace([]);
    changed();
  }

  function mySeen() {
    const kept = store.get("seen");
    return kept && kept.ticket === chat.now?.ticket ? kept.seq : 0;
  }

  /** What the desk is to be told of it, if it is news to it. Until the welcome, what stands there is of another ticket. */
  function saw(seq) {
    if (!chat.now || !chat.restored || seq <= mySeen()) return null;
    const seen = { ticket: chat.now.ticket, seq };
    store.set("seen", seen);
    return seen;
  }

  return chat;
}
