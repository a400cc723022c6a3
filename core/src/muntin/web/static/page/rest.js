// ---- a page that nobody sees lets go of the server, and catches up when it is looked at again ----

import { connection, page, root } from "./base.js";
import { tick } from "./feeds.js";
import { connect } from "./socket.js";
import { ask, asking } from "./others.js";
import { left, lostAt } from "./link.js";

const REST_AFTER = 30000;
export let resting = false, waiting = 0;

// Its figures are marked before it is seen again: they are those of when it went to rest.
function rest() {
  const connected = page.scope === "shared" ? connection.socket?.readyState === WebSocket.OPEN : page.scope === "operations";
  if (left) return;
  if (!connected || lostAt) { waiting = setTimeout(rest, REST_AFTER); return; }
  root.dataset.link = "behind";
  tick();
  resting = true;
  clearTimeout(asking);
  if (!connection.socket) return;
  connection.socket.onclose = connection.socket.onmessage = null;
  connection.socket.close(1000);
}

function wake() {
  resting = false;
  connection.lastHeard = performance.now();
  tick();
  connection.socket ? connect() : ask();
}

export function noticed() {
  clearTimeout(waiting);
  if (document.hidden) waiting = setTimeout(rest, REST_AFTER);
  else if (resting) wake();
  else tick();
}
