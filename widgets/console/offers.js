// What rings: a countdown, and a sound or a notification for whoever asked for them.

import { $, $$, _, now, wanted, whenChanged } from "./facts.js";
import { shown } from "./navigate.js";

const rung = new Set();
const told = new Set();
let audio = null;

/** Two soft notes. A browser lets a page sound only after the person has used it. */
export function ring() {
  audio ??= new AudioContext();
  for (const [at, pitch] of [[0, 660], [0.16, 880]]) {
    const note = audio.createOscillator(), loudness = audio.createGain();
    note.frequency.value = pitch;
    loudness.gain.setValueAtTime(0.0001, audio.currentTime + at);
    loudness.gain.exponentialRampToValueAtTime(0.12, audio.currentTime + at + 0.02);
    loudness.gain.exponentialRampToValueAtTime(0.0001, audio.currentTime + at + 0.3);
    note.connect(loudness).connect(audio.destination);
    note.start(audio.currentTime + at);
    note.stop(audio.currentTime + at + 0.35);
  }
}

export function call(title, body, tag) {
  if (wanted("sound")) ring();
  if (wanted("notify") && document.hidden && window.Notification?.permission === "granted") {
    const shownNote = new Notification(title, { body, tag, silent: true });
    shownNote.onclick = () => {
      window.focus();
      shownNote.close();
    };
  }
}

function arrived(offer) {
  rung.add(offer.id);
  call($("b", offer).textContent, $("small", offer).textContent, offer.id);
}

/** Every card shows what is left of its time; one that is over waits for the desk to take it away. */
function tick() {
  for (const offer of $$(".offer")) {
    const whole = Date.parse(offer.dataset.expires) - Date.parse(offer.dataset.made);
    const left = Math.max(0, Math.min(whole, Date.parse(offer.dataset.expires) - now())); // never more than it began with
    const seconds = Math.ceil(left / 1000);
    $("[data-left]", offer).textContent = String(seconds);
    $(".left", offer).style.setProperty("--gone", String(Math.round(100 - (100 * left) / whole)));
    offer.classList.toggle("short", seconds <= 5);
  }
}

/** A message in a ticket that is not in front of the person. */
function messages() {
  for (const row of $$(".row.unread")) {
    const key = `${row.id} ${row.dataset.order}`;
    const said = $(".said", row).textContent;
    if (!told.has(key + said) && started && (document.hidden || Number(row.dataset.ticket) !== shown().ticket)) {
      call(_("New message from {name}", { name: $("b", row).textContent }), said, row.id);
    }
    told.add(key + said);
  }
}

let started = false;
whenChanged(() => {
  for (const offer of $$(".offer")) if (!rung.has(offer.id)) arrived(offer);
  messages();
  started = true;
  tick();
});
setInterval(tick, 250);
