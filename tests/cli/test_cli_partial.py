"""Closed networks: what a reader may not see is counted, so that trees, totals, tables and CSV add up."""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Callable

import pytest
from chainbill_cli.penetration import group_rows, tree_lines
from chainbill_cli.texts import text
from cli.cli_desk import Desk, accepted_bill


@pytest.fixture
def closed(new_desk: Callable[..., Desk]) -> tuple[Desk, str]:
    desk = new_desk(public_reads=False)
    number, token = accepted_bill(desk)
    desk.json("supplier1", "token", "transfer", token, "--to", "supplier2:600.00")
    offered = desk.json("supplier2", "token", "list", "--lock", "offered", "--bill", number)[0]["id"]
    desk.json("supplier2", "token", "accept", offered)
    held = desk.json("supplier2", "token", "list", "--holder", "supplier2")[0]["id"]
    moved = desk.json("supplier2", "token", "transfer", held, "--to", "supplier3:150.00")["tokens"][0]["id"]
    desk.json("supplier3", "token", "accept", moved)
    return desk, number


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text.lstrip("\ufeff"))))


@pytest.mark.parametrize("who", ["supplier1", "supplier2", "supplier3", "anchor"])
def test_a_partial_view_of_a_bill_adds_up(closed: tuple[Desk, str], who: str) -> None:
    desk, number = closed
    body = desk.json(who, "trace", "bill", number)
    hidden = (body["totals"].get("hidden") or {}).get("amount", 0)
    told = desk.text("--as", who, "trace", "bill", number)
    assert "not shown to you" in told or not hidden
    assert f"{hidden / 100:,.2f}" in told or not hidden
    rows = rows_of(desk.text("--as", who, "trace", "bill", number, "--format", "csv"))
    assert sum(round(float(row["amount"]) * 100) for row in rows) == 100_000
    assert any(row["status"] == "hidden" for row in rows) == bool(hidden)


def test_a_partial_view_exists(closed: tuple[Desk, str]) -> None:
    desk, number = closed
    assert desk.json("supplier3", "trace", "bill", number)["totals"]["hidden"]["amount"] > 0
    told = desk.text("--as", "supplier3", "--lang", "zh", "trace", "bill", number, "--group-by", "status")
    assert told.count("对您不可见") >= 4, "in the tree, the totals, the table by tier and the groups"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_partial_view_keeps_the_amount_at_80_columns_and_says_what_is_a_least(
    closed: tuple[Desk, str], monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    """The row of what does not show was empty, and a bank that sees no transfers read that nothing was reached."""
    desk, number = closed
    for who, read in (
        ("supplier3", ("bill", number)),
        ("bank1", ("bill", number)),
        ("supplier3", ("anchor", "anchor")),
    ):
        with monkeypatch.context() as patched:
            patched.setenv("COLUMNS", "80")
            patched.setattr(type(sys.stdout), "isatty", lambda _: True, raising=False)
            told = desk.text("--as", who, "--lang", language, "trace", *read)
        assert text("trace.at_least")[:12] in desk.err, who
        said = text("trace.not_shown")
        rows = [line for line in told.splitlines() if line.startswith(said)]
        hidden = desk.json(who, "trace", "bill", number)["totals"]["hidden"]["amount"]
        assert bool(rows) == bool(hidden)
        assert all(f"{hidden / 100:,.2f}" in line for line in rows), (who, told)


@pytest.mark.parametrize("who", ["supplier1", "supplier3", "anchor"])
def test_a_partial_view_of_an_anchor_adds_up(closed: tuple[Desk, str], who: str) -> None:
    desk, _ = closed
    rows = rows_of(desk.text("--as", who, "trace", "anchor", "anchor", "--format", "csv"))
    assert sum(round(float(row["amount"]) * 100) for row in rows) == 100_000
    desk.text("--as", who, "trace", "anchor", "anchor", "--group-by", "tier,party")


def test_trees_with_roots_and_leaves_that_do_not_show() -> None:
    def drawn(tree: object) -> str:
        bill = {"id": "B", "debtor": "anchor", "face": 1000, "currency": "CNY"}
        return "\n".join(tree_lines({"tree": tree}, bill, str, None))

    assert "not shown to you: 10.00 CNY in 2 tokens" in drawn({"children": [], "hidden": {"amount": 1000, "tokens": 2}})
    token = {"id": "T", "holder": "a", "amount": 1000, "currency": "CNY", "status": "moved", "tier": 1}
    inner = {**token, "id": "U", "children": [], "hidden": {"amount": 600, "tokens": 1}}
    told = drawn({**token, "children": [inner], "folded": {"amount": 400, "tokens": 3}})
    assert "not shown to you: 6.00 CNY" in told
    assert "deeper: 4.00 CNY in 3 tokens" in told


def test_a_tree_says_which_leaf_is_pledged() -> None:
    bill = {"id": "B", "debtor": "anchor", "face": 1000, "currency": "CNY"}
    token = {"id": "T", "holder": "a", "amount": 1000, "currency": "CNY", "status": "live", "tier": 1}
    for locks, told in (([{"kind": "pledged", "ref": "K"}], True), ([{"kind": "offered", "ref": "transfer"}], False)):
        [_, leaf] = tree_lines({"tree": {**token, "locks": locks}}, bill, str, None)
        assert (" · pledged · T" in leaf) is told


def test_groups_with_nothing_that_shows() -> None:
    rows, columns = group_rows([{"hidden": {"amount": 5, "tokens": 1}}], "CNY")
    assert [column.path for column in columns] == ["status", "amount", "currency", "tokens"]
    assert rows == [{"status": "not shown to you", "amount": 5, "tokens": 1, "currency": "CNY"}]
