// ---- what Bokeh and Panel draw takes the page's fonts and colours ----

import { page, root } from "./base.js";

// Every model stands in a shadow root, which the page's styles do not reach: one sheet goes into each of them, also of
// those that come later. It is fetched for the first.
const sheet = new CSSStyleSheet(), attachShadow = Element.prototype.attachShadow;
let sheetAsked = false;

Element.prototype.attachShadow = function (how) {
  const made = attachShadow.call(this, how);
  made.adoptedStyleSheets.push(sheet);
  if (!sheetAsked) takeSheet();
  return made;
};

async function takeSheet() {
  sheetAsked = true;
  const answer = await fetch(page.within).catch(() => null);
  sheetAsked = Boolean(answer?.ok);
  if (sheetAsked) await sheet.replace(await answer.text());
}

// Colours are read while painting; what was painted before its final size may leave marks behind.
export function repaint() {
  const ink = getComputedStyle(root).getPropertyValue("--mu-ink-3");
  for (const doc of window.Bokeh?.documents ?? []) for (const model of doc._all_models?.values() ?? []) {
    // The labels of a colour bar have an element that is in no page, and so no colours to read.
    if (model.type === "ColorBar") model.setv({ major_label_text_color: ink, title_text_color: ink }, { sync: false });
    if (isDial(model)) for (const view of doc.views_manager?.find_all(model) ?? []) view.el.classList.add("mu-paper");
    model.change?.emit();
  }
  fit();
}

// Panel's gauges paint their texts as data, in colours made for paper.
const isDial = (model) => model.type === "Figure" && model.renderers.some((part) => part.data_source?.name === "needle_source");

// What is wider than its place is scrolled within it. Not while a viewer points at it: a tooltip may stick out.
function fit() {
  for (const slot of document.querySelectorAll("[data-slot]:not(:hover)")) slot.toggleAttribute("data-wide", slot.scrollWidth > slot.clientWidth + 1);
}
window.addEventListener("resize", fit);
setInterval(fit, 2000);

if (page.scope === "app") new MutationObserver(() => setTimeout(repaint, 250)).observe(root, { attributeFilter: ["data-charts"] });
