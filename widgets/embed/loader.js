/* The launcher on a customer's page. It loads nothing else until the person opens it, and touches nothing of the page.
   <script src="https://desk.example/widget.js" data-site="shop" data-lang="en" data-colour="#0b6b7d" async></script> */
(() => {
  "use strict";
  const script = document.currentScript || document.querySelector("script[data-site][src*='widget.js']");
  if (!script || !script.dataset.site || window.Frontdesk) return;

  // Where this file came from is where the chat lives; nothing on the page can point it elsewhere.
  const base = new URL(script.src).origin;
  const site = script.dataset.site;
  // Milliseconds that a frame has to say that it is ours; a browser's error page in its place says nothing, ever.
  const PATIENCE = 8000;
  // Needed before the frame and its catalogue are loaded; a test holds these to the catalogue.
  const WORDS = {
    en: { chat: "Chat", open: "Open chat", close: "Close chat", unread: "{n} unread", away: "Chat is not available right now." },
    zh: { chat: "在线咨询", open: "打开聊天", close: "关闭聊天", unread: "{n} 条未读", away: "聊天暂时无法使用。" },
  };
  const PATHS = {
    talk: "M21 11.5a8.4 8.4 0 0 1-8.6 8.3 9 9 0 0 1-3.7-.8L3 21l1.9-5.3a8 8 0 0 1-1.1-4.2A8.4 8.4 0 0 1 12.4 3.2 8.4 8.4 0 0 1 21 11.5Z",
    down: "m6 9.5 6 6 6-6",
  };
  const CSS = `
    :host { all: initial !important; color-scheme: light dark !important; position: fixed !important; inset: auto 0 0 auto !important; z-index: 2147483000 !important; inline-size: 0 !important; block-size: 0 !important; }
    :host { --accent: #0a6274; --ink: #fff; }
    @supports (color: oklch(from red l c h)) and (color: light-dark(#000, #fff)) {
      :host {
        --accent: light-dark(oklch(from var(--site) min(l, .5) min(c, .15) h), oklch(from var(--site) max(l, .765) min(c, .12) h));
        --ink: light-dark(#fff, oklch(.19 .03 225));
      }
    }
    *, *::before { box-sizing: border-box; }
    button, iframe, p { position: fixed; margin: 0; padding: 0; border: 0; }
    button { inset-block-end: 20px; inset-inline-end: 20px; inline-size: 56px; block-size: 56px; border-radius: 50%; display: grid; place-items: center; cursor: pointer;
      color: var(--ink); background: var(--accent); box-shadow: 0 1px 2px rgb(0 0 0 / .12), 0 8px 28px rgb(0 0 0 / .18); transition: transform 120ms cubic-bezier(.2,0,0,1); -webkit-tap-highlight-color: transparent; }
    button:hover { transform: scale(1.05); }
    button:active { transform: scale(.97); }
    button.waits .down { animation: wait .8s .4s infinite alternate; }
    @keyframes wait { to { opacity: .4; } }
    button:focus-visible { outline: 3px solid var(--accent); outline-offset: 3px; }
    svg { grid-area: 1/1; inline-size: 26px; block-size: 26px; fill: none; stroke: currentColor; stroke-width: 1.7; stroke-linecap: round; stroke-linejoin: round; transition: opacity 120ms, transform 180ms cubic-bezier(.2,0,0,1); }
    button[aria-expanded=true] .talk, button[aria-expanded=false] .down { opacity: 0; transform: rotate(45deg) scale(.5); }
    span { position: absolute; inset-block-start: -3px; inset-inline-end: -3px; min-inline-size: 21px; block-size: 21px; padding-inline: 6px; border-radius: 11px; border: 2px solid light-dark(#fff, #16181d);
      font: 650 11px/17px system-ui, sans-serif; text-align: center; color: #fff; background: #c02f1d; }
    span[hidden] { display: none; }
    iframe, p { inset-block-end: 90px; inset-inline-end: 20px; border-radius: 16px; background: light-dark(#fdfcfa, #1b1d22);
      box-shadow: 0 0 0 1px light-dark(rgb(0 0 0 / .08), rgb(255 255 255 / .12)), 0 2px 6px rgb(0 0 0 / .06), 0 16px 48px rgb(0 0 0 / .18); }
    p { max-inline-size: calc(100% - 40px); font: 14px/1.5 system-ui, sans-serif; color: light-dark(#1b1d22, #fdfcfa); }
    p:empty { box-shadow: none; }
    p:not(:empty) { padding: 10px 14px; }
    iframe { inline-size: 384px; block-size: min(640px, calc(100dvh - 110px)); color-scheme: light dark;
      visibility: hidden; opacity: 0; transform: translateY(12px); transition: opacity 140ms, transform 180ms cubic-bezier(.2,0,0,1), visibility 0s 180ms; }
    iframe.open { visibility: visible; opacity: 1; transform: none; transition-delay: 0s; }
    @media (max-width: 479px), (max-height: 479px) {
      iframe { inset: 0; inline-size: 100%; inset-block: var(--above, 0px) auto; block-size: var(--seen, 100dvh); border-radius: 0; box-shadow: none; }
      iframe.open ~ button { visibility: hidden; }
    }
    @media (prefers-reduced-motion: reduce) { button, svg, iframe { transition: none !important; animation: none !important; } }
    @media print { :host { display: none !important; } }`;

  const kept = memory();
  let words = WORDS[(language() || "en").slice(0, 2).toLowerCase()] || WORDS.en;
  let frame = null;
  let ready = false;
  let opened = false;
  let quiet = false;
  let unread = 0;
  let late = null;

  const home = document.createElement("frontdesk-chat");
  const root = home.attachShadow({ mode: "closed" });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(CSS);
  root.adoptedStyleSheets = [sheet];
  const button = document.createElement("button");
  const badge = document.createElement("span");
  const note = document.createElement("p");
  draw();

  addEventListener("message", hear);
  for (const moved of ["popstate", "hashchange"]) addEventListener(moved, tellPage);
  if (window.navigation) window.navigation.addEventListener("navigatesuccess", tellPage);
  if (document.body) settle();
  else addEventListener("DOMContentLoaded", settle);
  if (window.visualViewport)
    for (const change of ["resize", "scroll"]) window.visualViewport.addEventListener(change, fit);
  window.Frontdesk = Object.freeze({ open: () => show(true), close: () => show(false) });

  function draw() {
    button.type = "button";
    button.setAttribute("aria-controls", "frontdesk-panel");
    button.append(icon("talk"), icon("down"), badge);
    button.addEventListener("click", () => show(!opened));
    root.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && opened) show(false);
    });
    note.setAttribute("role", "status");
    root.append(button, note);
    paint(kept.get("colour") || script.dataset.colour);
    describe();
  }

  function settle() {
    document.documentElement.append(home);
    const wasOpen = kept.session("open") === "yes" && matchMedia("(min-width: 480px) and (min-height: 480px)").matches;
    // A chat is under way: be there for its answer. Otherwise nothing is loaded before the first click.
    if (wasOpen) show(true, { quietly: true });
    else if (kept.get("live")) load();
  }

  function load() {
    if (frame) return;
    frame = document.createElement("iframe");
    frame.id = "frontdesk-panel";
    frame.title = words.chat;
    frame.setAttribute("allow", "autoplay; clipboard-write");
    frame.src = `${base}/chat/v1/frame/${encodeURIComponent(site)}?lang=${encodeURIComponent(language())}`;
    frame.addEventListener("load", greet);
    root.prepend(frame);
    wait();
  }

  function greet() {
    wait();
    tell({ frontdesk: "hello", page: page() });
  }

  /* The page is covered only by a frame that has spoken; until then the launcher is the way to close. */
  function wait() {
    ready = false;
    clearTimeout(late);
    late = setTimeout(giveUp, PATIENCE);
    describe();
  }

  function giveUp() {
    const asked = opened && !quiet;
    const inside = root.activeElement === frame;
    frame.remove();
    frame = null;
    opened = false;
    kept.session("open", "no");
    kept.set("live", "");
    count(0);
    if (inside) button.focus({ preventScroll: true });
    if (asked) say(words.away);
    console.warn(
      `Frontdesk: no chat from ${base}. Is the desk running, is its site "${site}" shown, and may it stand on ${location.origin}?`,
    );
  }

  function say(text) {
    note.textContent = text;
    if (text) late = setTimeout(say, PATIENCE, "");
  }

  function show(open, { quietly = false } = {}) {
    if (open === opened) return;
    opened = open;
    quiet = quietly;
    say("");
    load();
    kept.session("open", open ? "yes" : "no");
    describe();
    turn();
    if (!open) button.focus({ preventScroll: true });
  }

  function turn() {
    tell({ frontdesk: opened ? "open" : "close", quietly: quiet });
    if (opened && ready && !quiet) frame.focus();
  }

  function hear(event) {
    if (!frame || event.origin !== base || event.source !== frame.contentWindow) return;
    const message = event.data || {};
    if (message.frontdesk === "ready") meet(message);
    else if (message.frontdesk === "close") show(false);
    else if (message.frontdesk === "unread") count(message.count);
    else if (message.frontdesk === "live") kept.set("live", message.live ? "yes" : "");
  }

  function meet(message) {
    ready = true;
    clearTimeout(late);
    words = { ...words, ...message.words };
    kept.set("lang", message.chosen || "");
    kept.set("colour", message.colour || "");
    paint(message.colour);
    frame.title = words.chat;
    describe();
    if (opened) turn();
  }

  /* A telephone's keyboard covers the page: a full-screen chat keeps its writing box above it. */
  function fit() {
    home.style.setProperty("--seen", `${window.visualViewport.height}px`);
    home.style.setProperty("--above", `${window.visualViewport.offsetTop}px`);
  }

  function count(number) {
    unread = Number(number) || 0;
    describe();
  }

  function describe() {
    if (frame) frame.className = opened && ready ? "open" : "";
    button.className = opened && !ready ? "waits" : "";
    const label = opened ? words.close : words.open;
    button.setAttribute("aria-label", unread && !opened ? `${label}, ${words.unread.replace("{n}", unread)}` : label);
    button.setAttribute("aria-expanded", String(opened));
    badge.textContent = unread > 99 ? "99+" : String(unread);
    badge.hidden = opened || !unread;
  }

  function paint(colour) {
    const known = colour && window.CSS.supports("color", colour) ? colour : "oklch(0.475 0.095 222)";
    home.style.setProperty("--site", known);
  }

  function tell(message) {
    if (frame && (ready || message.frontdesk === "hello") && frame.contentWindow)
      frame.contentWindow.postMessage(message, base);
  }

  function tellPage() {
    tell({ frontdesk: "page", page: page() });
  }

  function page() {
    return {
      url: location.href.slice(0, 2000),
      title: document.title.slice(0, 200),
      referrer: document.referrer.slice(0, 2000),
    };
  }

  function language() {
    return kept.get("lang") || script.dataset.lang || document.documentElement.lang || navigator.language || "";
  }

  function icon(name) {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
    svg.setAttribute("viewBox", "0 0 24 24");
    svg.setAttribute("aria-hidden", "true");
    svg.setAttribute("class", name);
    path.setAttribute("d", PATHS[name]);
    svg.append(path);
    return svg;
  }

  /* What the launcher remembers on the page: whether a chat is under way, its colour and language, and open or not. */
  function memory() {
    const key = (name) => `frontdesk:${site}:${name}`;
    const safely = (act) => {
      try {
        return act();
      } catch {
        // Storage is switched off on this page: the launcher works without memory.
        return null;
      }
    };
    return {
      get: (name) => safely(() => localStorage.getItem(key(name))),
      set: (name, value) =>
        safely(() => (value ? localStorage.setItem(key(name), value) : localStorage.removeItem(key(name)))),
      session: (name, value) =>
        safely(() =>
          value === undefined ? sessionStorage.getItem(key(name)) : sessionStorage.setItem(key(name), value),
        ),
    };
  }
})();
