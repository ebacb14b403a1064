// The column of messages: only those around the visible part are in the page, however long the channel is.

import { readOut } from "./aloud.js";
import { byId, h, icon } from "./dom.js";
import { begins, isSystem, messageOf, systemOf } from "./message.js";
import { here, newer, store, tell } from "./store.js";
import { longDate, sameDay } from "./times.js";
import { act, ask } from "./wire.js";

const PAGE = 40; // messages asked for at once
const MOST = 160; // shown while one reads along
const KEPT = 110; // left of them when there are more
const MOST_AWAY = 200; // shown while one reads further up
const NEAR = 700; // pixels from an end at which more is asked for
const END = 40; // pixels from the bottom that still count as there

const scroller = byId("scroller");
const list = byId("messages");

let items = []; // {message, element, divider}
let byKey = new Map();
let older = false;
let behind = false; // whether there are newer ones that are not shown
let loading = false;
let firstNew = null; // the id of the first message that was not read when one came
let missed = 0;
let stuck = true;
let opened = 0;

// What only this person sees is in no history: it stays here until it is dismissed or the page is loaded anew.
const whispers = new Map();

const atEnd = () => scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < END;

export const forgetWhispers = () => whispers.clear();

export async function openChannel(around = null) {
  const turn = (opened += 1);
  const channel = here();
  firstNew = null;
  missed = 0;
  const page = await ask("messages", { channel: channel.id, limit: PAGE, ...(around ? { around } : {}) });
  if (turn !== opened) return;
  clear();
  older = page.older;
  behind = page.newer;
  firstNew = page.messages.find((one) => newer(one.id, channel.read) && one.author.id !== store.me.id)?.id ?? null;
  // What nobody has read yet needs no line above it.
  if (channel.read === "0") firstNew = null;
  const messages = behind ? page.messages : [...page.messages, ...whispersFor(page)].sort((a, b) => (newer(a.id, b.id) ? 1 : -1));
  for (const message of messages) append(message);
  stuck = !around;
  if (around) reveal(around);
  else toEnd();
  settle();
}

function whispersFor(page) {
  const oldest = page.older ? page.messages[0]?.id : null;
  return [...whispers.values()].filter((one) => one.channel === store.channel && (!oldest || newer(one.id, oldest)));
}

function clear() {
  items = [];
  byKey = new Map();
  list.replaceChildren();
}

export async function toPresent() {
  if (behind) await openChannel();
  stuck = true;
  toEnd();
  settle();
}

export async function jumpTo(id) {
  if (!byKey.has(id)) await openChannel(id);
  reveal(id);
}

function reveal(id) {
  const item = byKey.get(id);
  if (!item) return;
  stuck = false;
  item.element.scrollIntoView({ block: "center" });
  item.element.classList.remove("found");
  requestAnimationFrame(() => item.element.classList.add("found"));
  item.element.focus({ preventScroll: true });
}

// The start of the channel, once it is in sight.
function opening() {
  list.querySelector(".opening")?.remove();
  if (older) return;
  const channel = here();
  list.prepend(h("li", { class: "opening" }, h("div", { class: "mark" }, icon(channel.type === 0 ? "hash" : "thread")),
    h("h2", {}, `Welcome to #${channel.name}!`), h("p", {}, `This is the start of the #${channel.name} channel. ${channel.topic}`)));
}

function build(message, before) {
  const at = Date.parse(message.at);
  const dated = !before || !sameDay(at, Date.parse(before.at));
  const fresh = firstNew === message.id;
  let divider = null;
  if (dated || fresh) {
    const parts = [dated && h("span", {}, longDate(at)), fresh && h("span", {}, "New")];
    divider = h("li", { class: `divider${fresh ? " new" : ""}${fresh && dated ? " both" : ""}`, role: "separator" }, parts.filter(Boolean));
  }
  const element = isSystem(message) ? systemOf(message) : messageOf(message, Boolean(divider) || begins(message, before));
  return { message, element, divider };
}

function append(message) {
  const item = build(message, items.at(-1)?.message);
  if (item.divider) list.append(item.divider);
  list.append(item.element);
  items.push(item);
  byKey.set(message.id, item);
}

// Rebuild one in place, after an edit or a change above it.
function rebuild(place) {
  const old = items[place];
  if (!old) return;
  const focused = old.element.contains(document.activeElement);
  const item = build(old.message, items[place - 1]?.message);
  old.divider?.remove();
  if (item.divider) old.element.before(item.divider);
  old.element.replaceWith(item.element);
  items[place] = item;
  byKey.set(item.message.id, item);
  if (focused) item.element.focus({ preventScroll: true });
}

function removeAt(place) {
  const [item] = items.splice(place, 1);
  item.divider?.remove();
  item.element.remove();
  byKey.delete(item.message.id);
}

export function add(message) {
  if (message.private && !message.failed) whispers.set(message.id, message);
  if (message.channel !== store.channel && !message.pending) return;
  if (byKey.has(message.id)) return change(message);
  if (behind && !message.private && !message.pending) {
    missed += 1;
    return;
  }
  if (!stuck) {
    missed += message.pending ? 0 : 1;
    if (items.length >= MOST_AWAY && !message.private) {
      behind = true;
      return;
    }
  }
  if (document.hidden && firstNew === null && message.author.id !== store.me.id && !message.private) firstNew = message.id;
  append(message);
  readOut(message);
}

export function change(message) {
  if (message.private) whispers.set(message.id, message);
  const item = byKey.get(message.id);
  if (!item) return;
  item.message = message;
  rebuild(items.indexOf(item));
}

export function remove(id) {
  whispers.delete(id);
  const item = byKey.get(id);
  if (!item) return;
  const place = items.indexOf(item);
  removeAt(place);
  rebuild(place);
}

// After all changes of a frame: measure the layout once, and scroll once.
export function settle() {
  if (stuck && items.length > MOST && !behind) {
    const cut = items.length - KEPT;
    for (const item of items.slice(0, cut)) {
      item.divider?.remove();
      item.element.remove();
      byKey.delete(item.message.id);
    }
    items = items.slice(cut);
    older = true;
  }
  opening();
  rove();
  if (stuck) toEnd();
  bars();
  markRead();
}

function toEnd() {
  scroller.scrollTop = scroller.scrollHeight;
}

async function more(direction) {
  if (loading || !items.length) return;
  const real = items.filter((one) => !one.message.pending && !one.message.private);
  const edge = direction === "before" ? real[0] : real.at(-1);
  if (!edge) return;
  loading = true;
  const turn = opened;
  try {
    const page = await ask("messages", { channel: store.channel, limit: PAGE, [direction]: edge.message.id });
    if (turn !== opened) return;
    if (direction === "before") prepend(page);
    else follow(page);
  } finally {
    loading = false;
  }
  bars();
}

function prepend(page) {
  older = page.older;
  const anchor = items[0].element;
  const height = anchor.getBoundingClientRect().top;
  const next = list.firstElementChild?.matches(".opening") ? list.firstElementChild.nextSibling : list.firstElementChild;
  const added = [];
  for (const message of page.messages) {
    if (byKey.has(message.id)) continue;
    const item = build(message, added.at(-1)?.message);
    if (item.divider) list.insertBefore(item.divider, next);
    list.insertBefore(item.element, next);
    byKey.set(message.id, item);
    added.push(item);
  }
  items = [...added, ...items];
  rebuild(added.length);
  while (items.length > MOST_AWAY) {
    removeAt(items.length - 1);
    behind = true;
  }
  opening();
  const first = items[added.length]?.element ?? anchor;
  scroller.scrollTop += first.getBoundingClientRect().top - height;
}

function follow(page) {
  behind = page.newer;
  const anchor = items.at(-1).element;
  const height = anchor.getBoundingClientRect().top;
  for (const message of page.messages) if (!byKey.has(message.id)) append(message);
  const cut = items.length - MOST_AWAY;
  if (cut > 0) {
    for (let place = 0; place < cut; place += 1) removeAt(0);
    older = true;
    opening();
  }
  scroller.scrollTop += anchor.getBoundingClientRect().top - height;
}

let ticking = false;
scroller.addEventListener("scroll", () => {
  if (ticking) return;
  ticking = true;
  requestAnimationFrame(() => {
    ticking = false;
    stuck = !behind && atEnd();
    if (stuck) missed = 0;
    if (scroller.scrollTop < NEAR && older) more("before");
    if (behind && scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < NEAR) more("after");
    bars();
    markRead();
  });
}, { passive: true });
new ResizeObserver(() => stuck && toEnd()).observe(scroller);
list.addEventListener("load", () => stuck && toEnd(), true);

// The bar above the composer for readers who have scrolled up.
function bars() {
  const away = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight;
  let bar = null;
  if (missed) {
    bar = h("button", { type: "button", class: "bar", onclick: toPresent }, h("span", {}, `${missed} new message${missed === 1 ? "" : "s"}`), h("b", {}, "Jump To Present"));
  } else if (behind || away > 1.5 * scroller.clientHeight) {
    bar = h("button", { type: "button", class: "bar plain", onclick: toPresent }, h("span", {}, "You're viewing older messages"), h("b", {}, "Jump To Present"));
  }
  const now = byId("bars").firstElementChild;
  if (now?.textContent === bar?.textContent) return;
  byId("bars").replaceChildren(...(bar ? [bar] : []));
}

let marking = 0;
const unsent = new Map(); // by channel, how far it is read
function markRead() {
  const channel = here();
  const last = items.findLast((one) => !one.message.private && !one.message.pending)?.message.id;
  if (!channel || !last || behind || !stuck || document.hidden || !newer(last, channel.read)) return;
  channel.read = last;
  channel.mentions = 0;
  tell("read");
  unsent.set(channel.id, last);
  marking ||= setTimeout(sendRead, 300);
}

// Not delayed by new posts: posts are read even while others keep arriving.
function sendRead() {
  clearTimeout(marking);
  marking = 0;
  for (const [channel, message] of unsent) act("read", { channel, message });
  unsent.clear();
}

export function forgetNew() {
  const place = items.findIndex((one) => one.message.id === firstNew);
  firstNew = null;
  if (place >= 0) rebuild(place);
}

document.addEventListener("visibilitychange", markRead);

// One message can be reached with Tab, the others from it with the arrows.
function rove() {
  if (list.querySelector('[tabindex="0"].message, [tabindex="0"].system')) return;
  items.at(-1)?.element.setAttribute("tabindex", "0");
}

list.addEventListener("focusin", (event) => {
  const element = event.target.closest(".message, .system");
  if (!element || element.getAttribute("tabindex") === "0") return;
  for (const one of list.querySelectorAll(':is(.message, .system)[tabindex="0"]')) one.setAttribute("tabindex", "-1");
  element.setAttribute("tabindex", "0");
});

list.addEventListener("keydown", (event) => {
  if (!event.target.matches(".message, .system")) return;
  const place = items.findIndex((one) => one.element === event.target);
  const to = { ArrowUp: place - 1, ArrowDown: place + 1 }[event.key];
  if (to === undefined) return;
  event.preventDefault();
  stuck = false;
  if (items[to]) items[to].element.focus();
});

export const messageFor = (element) => byKey.get(element.closest?.(".message")?.dataset.id)?.message;
