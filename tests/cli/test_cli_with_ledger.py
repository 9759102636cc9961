"""Commands against the real ledger and contracts in this process."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable

import pytest
from cli.cli_desk import Desk, accepted_bill

pytestmark = pytest.mark.untraced


def test_a_bill_through_all_its_commands(desk: Desk) -> None:
    bill, token = accepted_bill(desk)
    moved = desk.json("supplier1", "token", "transfer", token, "--to", "supplier2:600.00", "--to", "supplier3:50.00")
    first, second = (one["id"] for one in moved["tokens"])
    desk.json("supplier2", "token", "accept", first)
    assert "no cent" not in desk.err
    desk.json("supplier3", "token", "reject", second, "--reason", "too late")
    asked = desk.json("supplier2", "finance", "request", first, "--to", "bank1", "--to", "bank2", "--amount", "300.00")
    assert "has moved" in desk.err
    desk.json("bank1", "finance", "decline", asked["request"])
    quoted = desk.json("bank2", "finance", "quote", asked["request"], "--rate", "4", "--recourse", "--fee", "1.00")
    desk.json("supplier2", "finance", "agree", quoted["quote"][:9])
    paid = desk.json("bank2", "finance", "disburse", quoted["quote"], "--reference", "P1", "--registration", "Z1")
    assert (paid["net"], paid["interest"]) == (quoted["net"], quoted["interest"])
    for words in (
        ["bill", "list"], ["bill", "show", bill], ["bill", "history", bill], ["token", "list", "--bill", bill[:8]],
        ["token", "show", first], ["finance", "list", "--bank", "bank2"], ["finance", "show", asked["request"]],
        ["finance", "show", quoted["quote"]], ["trace", "bill", bill], ["trace", "token", paid["token"]],
        ["trace", "anchor", "anchor"], ["trace", "party", "supplier2"], ["party", "list"], ["party", "show", "bank1"],
        ["block", "list"], ["block", "show"], ["block", "tail", "--count", "1"], ["network", "show"],
        ["calendar", "show"], ["governance", "list"], ["party", "account", "supplier1"], ["party", "policy", "anchor"],
        ["tx", "show", paid["transaction"]], ["node", "status"], ["node", "wait", "--height", "3"], ["version"],
    ):  # fmt: skip
        assert desk.text("--as", "auditor", *words, "-o", "jsonl").strip() or words[0] in {"governance", "party"}
        for language in ("en", "zh"):
            desk.text("--as", "auditor", "--lang", language, *words)
            if words[0] in {"bill", "token", "finance", "trace"}:
                assert desk.out.strip(), words
    tree = desk.text("--lang", "zh", "trace", "bill", bill)
    assert "融资" in tree
    assert "supplier2" in tree
    assert second not in tree, "a piece that was joined again is not shown"
    for words in (["trace", "bill", bill], ["trace", "anchor", "anchor"], ["trace", "party", "bank2"]):
        rows = list(csv.reader(io.StringIO(desk.text(*words, "--format", "csv").lstrip("\ufeff"))))
        assert len(rows) > 1
        assert json.loads(desk.text(*words, "--format", "json"))["as_of"]
    assert json.loads(desk.text("trace", "bill", bill, "--at", "3", "-o", "json"))["tree"] is None
    early = desk.text("--lang", "zh", "trace", "bill", bill, "--at", "3")
    assert "尚无已签收的凭证" in early
    assert early.count("票面") == 1, "its face stood above, and below as 0.00"
    settled = desk.json("bank1", "bill", "settle", bill, "--amount", "250.00", "--reference", "S1", expect=3)
    assert settled["hint"]
    desk.json("bank1", "bill", "settle", bill, "--amount", "250.00", "--reference", "S1", "--partial")
    last = desk.json("bank1", "bill", "settle", bill, "--amount", "750.00", "--reference", "S2")
    assert sum(one["amount"] for one in last["payments"]) == 75_000
    assert desk.json("auditor", "bill", "show", bill)["status"] == "settled"


def test_every_write_has_a_preview(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    from chainbill_cli import preview

    monkeypatch.setattr(preview, "person", lambda: True)
    monkeypatch.setattr(preview, "confirm", lambda *_, **__: True)
    step = {"n": 0}

    def write(who: str, *words: str) -> None:
        step["n"] += 1
        desk.text("--as", who, "--lang", "zh" if step["n"] % 2 else "en", *words)
        assert "(9199" in desk.err or "CNY" in desk.err, desk.err
        assert "--yes" in desk.err

    newest = lambda *words: desk.json("auditor", *words, "list")[-1]["id"]  # noqa: E731
    write("supplier1", "bill", "issue", "--debtor", "anchor", "--amount", "1000", "--due", "+120d")
    number = newest("bill")
    write("anchor", "bill", "confirm", number)
    write("supplier1", "bill", "accept", number)
    root = newest("token")
    write("supplier1", "token", "split", root, "--amount", "400")
    parts = [one["id"] for one in desk.json("supplier1", "token", "list", "--holder", "supplier1")]
    write("supplier1", "token", "merge", *parts)
    [whole] = [one["id"] for one in desk.json("supplier1", "token", "list", "--holder", "supplier1")]
    write("supplier1", "token", "transfer", whole, "--to", "supplier2:500")
    [offered] = [one["id"] for one in desk.json("supplier1", "token", "list", "--lock", "offered")]
    write("supplier2", "token", "accept", offered)
    write("supplier2", "finance", "request", offered, "--to", "bank1", "--amount", "100")
    request = newest("finance")
    write("bank1", "finance", "quote", request, "--rate", "3", "--no-recourse")
    quote = desk.json("auditor", "finance", "show", request)["quotes"][0]["id"]
    write("supplier2", "finance", "agree", quote)
    write("bank1", "finance", "disburse", quote, "--reference", "P")
    write("supplier1", "finance", "request", newest_of(desk, "supplier1"), "--to", "bank1")
    write("bank1", "finance", "decline", desk.json("auditor", "finance", "list", "--status", "open")[0]["id"])
    write("bank1", "bill", "settle", number, "--amount", "1000", "--reference", "S")
    assert desk.json("auditor", "bill", "show", number)["status"] == "settled"


def newest_of(desk: Desk, holder: str) -> str:
    return str(desk.json("auditor", "token", "list", "--holder", holder)[-1]["id"])


def test_exits_of_a_bill(desk: Desk) -> None:
    ids = [
        desk.json("supplier1", "bill", "issue", "--debtor", "anchor", "--amount", "5", "--due", "+4m")["bill"]
        for _ in range(3)
    ]
    desk.json("supplier1", "bill", "withdraw", ids[0], "--reason", "mistake")
    desk.json("anchor", "bill", "reject", ids[1])
    desk.json("anchor", "bill", "confirm", ids[2])
    desk.json("anchor", "bill", "cancel", ids[2])
    assert [desk.json("auditor", "bill", "show", one)["status"] for one in ids] == [
        "withdrawn",
        "rejected",
        "cancelled",
    ]
    assert [one["id"] for one in desk.json("auditor", "bill", "list", "--status", "cancelled")] == [ids[2]]


def test_tokens_are_cut_joined_and_given_back(desk: Desk) -> None:
    _, token = accepted_bill(desk)
    parts = desk.json("supplier1", "token", "split", token, "--amount", "300.00", "--amount", "200.00")["tokens"]
    assert [part["amount"] for part in parts] == [30_000, 20_000, 50_000]
    merged = desk.json("supplier1", "token", "merge", *(part["id"] for part in parts))["token"]
    offered = desk.json("supplier1", "token", "transfer", merged, "--to", "supplier2:1000")["tokens"][0]["id"]
    back = desk.json("supplier1", "token", "recall", offered)["token"]
    offered = desk.json("supplier1", "token", "transfer", back, "--to", "supplier2:1000")["tokens"][0]["id"]
    desk.json("supplier2", "token", "accept", offered)
    given = desk.json("supplier2", "token", "return", offered)["token"]
    desk.json("supplier1", "token", "accept", given)
    held = desk.json("auditor", "token", "list", "--holder", "supplier1")
    assert sum(one["amount"] for one in held) == 100_000


def test_requests_are_withdrawn(desk: Desk) -> None:
    _, token = accepted_bill(desk)
    asked = desk.json("supplier1", "finance", "request", token, "--to", "bank1")
    assert asked["remainder"] == ""
    assert desk.json("supplier1", "finance", "withdraw", asked["request"])["token"]


def test_clock(desk: Desk) -> None:
    before = json.loads(desk.text("network", "show", "-o", "json"))["date"]
    moved = json.loads(desk.text("localnet", "clock", "--advance", "30d", "-o", "json"))
    assert moved["date"] > before
    desk.text("localnet", "clock", "--to", before, expect=3)
    desk.text("localnet", "clock", "--to", "+2d", "--advance", "1d", expect=2)
    desk.text("localnet", "clock", "--advance", "soon", expect=2)
    assert json.loads(desk.text("localnet", "clock", "-o", "json"))["date"] == moved["date"]


def test_closed_reads(new_desk: Callable[..., Desk]) -> None:
    desk = new_desk(public_reads=False)
    assert json.loads(desk.text("bill", "list", "-o", "json", expect=4))["status"] == 401
    assert set(json.loads(desk.text("node", "status", "-o", "json"))) == {"ready", "reason"}
    assert desk.json("anchor", "node", "status")["height"] == 1
    bill, token = accepted_bill(desk)
    assert desk.json("supplier1", "bill", "accept", bill, "--dry-run", expect=3)["code"]
    assert [one["id"] for one in desk.json("anchor", "bill", "list")] == [bill]
    assert desk.json("supplier3", "bill", "list") == []
    assert desk.json("supplier3", "token", "show", token, expect=1)["status"] == 404


def test_use_2_issued_again_from_another_machine_there_is_one_bill(desk: Desk) -> None:
    issue = ["bill", "issue", "--debtor", "anchor", "--amount", "5.00", "--due", "2036-03-31", "--reference", "PO-1"]
    first = desk.json("supplier1", *issue)
    assert first["repeated"] is False
    second = desk.json("supplier1", *issue)
    assert (second["bill"], second["repeated"]) == (first["bill"], True)
    assert second["transaction"] != first["transaction"]
    assert "repeated" in desk.text("--as", "supplier1", *issue)
    assert [one["id"] for one in desk.json("supplier1", "bill", "list")] == [first["bill"]]
    issue[5] = "5.01"
    told = desk.json("supplier1", *issue, expect=3)
    assert (told["code"], told["details"]["bill"]) == ("reference_used_otherwise", first["bill"])
    assert "PO-1" in told["detail"]


def test_programs_are_told_who_decides_and_where(desk: Desk) -> None:
    """`network show -o json` had a count of validators alone, its table their keys and addresses."""
    shown = desk.json("auditor", "network", "show")
    assert len(shown["validator_set"]) == shown["validators"]
    for one in shown["validator_set"]:
        assert {"name", "party", "alg", "key", "address"} <= set(one)
        assert len(bytes.fromhex(one["key"])) == 32
    assert all({"id", "address", "connected"} <= set(one) for one in shown["peers"])


def test_a_bill_that_was_never_accepted_says_how_it_ended(desk: Desk) -> None:
    """Its history ended with its making, or with its confirmation."""
    issued = [
        desk.json("supplier1", "bill", "issue", "--debtor", "anchor", "--amount", f"{amount}.00", "--due", "+30d")[
            "bill"
        ]
        for amount in (10, 20, 30)
    ]
    heights = [
        desk.json("supplier1", "bill", "withdraw", issued[0], "--reason", "x")["height"],
        desk.json("anchor", "bill", "reject", issued[1], "--reason", "x")["height"],
    ]
    desk.json("anchor", "bill", "confirm", issued[2])
    heights.append(desk.json("supplier1", "bill", "reject", issued[2], "--reason", "x")["height"])
    ends = [desk.json("auditor", "bill", "history", bill)[-1] for bill in issued]
    supplier, anchor = (desk.json("auditor", "party", "show", name)["id"] for name in ("supplier1", "anchor"))
    assert [(one["kind"], one["from"]) for one in ends] == [
        ("withdrawn", supplier), ("rejected", anchor), ("rejected", supplier),
    ]  # fmt: skip
    assert all(one["date"] for one in ends)
    assert [one["height"] for one in ends] == heights
    assert "撤回" in desk.text("--lang", "zh", "bill", "history", issued[0])


def test_every_step_of_a_bill_has_its_row_with_height_and_transaction(desk: Desk) -> None:
    """A confirmation had no height, and that a payee had its money had no row."""
    bill, token = accepted_bill(desk, "100.00")
    desk.json("bank1", "bill", "settle", bill, "--amount", "100.00", "--reference", "P-1")
    desk.json("supplier1", "bill", "received", bill, token)
    steps = desk.json("auditor", "bill", "history", bill)
    kinds = ["created", "confirm", "issue", "received", "settled", "payment_acknowledged"]
    assert [one["kind"] for one in steps] == kinds
    assert all(one["height"] and one["date"] for one in steps)
    heights = [one["height"] for one in steps]
    assert heights == sorted(heights)
    assert steps[1]["transaction"]
    payee = desk.json("auditor", "party", "show", "supplier1")["id"]
    assert (steps[-1]["from"], steps[-1]["amount"]) == (payee, 10_000)
    assert "确认收妥" in desk.text("--lang", "zh", "bill", "history", bill)


def test_a_request_says_who_declined_and_what_ended_it(desk: Desk) -> None:
    """use: a request that all banks had declined read as if its holder had taken it back."""
    _, root = accepted_bill(desk)
    asked = desk.json("supplier1", "finance", "request", root, "--to", "bank1", "--to", "bank2")["request"]
    for bank, said in (("bank1", ["已谢绝的银行", "bank1"]), ("bank2", ["终止原因", "银行均已谢绝"])):
        desk.json(bank, "finance", "decline", asked)
        shown = desk.text("--as", "supplier1", "--lang", "zh", "finance", "show", asked)
        assert said in [line.split() for line in shown.splitlines()]
