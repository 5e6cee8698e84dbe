// Notifications that the world sends, with every attempt.

import { post } from "./api.js";
import { beside } from "./beside.js";
import { badge, button, choice, el, form, moment, pretty, table } from "./dom.js";

const STATES = ["pending", "delivered", "lost", "given-up"];

export function callbackTable(here, chosen = null) {
  return table(
    [
      ["Created", (callback) => moment(callback.created_at)],
      ["Carrier", (callback) => callback.carrier],
      ["Event", (callback) => callback.event],
      ["SIM", (callback) => callback.iccid && el("a", { href: here.address("sims", callback.iccid) }, callback.iccid)],
      ["State", (callback) => badge(callback.state)],
      ["Attempts", (callback) => callback.attempts.length],
      ["To", (callback) => callback.url],
    ],
    (callback) => callback.id,
    { none: "No notification was sent.", chosen },
  );
}

export function callbacks(here) {
  const again = (callback) => button("Send again", () => post(`${here.at("callbacks", callback.id)}/resend`).then(() => "It is sent again."));
  const list = beside(here, "callbacks", callbackTable, (callback) => [el("h3", {}, callback.event), again(callback), pretty(callback)]);
  const filters = form(
    (filters) => (location.hash = here.address("callbacks", null, filters)),
    choice("state", "Any state", STATES, here.query.state),
    el("button", {}, "Show"),
  );
  filters.elements.state.addEventListener("change", () => filters.requestSubmit());
  return { node: el("section", {}, filters, list.node), refresh: list.refresh };
}
