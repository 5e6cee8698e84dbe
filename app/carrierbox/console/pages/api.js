// The control API, as the console asks it: JSON in and out, refusals as errors that say why.

const KEY = "carrierbox-control-key";
const root = new URL("./", location.href);

export class Refused extends Error {
  constructor(status, detail) {
    super(detail);
    this.status = status;
  }
}

export function useKey(key) {
  sessionStorage.setItem(KEY, key);
}

/** Ask for a path below /_box/, and answer what came: JSON, or the answer itself where it is a file. */
export async function call(method, path, { query = {}, body, file = false } = {}) {
  const url = new URL(path, root);
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== null && value !== "") url.searchParams.set(name, value);
  }
  const headers = {};
  const key = sessionStorage.getItem(KEY);
  if (key) headers.Authorization = `Bearer ${key}`;
  if (body !== undefined) headers["Content-Type"] = "application/json";
  const answer = await fetch(url, { method, headers, body: body && JSON.stringify(body), cache: "no-store" });
  if (!answer.ok) throw new Refused(answer.status, await reason(answer));
  if (file) return answer.blob();
  return answer.status === 204 ? null : answer.json();
}

async function reason(answer) {
  try {
    return (await answer.json()).detail;
  } catch {
    return `${answer.status} ${answer.statusText}`;
  }
}

export const get = (path, query) => call("GET", path, { query });
export const post = (path, body = {}) => call("POST", path, { body });
export const put = (path, body) => call("PUT", path, { body });
export const patch = (path, body) => call("PATCH", path, { body });
export const remove = (path) => call("DELETE", path);

/** The path of a world, or of something in it. */
export function world(name, ...parts) {
  return ["worlds", name, ...parts].map(encodeURIComponent).join("/");
}

/** What a tester may start from: rules, events and profiles of devices. */
export const examples = fetch(new URL("console/examples.json", root)).then((answer) => answer.json());

/** Let the browser keep a file. */
export async function save(path, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(await call("GET", path, { file: true }));
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}
