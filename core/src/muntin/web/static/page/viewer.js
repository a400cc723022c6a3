// ---- what a viewer does ----

import { byId, now, root, viewer } from "./base.js";
import { setText } from "./ages.js";
import { feedTable } from "./feeds.js";
import { sortBy } from "./changes.js";
import { refuseTextScripts } from "./charts.js";
import { repaint } from "./theme.js";

document.addEventListener("click", (event) => {
  const target = /** @type {Element} */ (event.target);
  const th = target.closest("[data-sortable] th, [data-sorts] th");
  if (th) sortBy(th, th.getAttribute("aria-sort") === "ascending" ? "descending" : "ascending");
  else if (target.closest("[data-close]")) target.closest("dialog").close();
});
byId("mu-lamp").addEventListener("click", () => { feedTable(now()); byId("mu-feeds").showModal(); });
byId("mu-theme").addEventListener("click", () => {
  const dark = getComputedStyle(root).colorScheme.includes("dark");
  root.dataset.theme = dark ? "light" : "dark";
  repaint();
  document.cookie = `mu-theme=${root.dataset.theme}; path=/; max-age=31536000; samesite=lax`;
});
document.addEventListener("securitypolicyviolation", (event) => {
  if (!event.effectiveDirective.startsWith("script-src") || event.blockedURI !== "eval") return;
  console.error('A panel of this page makes scripts from text (CustomJS, ReactiveHTML, Vega and Altair). The operator allows that by scripts = "eval" under [site] in muntin.toml.');
  refuseTextScripts();
});

// A page from the browser's own memory may be of a time before signing out.
window.addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
if (viewer) {
  setText(byId("mu-user-name"), viewer.name);
  setText(byId("mu-user-roles"), `Signed in as ${viewer.name}${viewer.roles.length ? ` · ${viewer.roles.join(", ")}` : ""}`);
  if (byId("mu-csrf")) byId("mu-csrf").value = viewer.csrf;
}
