"""`trace`: where the credit went."""

from __future__ import annotations

from functools import partial
from typing import Any

import click

from chainbill_cli.answers import by_value, tell_basis
from chainbill_cli.csv_text import parties_of, traced_csv
from chainbill_cli.described import default_said
from chainbill_cli.early import shown_for
from chainbill_cli.filter_words import ColumnWords
from chainbill_cli.kit import argument, noun, option
from chainbill_cli.lookup import BILL, TOKEN, object_id, read_bill
from chainbill_cli.marks import marks_on
from chainbill_cli.output import Column
from chainbill_cli.penetration import (
    GUIDES,
    by_tier_rows,
    group_rows,
    holders_of,
    is_partial,
    tier_columns,
    totals_line,
    tree_lines,
)
from chainbill_cli.session import Session, current_session
from chainbill_cli.shapes import columns
from chainbill_cli.texts import text
from chainbill_cli.when import When

CSV_KINDS = {
    **dict.fromkeys(("holder", "offered_to", "debtor", "other"), "party"), "status": "status", "kind": "hop",
    "direction": "direction",
}  # fmt: skip
"""Kinds of the columns of a trace's CSV that have a name or a word beside them."""

HOPS = columns(
    "token/hop",
    "height date kind from to amount currency tier token transaction",
    "date kind amount currency from to token tier height transaction",
)
trace = noun("trace")


AT = option("--at", type=When(), metavar="WHEN", default=None, help="option.at")
FORMAT = option("--format", "form", type=click.Choice(["tree", "json", "csv"]), default=None, help="trace.opt_format")
DEPTH = option("--depth", type=click.IntRange(1), default=None, help="trace.opt_depth")
GROUP_BY = option(
    "--group-by",
    type=ColumnWords(("tier", "bank", "party", "status", "bill")),
    metavar="NAME",
    default=None,
    help="trace.opt_group",
)
TABLES = ("received", "given", "exposure", "maturities")
"""What a party has, as a node lists it by currency."""


def _form(session: Session, form: str | None) -> str:
    """tree, json, jsonl or csv: --format, else -o."""
    if form:
        return form
    return {"table": "tree"}.get(session.out.form, session.out.form)


def _read(session: Session, path: str, form: str, parameters: dict[str, Any]) -> Any:
    """Print JSON or CSV as the node gives it and return None, or return what the tree is drawn from."""
    if form == "csv":
        said = str(session.client.get(path, format="csv", **parameters))
        session.names.learn(parties_of(said, CSV_KINDS))
        session.out.raw(traced_csv(said, CSV_KINDS, session.out.name_of), mark=True)
        return None
    body = session.client.get(path, **parameters)
    tell_basis(session, body)
    if form in {"json", "jsonl"}:
        session.out.form = form
        session.out.json(body)
        return None
    return body


@trace.command("bill", help="trace.bill")
@argument("bill")
@AT
@by_value
@FORMAT
@DEPTH
@GROUP_BY
def bill(bill: str, form: str | None, **parameters: Any) -> None:
    """The tree of one bill and the table by tier."""
    session = current_session()
    identifier = object_id(session, BILL, bill)
    body = _read(session, f"/v1/trace/bills/{identifier}", _form(session, form), parameters)
    if body is None:
        return
    found = body["bill"] if isinstance(body.get("bill"), dict) else read_bill(session, identifier)
    session.names.learn([*holders_of(body), str(found["debtor"])])
    marks = marks_on(session, identifier, parameters.get("at"))
    drawn = partial(tree_lines, body, found, session.out.name_of, marks=marks, told=partial(shown_for, session))
    fitting, whole = drawn(session.out.width), drawn(None)
    session.out.print(fitting)
    if any(line not in whole for line in fitting if line[:1] in GUIDES):
        session.out.note(text("note.parts"))
    _defaults(session, body)
    if body.get("tree"):  # before it is accepted nothing of its face stands anywhere
        session.out.say(totals_line(body["totals"], found["currency"]))
        _tiers(session, body, str(found["currency"]), "penetration")
    _groups(session, body, str(found["currency"]))


def _defaults(session: Session, body: dict[str, Any]) -> None:
    """In what banks recorded the debtor, where they did."""
    for one in body.get("defaults") or ():
        session.out.say(text("trace.in_default", what=default_said(one)))


def _tiers(session: Session, trace: dict[str, Any], currency: str, *left_out: str) -> None:
    """The table by tier, and that it is of what shows, where that is not all."""
    session.out.rows(by_tier_rows(trace, currency), tier_columns(trace, *left_out))
    if is_partial(trace):
        session.out.note(text("trace.at_least"))


def _groups(session: Session, body: dict[str, Any], currency: str) -> None:
    """The leaves of one currency grouped as --group-by asked, as a table."""
    groups = (body.get("groups") or {}).get(currency)
    if groups:
        session.out.rows(*group_rows(groups, currency))


@trace.command("token", help="trace.token")
@argument("token")
@AT
@FORMAT
def token(token: str, at: str | None, form: str | None) -> None:
    """The path of one token from the anchor on."""
    session = current_session()
    identifier = object_id(session, TOKEN, token)
    body = session.client.get(f"/v1/tokens/{identifier}/path", at=at)
    chosen = _form(session, form)
    if chosen in {"json", "jsonl"}:
        session.out.form = chosen
        session.out.json(body)
        return
    hops = body.get("hops") or body.get("path") or body.get("data") or []
    session.out.form = "csv" if chosen == "csv" else "table"
    currency = str(body.get("currency") or (body.get("token") or {}).get("currency") or "CNY")
    session.out.rows([{"currency": currency, **_with_amount(hop)} for hop in hops], HOPS)


def _with_amount(hop: dict[str, Any]) -> dict[str, Any]:
    return {"amount": int(hop["hi"]) - int(hop["lo"]), **hop} if "hi" in hop else hop


@trace.command("anchor", help="trace.anchor")
@argument("party")
@AT
@by_value
@FORMAT
@GROUP_BY
def anchor(party: str, form: str | None, **parameters: Any) -> None:
    """An anchor's penetration by tier, one table a currency."""
    session = current_session()
    identifier = session.party_id(party)
    body = _read(session, f"/v1/trace/anchors/{identifier}", _form(session, form), parameters)
    if body is None:
        return
    groups = [(code, one) for code, one in per_currency(body) if one["totals"].get("face") or one.get("by_tier")]
    if not groups:
        roles = session.registered(identifier).get("roles") or ("anchor",)
        session.out.note(text("trace.nothing" if "anchor" in roles else "trace.no_anchor"))
    _defaults(session, body)
    for currency, group in groups:
        session.out.say(f"{session.out.name_of(identifier)} · {currency} · {totals_line(group['totals'], currency)}")
        _tiers(session, group, currency)
        _groups(session, body, currency)


def per_currency(body: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """The tables of an anchor's or a party's trace by currency."""
    return [(str(group["currency"]), group) for group in body.get("currencies") or ()]


@trace.command("party", help="trace.party")
@argument("party")
@AT
@by_value
@FORMAT
def party(party: str, form: str | None, **parameters: Any) -> None:
    """What a party has from whom."""
    session = current_session()
    identifier = session.party_id(party)
    body = _read(session, f"/v1/trace/parties/{identifier}", _form(session, form), parameters)
    if body is None:
        return
    tables = [(code, [(name, table[name]) for name in TABLES if table.get(name)]) for code, table in per_currency(body)]
    if not any(found for _, found in tables):
        session.out.note(text("note.none"))
    for currency, found in tables:
        if found:
            session.out.say(f"{session.registered_name(identifier)} · {currency}")
        for name, entries in found:
            rows = [{"currency": currency, **row} for row in entries]
            session.out.say(text(f"trace.{name}"))
            session.out.rows(rows, columns_of(rows))


AMOUNTS = {
    "amount", "held", "financed", "reached", "face", "live", "settled", "diluted", "void", "financed_ever", "interest",
    "fees", "sum", "pledged",
}  # fmt: skip
NUMBERS = {"tier", "count", "tokens", "financings"}
FIGURES = {"mean_rate", "mean_cost"}
PARTIES = {"from", "to", "party", "bank", "debtor", "holder", "anchor", "creditor"}


def columns_of(rows: list[dict[str, Any]]) -> list[Column]:
    """Columns for rows whose fields are not known beforehand."""
    found = (name for row in rows for name, value in row.items() if not isinstance(value, list | dict))
    names = list(dict.fromkeys(found))
    of_kind = {"amount": AMOUNTS, "party": PARTIES, "int": NUMBERS, "figure": FIGURES}
    kinds = {name: kind for kind, members in of_kind.items() for name in members}
    return [Column(name, "hop" if name == "kind" else kinds.get(name, "text")) for name in names]
