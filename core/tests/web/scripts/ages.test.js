import assert from "node:assert/strict";
import { test } from "node:test";

import {
  clock, day, duration, feedOf, footWords, judge, worse,
} from "../../../src/muntin/web/static/page/ages.js";

const AT = Date.UTC(2026, 10, 27, 2, 15, 0);
const SECOND = 1000;

// name, file, as of, late, stale, fault, problem, has a value, optional, producer
const row = (age, fault = "") =>
  ["nav", "nav.json", age === null ? null : AT - age * SECOND, 60, 600, fault, "", true, false, ""];
const feed = (age, fault = "") => {
  const made = feedOf(row(age, fault));
  made.status = judge(made, AT);
  return made;
};

for (const [age, status] of [
  [0, "live"], [60, "live"], [61, "late"], [600, "late"], [601, "stale"], [-5, "live"], [-6, "skewed"],
  [null, "undated"],
]) {
  test(`a feed of ${age} s is ${status}`, () => assert.equal(feed(age).status, status));
}

test("a fault is the status, whatever the age", () => {
  assert.equal(feed(0, "unreadable").status, "unreadable");
  assert.equal(feed(9000, "malformed").status, "malformed");
});

for (const [seconds, words] of [
  [0, "0\u00a0s"], [99.9, "99\u00a0s"], [100, "1\u00a0min"], [5999, "99\u00a0min"],
  [6000, "1.7\u00a0h"], [172800, "2\u00a0d"], [-30, "30\u00a0s"], [86400 * 2000, "2,000\u00a0d"],
]) {
  test(`${seconds} s is ${words}`, () => assert.equal(duration(seconds * SECOND), words));
}

test("times are UTC", () => {
  assert.equal(clock(AT), "02:15:00");
  assert.equal(day(AT), "27 Nov 2026");
});

test("the foot of a lost page names the last known time and never says live", () => {
  assert.equal(footWords(feed(9), AT, "lost"), "last known 02:14:51 UTC · 9\u00a0s");
  assert.equal(footWords(feed(9), AT, "behind"), "catching up");
  assert.equal(footWords(feed(9), AT, "live"), "live · 9\u00a0s");
  assert.equal(footWords(feed(null), AT, "live"), "age unknown");
  assert.equal(footWords(feed(-90), AT, "live"), "skewed · 90\u00a0s ahead");
});

test("the worst feed comes first, and the oldest of equals", () => {
  const feeds = [feed(5), feed(70), feed(30), feed(0, "missing")].sort(worse);
  assert.deepEqual(feeds.map((one) => one.status), ["missing", "late", "live", "live"]);
  assert.equal(feeds[2].asOf, AT - 30 * SECOND);
});
