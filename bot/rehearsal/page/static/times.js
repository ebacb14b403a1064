// Times in Discord's wording, in the reader's zone, by the news clock; and the clock itself.

import { store } from "./store.js";

let received = performance.now();

export function clockCame() {
  received = performance.now();
}

// The news time, advanced between the server's updates.
export function newsNow() {
  const { now, until, rate } = store.clock;
  const at = Date.parse(now) + (rate ? (performance.now() - received) * rate : 0);
  return rate ? Math.min(at, Date.parse(until)) : at;
}

const format = (options) => new Intl.DateTimeFormat("en-US", options);
const SHORT_TIME = format({ hour: "numeric", minute: "2-digit" });
const SHORT_DATE = format({ month: "numeric", day: "numeric", year: "numeric" });
const LONG_DATE = format({ month: "long", day: "numeric", year: "numeric" });
const DAY = format({ year: "numeric", month: "2-digit", day: "2-digit" });
const WHOLE = format({ weekday: "long", month: "long", day: "numeric", year: "numeric", hour: "numeric", minute: "2-digit" });
const SHORT_DAY = format({ weekday: "short", month: "short", day: "numeric" });
const STYLES = {
  t: SHORT_TIME,
  T: format({ hour: "numeric", minute: "2-digit", second: "2-digit" }),
  d: SHORT_DATE,
  D: LONG_DATE,
  f: format({ month: "long", day: "numeric", year: "numeric", hour: "numeric", minute: "2-digit" }),
  F: WHOLE,
  s: format({ month: "numeric", day: "numeric", year: "numeric", hour: "numeric", minute: "2-digit" }),
  S: format({ month: "numeric", day: "numeric", year: "numeric", hour: "numeric", minute: "2-digit", second: "2-digit" }),
};
const RELATIVE = new Intl.RelativeTimeFormat("en-US", { numeric: "auto" });
const UNITS = [["year", 31557600], ["month", 2629800], ["day", 86400], ["hour", 3600], ["minute", 60], ["second", 1]];

export const sameDay = (a, b) => DAY.format(a) === DAY.format(b);
export const longDate = (at) => LONG_DATE.format(at);
export const shortTime = (at) => SHORT_TIME.format(at);
export const whole = (at) => WHOLE.format(at);

// When something ahead begins.
export function due(at) {
  const now = newsNow();
  if (sameDay(at, now)) return `Today at ${SHORT_TIME.format(at)}`;
  if (sameDay(at, now + 86400000)) return `Tomorrow at ${SHORT_TIME.format(at)}`;
  return `${SHORT_DAY.format(at)} · ${SHORT_TIME.format(at)}`;
}

export function said(at) {
  // A post may be here before the news that the clock has moved to it.
  const now = Math.max(newsNow(), at);
  if (sameDay(at, now)) return `Today at ${SHORT_TIME.format(at)}`;
  if (sameDay(at, now - 86400000)) return `Yesterday at ${SHORT_TIME.format(at)}`;
  return `${SHORT_DATE.format(at)} ${SHORT_TIME.format(at)}`;
}

function relative(at) {
  const seconds = (at - newsNow()) / 1000;
  const [unit, size] = UNITS.find(([, size]) => Math.abs(seconds) >= size) ?? UNITS.at(-1);
  return RELATIVE.format(Math.trunc(seconds / size), unit);
}

export function fillStamps(root) {
  for (const stamp of root.querySelectorAll("time.stamp")) {
    const at = Date.parse(stamp.dateTime);
    const text = stamp.dataset.style === "R" ? relative(at) : STYLES[stamp.dataset.style].format(at);
    if (stamp.textContent !== text) stamp.textContent = text;
    if (!stamp.title) stamp.title = whole(at);
  }
}

let day = "";

export function tick(root) {
  for (const stamp of root.querySelectorAll('time.stamp[data-style="R"]')) {
    const text = relative(Date.parse(stamp.dateTime));
    if (stamp.textContent !== text) stamp.textContent = text;
  }
  const today = DAY.format(newsNow());
  if (today === day) return;
  day = today;
  for (const time of root.querySelectorAll("time.said")) time.textContent = said(Date.parse(time.dateTime));
}
