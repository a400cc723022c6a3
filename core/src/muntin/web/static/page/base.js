// The page's own script: ages tick, changes are written into the elements they belong to, and a lost
// server is said on every number. It speaks the Bokeh protocol itself; Bokeh only draws the charts.
// Its modules begin with start.js; the server joins them into one script, for each request takes time.

export const root = document.documentElement;
export const nonce = document.currentScript.nonce;
export const page = JSON.parse(document.getElementById("mu-data").textContent);
// Who looks, with the token of their own; not there where nobody signs in.
export const viewer = JSON.parse(document.getElementById("mu-viewer")?.textContent ?? "null");

// What the page knows of its server: how far its clock is ahead of this one (ms), the socket, when it was last
// heard (of `performance.now()`), and the revision that is shown.
export const connection = { offset: 0, socket: null, lastHeard: 0, revision: page.revision };

/** @type {(id: string) => any} */
export const byId = (id) => document.getElementById(id);
export const now = () => Date.now() + connection.offset;

export function element(tag, attrs = {}, text = "") {
  const el = document.createElement(tag);
  for (const [name, value] of Object.entries(attrs)) el.setAttribute(name, value);
  el.textContent = text;
  return el;
}

export function line(tag, cells) {
  const row = element("tr");
  row.append(...cells.map((cell) => element(tag, { class: "txt" }, cell)));
  return row;
}
