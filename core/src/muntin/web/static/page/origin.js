// ---- where a figure comes from: by click, by Enter, and to be copied ----

import { byId, element, now, page } from "./base.js";
import { duration } from "./ages.js";
import { feeds } from "./feeds.js";

// What is shown of a document has its place with it: metrics, and cells of tables.
const FIGURE = "[data-metric][data-feed],[data-column][data-feed]";

export function explain(el) {
  const feed = feeds.get(el.dataset.feed);
  if (!feed) return;
  const rows = about(el, feed).filter(([, value]) => value);
  byId("mu-origin-list").replaceChildren(...rows.flatMap(([name, value]) => [
    element("dt", {}, name), element("dd", {}, value),
  ]));
  if (el.tabIndex < 0) el.tabIndex = -1;
  el.focus({ preventScroll: true });  // where the focus returns when the dialog closes
  byId("mu-origin").showModal();
}

function about(el, feed) {
  const { value, raw, path, formula, asOf, status, own } = el.dataset;
  const panel = el.closest("[data-panel]")?.dataset.panel;
  return [
    ["Shown", el.firstChild?.data],
    ["Value", value || "none"],
    ["In the document", raw],
    ["Document", feed.file],
    ["Feed", feed.name],
    ["Path", path],
    ["Worked out", formula],
    ["As of", asOf && `${asOf} (${duration(now() - Date.parse(asOf))} ago)`],
    ["Late, stale after", limits(feed)],
    ["Status", status],
    ["Producer", feed.producer],
    ["Problem", own ? el.title : feed.problem],
    ["Drawn by", page.plugins?.[panel]],
  ];
}

function limits({ late, stale }) {
  const words = (seconds) => (seconds >= 1e12 ? "never" : duration(seconds * 1000));
  return `${words(late)}, ${words(stale)}`;
}

function copied() {
  const names = [...byId("mu-origin-list").querySelectorAll("dt")];
  return names.map((dt) => `${dt.textContent}: ${dt.nextElementSibling.textContent}`).join("\n");
}

// Browsers have a clipboard only on pages of https and of this very machine.
async function copy() {
  const said = byId("mu-origin-copied");
  try {
    await navigator.clipboard.writeText(copied());
    said.textContent = "Copied";
  } catch {
    getSelection().selectAllChildren(byId("mu-origin-list"));
    said.textContent = "Selected: press Ctrl C";
  }
}

document.addEventListener("click", (event) => {
  const target = /** @type {Element} */ (event.target);
  if (target.closest("[data-copy]")) return copy();
  const figure = target.closest(FIGURE);
  const chosen = figure?.closest(".mu-long");  // there a click chooses a cell
  if (figure && !chosen && getSelection().isCollapsed) explain(figure);
});
document.addEventListener("dblclick", (event) => {
  const figure = /** @type {Element} */ (event.target).closest(FIGURE);
  if (figure?.closest(".mu-long")) explain(figure);
});
document.addEventListener("keydown", (event) => {
  const target = /** @type {Element} */ (event.target);
  if (event.key !== "Enter" && event.key !== " ") return;
  if (!target.matches?.(FIGURE)) return;
  event.preventDefault();
  explain(target);
});
byId("mu-origin").addEventListener("close", () => { byId("mu-origin-copied").textContent = ""; });
