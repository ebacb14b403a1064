// The message box: plain messages, the slash picker, mentions, and a command that is being filled in.

import { awaited } from "./actions.js";
import { avatar, byId, h, icon, tool } from "./dom.js";
import { Filling } from "./filling.js";
import { Popup } from "./popup.js";
import { here, on, store, tell } from "./store.js";
import { forgetNew, toPresent } from "./talk.js";
import { act, ask } from "./wire.js";

const MOST = 2000;
const host = byId("composer");
const popup = new Popup(host);
const drafts = new Map();
const named = new Map(); // mentions by what the box shows of them: "@reporter"
let box = null; // the textarea, while no command is filled in
let filling = null;
let answering = null;

export function closePopup() {
  if (!popup.isOpen) return false;
  filling?.stop();
  popup.hide();
  return true;
}

export function cancelReply() {
  if (!answering) return false;
  answering = null;
  draw();
  return true;
}

export function closeComposer() {
  if (!filling) return false;
  leave("");
  return true;
}

export function replyTo(message) {
  answering = message;
  if (filling) leave("");
  else draw();
  box?.focus();
}

export function showComposer() {
  filling = null;
  answering = null;
  popup.hide();
  draw();
}

function draw() {
  const channel = here();
  const text = box && drafts.get(store.channel) === undefined ? "" : (drafts.get(store.channel) ?? "");
  popup.hide();
  if (!channel.may.say && !channel.may.command) {
    box = null;
    host.replaceChildren(h("div", { class: "box closed" }, "You do not have permission to send messages in this channel."));
    return;
  }
  const reply = answering && h("div", { class: "replying" }, h("span", {}, "Replying to ", h("b", {}, answering.author.name)), tool("Cancel reply", "close", cancelReply));
  const plus = tool("Use apps", "plus", () => { box?.focus(); if (box && !box.value) { box.value = "/"; typed(); } });
  const send = h("button", { type: "button", class: "tool send", "aria-label": "Send", onclick: () => (filling ? sendCommand() : sendText()) }, icon("send"));
  if (filling) {
    box = null;
    host.replaceChildren(reply ?? "", h("div", { class: "box" }, plus, filling.element, send));
    filling.focus();
    return;
  }
  box = h("textarea", {
    rows: 1, placeholder: `Message #${channel.name}`, "aria-label": `Message #${channel.name}`, spellcheck: "true", autocomplete: "off",
    role: "combobox", "aria-expanded": "false", "aria-autocomplete": "list", "aria-haspopup": "listbox",
  });
  box.value = text;
  box.addEventListener("input", typed);
  box.addEventListener("keydown", keyed);
  box.addEventListener("blur", () => popup.hide());
  host.replaceChildren(reply ?? "", h("div", { class: "box" }, plus, box, h("span", { class: "left" }), send));
  grow();
}

function grow() {
  box.style.height = "44px";
  if (box.scrollHeight > 46) box.style.height = `${box.scrollHeight}px`;
  const left = MOST - box.value.length;
  const count = host.querySelector(".left");
  count.textContent = left < 200 ? String(left) : "";
  host.querySelector(".send").hidden = !matchMedia("(max-width: 720px)").matches || !box.value.trim();
}

async function typed() {
  grow();
  drafts.set(store.channel, box.value);
  const value = box.value;
  if (value.startsWith("/")) {
    if (!store.commands.fresh) refresh();
    const chosen = commandIn(value);
    if (chosen) return choose(chosen, value.slice(chosen.words.length + 2));
    return offerCommands(value.slice(1));
  }
  store.commands.fresh = false;
  const word = /(?:^|\s)([@#])([\w-]*)$/.exec(value.slice(0, box.selectionStart));
  if (word) offerNames(word[1], word[2].toLowerCase());
  else popup.hide();
}

// The commands may have changed since the page was opened: the bot registers them when it starts.
async function refresh() {
  store.commands.fresh = true;
  try {
    store.commands = { ...(await ask("commands")), fresh: true };
  } catch {
    return;
  }
  if (box?.value.startsWith("/") && !filling) offerCommands(box.value.slice(1));
}

// The command whose whole name is typed, with a space after it.
function commandIn(value) {
  const found = store.commands.slash.filter((one) => value.startsWith(`/${one.words} `));
  return found.sort((a, b) => b.words.length - a.words.length)[0];
}

function offerCommands(text) {
  if (!here().may.command || text.includes("\n")) return popup.hide();
  const words = text.toLowerCase();
  const app = store.members.get(store.bot) ?? { bot: true, id: store.bot, name: "App" };
  const found = store.commands.slash.filter((one) => one.words.startsWith(words) || one.words.split(" ").some((part) => part.startsWith(words) && words) || (words.length > 2 && one.words.includes(words)));
  if (!found.length) return popup.hide();
  found.sort((a, b) => b.words.startsWith(words) - a.words.startsWith(words)); // as Discord lists them
  popup.show({
    heading: h("div", { class: "heading" }, avatarSmall(app), app.name),
    items: found.map((one) => ({ first: `/${one.words}`, marks: one.options.filter((option) => option.required).map((option) => option.name), second: one.description, from: app.name, face: avatar(app), take: () => choose(one, "") })),
    label: "Commands", input: box,
  });
}

function avatarSmall(app) {
  const face = avatar(app);
  face.style.width = face.style.height = "16px";
  return face;
}

function offerNames(sign, text) {
  const visible = new Set(here().members);
  const people = [...store.members.values()].filter((one) => visible.has(one.id)).map((one) => ({ name: one.name, put: `<@${one.id}>`, face: avatar(one) }));
  const roles = store.roles.filter((one) => one.name !== "everyone").map((one) => ({ name: one.name, put: `<@&${one.id}>` }));
  const all = sign === "@" ? [...people, ...roles] : [...store.channels.values()].map((one) => ({ name: one.name, put: `<#${one.id}>` }));
  const found = all.filter((one) => one.name.toLowerCase().includes(text)).slice(0, 10);
  if (!found.length) return popup.hide();
  popup.show({
    heading: h("div", { class: "heading" }, sign === "@" ? "Members" : "Text channels"),
    items: found.map((one) => ({ first: `${sign}${one.name}`, face: one.face, small: true, take: () => put(`${sign}${one.name}`, one.put, sign.length + text.length) })),
    label: "Mentions", input: box,
  });
}

function put(shown, mention, typedLength) {
  const end = box.selectionStart;
  named.set(shown, mention);
  box.setRangeText(`${shown} `, end - typedLength, end, "end");
  popup.hide();
  drafts.set(store.channel, box.value);
  grow();
}

function choose(command, rest) {
  filling = new Filling(command, popup, { send: sendCommand, leave, typed: rest });
  drafts.delete(store.channel);
  draw();
}

// A command that a message names was pressed.
on("command", async (words) => {
  if (!store.commands.slash.length) await refresh();
  const found = store.commands.slash.find((one) => one.words === words);
  if (found && here()?.may.command) choose(found, "");
});

// Return to a plain message with this text.
function leave(text) {
  filling = null;
  drafts.set(store.channel, text);
  draw();
  box.focus();
  if (text) typed();
}

function keyed(event) {
  if (popup.key(event)) return;
  const takes = event.key === "Enter" || event.key === "Tab";
  if (takes && !event.shiftKey && popup.isOpen && popup.marked) {
    event.preventDefault();
    popup.marked.take();
  } else if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    sendText();
  }
}

// The names in the box of chosen people, roles and channels, by id.
function withIds(text) {
  const longest = [...named.keys()].sort((a, b) => b.length - a.length);
  return longest.reduce((said, shown) => said.split(shown).map((part, at) => (at && /^[\w-]/.test(part) ? shown : at ? named.get(shown) : "") + part).join(""), text);
}

async function sendText() {
  const typedText = box.value;
  const text = withIds(typedText);
  if (!text.trim()) return;
  const command = commandIn(`${typedText.trim()} `);
  if (command?.words === typedText.trim().slice(1) && here().may.command) return choose(command, "");
  const channel = store.channel;
  if (text.length <= MOST) {
    drafts.delete(channel);
    box.value = "";
    grow();
  }
  const reply = answering?.id;
  answering = null;
  const done = await act("say", { channel, text, ...(reply ? { reply } : {}) });
  if (done.error) {
    tell("toast", done.error);
    if (box && !box.value) box.value = typedText;
    return;
  }
  if (reply && channel === store.channel) draw();
  forgetNew();
  await toPresent();
  box?.focus();
}

async function sendCommand() {
  const now = filling;
  if (now.leftover) return now.refuseLeftover();
  const body = { channel: store.channel, command: now.command.words, options: now.typed() };
  const checked = await act("check", body);
  if (filling !== now) return;
  if (checked.problems) return now.complain(checked.problems);
  if (checked.error) return tell("toast", checked.error);
  leave("");
  await toPresent();
  await awaited(now.command.words, false, "slash", body);
  box?.focus({ preventScroll: true });
}

