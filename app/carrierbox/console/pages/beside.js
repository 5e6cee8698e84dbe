// A list, and beside it, whole, what was chosen of it; both follow what changes.

import { get } from "./api.js";
import { el } from "./dom.js";

/** What lies under *kind* in the world, as *tableOf* lists it; *whole* makes the elements that show one of them. */
export function beside(here, kind, tableOf, whole) {
  const detail = el("aside");
  let open = null;
  let shown = "";
  const rows = tableOf(here, (chosen) => {
    open = chosen.id;
    show(chosen);
  });

  function show(chosen) {
    const text = JSON.stringify(chosen);
    if (text !== shown) detail.replaceChildren(...whole(chosen));
    shown = text;
  }

  async function refresh() {
    const [found, chosen] = await Promise.all([
      get(here.at(kind), { limit: 100, ...here.query }),
      open && get(here.at(kind, open)),
    ]);
    rows.show(found);
    if (chosen) show(chosen);
  }

  return { node: el("div", { class: "beside" }, rows.node, detail), refresh };
}
