// One message as an element, from the server's JSON.

import { avatar, dots, h, icon, rendered, tag } from "./dom.js";
import { embedOf, fileOf } from "./embed.js";
import { rowsOf } from "./components.js";
import { pings, store, tell } from "./store.js";
import { fillStamps, said, shortTime, whole } from "./times.js";

const GROUP_MS = 7 * 60 * 1000;

// Whether a message begins a new group, with the author's name above it.
export function begins(message, before) {
  if (!before || before.system || before.author.id !== message.author.id) return true;
  if (message.reply || message.used || message.private !== before.private) return true;
  return Date.parse(message.at) - Date.parse(before.at) > GROUP_MS;
}

export function messageOf(message, head) {
  const at = Date.parse(message.at);
  const answers = head ? answeringOf(message) : null;
  const kinds = ["message", head && "head", answers && "replies", message.private && "private", message.pending && "sending"];
  const name = message.author.name;
  const element = h(
    "li",
    {
      class: kinds.filter(Boolean).join(" "),
      "data-id": message.id,
      tabindex: "-1",
      "aria-label": `${name}, ${shortTime(at)}`,
    },
    answers,
    head && avatar(message.author),
    head
      ? h("span", { class: "byline" },
          h("span", { class: "name" }, name), message.author.bot && tag(),
          h("time", { class: "said", datetime: message.at, title: whole(at) }, said(at)))
      : h("time", { class: "aside", datetime: message.at, title: whole(at) }, shortTime(at)),
    bodyOf(message),
  );
  if (!message.private && pings(message)) element.classList.add("pinged");
  fillStamps(element);
  return element;
}

function bodyOf(message) {
  if (message.failed) {
    return [h("div", { class: "failed" }, icon("retry"), message.failed), noteOf(message)];
  }
  if (message.thinking) {
    return [h("div", { class: "thinking" }, dots(), `${message.author.name} is thinking…`), message.private && noteOf(message)];
  }
  const text = message.html ? rendered("div", { class: "text" }, message.html) : null;
  const edited = message.edited && h("span", { class: "edited", title: whole(Date.parse(message.edited)) }, "(edited)");
  if (text && edited) (text.lastElementChild?.matches("p, .subtext") ? text.lastElementChild : text).append(" ", edited);
  return [
    text,
    message.files.length ? h("div", { class: "files" }, message.files.map(fileOf)) : null,
    message.embeds.map(embedOf),
    !text && edited,
    rowsOf(message),
    message.reactions?.length ? reactionsOf(message) : null,
    message.thread && threadOf(message.thread),
    message.private && noteOf(message),
  ].flat();
}

function reactionsOf(message) {
  return h("div", { class: "reactions" }, message.reactions.map(({ emoji, users }) => {
    const mine = users.includes(store.me.id);
    const names = users.map((id) => store.members.get(id)?.name ?? "somebody").join(", ");
    return h("button", { type: "button", class: mine ? "mine" : null, "aria-pressed": String(mine), title: names, onclick: () => tell("react", { message, emoji }) }, emoji, " ", String(users.length));
  }));
}

// The line above an answer: who used what, or which message it replies to.
function answeringOf(message) {
  if (message.used?.command) {
    const { who, command } = message.used;
    return h("div", { class: "answering" }, avatar(who), h("span", { class: "name" }, who.name), "used",
      h("span", { class: "command" }, message.used.plain ? command : `/${command}`));
  }
  if (!message.reply) return null;
  const { author, html, id } = message.reply;
  const line = rendered("span", { class: "line" }, html);
  fillStamps(line);
  return h("div", { class: "answering" }, avatar(author), author.bot && tag(), h("span", { class: "name" }, author.name),
    h("button", { type: "button", class: "line", "aria-label": `Jump to ${author.name}'s message`, onclick: () => tell("jump", id) }, line));
}

// Below a message, the thread that was started from it.
function threadOf({ id, name, count, newest }) {
  const many = `${count} Message${count === 1 ? "" : "s"}`;
  const line = newest ? rendered("span", { class: "line" }, newest.html) : h("span", { class: "line" }, "There are no recent messages in this thread.");
  fillStamps(line);
  return h("button", { type: "button", class: "branch", "aria-label": `${name}, thread, ${many}`, onclick: () => tell("go", id) },
    h("span", { class: "title" }, h("b", {}, name), h("span", { class: "many" }, `${many} ›`)),
    h("span", { class: "last" }, newest && avatar(newest.author), newest && h("b", {}, newest.author.name), line));
}

function noteOf(message) {
  return h("div", { class: "note" }, icon("eye"), h("span", {}, message.direct ? "Direct message" : "Only you can see this"), h("span", { "aria-hidden": "true" }, "•"),
    h("button", { type: "button", onclick: () => tell("dismiss", message.id) }, "Dismiss message"));
}

export function systemOf(message) {
  const words = { 6: ["pin", "pinned a message to this channel."], 7: ["people", "joined the server."], 18: ["thread", "started a thread."] };
  const [name, text] = words[message.type] ?? ["hash", message.text];
  return h("li", { class: "system", "data-id": message.id, tabindex: "-1" }, icon(name), h("b", {}, message.author.name), ` ${text}`);
}

export const isSystem = (message) => ![0, 19, 20, 23].includes(message.type);

// The announcement of a new message.
export function spoken(message) {
  const box = rendered("div", {}, message.html || message.embeds[0]?.html || "");
  return `${message.author.name}: ${box.textContent.trim().slice(0, 300)}`;
}

export function pendingOf(id, command, plain) {
  const me = store.me;
  return {
    id, at: new Date(store.clock ? Date.parse(store.clock.now) : Date.now()).toISOString(), pending: true, private: false, type: 20,
    author: { id: store.bot, name: store.members.get(store.bot)?.name ?? "App", bot: true },
    used: { who: { id: me.id, name: me.name }, command, plain }, html: "<p>Sending command…</p>",
    embeds: [], files: [], components: [], everyone: false, users: [], roles: [],
  };
}
