"""Writes: what is sent, what is answered, and how a write that is not answered ends."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest
from chainbill_cli import preview as previews
from chainbill_cli.validity import AT_ONCE_MS
from cli.cli_fakes import (
    BILL,
    GENESIS_HASH,
    NETWORK,
    NODE_2,
    PARTIES,
    QUOTE,
    REQUEST,
    TOKEN,
    FakeNode,
    Shell,
    an_id,
    bill,
    listing,
    ok,
    problem,
    token,
)  # fmt: skip

from chainbill.ledger.envelope import verify_signatures

PENDING = httpx.Response(202, json={"id": "00", "status": "pending"})


def test_issue(shell: Shell, node: FakeNode) -> None:
    node.result = {"bill": BILL}
    answer = shell.run("bill", "issue", "--debtor", "anchor", "--amount", "1,000.00", "--due", "+120d", "-o", "json")
    transaction = node.transactions[0]
    assert answer == {"transaction": transaction.id.hex(), "status": "committed", "height": 8, "bill": BILL}
    assert verify_signatures(transaction)
    assert transaction.keys == (("ed25519", shell.keys["supplier1"].public),)
    assert (transaction.party, transaction.network) == (PARTIES["supplier1"], GENESIS_HASH)
    assert node.call == (
        "bill",
        "issue",
        {
            "debtor": PARTIES["anchor"], "creditor": PARTIES["supplier1"], "face": 100_000, "currency": "CNY",
            "due_on": "2026-06-30", "invoices": [], "contract_no": "", "delivered_on": "", "terms": {}, "reference": "",
        },
    )  # fmt: skip
    assert shell.err.splitlines()[0] == f"transaction {transaction.id.hex()}"


def test_the_debtor_issues_for_a_named_creditor(shell: Shell, node: FakeNode) -> None:
    words = ["bill", "issue", "--debtor", "anchor", "--amount", "1", "--due", "2026-06-30", "--term", "min_split=100.5"]
    shell.run(*words, profile="anchor", expect=2)
    shell.run(*words, "--creditor", PARTIES["supplier2"], profile="anchor")
    assert node.call[2]["creditor"] == PARTIES["supplier2"]
    assert node.call[2]["terms"] == {"min_split": 10_050}


@pytest.mark.parametrize(("typed", "currency", "minor"), [
    ("100", "CNY", 10_000), ("1,000.00", "CNY", 100_000), ("100", "JPY", 100), ("0.001", "CNY", None),
    ("1.5", "JPY", None), ("0", "CNY", None), ("-1", "CNY", None), ("true", "CNY", None), ("", "CNY", None),
])  # fmt: skip
def test_the_smallest_piece_is_typed_as_amounts_are(
    shell: Shell, node: FakeNode, typed: str, currency: str, minor: int | None
) -> None:
    """A plain integer was read as minor units, where every other amount is in major units."""
    words = ["bill", "issue", "--debtor", "anchor", "--amount", "500", "--currency", currency, "--due", "2026-06-30"]
    shell.run(*words, "--term", f"min_split={typed}", expect=0 if minor else 2)
    if minor:
        assert node.call[2]["terms"] == {"min_split": minor}


@pytest.mark.parametrize(
    ("words", "contract", "function", "arguments"),
    [
        (["bill", "confirm", BILL], "bill", "confirm", {"bill": BILL}),
        (["bill", "accept", BILL.lower()], "bill", "accept", {"bill": BILL}),
        (["bill", "reject", BILL, "--reason", "no"], "bill", "reject", {"bill": BILL, "reason": "no"}),
        (["bill", "withdraw", BILL], "bill", "withdraw", {"bill": BILL, "reason": ""}),
        (["bill", "cancel", BILL], "bill", "cancel", {"bill": BILL, "reason": ""}),
        (["token", "accept", TOKEN], "token", "accept", {"token": TOKEN}),
        (["token", "reject", TOKEN], "token", "reject", {"token": TOKEN, "reason": ""}),
        (["token", "recall", TOKEN], "token", "recall", {"token": TOKEN}),
        (["finance", "agree", QUOTE], "finance", "agree", {"quote": QUOTE}),
        (["finance", "decline", REQUEST], "finance", "decline", {"request": REQUEST}),
        (["finance", "withdraw", REQUEST], "finance", "withdraw", {"request": REQUEST}),
    ],
)
def test_simple_steps(
    shell: Shell, node: FakeNode, words: list[str], contract: str, function: str, arguments: object
) -> None:
    shell.run(*words, "-o", "json")
    assert node.call == (contract, function, arguments)


def test_transfer_answers_with_token_objects(shell: Shell, node: FakeNode) -> None:
    part, rest = an_id("T", "part"), an_id("T", "rest")
    node.answers[f"GET /v1/tokens/{TOKEN}"] = ok(token())
    node.answers[f"GET /v1/tokens/{part}"] = ok({**token(part, amount=30_000), "as_of": {"height": 8}})
    node.result = {"tokens": [part], "remainder": rest, "remainders": [rest]}
    answer = shell.run("token", "transfer", TOKEN, "--to", "supplier2:300.00", "-o", "json")
    assert node.call[2] == {"tokens": [TOKEN], "recipients": [{"party": PARTIES["supplier2"], "amount": 30_000}]}
    assert answer["tokens"] == [token(part, amount=30_000)]
    assert answer["remainder"] == rest
    assert "remainders" not in answer
    assert node.requests[-1].url.params["at"] == "8"


def test_transfer_refuses_before_anything_is_sent(shell: Shell, node: FakeNode, tmp_path: Path) -> None:
    node.answers[f"GET /v1/tokens/{TOKEN}"] = ok(token())
    shell.run("token", "transfer", TOKEN, expect=2)
    shell.run("token", "transfer", TOKEN, "--to", "supplier2:1000.01", expect=2)
    assert "1,000.00" in shell.err
    shell.run("token", "transfer", TOKEN, "--to", "supplier2:10万", expect=2)
    assert "100,000.00" in shell.err
    shell.run("token", "transfer", TOKEN, "--to", "nobody:1", expect=2)
    assert not node.transactions
    payees = tmp_path / "payees.csv"
    payees.write_text("supplier2,1.00\nanchor,2.00\n", encoding="utf-8")
    shell.run("token", "transfer", TOKEN, "--payees", str(payees))
    assert [one["amount"] for one in node.call[2]["recipients"]] == [100, 200]


def test_quote_and_disburse(shell: Shell, node: FakeNode) -> None:
    node.answers[f"GET /v1/finance/requests/{REQUEST}"] = ok({"id": REQUEST, "currency": "CNY", "amount": 5})
    node.answers[f"GET /v1/finance/quotes/{QUOTE}"] = ok({"id": QUOTE, "currency": "CNY", "net": 24_679_167})
    node.result = {"quote": QUOTE, "interest": 1, "net": 2, "days": 3}
    shell.run("finance", "quote", REQUEST, "--rate", "3.85", profile="bank2", expect=2)
    assert "--no-recourse" in shell.err
    answer = shell.run("finance", "quote", REQUEST, "--rate", "3.85", "--no-recourse", "-o", "json", profile="bank2")
    assert (answer["quote"], answer["interest"], answer["net"], answer["days"]) == (QUOTE, 1, 2, 3)
    assert node.call[2] == {
        "request": REQUEST, "rate": 38_500, "recourse": False, "basis": "act/360", "fee": 0, "value_date": "",
        "disburse_by": "", "valid_until": "", "interest_payer": "holder", "needs_label": {},
    }  # fmt: skip
    shell.run("finance", "disburse", QUOTE, "--reference", "PAY-1", "--registration", "ZD-1", profile="bank2")
    assert node.call[2] == {
        "quote": QUOTE, "reference": "PAY-1", "value_date": "2026-03-02", "amount": 0, "registration": "ZD-1",
    }  # fmt: skip


def test_settle(shell: Shell, node: FakeNode) -> None:
    node.answers[f"GET /v1/bills/{BILL}"] = ok(bill())
    node.result = {"payments": [{"party": PARTIES["supplier1"], "token": TOKEN, "amount": 5, "status": "instructed"}]}
    words = ["bill", "settle", BILL, "--amount", "1000.00", "--reference", "PAY-2"]
    answer = shell.run(*words, "-o", "json", profile="bank1")
    assert answer["payments"] == node.result["payments"]
    assert node.call == (
        "settlement", "settle",
        {"bill": BILL, "amount": 100_000, "reference": "PAY-2", "value_date": "2026-03-02", "partial": False},
    )  # fmt: skip
    shell.run(*words, profile="bank1")
    assert "0.05" in shell.out


def test_refused_in_the_block(shell: Shell, node: FakeNode) -> None:
    node.answers["POST /v1/transactions"] = problem(422, "not_the_debtor", hint="ask the debtor")
    found = shell.run("bill", "confirm", BILL, "-o", "json", expect=3)
    assert found["code"] == "not_the_debtor"
    assert len(found["transaction"]) == 64
    assert "ask the debtor" in shell.err


def test_pending_is_exit_6_with_the_id(shell: Shell, node: FakeNode) -> None:
    node.answers["POST /v1/transactions"] = PENDING
    found = shell.run("bill", "confirm", BILL, "-o", "json", "--timeout", "0.3", expect=6)
    assert found["status"] == "pending"
    assert found["transaction"] in shell.err
    sent = {request.content for request in node.requests if request.method == "POST"}
    assert len(sent) == 1, "the same transaction is asked for again, never a new one"


def test_accepted_does_not_wait(shell: Shell, node: FakeNode) -> None:
    node.answers["POST /v1/transactions"] = PENDING
    answer = shell.run("bill", "confirm", BILL, "--wait", "accepted", "-o", "json")
    assert answer["status"] == "accepted"


def test_a_lost_answer_is_asked_of_the_next_node(shell: Shell, node: FakeNode) -> None:
    def lost(request: httpx.Request) -> httpx.Response:
        raise httpx.ReadError("gone", request=request)

    node.answers["node1.test POST /v1/transactions"] = lost
    answer = shell.run("bill", "confirm", BILL, "-o", "json")
    assert answer["status"] == "committed"
    posts = [request for request in node.requests if request.method == "POST"]
    assert len({request.content for request in posts}) == 1
    assert str(posts[-1].url).startswith(NODE_2)


def test_no_answer_at_all_is_pending_when_it_may_have_arrived(shell: Shell, node: FakeNode) -> None:
    def lost(request: httpx.Request) -> httpx.Response:
        raise httpx.ReadTimeout("late", request=request)

    node.answers["POST /v1/transactions"] = lost
    found = shell.run("bill", "confirm", BILL, "-o", "json", "--timeout", "0.3", expect=6)
    assert found["status"] == "pending"


def test_not_reached_is_exit_5(shell: Shell, node: FakeNode) -> None:
    def away(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused", request=request)

    node.answers["POST /v1/transactions"] = away
    found = shell.run("bill", "confirm", BILL, "-o", "json", expect=5)
    assert len(found["transaction"]) == 64


def test_repeated_is_said(shell: Shell, node: FakeNode) -> None:
    node.answers["POST /v1/transactions"] = ok({"status": "committed", "height": 4, "result": {}, "repeated": True})
    assert shell.run("bill", "confirm", BILL, "-o", "json")["repeated"] is True


def test_dry_run(shell: Shell, node: FakeNode) -> None:
    node.answers["POST /v1/transactions/simulate"] = ok(
        {"id": "00", "status": "ok", "result": {"token": TOKEN}, "gas": 9}
    )
    answer = shell.run("bill", "accept", BILL, "--dry-run", "-o", "json")
    assert (answer["status"], answer["token"], answer["gas"]) == ("simulated", TOKEN, 9)
    refused = {"id": "00", "status": "refused", "reason": "not_the_creditor", "code": "not_the_creditor", "detail": "x"}
    node.answers["POST /v1/transactions/simulate"] = ok(refused)
    assert shell.run("bill", "accept", BILL, "--dry-run", "-o", "json", expect=3)["code"] == "not_the_creditor"
    assert not node.transactions


@pytest.mark.parametrize("language", ["en", "zh"])
def test_preview_and_question(shell: Shell, node: FakeNode, monkeypatch: pytest.MonkeyPatch, language: str) -> None:
    asked: list[str] = []
    monkeypatch.setattr(previews, "asks", lambda _: True)
    monkeypatch.setattr("chainbill_cli.commands.token.asks", lambda _: True)
    monkeypatch.setattr(previews, "confirm", lambda line, **_: asked.append(line) or False)
    monkeypatch.setattr("chainbill_cli.foreseen.refuse_foreseen", lambda *_: None)  # this node's rows are made up
    node.answers[f"GET /v1/tokens/{TOKEN}"] = ok(token())
    node.answers[f"GET /v1/bills/{BILL}"] = ok(bill())
    shell.run("--lang", language, "token", "transfer", TOKEN, "--to", "supplier2:300.00", expect=1)
    assert len(asked) == 1
    assert not node.transactions
    shown = shell.err
    assert ("公司supplier2" if language == "zh" else "Company supplier2") in shown
    for part in ("300.00 CNY", "700.00 CNY", "2026-06-30", PARTIES["supplier2"]):
        assert part in shown
    assert ("叁佰" in shown) == (language == "zh")


def test_nobody_is_asked_without_a_terminal(shell: Shell, node: FakeNode, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(previews, "confirm", lambda *_, **__: pytest.fail("asked"))
    shell.run("bill", "confirm", BILL, profile="anchor")
    assert len(node.transactions) == 1


def test_validity_follows_the_ledgers_clock(shell: Shell, node: FakeNode) -> None:
    offset = 40 * 86_400_000
    node.answers["GET /v1/network"] = ok({**NETWORK, "clock_offset_ms": offset})
    shell.run("bill", "confirm", BILL, profile="anchor")
    import time

    ahead = node.transactions[0].valid_until_ms - time.time_ns() // 1_000_000
    assert abs(ahead - offset - AT_ONCE_MS) < 60_000


def test_list_of_pages_is_read_for_a_prefix(shell: Shell, node: FakeNode) -> None:
    other = an_id("B", "other")
    pages = {"": listing(bill(), after="next"), "next": listing(bill(id=other))}
    node.answers["GET /v1/bills"] = lambda request: ok(pages[request.url.params.get("after", "")])
    shell.run("bill", "confirm", other[:8], profile="anchor")
    assert node.call[2] == {"bill": other}
    shell.run("bill", "confirm", "BZZZZZ", profile="anchor", expect=1)
    shell.run("bill", "confirm", other[:5], profile="anchor", expect=2)
    shell.run("bill", "confirm", TOKEN, profile="anchor", expect=2)
    wrong = other[:-1] + ("0" if other[-1] != "0" else "1")
    shell.run("bill", "confirm", wrong, profile="anchor", expect=2)
    assert "check character" in shell.err
    node.answers["GET /v1/bills"] = ok(listing(bill(id=other[:7] + "0" * 11), bill(id=other)))
    shell.run("bill", "confirm", other[:7], profile="anchor", expect=2)
    assert "could be any of" in shell.err


@pytest.mark.parametrize("status", ["moved", "reversed"])
def test_a_token_that_passed_its_cents_on_stands_for_its_successor(shell: Shell, node: FakeNode, status: str) -> None:
    new = an_id("T", "new")
    me = PARTIES["supplier2"]
    node.answers[f"GET /v1/tokens/{TOKEN}"] = ok(token(status=status, ended=9))
    node.answers[f"GET /v1/bills/{BILL}/tokens"] = ok(
        listing(token(status=status), token(new, parent=TOKEN, holder=me, amount=100_000))
    )
    node.result = {"request": REQUEST}
    words = ["finance", "request", TOKEN, "--to", "bank1", "--amount", "5.00"]
    shell.run(*words, profile="supplier2")
    assert node.call[2]["token"] == new
    assert new in shell.err
    shell.run(*words, profile="supplier1")
    assert node.call[2]["token"] == TOKEN, "somebody else's successor is not taken"


def test_closed_reads_are_signed_after_the_first_401(shell: Shell, node: FakeNode) -> None:
    def closed(request: httpx.Request) -> httpx.Response:
        return ok(listing(bill())) if "signature-input" in request.headers else problem(401, "signature_missing")

    node.answers["GET /v1/bills"] = closed
    assert shell.run("bill", "list", "-o", "json") == [bill()]
    assert shell.keys["supplier1"].public.hex() in node.requests[-1].headers["signature-input"]
    found = shell.run("bill", "list", "-o", "json", profile="", expect=4)
    assert found["code"] == "signature_missing"
