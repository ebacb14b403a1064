// The current person, the switch to somebody else, and the list of members.

import { byId, face, h, tag, tool } from "./dom.js";
import { openMenu } from "./menu.js";
import { here, store, tell } from "./store.js";

export function showUser() {
  const person = store.people.find((one) => one.id === store.me.id);
  const who = h("button", { type: "button", class: "who", "aria-haspopup": "menu", "aria-expanded": "false", title: "Switch accounts", onclick: (event) => openSwitch(event.currentTarget) },
    face(person), h("span", {}, h("span", { class: "name" }, person.name), h("span", { class: "note" }, roleOf(person))));
  who.setAttribute("aria-label", `You are ${person.name}. Switch accounts`);
  byId("user").replaceChildren(who, tool("Switch between dark and light", "theme", switchTheme));
}

const roleOf = (person) => person.roles.filter((role) => role !== "@everyone").join(", ") || "no role";

function openSwitch(anchor) {
  const items = [{ heading: "Switch accounts" }];
  for (const person of store.people) {
    items.push({ label: person.name, note: roleOf(person), face: face(person), checked: person.id === store.me.id, action: () => become(person.slug) });
  }
  items.push({ line: true }, { label: "Open another window as …", note: "To see both sides at once", icon: "link", action: () => openWindow() });
  openMenu(items, { anchor, sheet: false }, "Switch accounts");
}

function openWindow() {
  const other = store.people.find((one) => one.id !== store.me.id);
  if (other) open(addressFor(other.slug), "_blank", "noreferrer");
}

function addressFor(slug) {
  const url = new URL(location.href);
  url.searchParams.set("as", slug);
  return url.href;
}

function become(slug) {
  history.replaceState(null, "", addressFor(slug));
  tell("afresh");
}

function switchTheme() {
  const next = document.documentElement.dataset.theme === "dark" ? "light" : "dark";
  document.documentElement.dataset.theme = next;
  try {
    localStorage.setItem("theme", next);
  } catch {
    // A browser that keeps nothing shows the theme for this visit.
  }
}

export function showMembers() {
  const visible = new Set(here()?.members ?? []);
  const groups = new Map();
  const order = [...store.roles.filter((role) => role.name !== "everyone").map((role) => role.id), ""];
  for (const member of store.members.values()) {
    if (!visible.has(member.id)) continue;
    const key = member.bot ? "bot" : order.find((role) => role === "" || member.roles.includes(role));
    groups.set(key, [...(groups.get(key) ?? []), member]);
  }
  const names = new Map(store.roles.map((role) => [role.id, role.name]));
  const keys = [...order.filter((key) => key && groups.has(key)), ...(groups.has("") ? [""] : []), ...(groups.has("bot") ? ["bot"] : [])];
  byId("members").replaceChildren(...keys.flatMap((key) => {
    const title = key === "" ? "Online" : key === "bot" ? "Apps" : names.get(key);
    const rows = groups.get(key).map((one) => h("div", { class: "member" }, face(one), h("span", { class: "name" }, one.name), one.bot && tag()));
    return [h("h3", {}, `${title} — ${rows.length}`), ...rows];
  }));
}

const narrow = () => matchMedia("(max-width: 1000px)").matches;

export const membersAreOpen = () => narrow() && byId("members").classList.contains("open");

// Open over a phone's page, the list is closed by a tap beside it.
document.addEventListener("pointerdown", (event) => {
  if (membersAreOpen() && !event.target.closest("#members, #members-toggle")) toggleMembers();
});

export function toggleMembers() {
  const members = byId("members");
  if (narrow()) members.classList.toggle("open");
  else members.hidden = !members.hidden;
  byId("members-toggle")?.setAttribute("aria-pressed", String(narrow() ? members.classList.contains("open") : !members.hidden));
}

