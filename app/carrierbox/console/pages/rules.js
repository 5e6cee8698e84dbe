// What is to go wrong: faults of requests, ends of coming work, mishaps of notifications.

import { examples, get, post, remove } from "./api.js";
import { button, el, form, pretty, table } from "./dom.js";

const TITLES = {
  faults: "Faults of requests",
  outcomes: "How coming work ends",
  "callback-plans": "Mishaps of notifications",
};

export function rules(here) {
  const rooms = Object.entries(TITLES).map(([kind, title]) => room(here, kind, title));
  return {
    node: el("section", {}, rooms.map((each) => each.node)),
    refresh: () => Promise.all(rooms.map((each) => each.refresh())),
  };
}

function room(here, kind, title) {
  const rows = table(
    [
      ["Rule", ({ match, when, times, do: what }) => pretty(JSON.stringify({ match, when, times, do: what }))],
      ["Applied", (rule) => rule.applied],
      ["", (rule) => button("Remove", () => remove(here.at(kind, rule.id)))],
    ],
    (rule) => rule.id,
    { none: "No rule." },
  );
  const spelled = el("textarea", { name: "rule", rows: 12, required: true, spellcheck: "false", "aria-label": `A rule: ${title}` });
  const pick = el("select", { "aria-label": "An example" });
  const add = form(({ rule }) => post(here.at(kind), JSON.parse(rule)).then(() => "The rule is there."), pick, spelled, el("button", {}, "Add"));
  add.className = "rule";
  examples.then(({ [kind]: rules }) => {
    const fill = () => (spelled.value = JSON.stringify(rules[pick.value], null, 2));
    pick.append(...Object.keys(rules).map((name) => el("option", {}, name)));
    pick.addEventListener("change", fill);
    fill();
  });

  async function refresh() {
    rows.show(await get(here.at(kind)));
  }

  return { node: el("div", {}, el("h2", {}, title), rows.node, add), refresh };
}
