// What people wrote, made safe to look at: links that are links, names that cannot turn the line around.

import { h } from "./dom.js";

const LINK = /https?:\/\/[^\s<>"'`\u0000-\u001f\u2028\u2029\u3000-\u303f\uff01-\uff5e]+/giu;
const TAIL = /[.,;:!?'")\]}*_~]+$/u;
const STEERING = /[\u0000-\u001f\u007f\u061c\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]/gu;
const NOTHING = /[\s\u0000-\u001f\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\u3164]/gu;
const PILED = /\p{M}{4,}/u;

/** The text as nodes: http and https addresses become links, everything else stays text. */
export function linked(text) {
  const nodes = [];
  let from = 0;
  for (const match of text.matchAll(LINK)) {
    const address = trimmed(match[0]);
    if (web(address)) {
      nodes.push(text.slice(from, match.index), link(address));
      from = match.index + address.length;
    }
  }
  return [...nodes, text.slice(from)].filter((node) => node !== "");
}

/** A name with characters that steer the direction of text shown as marks, isolated from its surroundings. */
export function named(name) {
  return h("bdi", {}, marked(name));
}

export function marked(name) {
  return name.replace(STEERING, "\ufffd");
}

/** True for blanks and characters nobody can see. */
export function isEmpty(text) {
  return text.replace(NOTHING, "") === "";
}

/** Characters as a person counts them (and the server: code points). */
export function length(text) {
  return text.length < 5000 ? text.length : [...text].length;
}

/** Whether a text would push everything else away: very long, very many lines, or marks piled on marks. */
export function isUnruly(text) {
  return text.length > 1500 || text.split("\n", 26).length > 25 || PILED.test(text.slice(0, 4000));
}

/** "2.4 MB", rounded as a person would say it. */
export function size(bytes) {
  if (bytes < 1024) return `${bytes} B`;
  else if (bytes < 1024 * 1024) return `${Math.round(bytes / 1024)} KB`;
  else return `${Number((bytes / 1024 / 1024).toFixed(1))} MB`;
}

function link(address) {
  return h("a", { href: address, target: "_blank", rel: "noopener noreferrer nofollow" }, address);
}

function web(address) {
  try {
    return ["http:", "https:"].includes(new URL(address).protocol);
  } catch {
    return false;
  }
}

/** Without the punctuation that ends a sentence; a closing bracket stays when the address opened it. */
function trimmed(address) {
  const bare = address.replace(TAIL, "");
  const opens = bare.split("(").length > bare.split(")").length;
  return opens && address[bare.length] === ")" ? `${bare})` : bare;
}
