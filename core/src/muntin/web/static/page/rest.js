// ---- a page that nobody sees lets go of the server, and catches up when it is looked at again ----

const REST_AFTER = 30000;
let resting = false, waiting = 0;

// Its figures are marked before it is seen again: they are those of when it went to rest.
function rest() {
  const connected = page.scope === "shared" ? socket?.readyState === WebSocket.OPEN : page.scope === "operations";
  if (left) return;
  if (!connected || lostAt) { waiting = setTimeout(rest, REST_AFTER); return; }
  root.dataset.link = "behind";
  tick();
  resting = true;
  clearTimeout(asking);
  if (!socket) return;
  socket.onclose = socket.onmessage = null;
  socket.close(1000);
}

function wake() {
  resting = false;
  lastHeard = performance.now();
  tick();
  socket ? connect() : ask();
}

function noticed() {
  clearTimeout(waiting);
  if (document.hidden) waiting = setTimeout(rest, REST_AFTER);
  else if (resting) wake();
  else tick();
}
