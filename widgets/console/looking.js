// Who else is here: a colleague looking at the same ticket or writing, the customer typing. Hints, never history.

import { $, $$, _, element, facts, whenChanged } from "./facts.js";
import { say, whenWhispered } from "./live.js";
import { shown } from "./navigate.js";

const TYPING_LASTS = 6000; // milliseconds without a further sign
let ticket = null;
let colleagues = new Map(); // agent: {name, writing}
let customer = null;
let forget = 0;

whenWhispered((whisper) => {
  if (whisper.ticket !== shown().ticket) return;
  if (whisper.agent === null) return customerTypes(whisper);
  if (whisper.agent === facts.me) return;
  const known = colleagues.has(whisper.agent);
  if (whisper.kind === "looking" && !whisper.on) colleagues.delete(whisper.agent);
  else colleagues.set(whisper.agent, { name: whisper.name, writing: whisper.kind === "typing" && whisper.on });
  // Whoever comes later cannot know who is here already: a sign that I am not typing says that I am.
  if (whisper.kind === "looking" && whisper.on && !known) say({ typing: { ticket: whisper.ticket, on: false } });
  show();
});

function customerTypes({ on, name }) {
  clearTimeout(forget);
  customer = on ? name || $(".composer")?.dataset.customer : null;
  if (on) forget = setTimeout(() => customerTypes({ on: false }), TYPING_LASTS);
  show();
}

function show() {
  const who = $("[data-who]"), typing = $("[data-typing]");
  if (!who) return;
  const [first] = [...colleagues.values()].sort((a, b) => Number(b.writing) - Number(a.writing));
  who.classList.toggle("busy", Boolean(first?.writing));
  const says = first ? _(first.writing ? "{name} is writing" : "{name} is looking", { name: first.name }) : "";
  if (who.textContent !== says) who.replaceChildren(...(says ? [element("span", {}, says)] : []));
  typing.hidden = customer === null;
  typing.textContent = customer === null ? "" : _("{name} is typing…", { name: customer });
}

whenChanged(() => {
  if (shown().ticket !== ticket) {
    clearTimeout(forget);
    ticket = shown().ticket;
    colleagues = new Map();
    customer = null;
  }
  if (saidSomething()) customer = null; // what they were typing has come
  show();
});

let lastSeen = null;
function saidSomething() {
  const last = $$(".msg.in").at(-1)?.id ?? null;
  const isNew = last !== lastSeen;
  lastSeen = last;
  return isNew;
}

