// Workflows of all carriers, under way and done.

import { beside } from "./beside.js";
import { badge, choice, el, form, moment, pretty, table } from "./dom.js";

const STATUSES = ["running", "completed", "partly", "failed", "withdrawn"];

export function workTable(here, chosen = null) {
  return table(
    [
      ["Began", (work) => moment(work.created_at)],
      ["Workflow", (work) => work.workflow],
      ["Carrier", (work) => work.carrier],
      ["SIM", (work) => work.iccid && el("a", { href: here.address("sims", work.iccid) }, work.iccid)],
      ["Status", (work) => badge(work.status)],
      ["Due or ended", (work) => moment(work.ended_at ?? work.due_at)],
      ["Reason", (work) => work.reason],
    ],
    (work) => work.id,
    { none: "No work.", chosen },
  );
}

export function work(here) {
  const list = beside(here, "workflows", workTable, (work) => [el("h3", {}, work.workflow), pretty(work)]);
  const filters = form(
    (filters) => (location.hash = here.address("work", null, filters)),
    choice("status", "Any status", STATUSES, here.query.status),
    el("input", { name: "workflow", placeholder: "Workflow", value: here.query.workflow }),
    el("button", {}, "Show"),
  );
  filters.elements.status.addEventListener("change", () => filters.requestSubmit());
  return { node: el("section", {}, filters, list.node), refresh: list.refresh };
}
