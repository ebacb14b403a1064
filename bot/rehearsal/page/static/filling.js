// A slash command being filled in: its options as Discord shows them, checked by the server in Discord's words.

import { avatar, h } from "./dom.js";
import { here, store } from "./store.js";
import { act } from "./wire.js";

const BOOLEAN = 5, USER = 6, CHANNEL = 7, ROLE = 8, MENTIONABLE = 9;
const DEBOUNCE = 140;
let made = 0;

export class Filling {
  // `typed`: the text after the command's name.
  constructor(command, popup, { send, leave, typed = "" }) {
    this.command = command;
    this.popup = popup;
    this.send = send;
    this.leave = leave;
    this.pills = [];
    this.problems = {};
    this.words = h("span", { class: "words" }, `/${command.words}`);
    this.more = h("input", { class: "more", type: "text", autocomplete: "off", spellcheck: "false", role: "combobox", "aria-expanded": "false", "aria-label": "More options" });
    this.element = h("div", { class: "command", role: "group", "aria-label": `/${command.words}` }, this.words, this.more);
    this.more.addEventListener("focus", () => this.offerMore());
    this.more.addEventListener("input", () => this.typedMore());
    this.more.addEventListener("keydown", (event) => this.moreKey(event));
    for (const option of command.options.filter((one) => one.required)) this.add(option);
    this.read(typed);
    this.hint();
  }

  // "georgia at:3:05": options by name, and before them what the first one is meant to be.
  read(typed) {
    const names = this.command.options.map((one) => one.name);
    if (!names.length) this.more.value = typed.trim();
    if (!typed || !names.length) return;
    const found = [...typed.matchAll(new RegExp(`(?:^|\\s)(${names.join("|")}):`, "g"))];
    const lead = typed.slice(0, found[0]?.index ?? typed.length).trim();
    if (lead && this.pills[0]) this.pills[0].input.value = lead;
    else this.more.value = lead;
    found.forEach((match, place) => {
      const text = typed.slice(match.index + match[0].length, found[place + 1]?.index).trim();
      const option = this.command.options.find((one) => one.name === match[1]);
      (this.pills.find((one) => one.option === option) ?? this.add(option)).input.value = text;
    });
  }

  add(option) {
    const id = `option-${(made += 1)}`;
    const input = h("input", { id, type: "text", autocomplete: "off", spellcheck: "false", role: "combobox", "aria-expanded": "false", "aria-autocomplete": "list", "aria-label": `${option.name}: ${option.description}`, "aria-required": String(option.required) });
    const element = h("span", { class: "pill" }, h("label", { for: id }, option.name), input);
    const pill = { option, input, element, value: null, turn: 0 };
    this.pills.push(pill);
    this.more.before(element);
    input.addEventListener("focus", () => this.offer(pill));
    input.addEventListener("input", () => this.typedIn(pill));
    input.addEventListener("blur", () => { pill.turn += 1; this.popup.hide(); });
    input.addEventListener("keydown", (event) => this.pillKey(event, pill));
    this.hint();
    return pill;
  }

  // "name:" of an option that is not there yet begins that option, wherever it is typed.
  typedIn(pill) {
    pill.value = null;
    this.clear(pill);
    const named = this.command.options.find((one) => new RegExp(`(^|\\s)${one.name}:$`).test(pill.input.value));
    if (!named) return this.offer(pill);
    pill.input.value = pill.input.value.slice(0, -named.name.length - 1).trim();
    (this.pills.find((one) => one.option === named) ?? this.add(named)).input.focus();
  }

  get missing() {
    return this.command.options.filter((option) => !this.pills.some((pill) => pill.option === option));
  }

  hint() {
    const count = this.missing.length;
    this.more.placeholder = count ? `+${count} optional` : "";
    this.more.tabIndex = count ? 0 : -1;
  }

  focus() {
    const empty = this.pills.find((pill) => !pill.input.value);
    const target = empty?.input ?? (this.missing.length || !this.pills.length ? this.more : this.pills.at(-1).input);
    target.focus();
    target.setSelectionRange?.(target.value.length, target.value.length);
  }

  typed() {
    return Object.fromEntries(this.pills.filter((pill) => pill.option.required ? pill.input.value : true).map((pill) => [pill.option.name, pill.value ?? pill.input.value]));
  }

  // Text where an option has to be chosen, but which is none: nothing is sent until it is removed.
  get leftover() {
    return this.more.value.trim();
  }

  refuseLeftover() {
    this.more.setAttribute("aria-invalid", "true");
    this.more.focus();
    this.offerMore();
  }

  // What is wrong, by option; the first of them gets the focus.
  complain(problems) {
    this.problems = problems;
    for (const pill of this.pills) {
      const wrong = Boolean(problems[pill.option.name]);
      pill.element.classList.toggle("wrong", wrong);
      pill.input.toggleAttribute("aria-invalid", wrong);
    }
    const first = this.pills.find((pill) => problems[pill.option.name]);
    if (!first) return;
    first.input.focus();
    this.offer(first);
  }

  clear(pill) {
    delete this.problems[pill.option.name];
    pill.element.classList.remove("wrong");
    pill.input.removeAttribute("aria-invalid");
  }

  heading(option) {
    return h("div", { class: "heading plain" }, h("b", {}, option.name), option.description);
  }

  show(pill, items, more = {}) {
    if (document.activeElement !== pill.input) return;
    const wrong = this.problems[pill.option.name] ?? "";
    this.popup.show({ heading: this.heading(pill.option), items, wrong, label: pill.option.name, input: pill.input, ...more });
  }

  offer(pill) {
    const text = pill.value === null ? pill.input.value.trim().toLowerCase() : "";
    const { option } = pill;
    if (option.suggests) return this.suggest(pill);
    const choices = this.choices(option).filter((one) => one.first.toLowerCase().replace(/^[@#]/, "").includes(text.replace(/^[@#]/, "")));
    const items = choices.slice(0, 25).map((one) => ({ ...one, take: () => this.pick(pill, one.first, one.value) }));
    this.show(pill, items, { nothing: this.picks(option) ? "No choices match." : "" });
  }

  picks(option) {
    return option.choices.length > 0 || [BOOLEAN, USER, CHANNEL, ROLE, MENTIONABLE].includes(option.type);
  }

  choices(option) {
    if (option.choices.length) return option.choices.map((name) => ({ first: name, value: name }));
    const visible = new Set(here()?.members ?? []);
    const people = () => [...store.members.values()].filter((one) => visible.has(one.id)).map((one) => ({ first: `@${one.name}`, value: one.id, face: avatar(one), small: true }));
    const roles = () => store.roles.map((one) => ({ first: `@${one.name}`, value: one.id }));
    const channels = () => [...store.channels.values()].filter((one) => !option.kinds.length || option.kinds.includes(one.type)).map((one) => ({ first: `#${one.name}`, value: one.id, second: one.topic }));
    return {
      [BOOLEAN]: () => [{ first: "True", value: "true" }, { first: "False", value: "false" }],
      [USER]: people, [CHANNEL]: channels, [ROLE]: roles, [MENTIONABLE]: () => [...people(), ...roles()],
    }[option.type]?.() ?? [];
  }

  // What the bot suggests for what is typed so far; only the newest answer counts.
  suggest(pill) {
    const turn = (pill.turn += 1);
    if (!pill.found) this.show(pill, [], { nothing: "Loading options…" });
    clearTimeout(pill.timer);
    pill.timer = setTimeout(async () => {
      const text = pill.value === null ? pill.input.value : "";
      const found = await act("suggest", { channel: store.channel, command: this.command.words, option: pill.option.name, options: { ...this.typed(), [pill.option.name]: text } });
      if (turn !== pill.turn || !Array.isArray(found)) return;
      pill.found = found;
      this.show(pill, found.map((one) => ({ first: one.name, take: () => this.pick(pill, one.name, one.value) })), { nothing: "No options match your search." });
    }, pill.found ? DEBOUNCE : 0);
  }

  // Late answers must not open the list again.
  stop() {
    for (const pill of this.pills) {
      pill.turn += 1;
      clearTimeout(pill.timer);
    }
  }

  pick(pill, name, value) {
    pill.input.value = name;
    pill.value = value;
    pill.turn += 1;
    this.clear(pill);
    this.onward(pill);
  }

  // Go to the next required option, else to the optional ones.
  onward(pill) {
    const next = this.pills.slice(this.pills.indexOf(pill) + 1).find((one) => !one.input.value);
    (next?.input ?? this.more).focus();
    if (!next && !this.missing.length) this.popup.hide();
  }

  remove(pill) {
    this.pills.splice(this.pills.indexOf(pill), 1);
    pill.element.remove();
    this.hint();
    (this.pills.at(-1)?.input ?? this.more).focus();
  }

  pillKey(event, pill) {
    const { input } = pill;
    if (this.popup.key(event)) return;
    const chosen = pill.value !== null;
    if ((event.key === "Enter" || (event.key === "Tab" && !event.shiftKey)) && this.popup.isOpen && this.popup.marked && !chosen) {
      event.preventDefault();
      this.popup.marked.take();
    } else if (event.key === "Enter") {
      event.preventDefault();
      this.send();
    } else if (event.key === "Backspace" && !input.value) {
      event.preventDefault();
      if (pill.option.required) this.back(pill);
      else this.remove(pill);
    } else if (event.key === "ArrowLeft" && input.selectionStart === 0 && input.selectionEnd === 0) {
      this.pills[this.pills.indexOf(pill) - 1]?.input.focus();
    } else if (event.key === "ArrowRight" && input.selectionStart === input.value.length) {
      (this.pills[this.pills.indexOf(pill) + 1]?.input ?? this.more).focus();
    }
  }

  back(pill) {
    const before = this.pills[this.pills.indexOf(pill) - 1];
    if (before) before.input.focus();
    else this.leave(`/${this.command.words}`);
  }

  offerMore() {
    const text = this.more.value.trim().toLowerCase();
    const options = this.missing.filter((one) => one.name.startsWith(text));
    if (!this.missing.length && !text) return this.popup.hide();
    this.popup.show({
      heading: h("div", { class: "heading" }, "Options"),
      items: options.map((one) => ({ first: one.name, second: one.description, take: () => this.choose(one) })),
      start: text ? 0 : -1, label: "Options", input: this.more, nothing: "No such option.",
    });
  }

  typedMore() {
    this.more.removeAttribute("aria-invalid");
    const named = this.missing.find((one) => `${one.name}:` === this.more.value.trim().toLowerCase());
    if (named) this.choose(named);
    else this.offerMore();
  }

  choose(option) {
    this.more.value = "";
    this.add(option).input.focus();
  }

  moreKey(event) {
    if (this.popup.key(event)) return;
    const { marked } = this.popup;
    if (event.key === "Tab" && !event.shiftKey && this.popup.isOpen && this.popup.items.length) {
      event.preventDefault();
      (marked ?? this.popup.items[0]).take();
    } else if (event.key === "Enter") {
      event.preventDefault();
      if (marked) marked.take();
      else this.send();
    } else if (event.key === "Backspace" && !this.more.value) {
      event.preventDefault();
      const last = this.pills.at(-1);
      if (last) last.input.focus();
      else this.leave(`/${this.command.words}`);
    } else if (event.key === "ArrowLeft" && this.more.selectionStart === 0) {
      this.pills.at(-1)?.input.focus();
    }
  }
}
