// A message's menu: opened by right click, long press, the three dots, Enter or the menu key.

import { byId, h, tool } from "./dom.js";
import { add, messageFor, remove, toPresent } from "./talk.js";
import { pendingOf } from "./message.js";
import { openMenu } from "./menu.js";
import { confirmWith, formFor } from "./form.js";
import { here, on, store, tell } from "./store.js";
import { act, ask } from "./wire.js";

const list = byId("messages");
const LONG_PRESS = 450;
let local = 0;

const EMOJI = ["👍", "👀", "✅"];

async function react({ message, emoji }) {
  const done = await act("react", { channel: message.channel, message: message.id, emoji });
  if (done.error) tell("toast", done.error);
}
on("react", react);

async function menuFor(element, where) {
  const message = messageFor(element);
  if (!message || message.pending) return;
  element.classList.add("held");
  try {
    store.commands = await ask("commands");
  } catch {
    // Offer what was known before.
  }
  const apps = here().may.command ? store.commands.message : [];
  openMenu([
    !message.private && here().may.say && { label: "Reply", icon: "reply", action: () => tell("reply", message) },
    { label: "Copy Text", icon: "copy", action: () => navigator.clipboard?.writeText(message.text).then(() => tell("toast", "Copied")) },
    { label: "Copy Message ID", icon: "copy", action: () => navigator.clipboard?.writeText(message.id).then(() => tell("toast", "Copied")) },
    ...(message.private || !here().may.say ? [] : EMOJI.map((emoji) => ({ label: `React with ${emoji}`, action: () => react({ message, emoji }) }))),
    message.private && { label: "Dismiss Message", icon: "close", action: () => tell("dismiss", message.id) },
    !message.private && (message.author.id === store.me.id || here().may.manage) && { label: "Delete Message", icon: "trash", danger: true, action: () => deleting(message) },
    apps.length > 0 && !message.private && { line: true },
    apps.length > 0 && !message.private && { heading: "Apps" },
    ...(message.private ? [] : apps.map((name) => ({ label: name, note: store.members.get(store.bot)?.name, icon: "apps", action: () => use(name, message) }))),
  ], { ...where, back: element, closed: () => element.classList.remove("held") }, "Message actions");
}

// Show that a command was sent, and how it ends.
export async function awaited(command, plain, path, body) {
  const pending = pendingOf(`local-${(local += 1)}`, command, plain);
  const channel = store.channel;
  pending.channel = channel;
  const timer = setTimeout(() => { if (store.channel === channel) { add(pending); tell("frame"); } }, 150);
  const reply = await act(path, body);
  clearTimeout(timer);
  remove(pending.id);
  if (reply.form) formFor(reply.form);
  if (reply.error && store.channel === channel) {
    add({ ...pending, pending: false, private: true, failed: reply.error, html: "" });
  }
  tell("frame");
  return reply;
}

function deleting(message) {
  confirmWith("Delete Message", "Are you sure you want to delete this message?", "Delete", async () => {
    const done = await act("delete", { channel: message.channel, message: message.id });
    if (done.error) tell("toast", done.error);
  });
}

async function use(name, message) {
  await toPresent(); // where its answer comes
  return awaited(name, true, "about", { channel: message.channel, message: message.id, command: name });
}

list.addEventListener("contextmenu", (event) => {
  const element = event.target.closest(".message");
  if (!element || event.target.closest("a, textarea, input") || String(getSelection())) return;
  event.preventDefault();
  if (event.button === 2 || event.pointerType === "mouse") menuFor(element, { x: event.clientX, y: event.clientY });
});

let timer = 0;
let started = null;
let shown = false;
list.addEventListener("touchstart", (event) => {
  const element = event.target.closest(".message");
  clearTimeout(timer);
  shown = false;
  if (!element || event.touches.length > 1) return;
  started = event.touches[0];
  timer = setTimeout(() => {
    navigator.vibrate?.(10);
    shown = true;
    menuFor(element, { x: started.clientX, y: started.clientY });
  }, LONG_PRESS);
}, { passive: true });
list.addEventListener("touchmove", (event) => {
  const touch = event.touches[0];
  if (Math.hypot(touch.clientX - started?.clientX, touch.clientY - started?.clientY) > 10) clearTimeout(timer);
}, { passive: true });
// Near an edge the menu opens under the finger, so lifting it must not press anything.
list.addEventListener("touchend", (event) => {
  clearTimeout(timer);
  if (shown && event.cancelable) event.preventDefault();
});
list.addEventListener("touchcancel", () => clearTimeout(timer), { passive: true });

list.addEventListener("keydown", (event) => {
  if (!event.target.matches(".message")) return;
  if (event.key === "Enter" || event.key === "ContextMenu" || (event.key === "F10" && event.shiftKey)) {
    event.preventDefault();
    const box = event.target.getBoundingClientRect();
    menuFor(event.target, { x: box.left + 72, y: Math.min(box.bottom, innerHeight - 40) });
  }
});

// The two buttons that appear over a message, created when needed.
list.addEventListener("pointerover", (event) => {
  const element = event.target.closest(".message");
  if (!element || event.pointerType === "touch" || element.querySelector(".actions")) return;
  const message = messageFor(element);
  if (!message || message.pending) return;
  list.querySelector(".actions")?.remove();
  element.append(h("div", { class: "actions" },
    !message.private && tool("Reply", "reply", () => tell("reply", message), { tabindex: "-1" }),
    tool("More", "more", (click) => {
      const box = click.currentTarget.getBoundingClientRect();
      menuFor(element, { x: box.left - 160, y: box.bottom + 4 });
    }, { tabindex: "-1" })));
});

list.addEventListener("click", (event) => {
  const spoiler = event.target.closest(".spoiler");
  if (spoiler && spoiler.getAttribute("aria-expanded") !== "true") {
    spoiler.setAttribute("aria-expanded", "true");
    event.preventDefault();
  }
  const channel = event.target.closest(".mention[data-channel]")?.dataset.channel;
  if (channel && store.channels.has(channel)) tell("go", channel);
  const command = event.target.closest(".mention[data-command]")?.dataset.command;
  if (command) tell("command", command);
});
list.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" && event.key !== " ") return;
  if (event.target.matches(".spoiler, .mention[data-channel], .mention[data-command]")) {
    event.preventDefault();
    event.target.click();
  }
});

