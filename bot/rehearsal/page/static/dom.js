// Creates elements. Texts are always set as text; only the server's rendered markdown is inserted as HTML.

const policy = globalThis.trustedTypes?.createPolicy("rendered", { createHTML: (html) => html });

export function h(tag, props = {}, ...children) {
  const element = document.createElement(tag);
  for (const [key, value] of Object.entries(props)) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (key === "class") element.className = value;
    else if (key === "value") element.value = value;
    else element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

// Markdown rendered by the server; it contains nothing active (bot/rehearsal/page/markdown.py).
export function rendered(tag, props, html) {
  const element = h(tag, props);
  element.innerHTML = policy ? policy.createHTML(html) : html;
  return element;
}

export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `#i-${name}`);
  svg.append(use);
  return svg;
}

export function tool(label, name, onclick, more = {}) {
  return h("button", { type: "button", class: "tool", "aria-label": label, title: label, onclick, ...more }, icon(name));
}

const COLOURS = ["#5865f2", "#757e8a", "#2d7d46", "#a8731a", "#c43b3e", "#b0418f"];

export function avatar(who) {
  const frame = h("span", { class: "avatar", "aria-hidden": "true" });
  if (who.bot) {
    frame.append(h("img", { src: "static/face.svg", alt: "" }));
  } else {
    const face = icon("person");
    face.removeAttribute("class");
    const sum = [...who.name].reduce((sum, letter) => (sum * 31 + letter.codePointAt(0)) % 9973, 7);
    frame.style.background = COLOURS[sum % COLOURS.length];
    frame.append(face);
  }
  return frame;
}

export function face(who) {
  return h("span", { class: "face" }, avatar(who), h("span", { class: "dot" }));
}

export function tag() {
  return h("span", { class: "tag" }, "APP");
}

export function dots() {
  return h("span", { class: "dots", "aria-hidden": "true" }, h("i"), h("i"), h("i"));
}

export const byId = (id) => document.getElementById(id);
