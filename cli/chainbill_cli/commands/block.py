"""`block`: list, show, tail."""

from __future__ import annotations

import time
from typing import Any

import click

from chainbill_cli.answers import answer_list, lists, without_as_of
from chainbill_cli.kit import argument, noun, option
from chainbill_cli.output import Column
from chainbill_cli.session import current_session

BLOCK_ROWS = (
    Column("height", "int"), Column("time", "date"), Column("id", "id"), Column("proposer", "id"),
    Column("transactions", "int"), Column("app_hash", "id"),
)  # fmt: skip
POLL_S = 0.5

block = noun("block")


@block.command("list", help="block.list")
@lists
def list_(**filters: Any) -> None:
    """List blocks."""
    answer_list(current_session(), "/v1/blocks", BLOCK_ROWS, **filters)


@block.command("show", help="block.show")
@argument("block", default="head", metavar="[HEIGHT|ID|head]")
def show(block: str) -> None:
    """Show a block."""
    session = current_session()
    body = without_as_of(session.client.get(f"/v1/blocks/{block}"))
    session.out.thing(body, [Column(name, _kind(name)) for name in body if name != "as_of"])


def _kind(name: str) -> str:
    return "int" if name == "height" else "text"


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
                click.echo(
                    f"{found['height']}  {found.get('time', '')}  {found.get('id', '')}  {transactions_in(found)}"
                )
            height += 1
            printed += 1
        time.sleep(POLL_S)


def transactions_in(found: dict[str, Any]) -> int:
    """How many transactions a block has, whichever way it says so."""
    value = found.get("transactions", found.get("transaction_count", 0))
    return len(value) if isinstance(value, list) else int(value or 0)
