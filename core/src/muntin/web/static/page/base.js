// The page's own script: ages tick, changes are written into the elements they belong to, and a lost
// server is said on every number. It speaks the Bokeh protocol itself; Bokeh only draws the charts.
// These files are one script: the server joins them, in the order of `muntin.web.assets.PAGE`.

const root = document.documentElement;
const nonce = document.currentScript.nonce;
const page = JSON.parse(document.getElementById("mu-data").textContent);
// Who looks, with the token of their own; not there where nobody signs in.
const viewer = JSON.parse(document.getElementById("mu-viewer")?.textContent ?? "null");

// Of the server's clock over this one, ms.
let offset = 0;

const byId = (id) => document.getElementById(id);
const now = () => Date.now() + offset;

function element(tag, attrs = {}, text = "") {
  const el = document.createElement(tag);
  for (const [name, value] of Object.entries(attrs)) el.setAttribute(name, value);
  el.textContent = text;
  return el;
}

function line(tag, cells) {
  const row = element("tr");
  row.append(...cells.map((cell) => element(tag, { class: "txt" }, cell)));
  return row;
}
