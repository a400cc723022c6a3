// ---- ages and statuses: pure, so the cards within Panel's own pages use them as well ----

const two = (n) => String(n).padStart(2, "0");
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const RANK = [
  "live", "late", "undated", "skewed", "empty", "stale", "missing", "malformed", "unreadable",
];

export function clock(ms) {
  const d = new Date(ms);
  return `${two(d.getUTCHours())}:${two(d.getUTCMinutes())}:${two(d.getUTCSeconds())}`;
}

export function day(ms) {
  const d = new Date(ms);
  return `${d.getUTCDate()} ${MONTHS[d.getUTCMonth()]} ${d.getUTCFullYear()}`;
}

export function duration(ms) {
  const s = Math.abs(ms) / 1000;
  if (s < 100) return `${Math.floor(s)}\u00a0s`;
  if (s < 6000) return `${Math.floor(s / 60)}\u00a0min`;
  if (s < 172800) return `${(s / 3600).toFixed(1)}\u00a0h`;
  return `${Math.floor(s / 86400).toLocaleString("en-US")}\u00a0d`;
}

// Returns a feed of a row as the server sends it.
export function feedOf(row) {
  const [name, file, asOf, late, stale, fault, problem, hasValue, optional, producer] = row;
  return {
    name, file, asOf, late, stale, fault, problem, hasValue, optional, producer, status: "",
  };
}

export function judge(feed, at) {
  if (feed.fault) return feed.fault;
  if (feed.asOf === null) return "undated";
  const age = (at - feed.asOf) / 1000;
  if (age < -5) return "skewed";
  return age > feed.stale ? "stale" : age > feed.late ? "late" : "live";
}

// `link` is how the page is connected: "lost", "behind", or anything else for live.
export function footWords(feed, at, link) {
  if (link === "behind") return "catching up";
  if (link === "lost") return feed.asOf === null ? "last known" : `last known ${clock(feed.asOf)} UTC · ${duration(at - feed.asOf)}`;
  if (feed.status === "undated") return "age unknown";
  if (feed.asOf === null) return feed.status;
  const age = duration(at - feed.asOf);
  return feed.status === "skewed" ? `skewed · ${age} ahead` : `${feed.status} · ${age}`;
}

export const worse = (a, b) => RANK.indexOf(b.status) - RANK.indexOf(a.status) || a.asOf - b.asOf;

export function setText(el, text) {
  if (el && el.textContent !== text) el.textContent = text;
}

export function setAttr(el, name, value) {
  if (el.getAttribute(name) !== value) el.setAttribute(name, value);
}

export function stamp(within, feed) {
  const asOf = feed.asOf === null ? "" : new Date(feed.asOf).toISOString();
  for (const el of within.querySelectorAll(`[data-feed="${CSS.escape(feed.name)}"]`)) {
    stampOne(el, feed, asOf);
  }
}

export function stampOne(el, feed, asOf) {
  setAttr(el, "data-status", feed.hasValue ? el.dataset.own || feed.status : feed.status);
  setAttr(el, "data-as-of", el.dataset.ownAsOf || asOf);
}

// Returns why a panel is not as live as its feeds; "" if it is.
function failure(card) {
  if (card.querySelector("[data-failed]")) return "chart not drawn";
  return card.matches("[data-fault]") ? "not updated" : "";
}

// Writes the worst of its feeds and its age into each foot.
export function tickFeet(within, feeds, at, link = "live") {
  for (const foot of within.querySelectorAll("[data-foot]")) {
    const used = foot.dataset.foot.split(" ").map((name) => feeds.get(name)).filter(Boolean);
    used.sort(worse);
    if (!used.length) continue;
    const away = link === "lost" || link === "behind";
    const failed = !away && used[0].status === "live" ? failure(foot.parentNode.parentNode) : "";
    setText(foot, failed || footWords(used[0], at, link));
    setAttr(foot, "data-worst", failed ? "failed" : away ? link : used[0].status);
  }
}
