// After the chat: how was it, a copy to keep, or a new chat.

import { drawing, h, icon } from "./dom.js";
import { _ } from "./words.js";

const FACE = "M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17ZM9 9.7v.1M15 9.7v.1";
const MOUTHS = [
  "M8 16.5q4-4.5 8 0",
  "M8.5 15.8q3.5-2.3 7 0",
  "M8.5 15.2h7",
  "M8.5 14.5q3.5 2.3 7 0",
  "M8 13.8q4 4.7 8 0",
];

/** `mine()`: the person ended the chat themselves, and is not asked whether to go on. */
export function newRating({ chat, rate, transcript, again, goOn, mine }) {
  const marks = [_("Very poor"), _("Poor"), _("Fair"), _("Good"), _("Very good")];
  const said = h("p", { class: "mark", "aria-hidden": "true" });
  const asks = _("Would you like to add something?");
  const comment = h("textarea", {
    id: "comment",
    rows: "2",
    dir: "auto",
    maxlength: "2000",
    "aria-label": asks,
    placeholder: asks,
  });
  const send = h("button", { type: "submit", class: "main" }, _("Send the rating"));
  const more = h("div", { class: "more-rating", hidden: true }, comment, send);
  const faces = marks.map((mark, i) => face(mark, i + 1));
  const form = h(
    "form",
    { class: "rating" },
    h("fieldset", {}, h("legend", {}, _("How was this chat?")), h("div", { class: "faces" }, faces), said),
    more,
  );
  const thanks = h("p", { class: "thanks", role: "status" });
  const keep = h(
    "button",
    { class: "second", onclick: transcript },
    icon("download"),
    _("Save transcript"),
  );
  const fresh = h("button", { class: "second", onclick: again }, icon("talk"), _("Start a new chat"));
  const onward = h("button", { class: "link", onclick: goOn }, _("Go on with this chat"));
  const element = h(
    "section",
    { class: "ended", "aria-label": _("The chat has ended"), hidden: true },
    form,
    thanks,
    h("div", { class: "row" }, keep, fresh),
    onward,
  );
  let sentFor = null;
  // the ticket that what stands in the form is about
  let about = null;

  form.addEventListener("change", () => {
    const score = chosen();
    said.textContent = score ? marks[score - 1] : "";
    more.hidden = !score;
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    sentFor = chat.now?.ticket;
    rate({ ticket: sentFor, score: chosen(), comment: comment.value.trim() });
  });

  function face(mark, score) {
    const input = h("input", { type: "radio", name: "score", value: String(score), "aria-label": `${score}: ${mark}` });
    return h("label", { title: mark }, input, drawing(FACE + MOUTHS[score - 1], "face"));
  }

  function chosen() {
    return Number(new FormData(form).get("score")) || null;
  }

  function draw() {
    const over = chat.isOver();
    onward.hidden = mine();
    const rated = chat.now?.rated || sentFor === chat.now?.ticket;
    if (over && about !== chat.now.ticket) {
      about = chat.now.ticket;
      form.reset();
      more.hidden = true;
    }
    element.hidden = !over;
    form.hidden = rated;
    thanks.textContent = rated ? _("Thank you for the rating.") : "";
  }

  return { element, draw };
}
