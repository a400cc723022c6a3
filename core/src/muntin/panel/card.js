// One panel in a page of Panel's own: its markup, its charts in their places, ages that tick.
// It stands behind `web/static/page/ages.js`, which has no page to be imported from here.
/* global clock, feedOf, judge, setAttr, setText, stamp, tickFeet */

const BEAT_LOST = 5000;

export function render({ model, el, view }) {
  const feeds = new Map();
  const body = document.createElement("div");
  body.className = "mu-embedded";
  el.append(body);
  let offset = 0, heard = 0, lost = false;

  const at = () => Date.now() + offset;

  function take() {
    feeds.clear();
    for (const row of model.feeds) feeds.set(row[0], feedOf(row));
  }

  function draw() {
    update(body, model.html);
    const charts = model.get_child("charts");
    model.slots.forEach((id, index) => {
      const slot = body.querySelector(`[id="${CSS.escape(id)}"]`);
      if (slot && charts[index] && charts[index].parentNode !== slot) slot.append(charts[index]);
    });
    lost = false;
    tick();
  }

  function tick() {
    for (const feed of feeds.values()) {
      feed.status = judge(feed, at());
      stamp(body, feed);
    }
    tickFeet(body, feeds, at(), lost ? "lost" : "live");
    const silent = heard && performance.now() - heard > BEAT_LOST;
    if (silent && !lost) lose();
    if (!silent && lost) draw();
  }

  function lose() {
    lost = true;
    setAttr(body, "data-link", "lost");
    for (const el of body.querySelectorAll("[data-metric],[data-column]")) {
      if (!el.dataset.value) continue;
      const known = document.createElement("small");
      known.className = "mu-known";
      known.textContent = ` last known ${clock(Date.parse(el.dataset.asOf) || at())}`;
      el.append(known);
    }
  }

  function beat() {
    if (!model.beat) return;
    heard = performance.now();
    offset = model.beat - Date.now();
    if (lost) draw();
  }

  const host = view?.el ?? el;
  const dress = () => setAttr(host, "data-theme", model.theme);
  model.on("theme", dress);
  model.on("feeds", () => { take(); tick(); });
  model.on("html", draw);
  model.on("charts", draw);
  model.on("beat", beat);
  dress();
  take();
  draw();
  beat();
  const ticking = setInterval(tick, 1000);
  model.on("remove", () => clearInterval(ticking));
}

// Brings an element to the markup; where the shape is the same only texts and attributes change.
function update(body, html) {
  const fresh = document.createElement("div");
  fresh.className = body.className;
  fresh.innerHTML = html;
  for (const known of body.querySelectorAll(".mu-known")) known.remove();
  if (!follow(body, fresh)) body.replaceChildren(...fresh.childNodes);
}

function follow(old, fresh) {
  if ("slot" in old.dataset) return true;
  if (old.children.length !== fresh.children.length) return false;
  for (const { name } of [...old.attributes]) if (!fresh.hasAttribute(name)) old.removeAttribute(name);
  for (const { name, value } of fresh.attributes) setAttr(old, name, value);
  if (!old.children.length) setText(old, fresh.textContent);
  return [...old.children].every((child, index) => {
    const next = fresh.children[index];
    return child.tagName === next.tagName && child.id === next.id && follow(child, next);
  });
}
