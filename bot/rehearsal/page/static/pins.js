// The channel's pinned messages.

import { byId, h } from "./dom.js";
import { messageOf } from "./message.js";
import { store, tell } from "./store.js";
import { ask } from "./wire.js";

let close = null;

export const pinsAreOpen = () => close !== null;
export const closePins = () => close?.();

export async function openPins(anchor) {
  if (close) return close();
  const pins = await ask("pins", { channel: store.channel });
  const rows = pins.map((one) => {
    const row = messageOf({ ...one, components: [], reply: null, used: null, thread: null }, true);
    row.removeAttribute("data-id");
    row.prepend(h("button", { type: "button", class: "button secondary", onclick: () => { close?.(); tell("jump", one.id); } }, h("span", {}, "Jump")));
    return row;
  });
  const panel = h("section", { class: "pins", role: "dialog", "aria-label": "Pinned Messages", tabindex: "-1" }, h("h2", {}, "Pinned Messages"),
    rows.length ? h("ol", {}, rows) : h("div", { class: "nothing" }, "This channel doesn't have any pinned messages… yet."));
  const shade = h("div", { class: "shade", onpointerdown: () => close?.() });
  byId("overlays").append(shade, panel);
  const near = anchor.getBoundingClientRect();
  panel.style.top = `${near.bottom + 8}px`;
  panel.style.right = `${Math.max(8, innerWidth - near.right - 60)}px`;
  panel.focus();
  close = () => {
    close = null;
    shade.remove();
    panel.remove();
    anchor.focus();
  };
}
