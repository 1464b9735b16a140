// Starts the chat inside its frame: puts the parts together and decides which screen is shown.

import { save } from "./attachments.js";
import { newBanner } from "./banner.js";
import { newChat } from "./chat.js";
import { newConnection } from "./connection.js";
import { h } from "./dom.js";
import { newHeader } from "./header.js";
import { newHome } from "./home.js";
import { newHost } from "./host.js";
import { newMenu } from "./menu.js";
import { newLetter } from "./offline.js";
import { newOutbox } from "./outbox.js";
import { mustAsk, newPrechat } from "./prechat.js";
import { newSound } from "./sound.js";
import { newStore } from "./store.js";
import { newTalk } from "./talk.js";
import * as times from "./times.js";
import { newVisitor } from "./visitor.js";
import { _, speak } from "./words.js";

const frame = JSON.parse(document.getElementById("frontdesk").textContent);
speak(frame.words, frame.lang);
times.tell(frame.lang);
if (frame.now) times.learn(frame.now);
if (frame.colour && CSS.supports("color", frame.colour))
  document.documentElement.style.setProperty("--site", frame.colour);

const store = newStore(frame.site);
const sound = newSound(store.here);
const host = newHost({ met, opened, closed, moved });
const visitor = newVisitor({ frame, store: store.here, page: () => host.page });
const outbox = newOutbox({
  store: store.here,
  session: store.tab,
  send: (object) => connection.send(object),
  changed,
  stuck: () => connection.restart(),
});
const chat = newChat({
  store: store.here,
  outbox,
  changed,
  arrived,
  renew: () => connection.renew(),
  heard: (...news) => connection.heard(...news),
});
const connection = newConnection({
  api: frame.api,
  visitor,
  language: frame.lang,
  hear,
  changed,
});
const banner = newBanner(connection);
const entries = newMenu({ frame, store: store.here, sound, chat, acts: { transcript, end } });
const header = newHeader({ entries, back: () => go("home"), close, canClose: !host.standsAlone });
const talk = newTalk({ frame, store, visitor, chat, outbox, acts: { say, typing, rate, transcript, again, goOn, turn: () => go("callback") } });
const home = newHome({ frame, chat, go });
const stage = h("main");
let name = "home";
let screen = home;
let drawing = false;
let arrivedHome = false;
let asked = "home";
// what was seen and could not be told yet
let seen = null;

document.getElementById("widget").append(header.element, banner.element, stage);
document.addEventListener("keydown", escape);
document.addEventListener("visibilitychange", changed);
// What was left unsent is what the person looks for first, with or without a line.
if (outbox.unsent().length) arrive("talk", talk);
else show(home);
if (visitor.isKnown()) connection.start();

function hear(frameHeard) {
  if (frameHeard.closed) outbox.broken(frameHeard.closed.code);
  chat.hear(frameHeard);
  if (frameHeard.welcome || frameHeard.resumed) back();
}

/** The line is there: what was left unsent goes out, and a chat under way is what the person came for. */
function back() {
  outbox.flush();
  outbox.adopt();
  if (host.page.url) moved(host.page);
  if (!arrivedHome && name === "home" && (chat.isLive() || outbox.unsent().length)) go("talk");
  arrivedHome = true;
}

function changed() {
  if (drawing) return;
  drawing = true;
  queueMicrotask(draw);
}

function draw() {
  drawing = false;
  header.draw(heading());
  banner.draw();
  screen.draw?.();
  look();
  host.tell("unread", { count: chat.unread() });
  if (chat.restored) host.tell("live", { live: chat.isLive() });
}

function heading() {
  const agent = chat.now?.agent?.name;
  const queue = chat.now?.queue;
  const now = frame.open ? _("Open now") : _("Closed now");
  const way = name !== "home";
  if (name !== "talk") return { name: frame.name, says: now, way, open: frame.open };
  else if (agent && chat.isLive()) return { name: agent, says: queue, way, open: chat.now.state === "talking" };
  else return { name: queue || frame.name, says: frame.hours_text || now, way };
}

function go(where) {
  const asks = where === "new" && mustAsk(frame, chat.you, store.here.get("you"));
  arrivedHome = true;
  asked = where;
  if (where === "new" && chat.now?.state === "ended") chat.startAgain();
  if (asks) arrive("prechat", newPrechat({ frame, store: store.here, done: () => go("talk") }));
  else if (where === "letter")
    arrive("letter", newLetter({ frame, store: store.here, visitor, home: () => go("home") }));
  else if (frame.forms[where]) import("./forms.js").then((all) => asked === where && arrive(where, all.screen(where, frame, host, escape, chat)));
  else if (where === "home") arrive("home", home);
  else arrive("talk", talk);
}

function arrive(next, part) {
  name = next;
  show(part);
  if (next === "talk") connection.start();
  if (host.isOpen && document.hasFocus()) part.focus();
}

function show(part) {
  screen = part;
  document.body.dataset.screen = name;
  stage.replaceChildren(part.element ?? "");
  draw();
  part.shown?.();
}

function say(text, files) {
  const { name: who, email, topic } = (!chat.now && store.here.get("you")) || {};
  const begins = chat.begins;
  chat.begins = false;
  connection.start();
  chat.hint = "";
  outbox.add(
    "say",
    {
      text,
      new: begins,
      files: files.map((file) => file.id),
      topic: topic || null,
      name: who || null,
      email: email || null,
    },
    files,
  );
}

/** The desk thought it was done, the person did not. */
function goOn() {
  chat.goesOn = chat.now.ticket;
  changed();
  queueMicrotask(talk.focus);
}

function typing(on) {
  connection.send({ typing: on });
}

function rate(rating) {
  outbox.add("rate", rating);
  changed();
}

function again() {
  if (frame.open) go("new");
  else go("letter");
}

function transcript() {
  save(visitor, "/transcript", `${frame.name} ${chat.now?.number ?? ""}.txt`).catch((error) => {
    chat.hint = error.says || _("The transcript could not be fetched. Please try again.");
    changed();
  });
}

/** Asked once; a no only gives the focus back. */
function end(ticket) {
  if (ticket) store.tab.set("ended", ticket);
  if (ticket) outbox.add("end", { ticket });
  screen.focus();
}

/** Seen is what stood on an open, visible screen. */
function look() {
  const visible = host.isOpen && name === "talk" && document.visibilityState === "visible";
  seen = (visible && chat.saw(chat.log.lastTheirs())) || seen;
  if (seen && connection.send({ seen })) seen = null;
}

function arrived() {
  const watching = host.isOpen && document.visibilityState === "visible" && document.hasFocus();
  if (!watching) sound.play();
}

function met() {
  const words = {
    chat: _("Chat"),
    open: _("Open chat"),
    close: _("Close chat"),
    unread: _("{n} unread", { n: "{n}" }),
  };
  host.tell("ready", { colour: frame.colour, chosen: store.here.get("lang"), words });
  changed();
}

function opened(quietly) {
  if (!quietly) screen.focus();
  screen.shown?.();
  changed();
}

function closed() {
  header.shut();
  changed();
}

function moved({ url, title }) {
  connection.send({ page: { url, title } });
}

function close() {
  host.tell("close");
}

function escape(event) {
  if (event.key !== "Escape" || event.defaultPrevented || document.querySelector("dialog[open]")) return;
  if (!header.shut()) close();
}
