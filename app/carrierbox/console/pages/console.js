// The console's frame: which world and view the address names, the clock, and asking again every second.

import { get, patch, post, Refused, useKey, world as at } from "./api.js";
import { callbacks } from "./callbacks.js";
import { button, el, form, moment, tell } from "./dom.js";
import { journal } from "./journal.js";
import { mail } from "./mail.js";
import { rules } from "./rules.js";
import { sim, sims } from "./sims.js";
import { work } from "./work.js";
import { about } from "./world.js";

const VIEWS = { sims, work, journal, callbacks, rules, mail, world: about };
const TITLES = { sims: "SIMs", work: "Work", journal: "Journal", callbacks: "Callbacks", rules: "Faults", mail: "Mail", world: "World" };
const EVERY_MS = 1000;

const place = document.getElementById("view");
const worlds = document.getElementById("world");
const clock = document.getElementById("clock");

let here = null; // what is shown: { world, name, key, query, view }
let asking = null; // the round under way

/** An address behind the page's own: `#/t1/sims/8955...?carrier=wing`. */
export function address(world, name, key = null, query = {}) {
  const filled = Object.entries(query).filter(([, value]) => value !== "" && value !== undefined && value !== null);
  const search = new URLSearchParams(filled).toString();
  return `#/${[world, name, key].filter(Boolean).map(encodeURIComponent).join("/")}${search ? `?${search}` : ""}`;
}

function read() {
  const [path, search = ""] = location.hash.replace(/^#\/?/, "").split("?");
  const [world, name, key] = path.split("/").map(decodeURIComponent);
  return { world: world || "default", name: name in VIEWS ? name : "sims", key: key || null, query: Object.fromEntries(new URLSearchParams(search)) };
}

function open() {
  const wanted = read();
  const make = wanted.name === "sims" && wanted.key ? sim : VIEWS[wanted.name];
  const links = Object.keys(VIEWS).map((name) =>
    el("a", { href: address(wanted.world, name), "aria-current": name === wanted.name ? "page" : null }, TITLES[name]));
  document.getElementById("views").replaceChildren(...links);
  document.title = `${TITLES[wanted.name]} of ${wanted.world} - carrierbox`;
  if (document.querySelector("#notice.fault")) tell("");
  here = { ...wanted, at: (...parts) => at(wanted.world, ...parts), address: (...rest) => address(wanted.world, ...rest) };
  here.view = make(here);
  here.clock = clockOf(here);
  place.replaceChildren(here.view.node);
  clock.replaceChildren(here.clock.node);
  listWorlds(wanted.world).catch(refused);
  ask();
}

/** Ask what is shown once more; whoever asks meanwhile is answered by the same round. */
function ask() {
  const asked = here;
  asking ??= Promise.all([asked.clock.refresh(), asked.view.refresh()])
    .then(() => document.body.classList.remove("lost"), refused)
    .finally(() => {
      asking = null;
      if (here !== asked) ask();
    });
  return asking;
}

function refused(error) {
  if (error instanceof Refused && error.status === 401) {
    askForKey();
  } else if (error instanceof Refused) {
    tell(error.message, true);
  } else {
    document.body.classList.add("lost");
    tell(`The box does not answer: ${error.message}`, true);
  }
}

function askForKey() {
  if (place.querySelector("[name=control-key]")) return;
  const input = el("input", { name: "control-key", type: "password", autocomplete: "off", required: true, autofocus: true });
  place.replaceChildren(
    form((given) => (useKey(given["control-key"]), open()), el("label", {}, "Control key ", input), el("button", {}, "Go on")),
  );
  input.focus();
}

async function listWorlds(chosen) {
  const names = (await get("worlds")).map((each) => each.name);
  worlds.replaceChildren(...names.map((name) => el("option", { selected: name === chosen }, name)));
}

/** What time it is in the world, and hands to turn it. */
function clockOf({ at }) {
  const now = el("strong");
  const pending = el("span", { class: "pending" });
  const stand = button("Freeze", () => patch(at("clock"), { mode: stand.textContent === "Freeze" ? "frozen" : "running" }));
  const advance = (text, body) => button(text, async () => {
    const { ran } = await post(at("clock", "advance"), body);
    return ran.length ? `${ran.length} things happened.` : "Nothing was due.";
  });
  const node = el("span", {}, now, pending, stand, ...["1m", "1h", "1d", "30d"].map((by) => advance(`+${by}`, { by })), advance("Until idle", { until: "idle" }));

  async function refresh() {
    const shown = await get(at("clock"));
    now.replaceChildren(moment(shown.now));
    now.className = shown.mode;
    pending.textContent = shown.pending ? `${shown.pending} pending` : "idle";
    stand.textContent = shown.mode === "frozen" ? "Unfreeze" : "Freeze";
  }

  return { node, refresh };
}

addEventListener("hashchange", open);
document.addEventListener("changed", () => ask());
document.addEventListener("visibilitychange", () => document.hidden || ask());
worlds.addEventListener("change", () => (location.hash = address(worlds.value, here.name)));
worlds.addEventListener("pointerdown", () => listWorlds(here.world).catch(refused));
setInterval(() => document.hidden || place.querySelector("[name=control-key]") || ask(), EVERY_MS);
open();
