// The wires to the desk: a socket, or what polling.js makes of requests where the network lets no socket through.

/**
 * `next()` gives what opens the next wire. That carries frames both ways: `send(object)` and `close()`; it calls `opened()`,
 * `frame(object)` and, once, `closed(code)`. `desk` says where: `socket` and `poll` are addresses, `headers()` tells who asks, `hello()` what is shown
 * there and up to which place, `reached({ epoch, cursor })` hears how far everything has been told.
 */
export function newWires(desk) {
  // sockets in a row that did not open, and how many may be before the network is thought to let none through
  let shut = 0;
  let patience = 0;
  const polls = () => shut > patience;

  async function next() {
    const polling = polls();
    const open = polling ? (await import("./polling.js")).polling : webSocket;
    return ({ opened, frame, closed }) => {
      if (!polling) shut += 1;
      return open(desk, {
        /** Where one socket has opened, the next ones will, too: what they meet is an ordinary break, for a while. */
        opened() {
          if (!polling) {
            shut = 0;
            patience = 2;
          }
          opened();
        },
        frame,
        closed(code) {
          if (polling) shut = patience;
          closed(code);
        },
      });
    };
  }

  return { next, polls };
}

export function webSocket(desk, { opened, frame, closed }) {
  const address = new URL(desk.socket, location.href);
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
