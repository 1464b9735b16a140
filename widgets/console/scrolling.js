// The conversation stays where the reader is: at its end it follows, further up it says that something new has come.

import { $, $$, whenChanged } from "./facts.js";

const NEAR = 80; // pixels from the end
let newest = null;

// The conversation is laid out from its end, so that it opens there and stays there by itself: 0 is the end.
const atEnd = () => Math.abs($(".scroll")?.scrollTop ?? 0) < NEAR;

function last() {
  return $$(".log .msg").at(-1)?.id ?? null;
}

whenChanged(() => {
  const id = last(), button = $("[data-newest]");
  if (!button) return;
  const ticket = $("#ticket-pane").dataset.ticket;
  const own = $(`#${CSS.escape(id ?? "none")}`)?.classList.contains("out");
  if (newest && newest.ticket === ticket && newest.id !== id && !atEnd()) {
    if (own) toEnd();
    else button.hidden = false;
  }
  newest = { ticket, id };
});

function toEnd() {
  $(".scroll").scrollTop = 0;
  $("[data-newest]").hidden = true;
}

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-newest]")) toEnd();
});
document.addEventListener("scroll", (event) => {
  const button = $("[data-newest]");
  if (button && event.target.matches?.(".scroll") && atEnd()) button.hidden = true;
}, true);
