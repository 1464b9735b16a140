// What a customer's page does a little better with scripts; all of it works without.

import "./times.js";

// A second click while the first is under way changes nothing; the form's key would see to it too.
document.addEventListener("submit", (event) => {
  const button = event.target.querySelector("button:not([type=button])");
  if (button?.getAttribute("aria-busy") === "true") return event.preventDefault();
  button?.setAttribute("aria-busy", "true");
});
addEventListener("pageshow", () => {
  for (const button of document.querySelectorAll("[aria-busy=true]")) button.removeAttribute("aria-busy");
});

// A file that is too big is told before it is sent.
document.addEventListener("change", (event) => {
  const field = event.target;
  if (!field.matches("input[type=file][data-largest]")) return;
  const big = [...field.files].find((file) => file.size > Number(field.dataset.largest));
  field.setCustomValidity("");
  const told = field.parentElement.querySelector("[data-told]") ?? document.createElement("p");
  told.className = "wrong";
  told.dataset.told = "";
  told.setAttribute("role", "alert");
  told.textContent = big ? field.dataset.tooBig.replace("{name}", big.name) : "";
  told.hidden = !big;
  if (big) field.value = "";
  field.after(told);
});
