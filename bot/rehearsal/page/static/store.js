// This tab's state, and the listeners to its changes.

export const store = {
  me: null,
  people: [],
  guild: null,
  bot: "",
  channels: new Map(),
  members: new Map(),
  roles: [],
  events: [],
  commands: { slash: [], message: [] },
  clock: null,
  zone: "UTC",
  title: "",
  place: "",
  channel: null,
};

const listeners = new Map();

export function on(name, listener) {
  if (!listeners.has(name)) listeners.set(name, []);
  listeners.get(name).push(listener);
}

export function tell(name, body) {
  for (const listener of listeners.get(name) ?? []) listener(body);
}

export function take(state) {
  const { channels, members, ...rest } = state;
  Object.assign(store, rest);
  store.channels = new Map(channels.map((one) => [one.id, one]));
  store.members = new Map(members.map((one) => [one.id, one]));
  store.mine = new Set(store.members.get(store.me.id)?.roles ?? []);
}

export const here = () => store.channels.get(store.channel);

export function pings(message) {
  if (message.author.id === store.me.id) return false;
  return message.everyone || message.users.includes(store.me.id) || message.roles.some((role) => store.mine.has(role));
}

// Ids are longer than what a number holds; equal lengths compare as text.
export const newer = (a, b) => a.length > b.length || (a.length === b.length && a > b);
