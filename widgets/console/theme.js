// Light or dark as this person chose, before anything is drawn. Nothing chosen: as the system says.
(() => {
  "use strict";
  let chosen = null;
  try {
    chosen = localStorage.getItem("frontdesk:theme");
  } catch {
    // a browser that keeps nothing follows the system
  }
  if (chosen === "light" || chosen === "dark") document.documentElement.dataset.theme = chosen;
})();
