// The API reference: drawn from /openapi.json, with a button that sends a GET and shows what comes back.
import { element, find } from "/web/dom.js";

function kindOf(schema) {
  if (!schema) return "";
  const one = schema.anyOf ? schema.anyOf.find((part) => part.type !== "null") : schema;
  const choices = one.enum || (one.const !== undefined ? [one.const] : null);
  return choices ? choices.join(" | ") : [one.type, one.pattern && "date"].filter(Boolean).join(", ");
}

function field(parameter) {
  const input = element("input", { name: parameter.name, "data-in": parameter.in, autocomplete: "off", placeholder: parameter.schema?.default ?? "" });
  return element("tr", {}, element("td", { text: `${parameter.name}${parameter.required ? " *" : ""}` }),
    element("td", { text: kindOf(parameter.schema) }), element("td", {}, input), element("td", { text: parameter.description || "" }));
}

function target(path, inputs) {
  let filled = path;
  const query = new URLSearchParams();
  for (const input of inputs) {
    if (input.dataset.in === "path") filled = filled.replace(`{${input.name}}`, encodeURIComponent(input.value.trim()));
    else if (input.value.trim()) query.set(input.name, input.value.trim());
  }
  return `${filled}${query.size ? `?${query}` : ""}`;
}

function operation(path, method, described) {
  const summary = element("summary", {}, element("span", { class: `method ${method}`, text: method.toUpperCase() }),
    element("code", { text: path }), ` ${described.summary || ""}`);
  const body = element("div", {}, element("p", { text: described.description || "" }));
  const rows = (described.parameters || []).map(field);
  const inputs = rows.map((row) => row.querySelector("input"));
  if (rows.length) body.append(element("div", { class: "scroll" }, element("table", {}, element("tbody", {}, ...rows))));
  body.append(element("p", { class: "faint", text: Object.entries(described.responses).map(([status, answer]) => `${status} ${answer.description}`).join(" · ") }));
  if (method === "get") {
    const out = element("pre", { hidden: "" });
    const button = element("button", { type: "button", text: "Send" });
    button.addEventListener("click", async () => {
      const url = target(path, inputs);
      const answer = await fetch(url);
      const text = await answer.text();
      let shown = text;
      try { shown = JSON.stringify(JSON.parse(text), null, 2); } catch { /* not JSON: shown as it is */ }
      out.textContent = `GET ${url}\n${answer.status} ${answer.headers.get("content-type")}\n\n${shown}`;
      out.hidden = false;
    });
    body.append(button, out);
  }
  const made = element("details", { class: "operation" }, summary, body);
  made.dataset.text = `${method} ${path} ${described.summary || ""}`.toLowerCase();
  return made;
}

const described = await (await fetch("/openapi.json")).json();
find("version").textContent = described.info.version;
find("description").textContent = described.info.description;
const groups = new Map();
for (const [path, operations] of Object.entries(described.paths)) {
  for (const [method, one] of Object.entries(operations)) {
    const group = (one.tags || ["other"])[0];
    if (!groups.has(group)) groups.set(group, []);
    groups.get(group).push(operation(path, method, one));
  }
}
for (const [group, list] of groups) find("operations").append(element("h2", { text: group }), ...list);
find("filter").addEventListener("input", (event) => {
  const wanted = event.target.value.toLowerCase();
  for (const one of document.querySelectorAll(".operation")) one.hidden = !one.dataset.text.includes(wanted);
});
