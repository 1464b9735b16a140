// Lists and tickets change in place; addresses, back and reload work as on any page. Without this, links just load.

import { $, $$, _, changed, element, facts, whenChanged } from "./facts.js";
import { apply, parsed, putPanes } from "./swaps.js";
import { signedOut } from "./line.js";
import * as live from "./live.js";

const SKELETON_AFTER = 150; // milliseconds
const desk = $("#desk");
let asking = null;

/** Where a path of ours leads: {view, number}, or null for pages outside of the console. */
function place(url) {
  const { pathname, searchParams } = new URL(url, location.href);
  const [, app, what, name] = pathname.split("/");
  if (app !== "app") return null;
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
  const before = shown();
  asking?.abort();
  const mine = (asking = new AbortController());
  if (push) remember(url);
  const parts = [];
  if (fresh) parts.push("panes");
  else {
    if (wanted.view !== before.view) parts.push("list");
    if (wanted.number !== before.number) parts.push("ticket");
  }
  desk.dataset.screen = wanted.number ? "ticket" : "list";
  delete desk.dataset.drawer;
  const waiting = wanted.number && parts.includes("ticket") ? setTimeout(skeleton, SKELETON_AFTER) : 0;
  try {
    const pieces = await Promise.all(parts.map((part) => ask(wanted, part, mine.signal)));
    if (mine.signal.aborted) return;
    pieces.forEach(putPanes);
    settled(wanted);
  } catch (error) {
    if (error.name !== "AbortError") failed(error);
  } finally {
    clearTimeout(waiting);
  }
}

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

function settled(wanted) {
  const search = $("#search");
  if (document.activeElement !== search) search.value = wanted.view.startsWith("find:") ? wanted.view.slice(5) : "";
  const cursors = ["#list-pane", "#ticket-pane"].map((pane) => Number($(pane).dataset.cursor));
  live.open({ view: wanted.view, ticket: shown().ticket, cursor: Math.min(...cursors.filter(Number.isFinite)) });
  if (matchMedia("(max-width: 47.99em)").matches) $(wanted.number ? "#ticket-pane" : "#rows-scroll").focus({ preventScroll: true });
}

function failed(error) {
  const says = error instanceof TypeError ? _("This could not be loaded. It is tried again when you choose it anew.") : error.message;
  $("#ticket-pane").replaceChildren(element("div", { class: "nothing", role: "alert" }, element("p", {}, says)));
  delete $("#ticket-pane").dataset.number;
  delete $("#ticket-pane").dataset.ticket;
}

function skeleton() {
  $("#ticket-pane").replaceChildren($("#skeleton").content.cloneNode(true));
}

function remember(url) {
  history.replaceState({ ...history.state, scrolled: $("#rows-scroll").scrollTop }, "");
  history.pushState({}, "", url);
}

/** Which row and which view are the open ones. */
function mark() {
  const { view, ticket } = shown();
  for (const link of $$(".row a[aria-current], .views [aria-current]")) link.removeAttribute("aria-current");
  $(`#open-${ticket}`)?.setAttribute("aria-current", "true");
  document.getElementById(`view-${view}`)?.setAttribute("aria-current", "true");
  document.title = `${($(".ticket-head") ?? $("#list-pane")).dataset.title} · Frontdesk`;
}

async function more(button) {
  const list = $(".rows");
  const [loaded] = parsed(await ask({ ...shown(), number: null }, "rows", undefined, list.dataset.more)).children;
  for (const row of [...loaded.children]) if (!document.getElementById(row.id)) list.append(row);
  if (loaded.dataset.more) list.dataset.more = loaded.dataset.more;
  else {
    delete list.dataset.more;
    button.remove();
  }
  changed();
}

async function earlier(button) {
  const [loaded] = parsed(await ask(shown(), "earlier", undefined, button.dataset.earlier)).children;
  const timeline = $(".log > ol");
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
  if (button && "moreRows" in button.dataset) void more(button);
  if (button?.dataset.earlier) void earlier(button);
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
  if (event.state?.scrolled !== undefined) $("#rows-scroll").scrollTop = event.state.scrolled;
});

whenChanged(mark);
live.whenSwaps(apply);
live.whenReload(() => setTimeout(refresh, Math.random() * (facts.calm ? 0 : 1500)));
