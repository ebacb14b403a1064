// The list of channels with their unread messages, and the header of the open channel.

import { byId, h, icon, tool } from "./dom.js";
import { eventsRow } from "./events.js";
import { here, newer, store, tell } from "./store.js";
import { toggleMembers } from "./people.js";
import { openPins } from "./pins.js";

const THREADS = [10, 11, 12];

const iconOf = (channel) => (THREADS.includes(channel.type) ? "thread" : channel.private ? "hash-lock" : "hash");

export function showChannels() {
  byId("guild").textContent = store.guild.name;
  const initials = store.guild.name.split(/[^\p{L}\p{N}]+/u).map((word) => word[0] ?? "").join("").slice(0, 3);
  document.querySelector(".servers").replaceChildren(h("div", { class: "server", role: "img", "aria-label": store.guild.name, title: store.guild.name }, initials));
  const all = [...store.channels.values()];
  const top = all.filter((one) => !THREADS.includes(one.type) && one.type !== 4);
  const rows = top.flatMap((channel) => [rowOf(channel), ...all.filter((one) => one.parent === channel.id && THREADS.includes(one.type)).map(rowOf)]);
  byId("channels").replaceChildren(eventsRow(), h("hr"), h("h2", {}, "Text channels"), ...rows);
  markChannels();
}

function rowOf(channel) {
  const thread = THREADS.includes(channel.type);
  return h("button", { type: "button", class: `channel${thread ? " thread" : ""}`, "data-channel": channel.id, onclick: () => tell("go", channel.id) },
    icon(iconOf(channel)), h("span", { class: "name" }, channel.name), h("span", { class: "pings", hidden: true }));
}

export function markChannels() {
  for (const row of byId("channels").querySelectorAll("[data-channel]")) {
    const channel = store.channels.get(row.dataset.channel);
    if (!channel) continue;
    const current = channel.id === store.channel;
    const unread = Boolean(channel.last) && newer(channel.last, channel.read) && !current;
    row.classList.toggle("unread", unread);
    if (current) row.setAttribute("aria-current", "page");
    else row.removeAttribute("aria-current");
    const badge = row.querySelector(".pings");
    badge.hidden = !channel.mentions || current;
    badge.textContent = channel.mentions;
    const pings = channel.mentions ? `, ${channel.mentions} mention${channel.mentions === 1 ? "" : "s"}` : "";
    row.setAttribute("aria-label", `${channel.name} (text channel)${unread ? ", unread" : ""}${current ? "" : pings}`);
  }
  const waiting = [...store.channels.values()].reduce((sum, one) => sum + (one.id === store.channel ? 0 : one.mentions), 0);
  document.title = `${waiting ? `(${waiting}) ` : ""}#${here()?.name ?? ""} | ${store.guild.name}`;
}

export function showTop() {
  const channel = here();
  byId("top").replaceChildren(
    tool("Channels", "menu", () => openDrawer(true), { class: "tool burger" }),
    icon(iconOf(channel)),
    h("h2", {}, channel.name),
    channel.topic ? h("span", { class: "topic", title: channel.topic }, channel.topic) : "",
    h("span", { class: "gap" }),
    tool("Pinned Messages", "pin", (event) => openPins(event.currentTarget)),
    tool("Members", "people", toggleMembers, { "aria-pressed": "true", id: "members-toggle" }),
  );
}

export function openDrawer(open) {
  byId("drawer").classList.toggle("open", open);
  byId("scrim").hidden = !open;
  if (open) byId("channels").querySelector("[aria-current]")?.focus();
}

export const drawerIsOpen = () => byId("drawer").classList.contains("open");
byId("scrim").addEventListener("click", () => openDrawer(false));

// A swipe from the left edge opens the drawer, one back closes it.
let from = null;
document.addEventListener("touchstart", (event) => {
  const touch = event.touches[0];
  from = touch.clientX < 40 || drawerIsOpen() ? touch : null;
}, { passive: true });
document.addEventListener("touchend", (event) => {
  if (!from) return;
  const moved = event.changedTouches[0].clientX - from.clientX;
  if (Math.abs(moved) > 60) openDrawer(moved > 0);
  from = null;
}, { passive: true });
