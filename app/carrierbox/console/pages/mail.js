// Mails and SMS that the world's rules sent, and what its inbox received.

import { get, remove } from "./api.js";
import { button, el, moment, pretty, table } from "./dom.js";

export function mail(here) {
  const sent = table(
    [
      ["At", (each) => moment(each.at)],
      ["Kind", (each) => each.kind],
      ["To", (each) => each.to],
      ["Text", (each) => [each.subject, each.text].filter(Boolean).join(": ")],
      ["Cause", (each) => each.cause],
    ],
    (each) => JSON.stringify(each),
    { none: "Nothing was sent." },
  );
  const received = table(
    [
      ["At", (each) => moment(each.at)],
      ["Name", (each) => each.name],
      ["What came", (each) => el("details", {}, el("summary", {}, each.method), pretty(each))],
    ],
    (each) => each.id ?? JSON.stringify(each),
    { none: "Nothing came." },
  );

  async function refresh() {
    const [outbox, inbox] = await Promise.all([get(here.at("outbox")), get(here.at("inbox"))]);
    sent.show(outbox);
    received.show(inbox);
  }

  const node = el(
    "section",
    {},
    el("h2", {}, "Outbox ", button("Empty", () => remove(here.at("outbox")))), sent.node,
    el("h2", {}, "Inbox ", button("Empty", () => remove(here.at("inbox")))), received.node,
  );
  return { node, refresh };
}
