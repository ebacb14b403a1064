// Announces new messages to screen readers.

import { byId, h } from "./dom.js";
import { spoken } from "./message.js";
import { store } from "./store.js";

// Announce at most twice a second; of several messages only the newest is read, with the number of the others.
const BETWEEN = 500;
let unspoken = [];
let speaking = 0;
let lastSpoken = -BETWEEN;

export function readOut(message) {
  if (message.pending || message.author.id === store.me.id) return;
  unspoken.push(message);
  speaking ||= setTimeout(sayUnspoken, Math.max(0, lastSpoken + BETWEEN - performance.now()));
}

function sayUnspoken() {
  speaking = 0;
  lastSpoken = performance.now();
  const earlier = unspoken.length - 1;
  const live = byId("live");
  if (earlier > 0) live.append(h("p", {}, `${earlier} more message${earlier === 1 ? "" : "s"}`));
  live.append(h("p", {}, spoken(unspoken.at(-1))));
  unspoken = [];
  while (live.childElementCount > 4) live.firstElementChild.remove();
}
