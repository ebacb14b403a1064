// At the end of the day: a link to the scorecard on every page.

import { byId, h } from "./dom.js";
import { store, tell } from "./store.js";

let line = null;

export function showOver() {
  line?.remove();
  line = null;
  if (!store.clock.over || !store.scorecard) return;
  const seen = store.channels.has(store.scorecard);
  const whole = seen ? store.me : store.people[0]; // the desk sees its own channel
  const query = new URLSearchParams(location.search);
  query.set("as", whole.slug);
  const link = h("a", { href: `?${query}#${store.scorecard}` }, seen ? "See the scorecard" : `See the scorecard as ${whole.name}`);
  link.addEventListener("click", (event) => {
    if (!seen) return;
    event.preventDefault();
    tell("go", store.scorecard);
  });
  line = h("div", { class: "day-over", role: "status" }, "The day is over. ", link);
  byId("clock").after(line);
}
