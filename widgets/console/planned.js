// An answer that waits before it goes: taken back, its words stand in the composer again.

import { send, toast } from "./forms.js";
import { putBack } from "./composer.js";

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-take-back]");
  if (!button || button.disabled) return;
  button.disabled = true;
  const { ok, told } = await send(button.dataset.takeBack, {}, "DELETE");
  button.disabled = false;
  if (ok) putBack(told);
  else if (told.says) toast(told.says);
});
