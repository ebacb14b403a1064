// The list above the message box: commands, options, choices, people, channels. The focus stays in the box.

import { h } from "./dom.js";

let made = 0;

export class Popup {
  constructor(host) {
    this.host = host;
    this.element = null;
    this.items = [];
    this.at = -1;
  }

  get isOpen() {
    return this.element !== null;
  }

  // `items`: {node or (first, second, face, from), take}. `start` is which of them is marked at first; -1: none.
  show({ heading, items, start = 0, wrong = "", nothing = "", label, input }) {
    this.hide();
    const id = `list-${(made += 1)}`;
    this.items = items;
    this.at = Math.min(start, items.length - 1);
    this.input = input;
    this.rows = items.map((item, place) => {
      const row = h("li", { role: "option", id: `${id}-${place}`, class: item.small ? "small" : "" }, item.face,
        h("span", { class: "what" }, h("span", { class: "first" }, item.first, (item.marks ?? []).map((mark) => h("i", {}, mark))), item.second && h("span", { class: "second" }, item.second)),
        item.from && h("span", { class: "from" }, item.from));
      row.addEventListener("pointerdown", (event) => event.preventDefault());
      row.addEventListener("click", () => item.take());
      row.addEventListener("pointermove", () => this.mark(place));
      return row;
    });
    this.element = h("div", { class: "popup" }, heading,
      wrong && h("div", { class: "wrongs", role: "alert" }, wrong),
      items.length ? h("ul", { role: "listbox", id, "aria-label": label }, this.rows) : nothing && h("div", { class: "nothing", role: "status" }, nothing));
    this.host.append(this.element);
    if (input) {
      input.setAttribute("aria-expanded", "true");
      input.setAttribute("aria-controls", id);
    }
    this.mark(this.at);
  }

  hide() {
    this.element?.remove();
    this.element = null;
    this.items = [];
    this.at = -1;
    this.input?.setAttribute("aria-expanded", "false");
    this.input?.removeAttribute("aria-activedescendant");
  }

  mark(place) {
    this.rows[this.at]?.removeAttribute("aria-selected");
    this.at = place;
    const row = this.rows[place];
    if (!row) return;
    row.setAttribute("aria-selected", "true");
    row.scrollIntoView({ block: "nearest" });
    this.input?.setAttribute("aria-activedescendant", row.id);
  }

  get marked() {
    return this.items[this.at];
  }

  // Returns whether the key was meant for the list.
  key(event) {
    if (!this.isOpen || !this.items.length) return false;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return false;
    event.preventDefault();
    const from = this.at < 0 && step < 0 ? 0 : this.at;
    this.mark((from + step + this.items.length) % this.items.length);
    return true;
  }
}
