// A quiet tone for a new message. Silent until the person has clicked once, as browsers ask.

export function newSound(store) {
  let context = null;
  addEventListener("pointerdown", wake);
  addEventListener("keydown", wake);

  function wake() {
    const Context = window.AudioContext ?? window.webkitAudioContext;
    if (Context && isOn()) context ??= new Context();
  }

  function isOn() {
    return store.get("sound") !== false;
  }

  function turn() {
    store.set("sound", !isOn());
    wake();
  }

  function play() {
    if (!context || !isOn()) return;
    tone(660, 0);
    tone(880, 0.11);
  }

  function tone(pitch, after) {
    const begins = context.currentTime + after;
    const wave = new OscillatorNode(context, { frequency: pitch });
    const volume = new GainNode(context, { gain: 0 });
    volume.gain.linearRampToValueAtTime(0.05, begins + 0.02);
    volume.gain.exponentialRampToValueAtTime(0.0001, begins + 0.24);
    wave.connect(volume).connect(context.destination);
    wave.start(begins);
    wave.stop(begins + 0.25);
  }

  return { isOn, turn, play };
}
