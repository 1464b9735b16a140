// What the page was drawn with, and what this browser remembers.

export const facts = JSON.parse(document.getElementById("frontdesk").textContent);

/** The sentence in the reader's language, its {blanks} filled. */
export function _(text, values = {}) {
  return (facts.words[text] ?? text).replace(/\{(\w+)\}/g, (whole, name) => String(values[name] ?? whole));
}

const skew = Date.parse(facts.now) - Date.now();

/** Now, by the desk's clock: this machine's may be wrong by a day. */
export const now = () => Date.now() + skew;

/** Kept in this browser. One that keeps nothing forgets, and everything else still works. */
export const kept = {
  get(name) {
    try {
      return localStorage.getItem(`frontdesk:${name}`);
    } catch {
      return null;
    }
  },
  set(name, value) {
    try {
      if (value === null || value === "") localStorage.removeItem(`frontdesk:${name}`);
      else localStorage.setItem(`frontdesk:${name}`, value);
    } catch {
      // full, or forbidden
    }
  },
};

/** Single keys work unless turned off; sound and notifications are off until asked for. */
export const wanted = (choice) => (kept.get(`choice:${choice}`) ?? (choice === "keys" ? "yes" : "no")) === "yes";

export const newId = () => Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(16).padStart(2, "0")).join("");

export const $ = (selector, root = document) => root.querySelector(selector);
export const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];

/** An element with classes and text. What people wrote only ever arrives here as text. */
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "class") made.className = value;
    else if (typeof value === "function") made.addEventListener(name, value);
    else made.setAttribute(name, value);
  }
  made.append(...children);
  return made;
}

const changes = new EventTarget();
export const changed = () => changes.dispatchEvent(new Event("changed"));
/** Called after anything on the page was replaced, added or removed. */
export const whenChanged = (act) => changes.addEventListener("changed", act);
