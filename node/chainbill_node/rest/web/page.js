// The auditor's page: asks the API for a bill or an anchor and draws the tree and the by-tier table.
// Text goes into the page as text nodes only, never as markup.
import { element, find } from "/web/dom.js";
import { parseExact } from "/web/json.js";
import { words } from "/web/page_words.js";

const query = new URLSearchParams(location.search);
let language = query.get("lang") || localStorage.getItem("language") || (navigator.language || "en").slice(0, 2);
if (!(language in words)) language = "en";
let shown = null;
const ID = /^([0-9A-Z]{18}|[0-9A-Z]{20})$/; // a bill or a USCC; a LEI
const plain = (typed) => (typed || "").normalize("NFKC").trim();
const names = new Map();
const bearers = new Map();
const FIRST_BILLS = 100;
const digits = new Map();

const say = (word) => words[language][word] || word.replace(/^(kind|status)_/, "").replaceAll("_", " ");

async function read(path) {
  const answer = await fetch(path, { headers: { "Accept-Language": language, Accept: "application/json" } });
  const body = parseExact(await answer.text());
  if (!answer.ok) throw Object.assign(new Error(body.detail), { problem: body });
  return body;
}

// The network says what each of its currencies is divided into, also of those that it takes no longer: a browser knows
// neither the currencies of a vote nor the digits that the ledger keeps.
async function learnNetwork() {
  const network = await read("/v1/network");
  for (const [code, places] of Object.entries({ ...network.withdrawn, ...network.currencies })) digits.set(code, places);
  return network;
}

function money(minor, currency) {
  const places = digits.get(currency);
  if (places === undefined) return `${minor} ${say("minor_units")}`;
  const text = String(minor).padStart(places + 1, "0");
  const whole = text.slice(0, text.length - places).replace(/\B(?=(\d{3})+$)/g, ",");
  return places ? `${whole}.${text.slice(-places)}` : whole;
}

const percent = (ratio) => (ratio === null || ratio === undefined ? "–" : `${Number((Number(ratio) * 100).toFixed(4))}%`);

async function learn(parties) {
  await Promise.all([...new Set(parties)].filter((id) => id && !names.has(id)).slice(0, 100).map(async (id) => {
    try {
      const found = await read(`/v1/parties/${encodeURIComponent(id)}`);
      keepName(id, found.names.at(-1) || {});
    } catch { keepName(id, {}); }
  }));
}

function keepName(id, found) {
  names.set(id, found);
  bearers.clear();
}

const called = (id) => {
  const known = names.get(id) || {};
  return known[language] || known.zh || known.en || "";
};

// A name as the eye takes it: without width, case, spaces, and what shows nothing.
const asSeen = (said) => said.normalize("NFKC").toLowerCase().replace(/[\p{Cf}\p{Mn}\p{Me}\s]/gu, "");

// Whether a part of a name could be taken for an id (18 letters and digits with five digits among them).
const likeAnId = (said) => (asSeen(said).replace(/[-_.]/g, "").match(/[0-9a-z]{18,}/g) || [])
  .some((run) => (run.match(/\d/g) || []).length >= 5);

// The registered name; with the id behind it where another party is called so too, or where it holds what is like one.
function name(id) {
  const said = called(id);
  if (!said) return id;
  if (!bearers.size) {
    for (const party of names.keys()) {
      const seen = asSeen(called(party));
      bearers.set(seen, (bearers.get(seen) || 0) + 1);
    }
  }
  if (bearers.get(asSeen(said)) === 1 && !likeAnId(said)) return said;
  return language === "zh" ? `${said}（${id}）` : `${said} (${id})`;
}

function table(columns, rows) {
  const head = element("tr", {}, ...columns.map(([word, , kind]) => element("th", { text: say(word), class: kind || "" })));
  const lines = rows.map((row) => element("tr", {}, ...columns.map(([, value, kind]) =>
    element("td", { text: String(value(row) ?? "–"), class: kind || "" }))));
  return element("div", { class: "scroll" },
    element("table", {}, element("thead", {}, head), element("tbody", {}, ...lines)));
}

function tiers(rows, currency, withPenetration) {
  const amount = (field, word = field) => [word, (row) => money(row[field], currency), "number"];
  const columns = [
    ["tier", (row) => row.tier, "number"], ["n_parties", (row) => row.parties, "number"], amount("reached"),
    ...(withPenetration ? [["penetration", (row) => percent(row.penetration), "number"]] : []),
    amount("held"), amount("financed", "with_banks"), amount("settled"), amount("pledged"), amount("amount"), amount("financed_ever"),
    ["share_financed", (row) => percent(row.share_financed), "number"], ["mean_rate", (row) => row.mean_rate, "number"],
  ];
  return rows.length ? element("div", {}, bars(rows, currency), table(columns, rows)) : element("p", { text: say("nothing") });
}

function bars(rows, currency) {
  const most = Math.max(1, ...rows.map((row) => row.reached));
  return element("ul", { class: "bars" }, ...rows.map((row) => element("li", {},
    element("span", { class: "label", text: `${say("tier")} ${row.tier}` }),
    meter(row.reached, most),
    element("span", { class: "number", text: `${money(row.reached, currency)} ${currency}` }))));
}

function meter(value, most) {
  const bar = element("progress", { max: String(most), value: String(value) });
  bar.textContent = `${value} / ${most}`;
  return bar;
}

const inner = new Set(["split", "moved", "reversed"]);

function branch(token, currency) {
  const children = token.children.flatMap((child) => trim(child, token.holder));
  const label = token.id ? line(token, currency) : element("span", { text: "…" });
  const extra = ["hidden", "folded"].filter((part) => token[part]).map((part) => element("li", {},
    element("span", { class: "faint", text: `${money(token[part].amount, currency)} ${currency} · ${token[part].tokens} ${say("tokens")} · ${say(part)}` })));
  if (!children.length && !extra.length) return element("li", {}, label);
  const open = element("details", { open: "" }, element("summary", {}, label),
    element("ul", {}, ...children.map((child) => branch(child, currency)), ...extra));
  return element("li", {}, open);
}

// Whether any cents rest in a token or below it. An inner one in which none do was joined again into a token that stands
// beside it: it is left out, or children would add up to more than what is above them (so has it `trace bill`).
const bears = (token) => !inner.has(token.status) || Boolean(token.hidden || token.folded) || token.children.some(bears);

// Steps that only cut or passed on what the same holder has above are left out: their outcome stands in their place.
function trim(token, holder) {
  if (!bears(token)) return [];
  if (!inner.has(token.status) || token.hidden || token.folded || token.holder !== holder) return [token];
  return token.children.flatMap((child) => trim(child, holder));
}

// What a token is offered for; an early payment is its debtor's to make, and goes to nobody.
function offer(token) {
  const ref = token.locks.find((lock) => lock.kind === "offered")?.ref;
  return ["return", "sale", "prepay"].includes(ref) ? `offered_${ref}` : "offered";
}

function line(token, currency) {
  return element("span", { class: "token" },
    element("b", { text: name(token.holder) }), ` ${money(token.amount, currency)} ${currency} `,
    element("span", { class: `status ${token.status}`, text: say(`status_${token.status}`) }),
    element("span", { class: "faint", text: ` ${say("tier")} ${token.financed_tier || token.tier}` }),
    token.offered_to ? element("span", { class: "faint", text: ` · ${say(offer(token))} ${name(token.offered_to)}` }) : null,
    element("code", { text: token.id }));
}

function facts(pairs) {
  return element("dl", {}, ...pairs.flatMap(([word, value]) => [
    element("dt", { text: say(word) }), element("dd", { text: value }),
  ]));
}

function defaults(found) {
  return found.map((one) => element("p", { class: "warn", text: `${say("in_default")}: ${say(`default_${one.kind}`)} · ${one.from} – ${one.until}${one.objected_on ? ` · ${say("objected")} ${one.objected_on}` : ""}` }));
}

function footer(asOf, csv) {
  return element("p", { class: "faint" },
    `${say("at_label")} ${asOf.date} · ${say("height")} ${asOf.height} · ${say("state")} `,
    element("code", { text: (asOf.app_hash || "").slice(0, 16) }), " · ",
    element("a", { href: csv, text: say("csv") }));
}

function totalsOf(totals, currency) {
  const parts = ["face", "live", "settled", "diluted", "void"].map((part) => [part, `${money(totals[part], currency)} ${currency}`]);
  if (totals.hidden) parts.push(["hidden", `${money(totals.hidden.amount, currency)} ${currency}`]);
  return facts(parts);
}

async function showBill(id, at) {
  const trace = await read(`/v1/trace/bills/${encodeURIComponent(id)}${at}`);
  const { bill } = trace;
  await learn([bill.debtor, bill.creditor, ...trace.leaves.flatMap((leaf) => [leaf.holder, leaf.offered_to]), ...trace.hops.flatMap((hop) => [hop.from, hop.to])]);
  return [
    element("h2", { text: `${say("bill")} ${bill.id}` }),
    facts([["debtor", name(bill.debtor)], ["creditor", name(bill.creditor)], ["face", `${money(bill.face, bill.currency)} ${bill.currency}`],
      ["pays", bill.pay_on], ["status", say(`status_${bill.status}`)], ["outstanding", `${money(bill.outstanding, bill.currency)} ${bill.currency}`]]),
    ...defaults(trace.defaults),
    element("h3", { text: say("tiers") }), tiers(trace.by_tier, bill.currency, false),
    element("h3", { text: say("tree") }),
    trace.tree ? element("ul", { class: "tree" }, branch(trace.tree, bill.currency)) : element("p", { text: say("nothing") }),
    footer(trace.as_of, `/v1/trace/bills/${encodeURIComponent(id)}${at}${at ? "&" : "?"}format=csv`),
  ];
}

// How many bills there are, and of a longer list that the first of them are shown.
function billCount(list) {
  const all = list.count_complete === false ? `${list.count}+` : String(list.count);
  return list.next ? `${say("first_of")} ${list.data.length} / ${all}` : all;
}

async function showAnchor(id, at) {
  const trace = await read(`/v1/trace/anchors/${encodeURIComponent(id)}${at}`);
  const bills = await read(`/v1/bills?debtor=${encodeURIComponent(trace.anchor.id)}&limit=${FIRST_BILLS}${at.replace("?", "&")}`);
  await learn([id, ...bills.data.map((bill) => bill.creditor)]);
  for (const table of trace.currencies) {
    for (const row of [...table.parties, ...table.banks]) keepName(row.party, { en: row.name_en, zh: row.name_zh });
  }
  await learn(trace.currencies.flatMap((table) => table.other_moves.flatMap((move) => [move.from, move.to])));
  const link = (bill) => `?id=${encodeURIComponent(bill.id)}`;
  return [
    element("h2", { text: `${say("anchor")} ${name(trace.anchor.id)}` }),
    ...defaults(trace.defaults),
    ...(bills.data.length ? [] : [element("p", { text: say("no_bills") })]),
    ...trace.currencies.filter((part) => part.totals.face || part.by_tier.length).flatMap((part) => anchorTable(part)),
    ...(bills.data.length ? [element("h3", { text: `${say("bills")} · ${billCount(bills)}` })] : []),
    element("ul", { class: "plain" }, ...bills.data.map((bill) => element("li", {},
      element("a", { href: link(bill), text: bill.id }), ` ${name(bill.creditor)} · ${money(bill.face, bill.currency)} ${bill.currency} · ${bill.pay_on} · ${say(`status_${bill.status}`)}`))),
    footer(trace.as_of, `/v1/trace/anchors/${encodeURIComponent(id)}${at}${at ? "&" : "?"}format=csv`),
  ];
}

function anchorTable(part) {
  const amount = (field) => [field, (row) => money(row[field], part.currency), "number"];
  const tier = ["tier", (row) => row.tier, "number"];
  const rates = [["mean_rate", (row) => row.mean_rate, "number"], ["mean_cost", (row) => row.mean_cost, "number"]];
  const parties = [tier, ["party", (row) => name(row.party)], amount("received"), amount("passed_on"), amount("financed"), amount("live"), amount("settled"), ...rates];
  const banks = [tier, ["bank", (row) => name(row.party)], ["financed_ever", (row) => money(row.received, part.currency), "number"], amount("live"), amount("settled"), ...rates];
  const moves = [["kind", (row) => say(`kind_${row.kind}`)], ["from", (row) => name(row.from)], ["to", (row) => name(row.to)], tier, amount("amount"), ["count", (row) => row.count, "number"]];
  return [
    element("h3", { text: `${part.currency} · ${say("totals")}` }), totalsOf(part.totals, part.currency),
    element("h3", { text: say("tiers") }), tiers(part.by_tier, part.currency, true),
    element("h3", { text: say("parties") }), table(parties, part.parties),
    element("h3", { text: say("banks") }), part.banks.length ? table(banks, part.banks) : element("p", { text: say("nothing") }),
    ...(part.other_moves.length ? [element("h3", { text: say("other") }), table(moves, part.other_moves)] : []),
  ];
}

// What the API says to do next speaks of its own parameters and of signatures, of which this page has none.
function next(problem) {
  if (problem.status === 401) return say("signature");
  return [400, 404].includes(problem.status) ? say("check") : problem.hint;
}

async function ask(id, at) {
  shown = { id, at };
  bearers.clear(); // counted in the language that is shown
  find("problem").hidden = true;
  const suffix = at ? `?at=${encodeURIComponent(at)}` : "";
  try {
    await learnNetwork();
    find("answer").replaceChildren(...await (id.startsWith("B") && id.length === 18 ? showBill : showAnchor)(id, suffix));
  } catch (error) {
    find("answer").replaceChildren();
    const { problem } = error;
    const none = problem && problem.status === 404 && !ID.test(id);
    find("problem").textContent = none ? say("no_id") : problem ? `${problem.detail} ${next(problem)}` : String(error);
    find("problem").hidden = false;
  }
}

async function label() {
  document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
  for (const part of document.querySelectorAll("[data-word]")) part.textContent = say(part.dataset.word);
  find("language").textContent = say("language");
  try {
    const network = await learnNetwork();
    find("network").textContent = `${network.chain_id} · ${say("height")} ${network.as_of.height}`;
  } catch { find("network").textContent = ""; }
}

find("language").addEventListener("click", async () => {
  language = language === "en" ? "zh" : "en";
  localStorage.setItem("language", language);
  await label();
  if (shown) await ask(shown.id, shown.at);
});
find("ask").addEventListener("submit", async (event) => {
  event.preventDefault();
  const id = plain(find("id").value).toUpperCase();
  const at = plain(find("at").value);
  history.replaceState(null, "", `?id=${encodeURIComponent(id)}${at ? `&at=${encodeURIComponent(at)}` : ""}`);
  await ask(id, at);
});

await label();
if (query.get("id")) {
  find("id").value = query.get("id");
  find("at").value = query.get("at") || "";
  await ask(plain(query.get("id")).toUpperCase(), plain(query.get("at")));
}
