// The server's scheduled events: a row above the channels, and the list that it opens.

import { byId, h, icon } from "./dom.js";
import { on, store } from "./store.js";
import { due, whole } from "./times.js";

let dialog = null;

const titleOf = (count) => (count ? `${count} Event${count === 1 ? "" : "s"}` : "Events");

export function eventsRow() {
  return h("button", { type: "button", class: "channel events", "aria-haspopup": "dialog", onclick: openEvents }, icon("calendar"), h("span", { class: "name" }, titleOf(store.events.length)));
}

function openEvents() {
  const list = h("ul", { class: "fields", tabindex: "-1" });
  dialog = h("dialog", { class: "form planned", "aria-label": "Events" },
    h("form", { method: "dialog" },
      h("header", {}, icon("calendar"), h("h2"), h("button", { class: "tool", "aria-label": "Close" }, icon("close"))), list));
  dialog.addEventListener("close", () => {
    dialog.remove();
    dialog = null;
  });
  fill();
  byId("overlays").append(dialog);
  dialog.showModal();
  list.focus();
}

function fill() {
  if (!dialog) return;
  dialog.querySelector("h2").textContent = titleOf(store.events.length);
  const cards = store.events.map(cardOf);
  dialog.querySelector("ul").replaceChildren(...(cards.length ? cards : [h("li", { class: "nothing" }, "There are no upcoming events.")]));
}

function cardOf(event) {
  const at = Date.parse(event.starts);
  const when = event.on ? h("b", { class: "on" }, "Happening now") : h("time", { datetime: event.starts, title: whole(at) }, due(at));
  return h("li", { class: "event" }, h("div", { class: "when" }, icon("calendar"), when), h("h3", {}, event.name),
    event.about && h("p", {}, event.about), h("div", { class: "where" }, icon("place"), event.where));
}

on("planned", fill);
