"""`token`: list, offers, show, split, merge, transfer, accept, reject, recall, return; of pledges: pledge, release,
enforce; of orders: freeze, unfreeze, force; of sales: sell, buy; prepay; write-off."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chainbill_cli import claiming, described, ordering, pledging, prepaying, selling
from chainbill_cli.answers import answer_write
from chainbill_cli.currencies import currency_for
from chainbill_cli.early import shown_for
from chainbill_cli.failure import Failure, usage
from chainbill_cli.kit import argument, noun, option
from chainbill_cli.lookup import TOKEN, object_id, read_token
from chainbill_cli.marks import mark_said, marks_on
from chainbill_cli.plain_acts import plain_commands
from chainbill_cli.plain_reads import plain_reads
from chainbill_cli.preview import Preview, asks
from chainbill_cli.session import Session
from chainbill_cli.texts import bracketed, enumerated, text
from chainbill_cli.transferring import preview_transfer, read_transfer
from chainbill_cli.values import positive_amount
from chainbill_cli.writing import Writing, call, write, writes
from chainbill_cli.writing_off import add_write_off

token = noun("token")
plain_commands(token)
token.add_command(pledging.offer, "pledge")
token.add_command(pledging.release, "release")
token.add_command(pledging.enforce, "enforce")
token.add_command(ordering.freeze, "freeze")
token.add_command(ordering.release, "unfreeze")
token.add_command(ordering.transfer, "force")
add_write_off(token)
token.add_command(selling.sell, "sell")
token.add_command(selling.buy, "buy")
token.add_command(prepaying.offer, "prepay")
token.add_command(claiming.ask, "recourse")
token.add_command(claiming.paid, "buyback")


def usable(session: Session, typed: str, currency: str | None = None) -> dict[str, Any]:
    """The acting party's token that was meant; offline only its id and the currency named for it are known.

    currency: as typed for the amounts, "" when it was left out; None when no amount is typed at all.
    """
    if session.offline:
        known = "" if currency is None else currency_for(session, currency, {})
        return {"id": object_id(session, TOKEN, typed), "currency": known, "amount": None}
    found = read_token(session, typed, acting=session.party)
    currency_for(session, currency or "", found)
    return found


def one_currency(tokens: list[dict[str, Any]]) -> str:
    """The currency of tokens used together."""
    found = sorted({str(one["currency"]) for one in tokens})
    if len(found) != 1:
        raise usage("token.different_currencies", found=enumerated(found))
    return found[0]


@token.command("split", help="token.split")
@argument("token")
@option("--amount", "amounts", metavar="AMOUNT", multiple=True, help="token.opt_split")
@option("--currency", metavar="CODE", default="", help="option.currency_check")
@writes
def split(session: Session, writing: Writing, token: str, amounts: tuple[str, ...], currency: str) -> None:
    """Cut a token into parts."""
    if not amounts:
        raise usage("token.no_parts")
    found = usable(session, token, currency)
    minors = [positive_amount(amount, found["currency"]) for amount in amounts]
    preview = None
    if asks(session) and found["amount"] is not None:
        preview = Preview("preview.token_split").line("column.token", found["id"])
        for minor in minors:
            preview.money("column.amount", minor, found["currency"])
        preview.money("preview.remains", max(0, found["amount"] - sum(minors)), found["currency"])
    outcome = write(session, writing, [call("token", "split", token=found["id"], amounts=minors)], preview)
    answer_write(session, outcome, "tokens", currency=str(found["currency"]))


@token.command("merge", help="token.merge")
@argument("tokens", nargs=-1, required=True)
@writes
def merge(session: Session, writing: Writing, tokens: tuple[str, ...]) -> None:
    """Undo a cut."""
    found = [usable(session, typed) for typed in tokens]
    preview = None
    if asks(session) and not session.offline:
        preview = Preview("preview.token_merge")
        for one in found:
            preview.money(one["id"], one["amount"], one["currency"])
        preview.money("column.sum", sum(one["amount"] for one in found), found[0]["currency"])
    outcome = write(session, writing, [call("token", "merge", tokens=[one["id"] for one in found])], preview)
    answer_write(session, outcome, "token")


@token.command("transfer", help="token.transfer")
@argument("tokens", nargs=-1, required=True)
@option("--to", "to", metavar="PARTY:AMOUNT", multiple=True, help="token.opt_to")
@option("--payees", metavar="FILE", default="", help="token.opt_payees")
@option("--total", metavar="AMOUNT", default="", help="token.opt_total")
@option("--currency", metavar="CODE", default="", help="option.currency_check")
@writes
def transfer(session: Session, writing: Writing, tokens: tuple[str, ...], currency: str, **typed: Any) -> None:
    """Offer tokens, or parts of them; what is left stays with the holder."""
    found = [usable(session, one, currency) for one in tokens]
    currency = one_currency(found)
    transfer = read_transfer(session, found, currency, **typed)
    preview = preview_transfer(session, transfer) if asks(session) and not session.offline else None
    arguments = {"tokens": [one["id"] for one in found], "recipients": transfer.recipients}
    outcome = write(session, writing, [call("token", "transfer", **arguments)], preview)
    answer_write(session, outcome, "tokens", "remainder", "remainders", currency=currency)


@token.command("return", help="token.return")
@argument("token")
@writes
def return_(session: Session, writing: Writing, token: str) -> None:
    """Give an accepted token back."""
    identifier = object_id(session, TOKEN, token) if session.offline else usable(session, token)["id"]
    names = ("token", "offered_to=given_back_to", "until")
    _step(session, writing, identifier, "give_back", "preview.token_return", *names)


def _step(
    session: Session, writing: Writing, typed: str, function: str, title: str, *names: str, **others: Any
) -> None:
    identifier = object_id(session, TOKEN, typed)
    preview = None
    if asks(session) and not session.offline:
        found = read_token(session, identifier)
        preview = Preview(title)
        described.token(session, preview, found)
        if others.get("reason"):
            preview.line("column.reason", str(others["reason"]))
        if function == "give_back":
            _tell_giver(session, preview, identifier)
    outcome = write(session, writing, [call("token", function, token=identifier, **others)], preview)
    answer_write(session, outcome, *names)


def _tell_giver(session: Session, preview: Preview, identifier: str) -> None:
    """To whom a token is given back: who transferred it to the acting party last."""
    try:
        hops = session.client.get(f"{TOKEN.path}/{identifier}/path").get("hops") or ()
    except Failure:
        return
    givers = [str(one["from"]) for one in hops if one["kind"] == "transfer" and one["to"] == session.party]
    if givers:
        preview.party(session, "column.given_back_to", givers[-1]).line("preview.mark_well", text("token.return_waits"))


def _to_whom(session: Session, filters: dict[str, Any]) -> None:
    """To the acting party, unless others are named."""
    if not filters["to"] and not filters["from"]:
        filters["to"] = session.party


def _marked(session: Session, row: Mapping[str, Any]) -> dict[str, Any]:
    """A token with what was written off of it behind its status, as the tree of its bill says it; see `shown_for`."""
    row = shown_for(session, row)
    said = mark_said(row, marks_on(session, str(row["bill"])))
    return {**row, "status": bracketed(text(f"value.{row['status']}"), said) if said else row["status"]}


plain_reads(token, ready={"offers": _to_whom}, told={"token": _marked, "tokens": shown_for})
