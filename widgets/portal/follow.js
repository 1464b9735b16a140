// A page that is left open shows what happens meanwhile; what somebody is writing there stays as it is.

import { tell } from "./times.js";

const EVERY = 15_000; // milliseconds

/** The same page as the desk draws it now. The parser of a request makes a document, so no text becomes markup here. */
function fetchPage() {
  return new Promise((found, failed) => {
    const request = new XMLHttpRequest();
    request.responseType = "document";
    request.onload = () => (request.status === 200 && request.response ? found(request.response) : failed());
    request.onerror = failed;
    request.open("GET", location.pathname + location.search);
    request.send();
  });
}

async function look() {
  if (document.hidden) return;
  const page = await fetchPage().catch(() => null);
  for (const part of document.querySelectorAll("[data-live]")) {
    const now = page?.getElementById(part.id);
    if (!now) continue;
    tell(now);
    if (now.textContent !== part.textContent) part.replaceWith(document.adoptNode(now));
  }
}

setInterval(look, EVERY);
document.addEventListener("visibilitychange", look);
