// Forms that the bot opens (Discord's modals).

import { avatar, byId, h, icon } from "./dom.js";
import { selectOf } from "./menu.js";
import { setPace } from "./clock.js";
import { store } from "./store.js";
import { act } from "./wire.js";

const TEXT = 4, WORDS = 10, LABEL = 18, FILES = 19, ROW = 1, PARAGRAPH = 2;
let made = 0;

export function formFor(form) {
  const fields = [];
  const shown = [];
  const add = (component, label, hint) => {
    fields.push(fieldOf(component, label ?? component.label, hint));
    shown.push(fields.at(-1).element);
  };
  for (const part of form.components) {
    if (part.type === ROW) for (const one of part.components) add(one);
    else if (part.type === LABEL) add(part.component, part.label, part.description);
    else if (part.type === WORDS) shown.push(h("p", { class: "hint" }, part.content));
  }
  const app = store.members.get(store.bot) ?? { name: "The app", bot: true, id: store.bot };
  const words = h("span", { class: "words", role: "alert" });
  const submit = h("button", { type: "submit", class: "button" }, h("span", {}, "Submit"));
  const cancel = h("button", { type: "button", class: "button secondary" }, "Cancel");
  const dialog = h("dialog", { class: "form", "aria-label": form.title },
    h("form", { method: "dialog", novalidate: true },
      h("header", {}, avatar(app), h("h2", {}, form.title), h("button", { type: "button", class: "tool close", "aria-label": "Close" }, icon("close"))),
      h("div", { class: "aside" }, `This form will be submitted to ${app.name}. Do not share passwords or other sensitive information.`),
      h("div", { class: "fields" }, shown),
      h("footer", {}, words, cancel, submit)));
  const leave = () => { dialog.close(); dialog.remove(); };
  cancel.addEventListener("click", leave);
  dialog.querySelector(".close").addEventListener("click", leave);
  dialog.addEventListener("cancel", (event) => { event.preventDefault(); leave(); });
  dialog.addEventListener("submit", async (event) => {
    event.preventDefault();
    submit.disabled = true;
    words.textContent = "";
    const reply = await act("submit", { key: form.key, values: Object.fromEntries(await Promise.all(fields.map(async (field) => [field.key, await field.value()]))) });
    submit.disabled = false;
    for (const field of fields) field.complain(reply.problems?.[field.key] ?? "");
    if (reply.problems) {
      fields.find((field) => reply.problems[field.key])?.focus();
    } else if (reply.error) {
      words.textContent = reply.error;
    } else {
      leave();
    }
  });
  byId("overlays").append(dialog);
  dialog.showModal();
  fields[0]?.focus();
}

// The day's opening: what it asks of the desk, shown once per rehearsal.
export function openingFor(title, lines) {
  const seen = `opened ${location.pathname}`;
  if (!lines?.length || sessionStorage.getItem(seen) || document.querySelector("dialog.asks")) return;
  const begin = h("button", { type: "submit", class: "button" }, h("span", {}, "Begin"));
  const dialog = h("dialog", { class: "form asks", "aria-label": title },
    h("form", { method: "dialog" }, h("header", {}, h("h2", {}, title)), h("ul", { class: "fields opening" }, lines.map((line) => h("li", {}, line))), h("footer", {}, begin)));
  dialog.addEventListener("close", () => {
    dialog.remove();
    sessionStorage.setItem(seen, "yes");
    setPace({ holds: false });
  });
  if (store.holds) setPace({ holds: true }); // the news waits for who reads
  byId("overlays").append(dialog);
  dialog.showModal();
  begin.focus();
}

// Ask for confirmation.
export function confirmWith(title, text, label, action) {
  const cancel = h("button", { type: "button", class: "button secondary" }, "Cancel");
  const go = h("button", { type: "submit", class: "button danger" }, h("span", {}, label));
  const dialog = h("dialog", { class: "form", "aria-label": title },
    h("form", { method: "dialog" }, h("header", {}, h("h2", {}, title)), h("div", { class: "fields" }, text), h("footer", {}, cancel, go)));
  cancel.addEventListener("click", () => dialog.close());
  dialog.addEventListener("submit", action);
  dialog.addEventListener("close", () => dialog.remove());
  byId("overlays").append(dialog);
  dialog.showModal();
  go.focus();
}

// A file as the page sends it.
async function sent(file) {
  const address = await new Promise((resolve) => {
    const reader = new FileReader();
    reader.addEventListener("load", () => resolve(reader.result));
    reader.readAsDataURL(file);
  });
  return { name: file.name, type: file.type || "application/octet-stream", content: address.slice(address.indexOf(",") + 1) };
}

function fieldOf(component, label, hint) {
  const id = `field-${(made += 1)}`;
  const words = h("div", { class: "words", role: "alert", id: `${id}-words` });
  const star = component.required === false ? null : h("span", { class: "star", "aria-hidden": "true" }, "*");
  const named = component.type === TEXT || component.type === FILES;
  const caption = h(named ? "label" : "div", named ? { for: id } : { class: "label", id: `${id}-label` }, label, star);
  let input;
  let count = null;
  if (component.type === TEXT) {
    const shared = { id, placeholder: component.placeholder, maxlength: component.max_length ?? 4000, "aria-describedby": `${id}-words`, required: component.required !== false, value: component.value ?? "" };
    input = component.style === PARAGRAPH ? h("textarea", { rows: 5, ...shared }) : h("input", { type: "text", autocomplete: "off", ...shared });
    if (component.style === PARAGRAPH || component.max_length) {
      count = h("span", { class: "count" });
      const show = () => { count.textContent = `${input.value.length}/${component.max_length ?? 4000}`; };
      input.addEventListener("input", show);
      show();
    }
  } else if (component.type === FILES) {
    input = h("input", { type: "file", id, multiple: (component.max_values ?? 1) > 1, "aria-describedby": `${id}-words` });
  } else {
    input = selectOf(component, () => {});
    input.setAttribute("aria-labelledby", `${id}-label`);
  }
  return {
    key: component.custom_id,
    element: h("div", { class: "field" }, caption, hint && h("p", { class: "hint" }, hint), input, count, words),
    value: () => (component.type === FILES ? Promise.all([...input.files].map(sent)) : input.values ? input.values() : input.value),
    focus: () => input.focus(),
    complain: (text) => {
      words.textContent = text;
      caption.classList.toggle("wrong", Boolean(text));
      input.toggleAttribute("aria-invalid", Boolean(text));
    },
  };
}
