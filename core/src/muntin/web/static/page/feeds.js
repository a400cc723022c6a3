// ---- feeds: status and age by the server's clock, also with the server dead ----

import { byId, element, line, now, page, root } from "./base.js";
import {
  clock, day, duration, feedOf, judge, setAttr, setText, stamp, tickFeet, worse,
} from "./ages.js";
import { left, lostAt, watch } from "./link.js";
import { resting } from "./rest.js";

export const feeds = new Map();

export function takeFeeds(rows) {
  for (const row of rows) feeds.set(row[0], feedOf(row));
}

export function tick() {
  if (left || resting) return;
  const at = now();
  for (const feed of feeds.values()) {
    const status = judge(feed, at);
    if (status !== feed.status) { feed.status = status; stamp(document, feed); }
  }
  tickFeet(document, feeds, at, root.dataset.link);
  lamp(at);
  watch();
}

function lamp(at) {
  if (page.scope === "app") return;  // its own script says how it is
  const counted = [...feeds.values()].filter((feed) => !(feed.optional && feed.status === "missing"));
  const worst = [...counted].sort(worse)[0];
  const behind = root.dataset.link === "behind";
  const status = lostAt || behind ? "lost" : worst ? worst.status : "missing";
  setAttr(byId("mu-lamp"), "data-status", status);
  setText(byId("mu-lamp-text"), lostAt ? "connection lost" : behind ? "catching up" : lampWords(counted, at));
  const dated = counted.filter((feed) => (page.dated || []).includes(feed.name) && feed.asOf !== null && feed.hasValue);
  const oldest = Math.min(...dated.map((feed) => feed.asOf));
  if (dated.length) setText(byId("mu-asof"), `as of ${clock(oldest)} UTC, ${day(oldest)}`);
  if (byId("mu-feeds").open) feedTable(at);
}

function lampWords(counted, at) {
  const bad = counted.filter((feed) => feed.status !== "live").sort(worse);
  const newest = Math.max(...counted.map((feed) => feed.asOf ?? 0));
  if (!counted.length) return "no feeds";
  if (!bad.length) return `${counted.length} feed${counted.length > 1 ? "s" : ""} live · newest ${duration(at - newest)} ago`;
  return `${bad.length} of ${counted.length} not live · ${bad[0].name} ${bad[0].status}`;
}

export function feedTable(at) {
  const rows = [...feeds.values()].sort((a, b) => worse(a, b) || a.name.localeCompare(b.name)).map((feed) => [
    feed.name, feed.status, feed.asOf === null ? "–" : duration(at - feed.asOf), `${duration(feed.late * 1000)} / ${duration(feed.stale * 1000)}`,
    feed.asOf === null ? "–" : `${clock(feed.asOf)} UTC`, feed.producer || "–", feed.problem || (feed.optional ? "optional" : "")]);
  const table = element("table", { class: "mu-table" });
  table.append(line("th", ["Feed", "Status", "Age", "Late / stale after", "As of", "Producer", "Problem"]), ...rows.map((cells) => line("td", cells)));
  byId("mu-feeds-table").replaceChildren(table);
}
