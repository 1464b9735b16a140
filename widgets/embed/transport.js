// The wire: one interface for whatever carries frames. What polling.js offers is the same.

/** Opens a socket. Calls `opened()`, `frame(object)` and, once, `closed(code)`. Gives `send(object)` and `close()`. */
export function webSocket(api, { opened, frame, closed }) {
  const address = new URL(`${api}/socket`, location.href);
  address.protocol = address.protocol === "https:" ? "wss:" : "ws:";
  let over = false;
  let socket = null;

  function end(code) {
    if (over) return;
    over = true;
    closed(code);
  }

  try {
    socket = new WebSocket(address);
  } catch {
    queueMicrotask(() => end(1006));
    return { send: () => false, close: () => end(1006) };
  }
  socket.addEventListener("open", () => over || opened());
  socket.addEventListener("message", (event) => over || read(event.data, frame));
  socket.addEventListener("close", (event) => end(event.code));

  return {
    send(object) {
      const open = socket.readyState === WebSocket.OPEN;
      if (open) socket.send(JSON.stringify(object));
      return open;
    },
    // A dead network answers no closing handshake: to us it is closed at once.
    close() {
      socket.close();
      end(1006);
    },
  };
}

function read(data, frame) {
  let object = null;
  try {
    object = JSON.parse(data);
  } catch {
    return;
  }
  if (object && typeof object === "object") frame(object);
}
