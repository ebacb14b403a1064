// Embeds and files.

import { h, icon, rendered } from "./dom.js";
import { sameDay, newsNow, said, longDate, shortTime } from "./times.js";

export function embedOf(embed) {
  const link = (text) => (embed.url ? h("a", { href: embed.url, target: "_blank", rel: "noreferrer noopener" }, text) : text);
  const element = h(
    "article",
    { class: "embed" },
    embed.author && h("div", { class: "author" }, embed.author),
    embed.title && h("div", { class: "title" }, link(rendered("span", {}, embed.title))),
    embed.html && rendered("div", { class: "text" }, embed.html),
    embed.fields.length ? h("div", { class: "fields" }, fieldsOf(embed.fields)) : null,
    embed.image && h("div", { class: "picture" }, pictureOf(embed.image)),
    embed.thumbnail && h("div", { class: "thumb" }, pictureOf(embed.thumbnail)),
    footOf(embed),
  );
  if (embed.colour) element.style.borderLeftColor = embed.colour;
  return element;
}

// Up to three inline fields share a row, as long as nothing else comes between.
function fieldsOf(fields) {
  const elements = [];
  let row = [];
  const close = () => {
    for (const field of row) field.classList.add(row.length === 2 ? "of2" : row.length === 3 ? "of3" : "alone");
    row = [];
  };
  for (const field of fields) {
    const element = h("div", { class: "field" }, rendered("div", { class: "label" }, field.name), rendered("div", { class: "text" }, field.html));
    if (!field.inline || row.length === 3) close();
    if (field.inline) row.push(element);
    elements.push(element);
  }
  close();
  return elements;
}

function footOf(embed) {
  const at = embed.at ? Date.parse(embed.at) : NaN;
  const when = Number.isNaN(at) ? "" : sameDay(at, newsNow()) ? said(at) : `${longDate(at)} ${shortTime(at)}`;
  const text = [embed.footer, when].filter(Boolean).join(" • ");
  return text ? h("div", { class: "foot" }, text) : null;
}

function pictureOf(picture) {
  if (picture.url) return h("img", { src: picture.url, alt: "", loading: "lazy" });
  return h("div", { class: "elsewhere" }, "A picture from elsewhere, not fetched in a rehearsal: ", picture.elsewhere ?? "no address");
}

// As wide and as high as Discord shows it at most, in the picture's own proportions.
function fitted(pixels) {
  if (!pixels) return {};
  const [width, height] = pixels;
  const scale = Math.min(1, 550 / width, 350 / height);
  return { width: Math.round(width * scale), height: Math.round(height * scale) };
}

export function fileOf(file) {
  if (file.picture) {
    const shown = h("img", { src: file.url, alt: file.description, ...fitted(file.pixels) });
    return h("div", { class: "picture" }, h("a", { href: file.url, target: "_blank", rel: "noreferrer noopener" }, shown));
  }
  return h("div", { class: "file" }, icon("file"), h("div", {}, h("a", { href: file.url }, file.name), h("small", {}, sizeOf(file.size))));
}

function sizeOf(bytes) {
  if (bytes < 1024) return `${bytes} bytes`;
  return bytes < 1048576 ? `${(bytes / 1024).toFixed(2)} KB` : `${(bytes / 1048576).toFixed(2)} MB`;
}
