// ---- the connection of a shared page: messages of the Bokeh protocol, read frame by frame ----

import { connection, page, root, viewer } from "./base.js";
import { tick } from "./feeds.js";
import { apply } from "./changes.js";
import { asked, charts, draw, pull, zoomed } from "./charts.js";
import { found, leave, lose, lostAt } from "./link.js";

export const SIGNED_OUT = 4401, CHANGED = 4403, RESTARTED = 4410;

// The server sends what has changed since the revision, and its time once all of that is sent.
export function connect() {
  const scheme = location.protocol === "https:" ? "wss:" : "ws:";
  const address = `${scheme}//${location.host}${page.ws}?rev=${connection.revision}&of=${page.server}`;
  connection.socket = new WebSocket(address, ["bokeh", viewer?.token ?? page.token]);
  connection.socket.binaryType = "arraybuffer";
  let parts = [], wanted = 3;
  connection.socket.onmessage = (event) => {
    connection.lastHeard = performance.now();
    parts.push(event.data);
    if (parts.length === 1) wanted = 3 + 2 * (JSON.parse(parts[0]).num_buffers || 0);
    if (parts.length < wanted) return;
    const [header, , content, ...buffers] = parts;
    parts = [];
    try { receive(JSON.parse(header), JSON.parse(content), buffers); } catch (error) { failed(error); }
  };
  connection.socket.onclose = (event) => closed(event) || lose("closed");
}

// True if the server has closed a socket because of who looks, or is not the one that made the page.
export function closed(event) {
  if (event.code === RESTARTED) location.reload();
  else if (event.code === SIGNED_OUT || event.code === CHANGED) leave(event.code);
  else return false;
  return true;
}

function receive(header, content, buffers) {
  if (header.msgtype === "OK" && content.now) heard(content.now);
  else if (header.msgtype === "PULL-DOC-REPLY") draw(content.doc);
  else if (header.msgtype === "PATCH-DOC") patch(content, buffers);
}

// A page that misses an update must not go on as if it were live: it begins anew, once a minute at most.
function failed(error) {
  console.error("update failed", error);
  if (lostAt) return;
  const since = Date.now() - Number(sessionStorage.getItem("mu-failed") ?? 0);
  if (since < AGAIN) return lose("failed");
  sessionStorage.setItem("mu-failed", String(Date.now()));
  location.reload();
}
const AGAIN = 60000;

export function heard(serverTime) {
  const skew = serverTime - Date.now();
  connection.offset = Math.abs(skew - connection.offset) > 250 ? skew : connection.offset;
  if (root.dataset.link === "connecting" || root.dataset.link === "behind") caughtUp();
  tick();
}

export function caughtUp() {
  found();
  if (page.bundles?.length && !charts) pull();
}

function patch(content, buffers) {
  const mine = content.events.filter((event) => event.kind === "MessageSent" && event.msg_type === "muntin");
  const others = content.events.filter((event) => !mine.includes(event));
  // What comes while the charts are asked for anew is in the answer, and may not fit the old ones.
  if (others.length && charts && asked !== connection.socket) {
    const map = new Map();
    for (let i = 0; i < buffers.length; i += 2) map.set(JSON.parse(buffers[i]).id, buffers[i + 1]);
    charts.then((doc) => doc && doc.apply_json_patch({ events: others.filter((event) => !zoomed(doc, event)) }, map));
  }
  for (const event of mine) apply(event.msg_data);
}
