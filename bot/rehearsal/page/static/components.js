// Buttons and menus under a message, as a person uses them.

import { dots, h, icon } from "./dom.js";
import { formFor } from "./form.js";
import { selectOf } from "./menu.js";
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
