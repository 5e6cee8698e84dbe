// Elements out of data. Whatever comes from the box is text, never markup.

/** An element; of its properties, `on...` are listeners, `true` is an attribute without a value, `false` and null are left out. */
export function el(tag, properties = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (value === true) made.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) made.setAttribute(name, value);
  }
  made.append(...children.flat().filter((each) => each !== null && each !== undefined));
  return made;
}

/** A button; while what it does is under way it cannot be pressed again, and what goes wrong is told. */
export function button(text, act, properties = {}) {
  const made = el("button", { type: "button", ...properties, onclick: () => doing(made, act) }, text);
  return made;
}

/** A form that acts instead of loading a page. */
export function form(act, ...children) {
  const made = el("form", { onsubmit: (event) => (event.preventDefault(), doing(made, () => act(values(made)))) });
  made.append(...children);
  return made;
}

function values(form) {
  return Object.fromEntries([...new FormData(form)].filter(([, value]) => value !== ""));
}

async function doing(element, act) {
  const pressed = element.tagName === "BUTTON" ? [element] : [...element.querySelectorAll("button")];
  for (const each of pressed) each.disabled = true;
  try {
    const said = await act();
    if (typeof said === "string") tell(said);
    document.dispatchEvent(new Event("changed"));
  } catch (error) {
    tell(error.message, true);
  } finally {
    for (const each of pressed) each.disabled = false;
  }
}

let fading;

/** Say something at the page's top: a fault until the next word, anything else for some seconds. */
export function tell(text, isFault = false) {
  const notice = document.getElementById("notice");
  clearTimeout(fading);
  notice.hidden = !text;
  notice.textContent = text;
  notice.classList.toggle("fault", isFault);
  if (!isFault) fading = setTimeout(() => (notice.hidden = true), 5000);
}

/** A choice among texts; the first one stands for none of them. */
export function choice(name, none, options, chosen = "") {
  const made = el("select", { name }, el("option", { value: "" }, none));
  for (const each of options) made.append(el("option", { value: each, selected: each === chosen }, each));
  return made;
}

/**
 * A table that follows what it shows: rows that stay the same keep their elements, and those that are new or have
 * changed light up. *columns* are pairs of a heading and what stands there of a row.
 */
export function table(columns, keyOf, { none = "None", chosen = null } = {}) {
  const body = el("tbody");
  const empty = el("p", { class: "empty", hidden: true }, none);
  const whole = el("table", { hidden: true }, el("thead", {}, el("tr", {}, columns.map(([title]) => el("th", { scope: "col" }, title)))), body);
  const node = el("div", { class: "table" }, whole, empty);
  let shown = null;

  function row(data) {
    const made = el("tr", {}, columns.map(([, cell]) => el("td", {}, cell(data) ?? "")));
    if (chosen) {
      made.tabIndex = 0;
      made.addEventListener("click", () => chosen(data));
      made.addEventListener("keydown", (event) => event.key === "Enter" && chosen(data));
    }
    return made;
  }

  function show(rows) {
    const now = new Map();
    for (const data of rows) {
      const text = JSON.stringify(data);
      const before = shown?.get(keyOf(data));
      const element = before?.text === text ? before.element : row(data);
      if (shown && before?.text !== text) element.classList.add("changed");
      now.set(keyOf(data), { text, element });
    }
    const elements = [...now.values()].map((each) => each.element);
    if (elements.length !== body.children.length || elements.some((each, i) => each !== body.children[i])) {
      body.replaceChildren(...elements);
    }
    whole.hidden = !rows.length;
    empty.hidden = rows.length > 0;
    shown = now;
  }

  return { node, show };
}

/** Names and what they stand for. */
export function facts(pairs) {
  return el("dl", {}, pairs.filter(([, fact]) => fact !== null && fact !== undefined).flatMap(([name, fact]) => [el("dt", {}, name), el("dd", {}, fact)]));
}

/** JSON, indented; a text as it is. */
export function pretty(value) {
  return el("pre", { tabindex: 0 }, typeof value === "string" ? value : JSON.stringify(value, null, 2));
}

/** A moment of the world, to the second; whole when pointed at. */
export function moment(text) {
  return text ? el("time", { datetime: text, title: text }, text.slice(0, 19).replace("T", " ")) : "";
}

/** A state or a status, coloured by what it means. */
export function badge(text) {
  return text === null || text === undefined ? "" : el("span", { class: `badge ${tone(String(text))}` }, String(text));
}

function tone(text) {
  if (/^(2\d\d|active|activated|completed|delivered)$/i.test(text)) return "good";
  if (/^(3\d\d|running|pending|partly|trial|busy)$/i.test(text)) return "under-way";
  if (/^(4\d\d|suspended|conditional-suspend|blocked|disabled|withdrawn|lost)$/i.test(text)) return "held";
  if (/^(5\d\d|failed|given-up|no answer|deactivated|terminated|retired|ceased)$/i.test(text)) return "bad";
  return "";
}
