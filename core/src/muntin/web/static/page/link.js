// ---- whether the server is there, and what is said while it is not ----

import { byId, connection, element, now, page, root } from "./base.js";
import { clock, day, setText } from "./ages.js";
import { feeds, tick } from "./feeds.js";
import { SIGNED_OUT, caughtUp } from "./socket.js";
import { compare } from "./others.js";
import { resting } from "./rest.js";

const BEAT_LOST = 4400, BEAT_DEAD = 15000;
export let lostAt = 0, gone = false, left = false;

export function found() {
  if (page.dev && page.scope !== "shared") compare();
  root.dataset.link = "live";
}

export function watch() {
  const silent = performance.now() - connection.lastHeard;
  if (left || gone || resting || !connection.lastHeard || document.hidden) return;
  if (silent > BEAT_LOST) lose("silent");
  else if (lostAt) regain();
  if (silent > BEAT_DEAD) connection.socket ? connection.socket.close() : lose("closed");
}

// What was shown is no longer for this viewer: it goes at once, then the server says what is left.
export function leave(code) {
  if (left) return;
  left = gone = true;
  root.dataset.link = "left";
  for (const dialog of document.querySelectorAll("dialog")) dialog.close();
  byId("main").replaceChildren(element("h1", {}, code === SIGNED_OUT ? "Signed out" : "What you may see has changed"),
    element("p", { class: "mu-note", role: "status" }, "One moment: the server is asked what is left to you."));
  feeds.clear();
  setText(byId("mu-lamp-text"), "");
  setTimeout(() => location.reload(), 400);
}

export function lose(why) {
  if (left) return;
  gone ||= why !== "silent";
  if (!lostAt) {
    lostAt = now();
    root.dataset.link = "lost";
    setText(byId("mu-link"), `Connection lost at ${clock(lostAt)} UTC. Figures are the last known; trying to reconnect.`);
    for (const el of document.querySelectorAll("[data-metric],[data-column]")) markKnown(el);
    for (const el of document.querySelectorAll("[data-slot],.mu-centre")) markChart(el);
    tick();
  }
  if (why === "failed") setTimeout(() => location.reload(), 60000);
  if (why === "closed") { connection.socket = null; page.dev ? retry(100) : setTimeout(retry, 400 + Math.random() * 1200, 1000); }
}

export function markKnown(el) {
  if (!el.dataset.value || el.querySelector(".mu-known")) return;
  el.append(known(Date.parse(el.dataset.asOf) || lostAt));
}

// A chart is as old as the oldest of its panel's feeds.
function markChart(el) {
  const names = el.closest(".mu-card")?.querySelector("[data-foot]")?.dataset.foot.split(" ") ?? [];
  const times = names.map((name) => feeds.get(name)?.asOf).filter(Boolean);
  el.append(known(Math.min(lostAt, ...times)));
}

function known(asOf) {
  const words = day(asOf) === day(now()) ? clock(asOf) : `${clock(asOf)}, ${day(asOf)}`;
  return element("small", { class: "mu-known" }, ` last known ${words}`);
}

function regain() {
  lostAt = 0;
  setText(byId("mu-link"), "");
  for (const el of document.querySelectorAll(".mu-known")) el.remove();
  caughtUp();
}

async function retry(wait) {
  try {
    const answer = await fetch("/readyz", { cache: "no-store", signal: AbortSignal.timeout(2500) });
    if (answer.ok) return location.reload();
  } catch { /* still away */ }
  page.dev ? setTimeout(retry, wait, wait) : setTimeout(retry, wait + Math.random() * 500, Math.min(wait * 1.5, 5000));
}
