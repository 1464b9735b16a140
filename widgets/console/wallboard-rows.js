// The rows behind a number: a plain list whose times are told in the reader's own zone.

import "./times.js";
import { switchTheme } from "./themes.js";

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-theme-switch]")) switchTheme();
});
