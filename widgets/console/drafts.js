// What was written and not yet sent stays in this browser, for each ticket and kind, until it is sent.

import { facts, kept } from "./facts.js";

const key = (ticket, kind) => `draft:${facts.me}:${ticket}:${kind}`;

export const draft = (ticket, kind) => kept.get(key(ticket, kind)) ?? "";
export const keepDraft = (ticket, kind, text) => kept.set(key(ticket, kind), text.trim() ? text : null);

const beganKey = (ticket) => `began:${facts.me}:${ticket}`;

/** What was on the screen when the ticket's answer was begun: {shown_agent, shown_status}, or null. */
export function beginning(ticket) {
  try {
    return JSON.parse(kept.get(beganKey(ticket)) ?? "null");
  } catch {
    return null;
  }
}

export const keepBeginning = (ticket, shown) => kept.set(beganKey(ticket), shown && JSON.stringify(shown));

const unsentKey = (ticket) => `unsent:${facts.me}:${ticket}`;

/** Messages whose sending has begun and of which the desk has not said yes: [{id, kind, text, files, shown}]. */
export function unsent(ticket) {
  try {
    return JSON.parse(kept.get(unsentKey(ticket)) ?? "[]");
  } catch {
    return [];
  }
}

export function keepUnsent(ticket, message) {
  kept.set(unsentKey(ticket), JSON.stringify([...unsent(ticket).filter((one) => one.id !== message.id), message]));
}

export function forgetUnsent(ticket, id) {
  const left = unsent(ticket).filter((one) => one.id !== id);
  kept.set(unsentKey(ticket), left.length ? JSON.stringify(left) : null);
}
