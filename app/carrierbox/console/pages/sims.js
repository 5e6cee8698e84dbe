// SIMs of all carriers, and one of them: why it is as it is, and what can be done to it.

import { examples, get, post, put, remove } from "./api.js";
import { badge, button, choice, el, facts, form, moment, pretty, table } from "./dom.js";
import { entryTable } from "./journal.js";
import { callbackTable } from "./callbacks.js";
import { workTable } from "./work.js";

const CARRIERS = ["wing", "wgtwo", "dish", "stn"];

export function sims(here) {
  const { query } = here;
  const go = (filters) => (location.hash = here.address("sims", null, filters));
  const tallies = el("div", { class: "tallies" });
  const rows = table(
    [
      ["ICCID", (sim) => el("a", { href: here.address("sims", sim.iccid) }, sim.iccid)],
      ["Carrier", (sim) => sim.carrier],
      ["State", (sim) => badge(sim.state)],
      ["IMSI", (sim) => sim.imsi],
      ["MSISDN", (sim) => sim.msisdn],
    ],
    (sim) => `${sim.carrier} ${sim.iccid}`,
    { none: "No SIM fits." },
  );
  const filters = form(
    go,
    choice("carrier", "All carriers", CARRIERS, query.carrier),
    el("input", { name: "state", placeholder: "State", value: query.state }),
    el("input", { name: "q", type: "search", placeholder: "ICCID, IMSI or MSISDN", value: query.q }),
    el("button", {}, "Show"),
  );
  filters.elements.carrier.addEventListener("change", () => filters.requestSubmit());
  let rounds = 0;

  async function count() {
    const { sims } = await get(here.at());
    tallies.replaceChildren(
      ...Object.entries(sims).map(([carrier, states]) =>
        el("p", {}, el("b", {}, carrier), " ", Object.entries(states).map(([state, number]) =>
          el("a", { href: here.address("sims", null, { carrier, state }) }, badge(`${state}`), ` ${number} `)))),
    );
  }

  async function refresh() {
    if (rounds++ % 5 === 0) await count(); // it looks at all SIMs
    rows.show(await get(here.at("sims"), { limit: 100, ...query }));
  }

  return { node: el("section", {}, tallies, filters, rows.node), refresh };
}

export function sim(here) {
  const iccid = here.key;
  const path = here.at("sims", iccid);
  const told = el("div", { class: "told" });
  const next = el("div", { class: "row" });
  const states = el("datalist", { id: "states" });
  const timeline = table(
    [
      ["At", (step) => moment(step.at)],
      ["From", (step) => badge(step.from)],
      ["To", (step) => badge(step.to)],
      ["Cause", (step) => step.cause],
      ["By", (step) => el("span", { class: "id" }, step.ref ?? "")],
      ["Operation", (step) => [step.operation, step.section && `section ${step.section}`].filter(Boolean).join(", ")],
    ],
    (step) => `${step.at} ${step.to}`,
    { none: "Its state has not changed in this world." },
  );
  const jobs = workTable(here);
  const entries = entryTable(here);
  const sent = callbackTable(here);
  let shown = "";

  function tellOf(explained) {
    const text = JSON.stringify(explained);
    if (text === shown) return;
    shown = text;
    told.replaceChildren(
      el("p", { class: "state" }, badge(explained.state), ` ${explained.carrier}`),
      ...explained.text.map((line) => el("p", {}, line)),
      facts([["IMSI", explained.imsi], ["MSISDN", explained.msisdn]]),
    );
    next.replaceChildren(...explained.next.map(({ to }) => button(`Force ${to}`, () => force(to))));
  }

  const force = async (state) => `It is ${(await post(`${path}/force`, { state })).state} now.`;

  async function refresh() {
    const [explained, sim, work, journal, callbacks, world] = await Promise.all([
      get(`${path}/explain`),
      get(path),
      get(here.at("workflows"), { iccid, limit: 20 }),
      get(here.at("journal"), { iccid, limit: 20 }),
      get(here.at("callbacks"), { iccid, limit: 20 }),
      states.children.length ? null : get(here.at()),
    ]);
    if (world) states.append(...Object.keys(world.sims[explained.carrier] ?? {}).map((state) => el("option", { value: state })));
    tellOf(explained);
    timeline.show(sim.timeline);
    jobs.show(work);
    entries.show(journal);
    sent.show(callbacks);
  }

  const node = el(
    "section",
    {},
    el("h2", {}, `SIM ${iccid}`),
    told,
    el("details", {}, el("summary", {}, "Force a state"), next,
      form(({ state }) => force(state), el("input", { name: "state", list: "states", placeholder: "Any state", required: true }), states, el("button", {}, "Force"))),
    el("details", {}, el("summary", {}, "What its device does"), device(path)),
    el("h3", {}, "Timeline"), timeline.node,
    el("h3", {}, "Work"), jobs.node,
    el("h3", {}, "Requests and notifications"), entries.node, sent.node,
  );
  return { node, refresh };
}

/** An event of the device at once, or a profile by which it lives from now on. */
function device(path) {
  const kinds = el("select", { name: "kind" });
  const profiles = el("select", { name: "profile" });
  const fields = el("span", { class: "row" });
  const followed = el("div");
  let events;
  const ask = () => fields.replaceChildren(...Object.entries(events[kinds.value]).map(([name, usual]) =>
    el("label", {}, `${name} `, el("input", { name, value: usual, type: typeof usual === "number" ? "number" : "text" }))));
  kinds.addEventListener("change", ask);
  examples.then((given) => {
    events = given.events;
    kinds.append(...Object.keys(events).map((kind) => el("option", {}, kind)));
    profiles.append(...given.profiles.map((profile) => el("option", {}, profile)));
    ask();
  });

  async function happen(given) {
    const usual = events[given.kind];
    const typed = Object.entries(given).map(([name, value]) => [name, typeof usual[name] === "number" ? Number(value) : value]);
    const answer = await post(`${path}/events`, Object.fromEntries(typed));
    followed.replaceChildren(pretty(answer));
    return `${given.kind}: ${answer.followed.length} records followed.`;
  }

  return el(
    "div",
    {},
    form(happen, kinds, fields, el("button", {}, "Let it happen")),
    form(({ profile }) => put(`${path}/device`, { profile }).then(() => `It lives as a ${profile} from now on.`),
      el("label", {}, "It lives as a ", profiles), el("button", {}, "Switch on"),
      button("Switch off", () => remove(`${path}/device`).then(() => "It does nothing by itself any more."))),
    followed,
  );
}
