// ---- components with a script: an ES module that their plugin brings ----

import { byId, page } from "./base.js";
import { tick } from "./feeds.js";

const connected = new Map();  // what `connect` has returned, by element

const scripted = (within) => [...within.querySelectorAll("[data-script]")];

// Connects the components within an element to their modules.
export function takeScripts(within) {
  for (const el of scripted(within)) connectTo(el);
}

export function dropScripts(within) {
  for (const el of scripted(within)) {
    run(el, () => connected.get(el)?.disconnect?.());
    connected.delete(el);
  }
}

// Tells the components in which one of these elements changed.
export function updateScripts(ids) {
  const changed = new Set(ids.map((id) => byId(id)?.closest("[data-script]")));
  for (const el of changed) if (connected.has(el)) run(el, () => connected.get(el).update?.());
}

async function connectTo(el) {
  const panel = el.closest("[data-panel]")?.dataset.panel;
  const address = page.modules?.[panel]?.[el.dataset.script];
  try {
    if (!address) throw new Error(`the panel does not declare ${el.dataset.script} in scripts=`);
    const { connect } = await import(address);
    if (el.isConnected) connected.set(el, connect(el) ?? {});
  } catch (error) { scriptFailed(el, error); }
}

function run(el, what) {
  try { what(); } catch (error) { scriptFailed(el, error); }
}

// What stands in the page without the script stays; the foot of the panel no longer says that it is live.
function scriptFailed(el, error) {
  console.error("component", el.dataset.script, error);
  connected.delete(el);
  el.dataset.failed = "";
  tick();
}
