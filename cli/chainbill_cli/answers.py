"""How commands answer: a write with its transaction, a list with its date, one thing."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar

import click

from chainbill_cli.call_text import ANSWER_HEADINGS, result_text
from chainbill_cli.failure import Failure
from chainbill_cli.kit import option, stack
from chainbill_cli.money_said import AMOUNTS, currency_of
from chainbill_cli.output import Column, amount_text
from chainbill_cli.session import Session
from chainbill_cli.texts import bracketed, enumerated, text
from chainbill_cli.when import When
from chainbill_cli.writing import Outcome

Function = TypeVar("Function", bound=Callable[..., Any])
Summed = Callable[[Sequence[Mapping[str, Any]]], Mapping[str, Mapping[str, int]]]
"""The entries of a list → the key of the word of each kind, "" for none → sums by currency."""

ANSWER_KINDS = {
    **dict.fromkeys(AMOUNTS, "amount"),
    "transaction": "id", "status": "status", "height": "int", "bill": "id", "token": "id", "request": "id",
    "quote": "id", "remainder": "id", "days": "int", "proposal": "id", "gas": "int",
    "payment_status": "status", "decision": "proposal", "party_status": "status", "mandate_status": "mandate",
    "order": "id", "party": "party", "size": "size", "dispute": "id", "dispute_status": "dispute", "until": "date",
    "bank": "party", "offered_to": "party", "auditor": "party", "validators": "list", "tokens": "list", "steps": "list",
    "remainders": "list", "parties": "list",
    "debtor": "party", "successor": "party", "change": "id", "recovery": "id", "acts_on": "date",
    "joint": "id", "joint_status": "joint", "bill_status": "status", "waits_for": "party", "paying_bank": "party",
    "order_status": "legal_order", "freezes": "list", "entry": "id", "entry_status": "entry", "objected_on": "date",
    "fingerprints": "list",
    "pledge": "id", "pledge_status": "pledge", "claim_status": "claim", "moved": "list", "freed": "list",
    "scheme": "id", "product": "id", "product_status": "product", "event": "id", "bills": "list",
    "guarantor": "party", "demanded_on": "date", "asked": "party",
    "valid_until": "time", "change_status": "change", "recovery_status": "change", "from": "date",
}  # fmt: skip


def answer_write(session: Session, outcome: Outcome, *names: str, currency: str = "", **ready: Any) -> None:
    """Print what a write gave: transaction, status, height, the named parts of its result, and `ready` ones.

    names: members of the result, `name=heading` where its column says something else.
    `tokens` among them becomes a list of token objects as they are after the commit.
    """
    answer: dict[str, Any] = {"transaction": outcome.transaction, "status": outcome.status}
    if outcome.height is not None:
        answer["height"] = outcome.height
    headings = dict(ANSWER_HEADINGS)
    for name, _, heading in (one.partition("=") for one in names):
        if name in outcome.result:
            answer[name] = outcome.result[name]
        if heading:
            headings[name] = f"column.{heading}"
    if len(answer.get("remainders") or ()) < 2:
        answer.pop("remainders", None)
    if outcome.status == "committed" and "tokens" in answer:
        answer["tokens"] = [_token_at(session, token, outcome.height) for token in answer["tokens"]]
    answer.update({name: value for name, value in ready.items() if value is not None})
    answer.update({name: value for name, value in outcome.extra.items() if value is not None})
    if outcome.status == "accepted":
        session.out.note(text("note.accepted", id=outcome.transaction))
    if session.out.form in {"json", "jsonl"}:
        session.out.json(answer)
        return
    shown = {**answer, "currency": currency or currency_of(session, outcome.result, answer)}
    if isinstance(shown.get("tokens"), list):
        session.out.learn(str(one["offered_to"]) for one in shown["tokens"] if _is_offer(one))
        shown["tokens"] = [_token_line(session, token) for token in shown["tokens"]]
    names = tuple(name for name in answer if not (name == "repeated" and answer[name] is False) and answer[name] != [])
    session.out.thing(shown, [Column(name, ANSWER_KINDS.get(name, "text"), headings.get(name, "")) for name in names])


def answer_results(session: Session, outcome: Outcome, calls: Sequence[Mapping[str, Any]] = ()) -> None:
    """Print all that a transaction of any kind gave: the result of its only call, or `results` of several.

    calls: the arguments of each, which say in which currency amounts are. A result's own `status` is not the write's:
    it is printed as `payment_status`, `decision` or `party_status`.
    """
    found = list(outcome.results)
    named = [*calls, *({} for _ in found)]
    people = session.out.form not in {"json", "jsonl"}
    currencies = [
        currency_of(session, _fields(one), given) if people else ""
        for one, given in zip(found, named, strict=False)
    ]  # fmt: skip
    if len(found) > 1:
        told = [result_text(session, one, currency) for one, currency in zip(found, currencies, strict=True)]
        answer_write(session, outcome, results=told if people else found)
        return
    fields = own_fields(_fields(found[0]) if found else {})
    currency = "".join(currencies)
    if people:  # what stands at the top is a column; what stands in it is told in words
        fields = {name: result_text(session, one, currency) if _nested(one) else one for name, one in fields.items()}
    answer_write(session, replace(outcome, results=(fields,)), *fields, currency=currency)


def _nested(value: Any) -> bool:
    """Whether a value holds others by name."""
    return isinstance(value, Mapping) or (isinstance(value, list | tuple) and any(map(_nested, value)))


def _fields(result: Any) -> Mapping[str, Any]:
    return result if isinstance(result, Mapping) else {"result": result}


OWN_STATUSES = (
    ("proposal", "decision"),
    ("bill", "payment_status"),
    ("party", "party_status"),
    ("debtor", "mandate_status"),
    ("change", "change_status"),
    ("recovery", "recovery_status"),
)


def own_fields(result: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a call's result under names that the answer of a write does not have already."""
    ready = {name: value for name, value in result.items() if name not in {"transaction", "status", "height"}}
    if "status" in result:
        name = next((name for field, name in OWN_STATUSES if field in result), "result_status")
        ready[name] = result["status"]
    return ready


def _token_at(session: Session, token: Any, height: int | None) -> Any:
    """A token as it is after the commit; its id alone where no node answers now: the write stays done."""
    try:
        return read_at(session, "/v1/tokens", token, height)
    except Failure as failure:
        session.out.note(text("note.not_read", what=token, why=str(failure)))
        return {"id": token}


def _is_offer(token: Any) -> bool:
    return isinstance(token, Mapping) and bool(token.get("offered_to"))


def _token_line(session: Session, token: Any) -> str:
    if not isinstance(token, Mapping):
        return str(token)
    if "amount" not in token:
        return str(token.get("id"))
    currency = str(token["currency"])
    amount = f"{amount_text(int(token['amount']), currency)} {currency}"
    payee = [session.out.name_of(str(token["offered_to"]))] if _is_offer(token) else []
    return bracketed(token.get("id"), enumerated([amount, *payee]))


def read_at(session: Session, path: str, identifier: Any, height: int | None) -> Any:
    """An object as it was after a height."""
    body = session.client.get(f"{path}/{identifier}", at=height)
    return {name: value for name, value in body.items() if name != "as_of"} if isinstance(body, dict) else body


def without_as_of(body: Any) -> Any:
    """An object of a read, taken out of its envelope if it has one."""
    if isinstance(body, dict) and set(body) <= {"data", "as_of"} and "data" in body:
        return body["data"]
    return body


def lists(function: Function) -> Function:
    """Give a command the options of a list: --limit, --after, --count, --at."""
    options = stack(
        [
            option("--limit", type=click.IntRange(1, 1000), default=50, show_default=True, help="option.limit"),
            option("--after", metavar="CURSOR", default=None, help="option.after"),
            option("--count", "to_the_end", is_flag=True, help="option.count"),
            option("--at", type=When(), metavar="WHEN", default=None, help="option.at"),
        ]
    )
    return options(function)


def by_value(function: Function) -> Function:
    """Give a command the options of figures by value date: --basis, --known-at."""
    options = stack(
        [
            option("--basis", type=click.Choice(["recorded", "value"]), default=None, help="option.basis_of_figures"),
            option("--known-at", type=When(), metavar="WHEN", default=None, help="option.known_at"),
        ]
    )
    return options(function)


def newest(function: Function) -> Function:
    """Give a command the options of a list that comes whole, its newest entries first: --limit, --at."""
    options = stack(
        [
            option("--limit", type=click.IntRange(1, 1000), default=50, show_default=True, help="option.limit"),
            option("--at", type=When(), metavar="WHEN", default=None, help="option.at"),
        ]
    )
    return options(function)


def answer_newest(
    session: Session,
    path: str,
    columns: Sequence[Column],
    /,
    told: Callable[[Mapping[str, Any]], Mapping[str, Any]] | None = None,
    *,
    limit: int,
    in_csv: bool = False,
    summed: Summed | None = None,
    **parameters: Any,
) -> None:
    """Read a whole list, which a node gives by id, and print its newest entries first, at most `limit`."""
    pages = session.client.pages(path, **parameters)
    found, body = _whole(pages)
    found.sort(key=lambda row: str(row.get("id")))
    found.sort(key=lambda row: int((row.get("created") or {}).get("height") or 0), reverse=True)
    people = told is not None and (session.out.form == "table" or (in_csv and session.out.form == "csv"))
    session.out.rows([told(row) for row in found[:limit]] if told is not None and people else found[:limit], columns)
    if len(found) > limit:
        session.out.note(text("note.newest", count=len(found), limit=limit))
    if session.out.form == "table" and found:
        total = _sums_by_kind(summed(found)) if summed else ""
        if total or len(found) <= limit:
            session.out.note(text("note.count" if total else "note.count_alone", count=len(found), sum=total))
        _tell_when(session, body.get("as_of") or {})


def _whole(pages: Generator[dict[str, Any], None, dict[str, Any]]) -> tuple[list[dict[str, Any]], Mapping[str, Any]]:
    """All entries of a list, and what its last page said of it."""
    found = []
    while True:
        try:
            found.append(next(pages))
        except StopIteration as end:
            return found, end.value or {}


def _tell_when(session: Session, as_of: Mapping[str, Any]) -> None:
    """Say below a table at which height its entries stood so."""
    if as_of:
        session.out.note(text("note.as_of", height=as_of.get("height"), date=as_of.get("date")))


def answer_list(
    session: Session,
    path: str,
    columns: Sequence[Column],
    /,
    told: Callable[[Mapping[str, Any]], Mapping[str, Any]] | None = None,
    *,
    to_the_end: bool = False,
    in_csv: bool = False,
    adds: str = "",
    **parameters: Any,
) -> None:
    """Read a list and print it: JSON is the array of entries, [] when there is none.

    told: how an entry is told to people, in tables, and `in_csv`. to_the_end: have the node count it to the end. adds:
    what the node adds up, by its name.
    """
    body = session.client.get(path, **parameters)
    rows = body["data"] if isinstance(body, dict) else body
    people = session.out.form == "table" or (in_csv and session.out.form == "csv")
    session.out.rows([told(row) for row in rows] if told is not None and people else rows, columns)
    if isinstance(body, dict):
        whole = counted(session, path, body, parameters) if to_the_end else body
        tell_whole(session, whole, asked=to_the_end, of_leaves=path.endswith("/tokens"), summed=_summed(columns, adds))


def _summed(columns: Sequence[Column], adds: str) -> str:
    """What the sum of a list is called where several columns are amounts; adds: the path of the column that it is of,
    "" for the one that has a name of its own.
    """
    amounts = [column for column in columns if column.kind == "amount"]
    wanted = {adds} if adds else {"face"}
    return next((one.title for one in amounts if one.path in wanted and len(amounts) > 1), "")


def _sums_by_kind(sums: Mapping[str, Mapping[str, Any]]) -> str:
    """Sums of different kinds of money, which do not add up. sums: key of the word of a kind, "" for none → sums."""
    said = ((key and f"{text(key)}{text('root.colon')}", _sums_said(one)) for key, one in sums.items() if one)
    return text("root.semicolon").join("".join(one) for one in said)


def _sums_said(sums: Mapping[str, Any]) -> str:
    return enumerated(f"{amount_text(int(minor), currency)} {currency}" for currency, minor in sums.items())


def counted(session: Session, path: str, body: Mapping[str, Any], parameters: Mapping[str, Any]) -> Mapping[str, Any]:
    """The page with the totals of the whole list: a node counts on with each page that is asked for."""
    found = body
    turned: set[str] = set()
    while not found.get("count_complete", True) and found.get("next"):
        session.client.turn(path, str(found["next"]), turned)
        found = session.client.get(path, **{**parameters, "limit": 1, "after": found["next"]})
    totals = {name: found[name] for name in ("count", "sum", "sum_by_kind") if name in found}
    return {**{name: value for name, value in body.items() if name != "count_complete"}, **totals}


def tell_whole(
    session: Session, body: Mapping[str, Any], *, asked: bool = False, of_leaves: bool = False, summed: str = ""
) -> None:
    """Say on stderr what a page is a part of: the whole list's totals, in tables; that more follows, in every form.

    summed: the column that is summed, where there are several. of_leaves: the sum leaves out tokens that were split,
    moved or reversed, whose cents stand in others; so it is said.
    Where the node counted a part only it says so in every form: what looks like a total would be none.
    """
    table, whole = session.out.form == "table", body.get("count_complete", True)
    total = _sums_said(body.get("sum") or {})
    if body.get("sum_by_kind"):  # different kinds of money do not add up
        total = _sums_by_kind({f"value.receipt_{kind}": sums for kind, sums in body["sum_by_kind"].items()})
    if total and summed:
        total = f"{summed} {total}"
    if total and of_leaves:
        total = text("note.of_leaves", sum=total)
    if not whole:
        session.out.note(text("note.count_partial", count=body["count"], sum=total or "0"))
    elif total and (table or asked):
        session.out.note(text("note.count", count=body.get("count", len(body["data"])), sum=total))
    elif (table and body["data"] and "count" in body) or asked:
        session.out.note(text("note.count_alone", count=body.get("count", len(body["data"]))))
    as_of = body.get("as_of") or {}
    if as_of.get("basis"):
        tell_basis(session, body)
    elif table and body["data"]:
        _tell_when(session, as_of)
    if body.get("next"):
        session.out.note(text("note.more", cursor=body["next"]))


def tell_basis(session: Session, body: Any) -> None:
    """Say on stderr, in every form, that figures are by value date: of which day, and known at which height."""
    as_of = (body.get("as_of") if isinstance(body, Mapping) else None) or {}
    if as_of.get("basis") == "value":
        known = as_of["known_at"]
        session.out.note(text("note.by_value", day=as_of["valued_on"], height=known["height"], date=known["date"]))
