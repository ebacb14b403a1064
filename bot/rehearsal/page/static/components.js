// Buttons and menus under a message, as a person uses them.

import { h, icon } from "./dom.js";
import { dots } from "./message.js";
import { formFor } from "./form.js";
import { pickFrom } from "./menu.js";
import { store } from "./store.js";
import { act } from "./wire.js";

const STYLES = { 1: "primary", 2: "secondary", 3: "success", 4: "danger", 5: "link" };
const ROW = 1, BUTTON = 2;

export function rowsOf(message) {
  const rows = (message.components ?? []).filter((one) => one.type === ROW);
  if (!rows.length) return null;
  const said = h("div", { class: "complaint", role: "alert" });
  const press = async (component, values, element) => {
    said.textContent = "";
    element.classList.add("waiting");
    element.setAttribute("aria-busy", "true");
    const dotted = component.type === BUTTON ? dots() : "";
    element.append(dotted);
    const reply = await act("press", { channel: message.channel, message: message.id, button: component.custom_id, values });
    element.classList.remove("waiting");
    element.removeAttribute("aria-busy");
    if (dotted) dotted.remove();
    if (reply.error) said.textContent = reply.error;
    if (reply.form) formFor(reply.form);
  };
  return h("div", { class: "rows" },
    rows.map((row) => h("div", { class: "row" }, row.components.map((one) => (one.type === BUTTON ? buttonOf(one, press) : selectOf(one, press))))),
    said);
}

function buttonOf(component, press) {
  const emoji = component.emoji?.name && !component.emoji.id ? `${component.emoji.name} ` : "";
  const label = h("span", {}, `${emoji}${component.label ?? ""}`.trim() || " ");
  if (component.style === 5) {
    return h("a", { class: "button link", href: /^https?:/i.test(component.url) ? component.url : null, target: "_blank", rel: "noreferrer noopener" }, label, icon("link"));
  }
  const element = h("button", { type: "button", class: `button ${STYLES[component.style] ?? "primary"}`, disabled: component.disabled }, label);
  element.addEventListener("click", () => element.classList.contains("waiting") || press(component, [], element));
  return element;
}

const KINDS = { 5: "Select a user", 6: "Select a role", 7: "Select a user or role", 8: "Select a channel" };

// What a menu offers, each with its value: the menu's own options, or people, roles and channels.
function choicesOf(component) {
  const people = () => [...store.members.values()].map((one) => ({ label: one.name, value: one.id }));
  const roles = () => store.roles.map((one) => ({ label: `@${one.name}`, value: one.id }));
  const allowed = component.channel_types ?? [];
  const channels = () => [...store.channels.values()].filter((one) => !allowed.length || allowed.includes(one.type)).map((one) => ({ label: `#${one.name}`, value: one.id }));
  return { 3: () => component.options ?? [], 5: people, 6: roles, 7: () => [...people(), ...roles()], 8: channels }[component.type]?.() ?? [];
}

export function selectOf(component, onPicked) {
  const choices = choicesOf(component);
  const start = component.type === 3 ? choices.filter((one) => one.default).map((one) => one.value) : (component.default_values ?? []).map((one) => one.id);
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
    picked, least: component.min_values ?? 1, most: component.max_values ?? 1, label: hint,
    done: (values) => {
      picked = values;
      show();
      onPicked(component, values, element);
    },
  }));
  element.values = () => picked;
  return element;
}

