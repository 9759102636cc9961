"""`block`: list, show, tail."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from typing import Any

import click

from chainbill.shown import shown
from chainbill_cli.answers import answer_list, lists, without_as_of
from chainbill_cli.failure import usage
from chainbill_cli.half_width import half_width
from chainbill_cli.kit import argument, noun, option
from chainbill_cli.moments import moment_said
from chainbill_cli.output import Column, ranked
from chainbill_cli.session import Session, current_session

BLOCK_ROWS = ranked(
    "height time transactions proposer id app_hash",
    Column("height", "int"), Column("time", "time"), Column("id", "id"), Column("proposer", "id"),
    Column("transactions", "int"), Column("app_hash", "id"),
)  # fmt: skip
BLOCK_FIELDS = (
    Column("height", "int"), Column("id", "id"), Column("time", "time"), Column("date", "date"),
    Column("proposer", "id"), Column("protocol", "int"), Column("parent", "id"), Column("parent_certificate", "id"),
    Column("tx_count", "int"), Column("tx_root", "id"), Column("transactions", "list", "column.transaction_ids"),
    Column("wire_ids", "list"), Column("evidence_count", "int"), Column("evidence_root", "id"),
    Column("app_hash", "id"), Column("receipts_count", "int"), Column("receipts_root", "id"),
    Column("history_root", "id"), Column("validators_hash", "id"), Column("next_validators_hash", "id"),
    Column("certificate.hash", "id"), Column("certificate.round", "int"), Column("network", "id"),
)  # fmt: skip
POLL_S = 0.5
NAMED = re.compile("0|[1-9][0-9]{0,17}|[0-9a-f]{64}|head")
"""How a block may be named: by height, by id, or the newest."""

block = noun("block")


@block.command("list", help="block.list")
@lists
def list_(**filters: Any) -> None:
    """List blocks."""
    session = current_session()
    names = proposer_names(session) if session.out.form == "table" else {}
    answer_list(session, "/v1/blocks", BLOCK_ROWS, told=lambda row: with_name(row, names), **filters)


def proposer_names(session: Session) -> dict[str, str]:
    """Public key → name of the validators of today."""
    return {str(one["key"]): str(one.get("name") or "") for one in session.client.get("/v1/validators")["data"]}


def with_name(block: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    """A block as people read it: its proposer by name, where it is a validator still."""
    key = str(block.get("proposer", ""))
    return {**block, "proposer": names.get(key) or key}


@block.command("show", help="block.show")
@argument("block", default="head", metavar="[HEIGHT|ID|head]")
def show(block: str) -> None:
    """Show a block."""
    session = current_session()
    meant = half_width(block).strip().lower()
    if not NAMED.fullmatch(meant):
        raise usage("block.bad", value=block)
    body = without_as_of(session.client.get(f"/v1/blocks/{meant}"))
    columns = [Column(name) for name in body if name != "as_of"]
    if session.out.form == "table":
        body, columns = with_name(body, proposer_names(session)), list(BLOCK_FIELDS)
    session.out.thing(body, columns)


@block.command("tail", help="block.tail")
@option("--count", type=click.IntRange(1), default=None, help="block.opt_count")
def tail(count: int | None) -> None:
    """Print blocks as they are made, until stopped."""
    session = current_session()
    if session.out.form == "json":
        session.out.form = "jsonl"
    height = int(without_as_of(session.client.get("/v1/blocks/head"))["height"])
    printed = 0
    while count is None or printed < count:
        head = int(without_as_of(session.client.get("/v1/blocks/head"))["height"])
        while height <= head and (count is None or printed < count):
            found = without_as_of(session.client.get(f"/v1/blocks/{height}"))
            if session.out.form == "jsonl":
                session.out.json(found)
            else:
                time_said = moment_said(str(found.get("time", "")))
                parts = (found["height"], time_said, found.get("id", ""), transactions_in(found))
                click.echo(shown("  ".join(map(str, parts))))
            height += 1
            printed += 1
        time.sleep(POLL_S)


def transactions_in(found: dict[str, Any]) -> int:
    """How many transactions a block has, whichever way it says so."""
    value = found.get("transactions", found.get("transaction_count", 0))
    return len(value) if isinstance(value, list) else int(value or 0)
