// While a finger or a button is down, nothing is drawn anew: what is replaced before it comes up again gets no click.

const LONGEST = 1000; // milliseconds; who presses longer marks words, or drags
const held = [];
let pressed = 0;

addEventListener("pointerdown", () => {
  clearTimeout(pressed);
  pressed = setTimeout(letGo, LONGEST);
}, true);
for (const end of ["pointerup", "pointercancel"]) addEventListener(end, () => setTimeout(letGo), true); // its click comes first

/** What waits is done now, in its order. */
export function letGo() {
  clearTimeout(pressed);
  pressed = 0;
  for (const act of held.splice(0)) act();
}

/** Now, or when nothing is pressed any more. */
export function unpressed(act) {
  if (pressed) held.push(act);
  else act();
}
