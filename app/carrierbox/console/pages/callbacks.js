// Notifications that the world sends, with every attempt.

import { get, post } from "./api.js";
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
  const detail = el("aside");
  let open = null;
  let shown = "";
  const rows = callbackTable(here, (callback) => {
    open = callback.id;
    show(callback);
  });

  function show(callback) {
    const text = JSON.stringify(callback);
    if (text !== shown) {
      const again = button("Send again", () => post(`${here.at("callbacks", callback.id)}/resend`).then(() => "It is sent again."));
      detail.replaceChildren(el("h3", {}, callback.event), again, pretty(callback));
    }
    shown = text;
  }

  async function refresh() {
    const [found, chosen] = await Promise.all([
      get(here.at("callbacks"), { limit: 100, ...here.query }),
      open && get(here.at("callbacks", open)),
    ]);
    rows.show(found);
    if (chosen) show(chosen);
  }

  const filters = form(
    (filters) => (location.hash = here.address("callbacks", null, filters)),
    choice("state", "Any state", STATES, here.query.state),
    el("button", {}, "Show"),
  );
  filters.elements.state.addEventListener("change", () => filters.requestSubmit());
  return { node: el("section", {}, filters, el("div", { class: "beside" }, rows.node, detail)), refresh };
}
