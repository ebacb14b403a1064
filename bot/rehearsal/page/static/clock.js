// The rehearsal's clock: the news time in the desk's zone, pause, speed, and the jump to the next post.

import { byId, h, icon } from "./dom.js";
import { store, tell } from "./store.js";
import { clockCame, newsNow, tick } from "./times.js";
import { act } from "./wire.js";

const SPEEDS = [["1×", 1], ["10×", 10], ["60×", 60], ["600×", 600], ["max", "max"]];

let now, pause, next, skip, speeds, zoned;

export function showClock() {
  zoned = new Intl.DateTimeFormat("en-US", { timeZone: store.zone, weekday: "short", month: "short", day: "numeric", hour: "numeric", minute: "2-digit", second: "2-digit", timeZoneName: "short" });
  now = h("time", { class: "now", role: "timer", "aria-label": "The time of the news" });
  pause = h("button", { type: "button", onclick: () => setPace({ paused: !store.clock.paused }) });
  next = h("button", { type: "button", title: "Go to the next post at once", "aria-label": "Next event", onclick: () => setPace({ jump: true }) }, icon("next"), h("span", { class: "word" }, "Next event"));
  skip = h("button", { type: "button", title: "Nobody waits longer than five seconds for what comes next", onclick: () => setPace({ skips: !store.clock.skips }) }, "Skip quiet hours");
  skip.className = "skips";
  next.className = "jump";
  pause.className = "pause";
  speeds = SPEEDS.map(([label, speed]) => h("button", { type: "button", role: "radio", "data-speed": String(speed), onclick: () => setPace({ speed }) }, label));
  const group = h("div", { class: "speeds", role: "radiogroup", "aria-label": "Speed of the news" }, speeds);
  byId("clock").replaceChildren(h("span", { class: "what", title: `Rehearsal: ${store.title}` }, "Rehearsal", h("span", { class: "title" }, `: ${store.title}`)), h("span", { class: "gap" }), now, pause, group, skip, next);
  clockChanged(store.clock);
}

export async function setPace(body) {
  const clock = await act("pace", body);
  if (!clock.error) tell("clock", clock);
}

export function clockChanged(clock) {
  store.clock = clock;
  clockCame();
  const over = clock.over;
  pause.replaceChildren(icon(clock.paused ? "play" : "pause"));
  pause.setAttribute("aria-label", clock.paused ? "Go on" : "Pause");
  pause.title = clock.paused ? "Go on" : "Pause";
  pause.disabled = next.disabled = over;
  skip.setAttribute("aria-pressed", String(clock.skips));
  for (const button of speeds) {
    button.setAttribute("aria-checked", String(button.dataset.speed === String(clock.speed ?? "max")));
    button.disabled = over;
  }
  byId("clock").classList.toggle("over", over);
  showTime();
  tick(byId("messages"));
}

function showTime() {
  if (!zoned) return;
  const parts = Object.fromEntries(zoned.formatToParts(newsNow()).map((part) => [part.type, part.value]));
  const fine = store.clock.rate <= 120 ? `:${parts.second}` : "";
  const small = matchMedia("(max-width: 720px)").matches;
  const date = small ? "" : `${parts.weekday}, ${parts.month} ${parts.day}, `;
  const text = `${date}${parts.hour}:${parts.minute}${small ? "" : fine} ${parts.dayPeriod}${small ? "" : ` ${parts.timeZoneName}`}${store.clock.over ? " · the day is over" : ""}`;
  if (now.textContent !== text) now.textContent = text;
}

export function startClock() {
  setInterval(showTime, 200);
  setInterval(() => tick(byId("messages")), 1000);
}
