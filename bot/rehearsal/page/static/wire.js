// Requests to the page's server, and its live stream, handled once a frame.

import { store, tell } from "./store.js";

const who = () => new URLSearchParams(location.search).get("as") ?? "";

export async function ask(path, query = {}) {
  const reply = await fetch(`${path}?${new URLSearchParams({ as: who(), ...query })}`);
  if (!reply.ok) throw new Error(`${path}: ${reply.status}`);
  return reply.json();
}

export async function act(path, body = {}) {
  try {
    const reply = await fetch(path, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ as: store.me.slug, ...body }),
    });
    return await reply.json();
  } catch {
    return { error: "The rehearsal has ended, or can't be reached." };
  }
}

const MOST_WAITING = 600;
const BUDGET = 10; // milliseconds of one frame

let source = null;
let waiting = [];
let scheduled = false;

export function listen() {
  source?.close();
  waiting = [];
  source = new EventSource(`events?${new URLSearchParams({ as: who(), from: store.place })}`);
  source.onopen = () => tell("connected", true);
  source.onmessage = (event) => {
    const news = JSON.parse(event.data);
    // One by one: a batch after a long sleep may have thousands.
    for (const one of news) waiting.push(one);
    schedule();
  };
  source.addEventListener("afresh", () => {
    source.close();
    tell("afresh");
  });
  source.onerror = () => tell("connected", false);
}

function schedule() {
  if (scheduled || waiting.length === 0) return;
  scheduled = true;
  // A tab in the background gets no frames.
  if (document.hidden) setTimeout(drain, 250);
  else requestAnimationFrame(drain);
}

function drain() {
  scheduled = false;
  if (waiting.length > MOST_WAITING) {
    waiting = [];
    tell("afresh");
    return;
  }
  const end = performance.now() + BUDGET;
  let done = 0;
  while (done < waiting.length && performance.now() < end) {
    const { kind, body } = waiting[done];
    done += 1;
    tell(kind, body);
  }
  waiting = waiting.slice(done);
  tell("frame");
  schedule();
}

document.addEventListener("visibilitychange", () => {
  if (!document.hidden && waiting.length) drain();
});
