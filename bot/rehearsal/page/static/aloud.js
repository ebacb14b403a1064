// Reading out what comes, for those who listen to the page.

import { byId, h } from "./dom.js";
import { spoken } from "./message.js";
import { store } from "./store.js";

// What is read out: at most twice a second. Of what came faster the newest is read, and how many came before it is said.
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
