// Entry point: loads the state, shows it, and follows the live stream.

import { byId, h } from "./dom.js";
import { drawerIsOpen, markChannels, openDrawer, showChannels, showTop } from "./channels.js";
import { clockChanged, showClock, startClock } from "./clock.js";
import { closePopup, cancelReply, closeComposer, replyTo, showComposer } from "./composer.js";
import { openingFor } from "./form.js";
import { closeMenu, menuIsOpen } from "./menu.js";
import { closePins, pinsAreOpen } from "./pins.js";
import { membersAreOpen, showMembers, showUser, toggleMembers } from "./people.js";
import { here, newer, on, pings, store, take, tell } from "./store.js";
import { add, change, forgetNew, forgetWhispers, jumpTo, openChannel, remove, settle, toPresent } from "./talk.js";
import { ask, listen } from "./wire.js";
import "./actions.js";

const theme = () => {
  try {
    return localStorage.getItem("theme");
  } catch {
    return null;
  }
};
document.documentElement.dataset.theme = new URLSearchParams(location.search).get("theme") ?? theme() ?? (matchMedia("(prefers-color-scheme: light)").matches ? "light" : "dark");

async function begin() {
  const before = store.me?.id;
  take(await ask("state"));
  if (before !== store.me.id) forgetWhispers();
  const wanted = location.hash.slice(1) || store.channel;
  store.channel = store.channels.has(wanted) ? wanted : [...store.channels.values()].find((one) => one.type === 0)?.id;
  showChannels();
  showUser();
  showClock();
  listen();
  await show();
  openingFor(store.title, store.opening);
}

async function show() {
  history.replaceState(null, "", `#${store.channel}`);
  markChannels();
  showTop();
  showMembers();
  showComposer();
  await openChannel();
  document.body.dataset.ready = store.channel;
}

on("go", async (id) => {
  openDrawer(false);
  if (id === store.channel) return toPresent();
  store.channel = id;
  await show();
});

on("afresh", begin);
on("jump", jumpTo);
on("reply", replyTo);
on("dismiss", (id) => { remove(id); settle(); });
on("read", markChannels);
on("clock", clockChanged);
on("message", (message) => {
  const channel = store.channels.get(message.channel);
  if (channel && !message.private) {
    channel.last = newer(message.id, channel.last ?? "0") ? message.id : channel.last;
    if (message.author.id === store.me.id) channel.read = message.id;
    if (pings(message)) channel.mentions += 1;
    marked = true;
  }
  if (message.channel === store.channel && message.author.id === store.me.id) forgetNew();
  add(message);
});
on("direct", (message) => add({ ...message, channel: store.channel }));
on("change", change);
on("gone", ({ id }) => remove(id));

let marked = false;
on("frame", () => {
  settle();
  if (marked) markChannels();
  marked = false;
});

// Something about the server has changed: channels, roles or members.
let asking = false;
on("stage", async () => {
  if (asking) return;
  asking = true;
  try {
    const { place: _, ...state } = await ask("state");
    const reads = new Map([...store.channels.values()].map((one) => [one.id, one.read]));
    take({ ...state, channel: store.channel });
    for (const channel of store.channels.values()) if (newer(reads.get(channel.id) ?? "0", channel.read)) channel.read = reads.get(channel.id);
    showChannels();
    showUser();
    tell("planned");
    if (!here()) {
      store.channel = [...store.channels.keys()][0];
      await show();
    } else {
      showTop();
      showMembers();
    }
  } finally {
    asking = false;
  }
});

let lost = null;
on("connected", (connected) => {
  if (connected) {
    lost?.remove();
    lost = null;
  } else if (!lost) {
    lost = h("div", { class: "lost", role: "status" }, "The connection is lost. Trying again …");
    byId("app").append(lost);
  }
});

on("toast", (text) => {
  const toast = h("div", { class: "toast", role: "status" }, text);
  byId("overlays").append(toast);
  setTimeout(() => toast.remove(), 1600);
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || event.defaultPrevented || document.querySelector("dialog[open]")) return;
  if (menuIsOpen()) closeMenu();
  else if (pinsAreOpen()) closePins();
  else if (drawerIsOpen()) openDrawer(false);
  else if (membersAreOpen()) toggleMembers();
  else if (closePopup() || cancelReply() || closeComposer()) return;
  else {
    forgetNew();
    toPresent();
  }
});

// Typing anywhere goes to the message box, as on Discord.
document.addEventListener("keypress", (event) => {
  if (event.target.closest("input, textarea, button, dialog, [role=menu], [contenteditable]") || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key.length === 1 && event.key !== " ") byId("composer").querySelector("textarea, input")?.focus();
});

startClock();
begin();
