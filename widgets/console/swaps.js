// Pieces of HTML that the desk has drawn, put where they belong. Doing the same one twice changes nothing.

import { $$, changed } from "./facts.js";
import { letGo, unpressed } from "./press.js";

// The one place where HTML is trusted: it comes from our own templates, over our own line.
const trusted = window.trustedTypes?.createPolicy("frontdesk", { createHTML: (html) => html });

export function parsed(html) {
  const template = document.createElement("template");
  template.innerHTML = trusted ? trusted.createHTML(html) : html;
  return template.content;
}

export function apply(swaps) {
  unpressed(() => draw(swaps));
}

function draw(swaps) {
  const focus = focused();
  for (const swap of swaps) WAYS[swap.way]?.(swap);
  restore(focus);
  changed();
}

/** Put panes that were loaded anew in the place of those with their ids. */
export function putPanes(html) {
  letGo(); // what came before them is not for them
  const focus = focused();
  for (const fresh of [...parsed(html).children]) {
    const old = document.getElementById(fresh.id);
    if (old) old.replaceWith(keeping(old, fresh));
  }
  restore(focus);
  changed();
}

const WAYS = {
  append({ to, id, html }) {
    const old = document.getElementById(id);
    if (old) replace(old, html);
    else document.getElementById(to)?.append(parsed(html));
  },
  replace({ id, html }) {
    const old = document.getElementById(id);
    if (old) replace(old, html);
  },
  remove({ id }) {
    document.getElementById(id)?.remove();
  },
  place({ to, id, html, order }) {
    const list = document.getElementById(to);
    if (!list) return;
    const old = document.getElementById(id);
    const [fresh] = parsed(html).children;
    if (old) keeping(old, fresh);
    const next = [...list.children].find((row) => row !== old && row.dataset.order > order);
    if (!next && list.dataset.more) return void old?.remove(); // it belongs to the part that has not been loaded
    if (old && old.nextElementSibling === (next ?? null)) return void old.replaceWith(fresh);
    old?.remove();
    list.insertBefore(fresh, next ?? null);
  },
};

function replace(old, html) {
  const [fresh] = parsed(html).children;
  old.replaceWith(keeping(old, fresh));
}

/** What belongs to the person and not to the state: which row is open, and what is being typed. */
function keeping(old, fresh) {
  for (const current of [old, ...$$("[aria-current][id]", old)]) {
    if (!current.id || !current.hasAttribute("aria-current")) continue;
    const same = fresh.id === current.id ? fresh : fresh.querySelector(`#${CSS.escape(current.id)}`);
    same?.setAttribute("aria-current", current.getAttribute("aria-current"));
  }
  for (const field of $$("input[id], textarea[id]", old)) {
    const same = fresh.querySelector(`#${CSS.escape(field.id)}`);
    if (same && field.type !== "file" && field.value !== field.defaultValue) same.value = field.value;
  }
  return fresh;
}

function focused() {
  const active = document.activeElement;
  const id = active?.id || active?.closest("[id]")?.id;
  return id ? { id, own: Boolean(active.id), active, start: active.selectionStart, end: active.selectionEnd } : null;
}

/** Whoever was somewhere is still there, even where it was drawn anew. */
function restore(focus) {
  if (!focus || !focus.own || document.contains(focus.active)) return;
  const again = document.getElementById(focus.id);
  again?.focus({ preventScroll: true });
  if (again && focus.start !== undefined && focus.start !== null) again.setSelectionRange?.(focus.start, focus.end);
}
