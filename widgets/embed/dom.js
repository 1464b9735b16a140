// Pieces of the page, made without any markup string.

const SVG = "http://www.w3.org/2000/svg";

const PATHS = {
  back: "m14.5 5.5-6.5 6.5 6.5 6.5",
  close: "M6 6l12 12M18 6 6 18",
  down: "M12 5v14m-6-6 6 6 6-6",
  download: "M12 4v11m-4.5-4.5L12 15l4.5-4.5M5 19.5h14",
  end: "M15.5 8.5V4h-11v16h11v-4.5M10 12h10.5m-3.5-3.5 3.5 3.5-3.5 3.5",
  file: "M13.5 3.5H5v17h14V9l-5.5-5.5V9H19",
  go: "m9.5 6 6 6-6 6",
  image: "M4 5h16v14H4ZM4 16l4.5-4.5 4 4 2.5-2.5 5 4.5M15.5 9h.01",
  language:
    "M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17ZM3.5 12h17M12 3.5c5 5 5 12 0 17-5-5-5-12 0-17Z",
  letter: "M3.5 6h17v12h-17Zm.5 1.5 8 6 8-6",
  more: "M5.5 12h.01M12 12h.01M18.5 12h.01",
  offline:
    "M4 4l16 16M8.5 16.5a5 5 0 0 1 7 0M4.5 12a11 11 0 0 1 5-3M19.5 12a11 11 0 0 0-5-3M12 19.5h.01",
  ok: "m5 12.5 4.5 4.5L19 7.5",
  pin: "M19.5 11.5 12 19a5 5 0 0 1-7-7l8-8a3.3 3.3 0 0 1 4.7 4.7l-8 8a1.7 1.7 0 0 1-2.4-2.4l7.2-7.2",
  retry: "M4.5 12a7.5 7.5 0 1 0 2.3-5.4L4.5 9M4.5 4.5V9H9",
  send: "M12 19V5.5m-6 6 6-6 6 6",
  silent: "M4 9.5v5h3l4.5 4v-13L7 9.5H4ZM16 9.5l5 5M21 9.5l-5 5",
  sound: "M4 9.5v5h3l4.5 4v-13L7 9.5H4ZM15.5 9a4.5 4.5 0 0 1 0 6M18 6.5a8 8 0 0 1 0 11",
  talk: "M20.5 11.5a8 8 0 0 1-8.2 8 8.6 8.6 0 0 1-3.5-.7L3.5 20.5l1.7-5a7.6 7.6 0 0 1-1-4 8 8 0 0 1 8.1-8 8 8 0 0 1 8.2 8Z",
};

/** An element. Keys that begin with "on" are listeners; null, undefined and false are left out. A button sends nothing. */
export function h(tag, props = {}, ...kids) {
  const element = document.createElement(tag);
  if (tag === "button") element.type = tag;
  for (const [key, value] of Object.entries(props)) give(element, key, value);
  element.append(...present(kids));
  return element;
}

export function icon(name) {
  return drawing(PATHS[name], `icon icon-${name}`);
}

export function drawing(paths, className = "icon") {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("class", className);
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", paths);
  svg.append(path);
  return svg;
}

/** A round button that shows only an icon; its name is read out and shown on hover. */
export function iconButton(name, label, onclick, props = {}) {
  return h(
    "button",
    { class: "round", "aria-label": label, title: label, onclick, ...props },
    icon(name),
  );
}

export function fill(element, ...kids) {
  element.replaceChildren(...present(kids));
}

/** Sets the text only when it differs, so that screen readers hear a line once. */
export function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

function present(kids) {
  return kids.flat(2).filter(isGiven);
}

function isGiven(value) {
  return (value ?? false) !== false;
}

function give(element, key, value) {
  if (!isGiven(value)) return;
  else if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
  else if (key === "class") element.className = value;
  else element.setAttribute(key, value === true ? "" : value);
}
