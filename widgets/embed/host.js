// The page around us: it says open, close and where the person is; we say unread, close and what to call the launcher.

/** Calls `met()`, `opened(quietly)`, `closed()`, `moved(page)`. Says nothing before the page says hello. */
export function newHost({ met, opened, closed, moved }) {
  const host = { page: {}, isOpen: standsAlone(), standsAlone: standsAlone(), tell };
  let origin = null;
  const told = {};

  addEventListener("message", hear);

  function hear(event) {
    if (host.standsAlone || event.source !== window.parent || !isHost(event.origin)) return;
    const message = event.data ?? {};
    if (message.frontdesk === "hello") greeted(event.origin, message);
    else if (origin === null) return;
    else if (message.frontdesk === "open") turn(true, Boolean(message.quietly));
    else if (message.frontdesk === "close") turn(false);
    else if (message.frontdesk === "page") moved((host.page = plain(message.page)));
  }

  function turn(open, quietly) {
    host.isOpen = open;
    if (open) opened(quietly);
    else closed();
  }

  /** The browser names the page that embeds us; only origins the site allows can do that at all (frame-ancestors). */
  function isHost(from) {
    const known = origin ?? window.location.ancestorOrigins?.[0] ?? null;
    return from !== "null" && (known === null || from === known);
  }

  function greeted(from, message) {
    origin = from;
    host.page = plain(message.page);
    met();
  }

  /** Repeats nothing it has already said. */
  function tell(kind, values = {}) {
    const message = { frontdesk: kind, ...values };
    const text = JSON.stringify(message);
    if (origin === null || (kind !== "close" && told[kind] === text)) return;
    told[kind] = text;
    window.parent.postMessage(message, origin);
  }

  return host;
}

function standsAlone() {
  return window.parent === window;
}

function plain(page) {
  const text = (value, longest) => (typeof value === "string" ? value.slice(0, longest) : "");
  return { url: text(page?.url, 2000), title: text(page?.title, 200), referrer: text(page?.referrer, 2000) };
}
