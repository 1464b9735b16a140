// Lists and tickets change in place; addresses, back and reload work as on any page. Without this, links just load.

import { $, $$, _, changed, element, facts, whenChanged } from "./facts.js";
import { apply, parsed, putPanes } from "./swaps.js";
import { toast } from "./forms.js";
import { signedOut } from "./line.js";
import * as live from "./live.js";

const SKELETON_AFTER = 150; // milliseconds
const PANES = { list: "#list-pane", ticket: "#ticket-pane" };
const desk = $("#desk");
let asking = null; // what is being loaded
let heading = null; // and where that leads
let wish = null; // what is to be done to the ticket that is on its way
let moves = 0;

/** Where a path of ours leads: {view, number}, or null for pages outside of the console. */
function place(url) {
  const { pathname, searchParams } = new URL(url, location.href);
  const [, app, what, name, further] = pathname.split("/");
  if (app !== "app" || further) return null; // a page that is about a ticket is no ticket
  if (what === "views") return { view: decodeURIComponent(name), number: null };
  if (what === "search") return { view: `find:${searchParams.get("q") ?? ""}`, number: null };
  if (what === "tickets") return { view: searchParams.get("view") ?? shown().view, number: Number(name) };
  return null;
}

/** What stands on the screen now. */
export function shown() {
  const list = $("#list-pane").dataset, pane = $("#ticket-pane").dataset;
  return { view: list.view, number: pane.number ? Number(pane.number) : null, ticket: pane.ticket ? Number(pane.ticket) : null };
}

export function addressOf({ view, number }) {
  if (number) return `/app/tickets/${number}?view=${encodeURIComponent(view)}`;
  return view.startsWith("find:") ? `/app/search?q=${encodeURIComponent(view.slice(5))}` : `/app/views/${view}`;
}

export const openTicket = (number) => go(addressOf({ view: shown().view, number }));
export const openView = (view) => go(addressOf({ view, number: null }));

/** Load what is not there yet, show it, and follow it. */
export async function go(url, { push = true, fresh = false } = {}) {
  const wanted = place(url);
  if (!wanted) return void location.assign(url);
  asking?.abort();
  const mine = (asking = new AbortController());
  heading = wanted;
  if (!fresh) [wish, moves] = [null, moves + 1]; // the same place anew: what is wished for there still is
  if (push) remember(addressOf(wanted)); // a link may name no list: the one beside it stays
  const parts = fresh ? ["panes"] : lacking(wanted);
  desk.dataset.screen = wanted.number ? "ticket" : "list";
  delete desk.dataset.drawer;
  const waiting = wanted.number && parts.includes("ticket") ? setTimeout(skeleton, SKELETON_AFTER) : 0;
  mark();
  try {
    const pieces = await Promise.all(parts.map((part) => ask(wanted, part, mine.signal)));
    if (mine.signal.aborted) return;
    pieces.forEach(putPanes);
    settled(wanted, parts);
    there(wish);
  } catch (error) {
    if (!mine.signal.aborted) failed(error);
  } finally {
    clearTimeout(waiting);
  }
}

/** The parts of it that are not on the screen. */
function lacking(wanted) {
  const { view, number } = shown();
  return [...(wanted.view === view ? [] : ["list"]), ...(wanted.number === number ? [] : ["ticket"])];
}

/** Nothing is under way any more: what waited for it is done. */
function there(act) {
  asking = heading = wish = null;
  act?.();
}

/** Do it to the ticket that was asked for: at once, or when it has come. The one on the screen until then is another. */
export function onceThere(act) {
  if (asking) wish ??= act;
  else act();
}

/** Something waits for the ticket that is on its way: what is pressed besides would be meant for what it leads to. */
export const isAwaited = () => wish !== null;

/** How often the person has gone somewhere: whether they still are where they were. */
export const moved = () => moves;

/** The same panes anew: after too long a break, or when names changed everywhere. */
export const refresh = () => go(location.href, { push: false, fresh: true });

async function ask(wanted, part, signal, after = "") {
  const url = new URL(addressOf(wanted), location.href);
  if (after) url.searchParams.set("after", after);
  const answer = await fetch(url, { headers: { "X-Frontdesk-Part": part, "X-Requested-With": "frontdesk" }, signal, credentials: "same-origin" });
  if (answer.status === 401) signedOut();
  if (!answer.ok) throw new Error((await answer.json().catch(() => ({}))).says ?? _("This could not be loaded. It is tried again when you choose it anew."));
  return answer.text();
}

function settled(wanted, parts) {
  const search = $("#search");
  if (document.activeElement !== search) search.value = wanted.view.startsWith("find:") ? wanted.view.slice(5) : "";
  const read = Object.keys(PANES).filter((part) => parts.includes(part) || parts.includes("panes"));
  const cursors = read.map((part) => Number($(PANES[part]).dataset.cursor)); // what stayed has been followed all the while
  live.open({ view: wanted.view, ticket: shown().ticket, cursor: Math.min(...cursors.filter(Number.isFinite)) });
  if (matchMedia("(max-width: 47.99em)").matches) $(wanted.number ? "#ticket-pane" : "#rows-scroll").focus({ preventScroll: true });
}

const reason = (error) => (error instanceof TypeError ? _("This could not be loaded. It is tried again when you choose it anew.") : error.message);

function failed(error) {
  instead(element("div", { class: "nothing", role: "alert" }, element("p", {}, reason(error))));
  there();
  mark();
}

const skeleton = () => instead($("#skeleton").content.cloneNode(true));

/** Of the ticket itself nothing stands there any more: whoever goes back to it has to load it again. */
function instead(shownMeanwhile) {
  const pane = $("#ticket-pane");
  pane.replaceChildren(shownMeanwhile);
  pane.dataset.number = "0"; // neither a ticket nor none
  delete pane.dataset.ticket;
}

function remember(url) {
  history.replaceState({ ...history.state, scrolled: $("#rows-scroll").scrollTop }, "");
  history.pushState({}, "", url);
}

/** Which row and which view are the open ones, or are about to be. */
function mark() {
  const { view, number } = heading ?? shown();
  for (const link of $$(".row a[aria-current], .views [aria-current]")) link.removeAttribute("aria-current");
  $(`.row[data-number="${number}"] a`)?.setAttribute("aria-current", "true");
  document.getElementById(`view-${view}`)?.setAttribute("aria-current", "true");
  document.title = `${($(".ticket-head") ?? $("#list-pane")).dataset.title} · Frontdesk`;
}

/** Pressed twice it still loads once; what did not come can be asked for again. */
async function once(load, button) {
  if (button.getAttribute("aria-busy") === "true") return;
  button.setAttribute("aria-busy", "true");
  await load(button).catch((error) => toast(reason(error)));
  button.removeAttribute("aria-busy");
}

async function more(button) {
  const list = $(".rows"), since = live.reached();
  const [loaded] = parsed(await ask({ ...shown(), number: null }, "rows", undefined, list.dataset.more)).children;
  for (const row of [...loaded.children]) if (!document.getElementById(row.id)) list.append(row);
  if (loaded.dataset.more) list.dataset.more = loaded.dataset.more;
  else {
    delete list.dataset.more;
    button.remove();
  }
  changed();
  const { view, ticket } = shown();
  if (list.isConnected) live.open({ view, ticket, cursor: since }); // nobody told what became of these rows meanwhile
}

async function earlier(button) {
  const timeline = $(".log > ol");
  const [loaded] = parsed(await ask(shown(), "earlier", undefined, button.dataset.earlier)).children;
  timeline.prepend(...loaded.children);
  if (loaded.dataset.more) button.dataset.earlier = loaded.dataset.more;
  else button.remove();
  changed();
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href]");
  if (link && !link.hasAttribute("download") && !link.target && event.button === 0 && !(event.metaKey || event.ctrlKey || event.shiftKey || event.altKey)) {
    const back = "back" in link.dataset;
    const url = back ? addressOf({ view: shown().view, number: null }) : link.getAttribute("href");
    if (link.origin === location.origin && !url.startsWith("#") && place(url)) {
      event.preventDefault();
      void go(url);
    }
  }
  const button = event.target.closest("button");
  if (button && "moreRows" in button.dataset) void once(more, button);
  if (button?.dataset.earlier) void once(earlier, button);
  if (button?.dataset.toggle) desk.dataset.drawer = desk.dataset.drawer === button.dataset.toggle ? "" : button.dataset.toggle;
  else if (desk.dataset.drawer && !event.target.closest(".views, .context")) desk.dataset.drawer = "";
  if (button && "showAll" in button.dataset) {
    button.textContent = button.closest(".bubble").classList.toggle("open") ? _("Show less") : _("Show all");
  }
});

document.addEventListener("submit", (event) => {
  if (!event.target.matches(".search")) return;
  event.preventDefault();
  const query = $("#search").value.trim();
  void go(query ? `/app/search?q=${encodeURIComponent(query)}` : "/app/views/mine");
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && desk.dataset.drawer) desk.dataset.drawer = "";
});

addEventListener("popstate", async (event) => {
  await go(location.href, { push: false });
  if (event.state?.scrolled !== undefined && !asking) $("#rows-scroll").scrollTop = event.state.scrolled;
});

whenChanged(mark);
live.whenSwaps(apply);
live.whenReload(() => setTimeout(refresh, Math.random() * (facts.calm ? 0 : 1500)));
