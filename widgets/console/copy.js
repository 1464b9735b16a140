// A button that takes what it names along: a number, to be dialled on a telephone.

import { _ } from "./facts.js";
import { toast } from "./forms.js";

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  try {
    await navigator.clipboard.writeText(button.dataset.copy);
    toast(_("Copied"), true);
  } catch {
    toast(_("This browser copies nothing here. Mark the number and copy it."));
  }
});
