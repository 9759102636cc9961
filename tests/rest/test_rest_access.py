"""Closed reads: role × address × owner, what is hidden and that it is counted, and refusals at the gate."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from chainbill_node.rest.app import create_operations_app
from chainbill_node.rest.hosts import AllowedHosts
from rest.bill_book import ANCHOR, BANKS, SUPPLIERS, BillBook
from rest.conftest import NOW_MS, TestClient, app_of, signed_get
from rest.node_twin import TwinNode, key_of, wire_of
from rest.test_rest_errors import check

S1, S2, S3, S4, S5, S6 = SUPPLIERS
ReadAs = Callable[[str, str], httpx.Response]

EVERYBODY = ["REGULATOR", "AUDITOR", ANCHOR, S1, S2, S3, S4, S5, *BANKS, "BANK4"]
OPEN_PATHS = ["/health", "/ready", "/version", "/openapi.json", "/docs", "/", "/web/page.js"]
NETWORK_PATHS = ["/v1/network", "/v1/validators", "/v1/peers", "/v1/mempool", "/v1/blocks", "/v1/blocks/head",
                 "/v1/contracts", "/v1/calendar/2026", "/v1/governance/proposals"]  # fmt: skip
LIST_PATHS = ["/v1/bills", "/v1/tokens", "/v1/finance/requests", "/v1/parties", f"/v1/offers?to={S4}"]


@pytest.mark.parametrize("path", OPEN_PATHS)
def test_operations_and_pages_are_open_on_a_closed_network(closed: TestClient, path: str) -> None:
    assert closed.get(path).status_code == 200


def test_a_closed_network_says_yes_or_no_to_strangers_and_the_rest_to_members(example: tuple[BillBook, str]) -> None:
    """security 20: /ready and /metrics of a closed network named its validators to anybody."""
    node = TwinNode(example[0], public_reads=False)
    with app_of(node) as client:
        assert client.get("/ready").json() == {"ready": True, "reason": ""}
        node.ready, node.fault = False, "storage: /secret/place"
        for language, words in (("en", "closed"), ("zh", "不开放")):
            stranger = client.get("/ready", headers={"Accept-Language": language})
            assert (stranger.status_code, set(stranger.json())) == (503, {"ready", "reason"})
            assert words in stranger.json()["reason"]
        assert client.get("/health").json() == {"status": "failed", "failed": None}
        check(client.get("/metrics"), 401, "signature_required")
        member = signed_get(client, S1, "/ready")
        assert (member.status_code, member.json()["reason"]) == (503, "halted: 2 of 3 signatures")
        assert member.json()["validator_key"]
        assert signed_get(client, S1, "/health").json()["failed"] == node.fault
        assert signed_get(client, S1, "/metrics").status_code == 200
        check(signed_get(client, "STRANGER", "/ready"), 401, "reader_key_unknown")
        check(signed_get(client, "STRANGER", "/metrics"), 401, "reader_key_unknown")


def test_the_operators_own_address_tells_all_about_the_node_and_nothing_of_the_ledger(
    example: tuple[BillBook, str],
) -> None:
    node = TwinNode(example[0], public_reads=False)
    node.ready, node.fault = False, "storage"
    with TestClient(create_operations_app(node, AllowedHosts(("node.test",)))) as client:
        assert client.get("/ready").json()["validator_key"]
        assert client.get("/health").json()["failed"] == "storage"
        assert client.get("/metrics").status_code == 200
        for path in ("/v1/network", "/v1/validators", "/", "/openapi.json", "/docs"):
            check(client.get(path), 404, "route_unknown")
        check(client.get("/metrics", headers={"Host": "rebound.example"}), 421, "host_not_allowed")


def test_every_other_read_asks_for_a_signature(closed: TestClient, example: tuple[BillBook, str]) -> None:
    document = closed.get("/openapi.json").json()
    asked = 0
    for path, operations in document["paths"].items():
        if "get" not in operations or path in OPEN_PATHS:
            continue
        filled = path.replace("{bill_id}", example[1]).replace("{party}", ANCHOR).replace("{year}", "2026")
        answer = closed.get(filled)
        body = check(answer, 401, "signature_required")
        assert "RFC 9421" in str(body["hint"])
        assert "keyid" in answer.headers["Accept-Signature"]
        asked += 1
    assert asked >= 30
    headers = {"Content-Type": "application/msgpack"}
    simulated = closed.post("/v1/transactions/simulate", content=wire_of(), headers=headers)
    check(simulated, 401, "signature_required")


@pytest.mark.parametrize("who", EVERYBODY)
def test_every_member_reads_the_network_and_gets_its_lists(read_as: ReadAs, who: str) -> None:
    for path in (*NETWORK_PATHS, *LIST_PATHS):
        answer = read_as(who, path)
        assert answer.status_code == 200, (who, path, answer.text)


# who sees the bill of the example, and of which holders it sees live tokens
SEEN = {
    "REGULATOR": {S1, S2, S3, *BANKS[:2]},
    "AUDITOR": None,
    ANCHOR: set(),
    S1: {S1},
    S2: {S2},
    S3: {S3},
    S4: None,  # was offered a token and refused: nothing of it is left to see
    S5: None,
    "BANK1": {"BANK1"},
    "BANK2": {"BANK2"},
    "BANK3": {S1, S2, S3, *BANKS[:2]},  # pays the bill for its debtor
    "BANK4": None,  # runs a validator and has no part in the bill
}


@pytest.mark.parametrize("who", EVERYBODY)
def test_who_sees_which_leaves(read_as: ReadAs, example: tuple[BillBook, str], who: str) -> None:
    _, bill = example
    expected = SEEN[who]
    paths = [f"/v1/bills/{bill}{end}" for end in ("", "/tokens", "/tree", "/history")] + [f"/v1/trace/bills/{bill}"]
    for path in paths:
        assert read_as(who, path).status_code == (404 if expected is None else 200), path
    listed = read_as(who, "/v1/bills").json()
    assert listed["count"] == (0 if expected is None else 1)
    assert read_as(who, "/v1/tokens?status=live").json()["count"] == len(
        [leaf for leaf in _live(example) if expected and leaf["holder"] in expected]
    )
    if expected is None:
        return
    trace = read_as(who, f"/v1/trace/bills/{bill}").json()
    assert {leaf["holder"] for leaf in trace["leaves"]} == expected
    hidden = trace["totals"].get("hidden", {"amount": 0, "tokens": 0})
    assert sum(leaf["amount"] for leaf in trace["leaves"]) + hidden["amount"] == 100_000_000
    assert sum(row["amount"] for row in trace["by_tier"]) + hidden["amount"] == 100_000_000
    assert len(trace["leaves"]) + hidden["tokens"] == len(_live(example))
    assert _tree_amount(trace["tree"]) == 100_000_000


def _live(example: tuple[BillBook, str]) -> list[dict[str, object]]:
    book, bill = example
    return [book.token(token) for token in book.live(bill)]


def _tree_amount(node: dict[str, object]) -> int:
    """Cents of the leaves of a tree, those hidden and folded too."""
    children: list[dict[str, object]] = node["children"]  # type: ignore[assignment]
    extra = sum(node[part]["amount"] for part in ("hidden", "folded") if part in node)  # type: ignore[index]
    if node.get("status") == "live":
        return int(node["amount"])  # type: ignore[call-overload]
    return extra + sum(_tree_amount(child) for child in children)


def test_a_supplier_sees_the_path_to_its_tokens(read_as: ReadAs, example: tuple[BillBook, str]) -> None:
    _, bill = example
    hops = read_as(S2, f"/v1/trace/bills/{bill}").json()["hops"]
    assert [(hop["kind"], hop["from"], hop["to"]) for hop in hops] == [
        ("issue", ANCHOR, S1), ("transfer", S1, S2), ("transfer", S2, S3), ("finance", S2, "BANK2"),
    ]  # fmt: skip
    assert hops[-1]["price"]["rate"] == 40_000
    seen = {token["holder"] for token in read_as(S2, f"/v1/bills/{bill}/tokens").json()["data"]}
    assert seen == {S1, S2}


def test_prices_of_others_do_not_show(read_as: ReadAs, example: tuple[BillBook, str]) -> None:
    book, bill = example
    financed = next(token for token in book.live(bill) if book.token(token)["holder"] == "BANK2")
    book.sell_on(financed, "BANK4")
    hops = read_as("BANK4", f"/v1/trace/bills/{bill}").json()["hops"]
    prices = {hop["kind"]: hop["price"] for hop in hops}
    assert prices["finance"] is None
    assert prices["sale"] == {"rate": 20_000, "days": 10}


@pytest.mark.parametrize("who", EVERYBODY)
def test_a_token_and_its_path_are_for_those_on_it(read_as: ReadAs, example: tuple[BillBook, str], who: str) -> None:
    book, bill = example
    token = next(token for token in book.live(bill) if book.token(token)["holder"] == S3)
    allowed = who in (S3, "REGULATOR", "BANK3")
    for path in (f"/v1/tokens/{token}", f"/v1/tokens/{token}/path"):
        assert read_as(who, path).status_code == (200 if allowed else 404), path


def test_a_bank_sees_the_whole_path_of_what_it_may_finance(read_as: ReadAs, example: tuple[BillBook, str]) -> None:
    book, bill = example
    token = next(token for token in book.live(bill) if book.token(token)["holder"] == S3)
    _request(book, "R1", S3, token, ["BANK4", "BANK1"])
    path = read_as("BANK4", f"/v1/tokens/{token}/path").json()
    assert [step["party"] for step in path["chain"]] == [S1, S2, S3]
    assert read_as("BANK2", f"/v1/tokens/{token}").status_code == 404


def _request(book: BillBook, name: str, holder: str, token: str, banks: list[str]) -> None:
    row = {
        "id": name, "holder": holder, "token": token, "bill": book.token(token)["bill"], "currency": "CNY",
        "amount": 100, "banks": banks, "status": "open", "quotes": ["Q1", "Q2"], "declined": ["BANK1"],
        "agreed_quote": "Q2", "until": "2026-02-01", "created": {"height": book.height, "transaction": ""},
    }  # fmt: skip
    book.put("finance", "request", name, row)
    for quote, bank in (("Q1", "BANK4"), ("Q2", "BANK1")):
        shown = {"id": quote, "request": name, "bank": bank, "bill": row["bill"], "rate": 1}
        book.put("finance", "quote", quote, shown)


@pytest.mark.parametrize(
    ("who", "request_seen", "quotes"),
    [("REGULATOR", True, {"Q1", "Q2"}), (S3, True, {"Q1", "Q2"}), ("BANK4", True, {"Q1"}), ("BANK1", True, {"Q2"}),
     ("BANK2", False, set()), (S2, False, set()), (ANCHOR, False, set()), ("AUDITOR", False, set())],
)  # fmt: skip
def test_rivals_do_not_see_each_other(
    read_as: ReadAs, example: tuple[BillBook, str], who: str, request_seen: bool, quotes: set[str]
) -> None:
    book, bill = example
    token = next(token for token in book.live(bill) if book.token(token)["holder"] == S3)
    _request(book, "R1", S3, token, ["BANK4", "BANK1"])
    answer = read_as(who, "/v1/finance/requests/R1")
    assert answer.status_code == (200 if request_seen else 404)
    assert read_as(who, "/v1/finance/requests").json()["count"] == int(request_seen)
    for quote in ("Q1", "Q2"):
        assert (read_as(who, f"/v1/finance/quotes/{quote}").status_code == 200) == (quote in quotes)
    if request_seen:
        body = answer.json()
        assert {quote["id"] for quote in body["quotes"]} == quotes
        if who.startswith("BANK"):
            assert body["banks"] == [who]
            assert body["hidden"] == {"banks": 1}
            assert (body["agreed_quote"], body["declined"]) == (("Q2", ["BANK1"]) if who == "BANK1" else ("", []))


def test_the_directory_is_for_members_and_details_for_those_close(read_as: ReadAs) -> None:
    assert set(read_as(S1, f"/v1/parties/{S2}").json()) == {
        "id", "names", "roles", "status", "halted_on", "identifiers", "since", "encryption_key", "standing",
        "defaults", "as_of",
    }  # fmt: skip
    for who in (S2, "BANK1", "REGULATOR"):
        assert {"policy", "sponsor", "accounts"} <= set(read_as(who, f"/v1/parties/{S2}").json())
    assert read_as("AUDITOR", f"/v1/parties/{S2}").json() == read_as(S1, f"/v1/parties/{S2}").json()
    assert read_as("AUDITOR", "/v1/parties").json()["count"] == read_as("REGULATOR", "/v1/parties").json()["count"]


def test_transactions_show_to_their_party(example: tuple[BillBook, str]) -> None:
    node = TwinNode(example[0], public_reads=False)
    record = node.commit(wire_of(S1), node.outcome_of(wire_of(S1)))
    with app_of(node) as client:
        path = f"/v1/transactions/{record.receipt.id.hex()}"
        for who in EVERYBODY:
            allowed = who in (S1, "REGULATOR")
            assert signed_get(client, who, path).status_code == (200 if allowed else 404)
            [shown] = signed_get(client, who, f"/v1/blocks/{record.height}/transactions").json()["data"]
            assert ("party" in shown) == allowed
            assert shown.get("hidden", False) == (not allowed)


def test_an_invoice_shows_to_those_it_concerns(read_as: ReadAs, example: tuple[BillBook, str]) -> None:
    """security 10: one fingerprint under two sellers' names; each sees its own, and that there is another."""
    book, bill = example
    part = {"fingerprint": "f1", "amount": 1, "total": 5}
    book.change("bill", bill, invoices=[part])
    of_s6 = book.draft(ANCHOR, S6, 1, invoices=[part])
    for seller, bills in ((S6, [bill, of_s6]), (S5, [book.draft("ANCHOR2", S5, 1, invoices=[part])])):
        book.put("invoice", "invoice", ("f1", seller), {
            "fingerprint": "f1", "seller": seller, "buyer": ANCHOR if seller == S6 else "ANCHOR2", "currency": "CNY",
            "total": 5, "occupied": 5, "bills": bills, "signed": 1, "status": "occupied",
        })  # fmt: skip
    book.put("invoice", "disputed", ("f1", S6), {"disputes": ["D1"]})
    book.put("invoice", "dispute", "D1", {"id": "D1", "fingerprint": "f1", "seller": S6, "by": S4, "status": "open"})
    body = read_as(S6, "/v1/invoices/f1").json()
    assert (body["claimed_twice"], body["hidden"]) == (True, {"invoices": 1})
    assert [(one["seller"], one["bills"], one["disputes"]) for one in body["invoices"]] == [(S6, [bill, of_s6], ["D1"])]
    [shown] = read_as(S3, "/v1/invoices/f1").json()["invoices"]
    assert (shown["bills"], shown["hidden"]) == ([bill], {"bills": 1})
    assert [one["seller"] for one in read_as(S5, "/v1/invoices/f1").json()["invoices"]] == [S5]
    assert len(read_as("REGULATOR", "/v1/invoices/f1").json()["invoices"]) == 2
    assert read_as("BANK4", "/v1/invoices/f2").status_code == 404
    listed = read_as("REGULATOR", "/v1/invoices").json()
    assert (listed["count"], listed["sum"]) == (2, {"CNY": 10})
    first = read_as("REGULATOR", "/v1/invoices?limit=1").json()
    rest = read_as("REGULATOR", f"/v1/invoices?limit=1&after={first['next']}").json()
    assert [one["seller"] for one in first["data"] + rest["data"]] == [one["seller"] for one in listed["data"]]
    assert read_as(S6, "/v1/disputes?status=open").json()["data"][0]["id"] == "D1"
    assert read_as(S5, "/v1/disputes/D1").status_code == 404


def _grant(book: BillBook, **changed: object) -> None:
    row = {"scope": "all", "from": "2026-01-01", "until": "", "status": "active", **changed}
    book.put("audit", "grant", ("AUDITOR", S2), row)


def test_an_auditor_sees_what_was_granted_while_it_is_granted(read_as: ReadAs, example: tuple[BillBook, str]) -> None:
    book, bill = example
    path = f"/v1/trace/bills/{bill}"
    assert read_as("AUDITOR", path).status_code == 404
    _grant(book)
    trace = read_as("AUDITOR", path).json()
    assert {leaf["holder"] for leaf in trace["leaves"]} == {S2}
    assert [row["mean_rate"] for row in trace["by_tier"]] == [None, None, None]
    assert read_as(S2, path).json()["by_tier"][1]["mean_rate"] == "4.0000"
    for reader, mean in (("AUDITOR", None), (S2, "4.0000")):
        [table] = read_as(reader, f"/v1/trace/parties/{S2}").json()["currencies"]
        assert [row["mean_rate"] for row in table["given"] if row["kind"] == "finance"] == [mean], reader
    assert read_as("AUDITOR", f"/v1/parties/{S2}").status_code == 200
    for changed in ({"until": "2026-02-03"}, {"from": "2026-02-05"}, {"status": "revoked"}, {"scope": ["B000"]}):
        _grant(book, **changed)
        assert read_as("AUDITOR", path).status_code == 404, changed
    for changed in ({"until": "2026-02-04"}, {"from": "2026-02-04"}, {"scope": [bill]}):
        _grant(book, **changed)
        assert read_as("AUDITOR", path).status_code == 200, changed


@pytest.mark.parametrize("ended", [{"status": "revoked"}, {"status": "resting"}, {"party": S1}])
def test_a_grant_lasts_no_longer_than_the_keys_that_gave_it(
    read_as: ReadAs, example: tuple[BillBook, str], ended: dict[str, str]
) -> None:
    """Who stole two admins' keys, or had a party registered that is another's, let an auditor read it; when the keys
    were replaced the auditor read on, by a grant that no list shows."""
    book, bill = example
    _grant(book, by=["a1" * 32, "a2" * 32])
    for key in ("a1" * 32, "a2" * 32):
        book.put("party", "key", key, {"party": S2, "status": "active"})
    assert read_as("AUDITOR", f"/v1/trace/bills/{bill}").status_code == 200
    book.put("party", "key", "a2" * 32, {"party": S2, "status": "active", **ended})
    assert read_as("AUDITOR", f"/v1/trace/bills/{bill}").status_code == 404


def test_a_grant_for_one_bill_shows_the_money_by_which_its_payee_was_paid(
    read_as: ReadAs, example: tuple[BillBook, str]
) -> None:
    """recomputing: receipts were missing where a party had let its auditor see some of its bills only."""
    book, bill = example
    token = next(token for token in book.live(bill) if book.token(token)["holder"] == S2)
    said = {"bill": bill, "amount": 100, "reference": "PAY-1"}
    row = {"digest": "", "value_date": "2026-02-04", "kind": "settlement", "result": {}, "transaction": "ab" * 32}
    book.put("settlement", "receipt", ("BANK3", "PAY-1"), {**row, **said, "height": book.height})
    payment = {"token": token, "party": S2, "account": "", "currency": "CNY", "status": "instructed", "bank": "BANK3"}
    book.put("settlement", "payment", (bill, token), {**payment, **said, "last_reference": "", "changed_on": ""})
    for scope, count in (([bill], 1), ("all", 1), (["B000"], 0)):
        _grant(book, scope=scope)
        assert read_as("AUDITOR", "/v1/receipts").json()["count"] == count, scope


def test_reads_of_supervisors_and_auditors_are_logged(read_as: ReadAs, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("INFO", "chainbill.rest.access"):
        read_as("REGULATOR", "/v1/bills?status=active")
        read_as(S1, "/v1/bills")
    [line] = [record.getMessage() for record in caplog.records if record.name == "chainbill.rest.access"]
    assert "party=REGULATOR" in line
    assert "/v1/bills?status=active" in line


def test_the_gate_refuses_unknown_revoked_and_replayed(closed: TestClient, example: tuple[BillBook, str]) -> None:
    book, _ = example
    check(signed_get(closed, "NOBODY", "/v1/network"), 401, "reader_key_unknown")
    late = signed_get(closed, S1, "/v1/network", created_s=NOW_MS // 1000 - 61)
    check(late, 401, "signature_time")
    check(signed_get(closed, S1, "/v1/network", Signature="chainbill=:AAAA:"), 401, "request_signature_invalid")
    first = signed_get(closed, S1, "/v1/network")
    assert first.status_code == 200
    check(closed.get("/v1/network", headers=dict(first.request.headers)), 401, "signature_replayed")
    book.party(S1, "supplier", status="closed")
    check(signed_get(closed, S1, "/v1/network"), 403, "party_may_not_read")
    book.party(S1, "supplier", status="suspended")
    assert signed_get(closed, S1, "/v1/network").status_code == 200
    revoked = {"party": S1, "capabilities": [], "status": "revoked", "since": 1}
    book.put("party", "key", key_of(S1).public.hex(), revoked)
    check(signed_get(closed, S1, "/v1/network"), 401, "reader_key_inactive")


def test_offers_on_a_closed_network_default_to_ones_own(read_as: ReadAs, example: tuple[BillBook, str]) -> None:
    book, bill = example
    own = next(token for token in book.live(bill) if book.token(token)["holder"] == S1)
    piece, _ = book.offer(own, S5, 100)
    assert [token["id"] for token in read_as(S5, "/v1/offers").json()["data"]] == [piece]
    assert read_as(S5, f"/v1/bills/{bill}").status_code == 200
    assert read_as(S6, f"/v1/offers?to={S5}").json()["count"] == 0


@pytest.mark.parametrize("who", EVERYBODY)
def test_the_trace_of_an_anchor_adds_up_for_everybody(read_as: ReadAs, who: str) -> None:
    answer = read_as(who, f"/v1/trace/anchors/{ANCHOR}")
    assert (who == "AUDITOR") <= (answer.json()["currencies"] == [])
    for table in answer.json()["currencies"]:
        hidden = table["totals"].get("hidden", {"amount": 0})["amount"]
        assert sum(row["amount"] for row in table["by_tier"]) + hidden == table["totals"]["face"]
        assert (table["by_tier"][0]["penetration"] is None) == (hidden > 0)


def test_the_successor_of_a_paying_bank_sees_in_its_place(read_as: ReadAs, example: tuple[BillBook, str]) -> None:
    """security 13: who pays sees whom; a bank that another has succeeded pays no more."""
    book, bill = example
    assert read_as("BANK4", f"/v1/trace/bills/{bill}").status_code == 404
    row = {"named": "BANK4", "successor": "BANK4", "from": "2026-01-05"}
    book.put("succession", "successor", "BANK3", row)
    book.put("succession", "predecessor", "BANK4", {"banks": ["BANK3"]})
    seen = read_as("BANK4", f"/v1/trace/bills/{bill}").json()["leaves"]
    assert {leaf["holder"] for leaf in seen} == SEEN["BANK3"]
    assert read_as("BANK4", "/v1/bills").json()["count"] == 1
    assert read_as("BANK3", f"/v1/trace/bills/{bill}").status_code == 404
    assert read_as("BANK3", "/v1/bills").json()["count"] == 0
    assert read_as(S1, "/v1/parties/BANK3").json()["successor"] == row
    assert read_as(S1, "/v1/parties/BANK4").json()["successor"] is None


@pytest.mark.parametrize("end", ["done", "refused", "withdrawn", "lapsed"])
def test_a_bank_that_is_asked_to_pay_a_bill_sees_it_until_it_is_answered(
    read_as: ReadAs, example: tuple[BillBook, str], end: str
) -> None:
    """As the parties that the bill names see it: what it promises, not who holds it now. Then who pays sees whom."""
    book, bill = example
    paths = [f"/v1/bills/{bill}{rest}" for rest in ("", "/tokens", "/tree", "/history")] + [f"/v1/trace/bills/{bill}"]
    assert {read_as("BANK4", path).status_code for path in paths} == {404}
    joint = {
        "id": "J1", "kind": "paying_bank", "bill": bill, "by": ANCHOR, "others": ["BANK3", "BANK4"], "answers": {},
        "amount": 5, "currency": "CNY", "content": {"from": "BANK3", "to": "BANK4"}, "reason": "", "status": "open",
        "until": "2026-02-01", "ended_on": "", "created": {"height": book.height, "transaction": ""},
    }  # fmt: skip
    book.put("bill", "joint", "J1", joint)
    assert {read_as("BANK4", path).status_code for path in paths} == {200}
    assert (read_as("BANK4", "/v1/bills").json()["count"], read_as("BANK4", "/v1/joints").json()["count"]) == (1, 1)
    assert read_as("BANK4", f"/v1/trace/bills/{bill}").json()["leaves"] == []
    root = read_as("BANK4", f"/v1/bills/{bill}/tokens").json()["data"]
    assert [token["parent"] for token in root] == [""]
    assert read_as(S1, "/v1/joints").json()["count"] == 0, "not the creditor's question"
    book.next_height()
    said = {"answer": "yes", "height": book.height, "transaction": "ab" * 32}
    answered = {"status": end, "ended_on": "2026-01-09", "answers": {"BANK3": said, "BANK4": said}}
    book.put("bill", "joint", "J1", {**joint, **answered})
    if end == "done":
        book.change("bill", bill, paying_bank="BANK4")
    for who, pays in (("BANK3", end != "done"), ("BANK4", end == "done")):
        assert {read_as(who, path).status_code for path in paths} == {200 if pays else 404}, who
        assert read_as(who, "/v1/bills").json()["count"] == int(pays), who
        assert read_as(who, "/v1/joints/J1").status_code == 200, who
    payer = "BANK4" if end == "done" else "BANK3"
    seen = read_as(payer, f"/v1/trace/bills/{bill}").json()["leaves"]
    assert {leaf["holder"] for leaf in seen} == SEEN["BANK3"]
    steps = [one for one in read_as(S1, f"/v1/bills/{bill}/history").json()["data"] if one["kind"] == "paying_bank"]
    told = [(one["from"], one["to"], one["date"], one["height"], one["transaction"]) for one in steps]
    assert told == [("BANK3", "BANK4", "2026-01-09", book.height, "ab" * 32)] * (end == "done")


def test_what_a_bank_reported_is_listed_to_it_and_to_who_stands_in_its_place(
    read_as: ReadAs, example: tuple[BillBook, str]
) -> None:
    """recomputing: lists without a filter left out what banks reported of bills in which the reader has no part."""
    book, bill = example
    token = next(iter(book.live(bill)))
    money = {"bill": bill, "amount": 10, "value_date": "2026-02-04", "height": book.height, "transaction": "ab" * 32}
    paid = {**money, "digest": "", "kind": "settlement", "result": {}}
    book.put("settlement", "receipt", ("BANK3", "PAY-1"), paid)
    book.put("finance", "receipt", ("BANK1", "LOAN-1"), {**paid, "kind": "finance", "quote": "Q1"})
    book.put("settlement", "payment", (bill, token), {
        "bill": bill, "token": token, "party": S2, "account": "", "currency": "CNY", "status": "instructed",
        "bank": "BANK3", "amount": 10, "reference": "PAY-1", "last_reference": "", "changed_on": "",
    })  # fmt: skip
    for bank, successor in (("BANK3", "BANK2"), ("BANK1", "BANK4")):
        book.put("succession", "successor", bank, {"named": successor, "successor": successor, "from": "2026-01-05"})
        book.put("succession", "predecessor", successor, {"banks": [bank]})
    for who, payments, receipts in (("BANK3", 1, {"BANK3/PAY-1"}), ("BANK4", 0, {"BANK1/LOAN-1"})):
        assert read_as(who, "/v1/payments").json()["count"] == payments
        assert {one["id"] for one in read_as(who, "/v1/receipts?kind=all").json()["data"]} == receipts


def test_a_grant_shows_to_giver_and_auditor_and_whether_it_counts(
    read_as: ReadAs, example: tuple[BillBook, str]
) -> None:
    """What a party gave could not be listed, nor was it said that a grant had ended with the key that gave it."""
    book, bill = example
    given = {"scope": "all", "from": "2026-01-01", "until": "", "status": "active", "by": []}
    cases: dict[str, tuple[dict[str, Any], bool]] = {
        S1: (given, True), S2: ({**given, "status": "revoked"}, False), S3: ({**given, "scope": [bill]}, True),
        ANCHOR: ({**given, "until": "2026-01-01"}, False), "BANK1": ({**given, "by": ["ab" * 32]}, False),
    }  # fmt: skip
    for giver, (row, _) in cases.items():
        book.put("audit", "grant", ("AUDITOR", giver), row)
    for giver, (row, counts) in cases.items():
        shown = {name: one for name, one in row.items() if name != "by"}
        expected = {"auditor": "AUDITOR", "party": giver, **shown, "in_force": counts}
        assert read_as(giver, f"/v1/parties/{giver}/grants").json()["data"] == [expected]
    found = read_as("AUDITOR", "/v1/parties/AUDITOR/grants").json()
    assert {one["party"] for one in found["data"]} == set(cases)
    assert read_as("AUDITOR", f"/v1/parties/{S1}/grants?status=active").json()["count"] == 1
    assert read_as("AUDITOR", f"/v1/parties/{S1}/grants?status=revoked").json()["count"] == 0
    assert read_as("REGULATOR", f"/v1/parties/{S2}/grants").json()["count"] == 1
    for stranger in (S2, "BANK2"):
        assert read_as(stranger, f"/v1/parties/{S1}/grants").json()["count"] == 0


def test_a_mandate_shows_to_debtor_and_bank(read_as: ReadAs, example: tuple[BillBook, str]) -> None:
    book, _ = example
    asked = {"status": "asked", "asked_on": "2026-01-05", "from": "", "until": "2026-01-12"}
    book.put("party", "mandate", (ANCHOR, "BANK4"), asked)
    book.put("party", "mandate", (ANCHOR, "BANK3"), {**asked, "status": "active", "from": "2026-01-05", "until": ""})
    book.put(
        "party", "party", ANCHOR, {**book.get("party", "party", ANCHOR), "paying_bank": "BANK3", "asked_bank": "BANK4"}
    )
    shown = {"debtor": ANCHOR, "bank": "BANK4", **asked}
    for who, whose, status, banks in (
        (ANCHOR, ANCHOR, "", {"BANK3", "BANK4"}), (ANCHOR, ANCHOR, "?status=asked", {"BANK4"}),
        ("BANK4", "BANK4", "", {"BANK4"}), ("BANK4", ANCHOR, "", {"BANK4"}), ("BANK3", "BANK3", "", {"BANK3"}),
        ("BANK3", "BANK4", "", set()), (S1, ANCHOR, "", set()), ("REGULATOR", ANCHOR, "", {"BANK3", "BANK4"}),
    ):  # fmt: skip
        found = read_as(who, f"/v1/parties/{whose}/mandates{status}").json()
        assert {one["bank"] for one in found["data"]} == banks, (who, whose)
        assert found["count"] == len(banks)
    assert read_as("BANK4", "/v1/parties/BANK4/mandates").json()["data"] == [shown]
