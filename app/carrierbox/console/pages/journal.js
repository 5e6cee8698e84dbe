// Requests in and notifications out, newest first.

import { get, remove, save } from "./api.js";
import { badge, button, choice, el, facts, form, moment, pretty, table } from "./dom.js";

export function entryTable(here, chosen = null) {
  return table(
    [
      ["At", (entry) => moment(entry.at)],
      ["Way", (entry) => entry.direction],
      ["Carrier", (entry) => entry.carrier],
      ["Operation", (entry) => entry.operation],
      ["Request", (entry) => el("span", { title: entry.url }, `${entry.method} ${entry.path}${entry.query ? "?" : ""}${entry.query}`)],
      ["Status", (entry) => badge(entry.status ?? "no answer")],
      ["ms", (entry) => entry.duration_ms],
      ["Fault", (entry) => entry.fault],
    ],
    (entry) => entry.id,
    { none: "Nothing was asked.", chosen },
  );
}

export function journal(here) {
  const detail = el("aside");
  const rows = entryTable(here, (entry) => detail.replaceChildren(...whole(here, entry)));
  const filters = form(
    (filters) => (location.hash = here.address("journal", null, filters)),
    choice("carrier", "All carriers", ["wing", "wgtwo", "dish", "stn"], here.query.carrier),
    choice("direction", "In and out", ["in", "out"], here.query.direction),
    el("input", { name: "status", placeholder: "Status: 404, 5xx", value: here.query.status, pattern: "[1-5]([0-9][0-9]|xx)" }),
    el("input", { name: "iccid", placeholder: "ICCID", value: here.query.iccid }),
    el("button", {}, "Show"),
    button("Save as HAR", () => save(here.at("journal.har"), `${here.world}.har`)),
    button("Empty", () => remove(here.at("journal"))),
  );

  async function refresh() {
    rows.show(await get(here.at("journal"), { limit: 100, ...here.query }));
  }

  return { node: el("section", {}, filters, el("div", { class: "beside" }, rows.node, detail)), refresh };
}

function whole(here, entry) {
  return [
    el("h3", {}, `${entry.method} ${entry.path}`),
    facts([
      ["Address", entry.url],
      ["Operation", entry.operation && `${entry.operation}, section ${entry.section}`],
      ["Request id", entry.request_id],
      ["Fault", entry.fault],
      ["No answer", entry.error],
      ["SIMs", entry.iccids.length ? entry.iccids.map((iccid) => el("a", { href: here.address("sims", iccid) }, `${iccid} `)).reduce((all, each) => (all.append(each), all), el("span")) : null],
    ]),
    el("h4", {}, "Request"), ...half(entry.request),
    el("h4", {}, `Answer ${entry.status ?? ""}`), ...half(entry.response),
  ];
}

function half(side) {
  if (!side) return [el("p", { class: "empty" }, "None")];
  return [el("details", {}, el("summary", {}, `${Object.keys(side.headers).length} headers, ${side.bytes} bytes`), facts(Object.entries(side.headers))),
    side.body === null ? null : pretty(side.body)].filter(Boolean);
}
