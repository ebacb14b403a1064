// Menus over the page: of a message, of people, and the lists of select menus. Arrows move, Escape closes.

import { byId, h, icon } from "./dom.js";
import { store } from "./store.js";

let open = null;

export const menuIsOpen = () => open !== null;

export function closeMenu() {
  if (!open) return;
  const { nodes, back, closed, anchor } = open;
  open = null;
  for (const node of nodes) node.remove();
  anchor?.setAttribute("aria-expanded", "false");
  back?.focus({ preventScroll: true });
  closed?.();
}

const phone = () => matchMedia("(max-width: 720px)").matches;

function show(menu, { x, y, anchor, back, closed, sheet }) {
  closeMenu();
  const shade = h("div", { class: sheet ? "shade dark" : "shade" });
  shade.addEventListener("pointerdown", (event) => { event.preventDefault(); closeMenu(); });
  shade.addEventListener("contextmenu", (event) => { event.preventDefault(); closeMenu(); });
  if (sheet) menu.classList.add("sheet");
  open = { nodes: [shade, menu], back: back ?? document.activeElement, closed, anchor };
  anchor?.setAttribute("aria-expanded", "true");
  // A menu of a form has to lie in the form's own layer.
  (anchor?.closest("dialog") ?? byId("overlays")).append(shade, menu);
  if (!sheet) {
    const box = menu.getBoundingClientRect();
    if (anchor) {
      const near = anchor.getBoundingClientRect();
      x = near.left;
      y = near.bottom + 4 + box.height > innerHeight ? near.top - box.height - 4 : near.bottom + 4;
    }
    menu.style.left = `${Math.max(8, Math.min(x, innerWidth - box.width - 8))}px`;
    menu.style.top = `${Math.max(8, Math.min(y, innerHeight - box.height - 8))}px`;
  }
  menu.addEventListener("keydown", move);
  focusables(menu)[0]?.focus();
}

const focusables = (menu) => [...menu.querySelectorAll('[role^="menuitem"]:not(:disabled), [role="option"]')];

function move(event) {
  const items = focusables(event.currentTarget);
  const at = items.indexOf(document.activeElement);
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 }[event.key];
  if (to !== undefined) {
    event.preventDefault();
    items[(to + items.length) % items.length]?.focus();
  } else if (event.key === "Escape" || event.key === "Tab") {
    event.preventDefault();
    event.stopPropagation();
    closeMenu();
  } else if (event.key.length === 1 && event.key !== " ") {
    const found = items.find((item, place) => place > at && item.textContent.trim().toLowerCase().startsWith(event.key.toLowerCase()));
    found?.focus();
  }
}

// `items`: {label, note, icon, action, checked, heading, line}
export function openMenu(items, where, label) {
  const rows = items.filter(Boolean).map((item) => {
    if (item.line) return h("hr");
    if (item.heading) return h("div", { class: "heading", role: "presentation" }, item.heading);
    const role = item.checked === undefined ? "menuitem" : "menuitemradio";
    const words = h("span", { class: "two" }, item.label, item.note && h("small", {}, item.note));
    const row = h("button", { type: "button", role, "aria-checked": item.checked === undefined ? null : String(item.checked), disabled: item.disabled, class: item.danger ? "danger" : null }, item.face, words, item.checked ? icon("check") : item.icon && icon(item.icon));
    row.addEventListener("click", () => {
      closeMenu();
      item.action?.();
    });
    return row;
  });
  show(h("div", { class: "menu", role: "menu", "aria-label": label }, rows), { ...where, sheet: phone() && where.sheet !== false });
}

// The list of a select menu. One choice is taken at once; several when the list is closed.
function pickFrom(anchor, choices, { picked, least, most, label, done }) {
  const chosen = new Set(picked);
  const several = most > 1;
  const rows = choices.map((choice) => {
    const words = h("span", { class: "two" }, choice.label, choice.description && h("small", {}, choice.description));
    const row = h("button", { type: "button", role: "menuitemcheckbox", "aria-checked": String(chosen.has(choice.value)) }, words);
    const mark = () => {
      row.setAttribute("aria-checked", String(chosen.has(choice.value)));
      row.querySelector(".icon")?.remove();
      if (chosen.has(choice.value)) row.append(icon("check"));
    };
    mark();
    row.addEventListener("click", () => {
      if (!several) {
        chosen.clear();
        chosen.add(choice.value);
        closeMenu();
        done([...chosen]);
      } else {
        if (chosen.has(choice.value)) chosen.delete(choice.value);
        else if (chosen.size < most) chosen.add(choice.value);
        mark();
      }
    });
    return row;
  });
  const before = [...chosen].sort().join(" ");
  const closed = () => {
    if (several && chosen.size >= least && [...chosen].sort().join(" ") !== before) done(choices.map((one) => one.value).filter((one) => chosen.has(one)));
  };
  const menu = h("div", { class: "menu list", role: "menu", "aria-label": label }, rows.length ? rows : h("div", { class: "heading" }, "Nothing to choose"));
  if (!phone()) menu.style.width = `${Math.max(220, anchor.getBoundingClientRect().width)}px`;
  show(menu, { anchor, back: anchor, closed, sheet: phone() });
}

const KINDS = { 5: "Select a user", 6: "Select a role", 7: "Select a user or role", 8: "Select a channel" };

const CHECKBOXES = 22;

// What a menu offers, each with its value: the menu's own options, or people, roles and channels.
function choicesOf(component) {
  const people = () => [...store.members.values()].map((one) => ({ label: one.name, value: one.id }));
  const roles = () => store.roles.map((one) => ({ label: `@${one.name}`, value: one.id }));
  const allowed = component.channel_types ?? [];
  const channels = () => [...store.channels.values()].filter((one) => !allowed.length || allowed.includes(one.type)).map((one) => ({ label: `#${one.name}`, value: one.id }));
  return component.options ?? { 5: people, 6: roles, 7: () => [...people(), ...roles()], 8: channels }[component.type]?.() ?? [];
}

export function selectOf(component, onPicked) {
  const choices = choicesOf(component);
  const start = component.options ? choices.filter((one) => one.default).map((one) => one.value) : (component.default_values ?? []).map((one) => one.id);
  const hint = component.placeholder ?? KINDS[component.type] ?? "Make a selection";
  const value = h("span", { class: "value" });
  const element = h("button", { type: "button", class: "pick", disabled: component.disabled, "aria-haspopup": "listbox", "aria-expanded": "false" }, value, icon("chevron"));
  let picked = start;
  const show = () => {
    const labels = choices.filter((one) => picked.includes(one.value)).map((one) => one.label);
    value.textContent = labels.join(", ") || hint;
    value.classList.toggle("none", !labels.length);
  };
  show();
  element.addEventListener("click", () => pickFrom(element, choices, {
    picked, least: component.min_values ?? 1, most: component.max_values ?? (component.type === CHECKBOXES ? choices.length : 1), label: hint,
    done: (values) => {
      picked = values;
      show();
      onPicked(component, values, element);
    },
  }));
  element.values = () => picked;
  return element;
}
