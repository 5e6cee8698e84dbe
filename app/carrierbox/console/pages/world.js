// A world as a whole: where it is, who may log in, how it behaves; and copies of it.

import { get, patch, post, remove, save } from "./api.js";
import { button, el, facts, form, pretty } from "./dom.js";

export function about(here) {
  const described = el("div");
  const spelled = el("textarea", { name: "settings", rows: 10, required: true, spellcheck: "false", "aria-label": "Settings" });
  const settings = form(
    (given) => patch(here.at("settings"), JSON.parse(given.settings)).then(() => "From now on."),
    spelled,
    el("button", {}, "Change"),
  );
  settings.className = "rule";
  let shown = "";

  async function refresh() {
    const [world, chosen] = await Promise.all([get(here.at()), get(here.at("settings"))]);
    const text = JSON.stringify([world.urls, world.credentials, world.created_at, chosen]);
    if (text === shown) return;
    shown = text;
    spelled.value = JSON.stringify(chosen, null, 2);
    described.replaceChildren(
      facts([["Made", world.created_at], ...Object.entries(world.urls), ...Object.entries(world.token_urls).map(([name, url]) => [`${name} tokens`, url])]),
      el("h3", {}, "Who may log in"), pretty(world.credentials),
      el("h3", {}, "Free to use in creations"), pretty(world.free),
    );
  }

  const fork = form(
    async (given) => {
      const made = await post("worlds", { from: here.world, ...given });
      location.hash = `#/${made.name}/world`;
      return `${made.name} is a copy of ${here.world}.`;
    },
    el("input", { name: "name", placeholder: "Name, or none", pattern: "[a-z0-9][a-z0-9\\-]{0,62}" }),
    el("button", {}, "Fork"),
  );
  const node = el(
    "section",
    {},
    el("h2", {}, `World ${here.world}`),
    el("div", { class: "row" }, fork,
      button("Save", () => save(here.at("snapshot"), `${here.world}.carrierbox`)),
      button("Reset", () => confirm(`Reset ${here.world} to what it was made from?`) ? post(here.at("reset")).then(() => "It is as it was made.") : null),
      here.world === "default" ? null : button("Drop", async () => {
        if (!confirm(`Drop ${here.world}?`)) return;
        await remove(here.at());
        location.hash = "#/default/world";
      })),
    el("h3", {}, "Settings"), settings,
    described,
  );
  return { node, refresh };
}
