"""Corners: long lists, contracts, proposals, simulation of others, what a bank is concerned in."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from types import FunctionType
from typing import Any

import chainbill_node.rest
import pytest
from chainbill_node.rest.access import Grant, Viewer, grant_of, viewer_of
from chainbill_node.storage.chain.reader import HeightReader
from rest.bill_book import ANCHOR, SUPPLIERS, BillBook
from rest.conftest import BASE, NOW_MS, TestClient, app_of, key_of, nonces, sign_request, signed_get
from rest.node_twin import TwinNode, wire_of
from rest.test_rest_access import _request
from rest.test_rest_errors import check

SOURCE = '''"""A contract for tests."""
from chainbill.vm.prelude import *

table = own_table("row")


@call
def put(name):
    """Keep a name."""
    require(name != "", "name_missing")
    table.put(name, {"name": name})
    emit("kept", {"name": name})
    return {"name": name}
'''


def test_a_list_that_is_too_long_to_count_says_so_and_goes_on(
    client: TestClient, example: tuple[BillBook, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chainbill_node.rest.lists.MAX_EXAMINED", 5)
    for _number in range(12):
        example[0].issue(ANCHOR, SUPPLIERS[0], 10)
    path = "/v1/bills?due_from=2026-01-01&limit=2"  # by due dates no sums are kept
    page = client.get(path).json()
    assert (page["count"], page["count_complete"]) == (5, False)
    seen = [bill["id"] for bill in page["data"]]
    counts = [page["count"]]
    while page["next"]:
        page = client.get(f"{path}&after={page['next']}").json()
        counts.append(page["count"])
        assert page.get("count_complete", True) is (page["count"] == 13)
        seen += [bill["id"] for bill in page["data"]]
    assert len(seen) == len(set(seen)) == 13
    assert counts == [5, 10, 13, 13, 13, 13, 13], "each page counts five more, and no page is one too many"
    assert page["sum"] == {"CNY": 100_000_000 + 12 * 10}


def test_a_long_list_without_a_match_goes_on_too(
    client: TestClient, example: tuple[BillBook, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chainbill_node.rest.lists.MAX_EXAMINED", 3)
    for number in range(10):
        example[0].issue(ANCHOR, SUPPLIERS[0], 10, "EUR" if number == 9 else "CNY")
    page = client.get("/v1/bills?currency=EUR").json()
    pages = 1
    while not page["data"]:
        assert page["next"]
        page = client.get(f"/v1/bills?currency=EUR&after={page['next']}").json()
        pages += 1
    assert [bill["currency"] for bill in page["data"]] == ["EUR"]
    assert pages > 2


def test_indexes_and_tables_are_read_in_portions(
    client: TestClient, example: tuple[BillBook, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chainbill_node.rest.lists.SCAN_LIMIT", 2)
    assert client.get("/v1/parties").json()["count"] == 13
    assert client.get("/v1/tokens?status=all").json()["count"] == len(list(example[0].scan("token", "token")))
    assert client.get(f"/v1/tokens?debtor={ANCHOR}&status=live").json()["count"] == 7


KEPT = (
    ("/v1/bills?", 13), ("/v1/bills?status=active", 13), (f"/v1/bills?debtor={ANCHOR}&currency=CNY", 13),
    (f"/v1/bills?creditor={SUPPLIERS[0]}", 13), ("/v1/tokens?status=live", 19), ("/v1/tokens?", 30),
    (f"/v1/tokens?holder={SUPPLIERS[0]}", 13), (f"/v1/tokens?debtor={ANCHOR}&status=live", 19),
    (f"/v1/parties/{SUPPLIERS[0]}/tokens?", 13), ("/v1/parties?", 13), ("/v1/parties?role=supplier&status=active", 6),
    ("/v1/finance/requests?", 4), (f"/v1/finance/requests?holder={SUPPLIERS[0]}&status=open", 4),
)  # fmt: skip


@pytest.mark.parametrize(("path", "count"), KEPT)
@pytest.mark.parametrize("who", ["REGULATOR", SUPPLIERS[0]])
def test_the_totals_of_long_lists_are_kept(
    example: tuple[BillBook, str], monkeypatch: pytest.MonkeyPatch, *, path: str, count: int, who: str
) -> None:
    """reading A3: count and sum of the whole list, whatever its length, and few rows read for the first page."""
    book, _ = example
    more = [book.issue(ANCHOR, SUPPLIERS[0], 10 + number) for number in range(12)]
    for number in range(4):
        _ask(book, f"R{number}", more[number])
    own = any(name in path for name in ("parties", "holder", "creditor"))
    with app_of(TwinNode(book, public_reads=False)) as client:
        whole = signed_get(client, who, f"{path}&limit=1000").json()
        if who == "REGULATOR" or own:
            assert whole["count"] == len(whole["data"]) == count
            rows = _rows_read(monkeypatch)
            monkeypatch.setattr("chainbill_node.rest.lists.MAX_EXAMINED", 10)
            page = signed_get(client, who, f"{path}&limit=2").json()
            assert (page["count"], page["sum"]) == (whole["count"], whole["sum"])
            assert "count_complete" not in page
            assert who != "REGULATOR" or len(rows) <= 11, "others find out what of a bill they see"


def _ask(book: BillBook, name: str, token: str) -> None:
    row = book.token(token)
    book.put("finance", "request", name, {
        "id": name, "holder": row["holder"], "token": token, "bill": row["bill"], "currency": row["currency"],
        "amount": 5, "banks": ["BANK4"], "status": "open", "quotes": [], "declined": [], "agreed_quote": "",
    })  # fmt: skip


def _rows_read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The tables of the rows that are read one by one from now on."""
    read: list[str] = []
    get = HeightReader.get

    def noted(reader: HeightReader, contract: str, table: str, key: Any) -> Any:
        if table in ("bill", "token", "request"):
            read.append(table)
        return get(reader, contract, table, key)

    monkeypatch.setattr(HeightReader, "get", noted)
    return read


def test_a_list_of_too_much_is_refused_and_never_cut(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """reading A3: what a list is made of is found whole or not at all."""
    monkeypatch.setattr("chainbill_node.rest.lists.MAX_READ", 0)
    for path in (
        f"/v1/bills?holder={SUPPLIERS[0]}",
        f"/v1/parties/{SUPPLIERS[0]}/bills",
        f"/v1/trace/anchors/{ANCHOR}",
    ):
        check(client.get(path), 400, "read_too_large")


COUNTING: Callable[..., object] = list  # stands where the counted function is, as another one


def counted(monkeypatch: pytest.MonkeyPatch, name: str) -> list[object]:
    """What a function of the REST interface gives from now on, call by call, whoever holds it since it was imported."""
    module, _, function = name.rpartition(".")
    counts = getattr(importlib.import_module(f"chainbill_node.rest.{module}"), function)
    original = FunctionType(counts.__code__, counts.__globals__, function, counts.__defaults__)
    original.__kwdefaults__ = counts.__kwdefaults__
    given: list[object] = []

    def call(*arguments: object, **named: object) -> object:
        given.append(original(*arguments, **named))
        return given[-1]

    monkeypatch.setitem(counts.__globals__, "COUNTING", call)
    monkeypatch.setattr(counts, "__code__", _stand_in.__code__)
    return given


def _stand_in(*arguments: object, **named: object) -> object:
    """Its code runs in the module of what is counted."""
    return COUNTING(*arguments, **named)


@pytest.mark.parametrize(
    ("path", "shape"),
    [
        (f"/v1/tokens?holder={SUPPLIERS[0]}", "view.token_shape"), ("/v1/tokens?lock=offered", "view.token_shape"),
        (f"/v1/parties/{SUPPLIERS[0]}/tokens?status=all", "view.token_shape"),
        (f"/v1/offers?from={SUPPLIERS[0]}", "view.token_shape"), ("/v1/bills", "payments.bill_shape"),
        (f"/v1/parties/{ANCHOR}/bills", "payments.bill_shape"), ("/v1/parties", "routes_parties.party_shape"),
        ("/v1/finance/requests?bank=BANK4", "routes_finance.request_shape"),
    ],
)  # fmt: skip
def test_only_what_a_page_shows_is_shaped(
    client: TestClient, example: tuple[BillBook, str], monkeypatch: pytest.MonkeyPatch, path: str, shape: str
) -> None:
    book, _ = example
    for number in range(8):
        token, _rest = book.offer(book.issue(ANCHOR, SUPPLIERS[0], 100), SUPPLIERS[4], 60)
        _request(book, f"R{number}", SUPPLIERS[0], token, ["BANK4"])
    path += "&" if "?" in path else "?"
    whole = client.get(path).json()
    made = counted(monkeypatch, shape)
    first = client.get(f"{path}limit=3").json()
    assert (len(made), first["count"], first["sum"]) == (3, whole["count"], whole["sum"])
    second = client.get(f"{path}limit=3&after={first['next']}").json()
    assert len(made) == 6
    assert first["data"] + second["data"] == whole["data"][:6]


def test_a_party_s_own_tokens_are_listed_without_reading_all_their_bills(
    example: tuple[BillBook, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    book, who = example[0], SUPPLIERS[5]
    for _number in range(8):
        book.issue(ANCHOR, who, 100)
    read = counted(monkeypatch, "view.sight_of")
    with app_of(TwinNode(book, public_reads=False)) as client:
        page = signed_get(client, who, f"/v1/tokens?holder={who}&limit=3").json()
    assert (page["count"], page["sum"], len(read)) == (8, {"CNY": 800}, 3)


def test_a_contract_shows_what_runs(client: TestClient, example: tuple[BillBook, str]) -> None:
    row = {"source": SOURCE, "hash": "ab", "version": 1, "active_from": 0}
    example[0].put("governance", "contract", "sample", row)
    assert client.get("/v1/contracts").json()["data"] == [
        {"name": "sample", "hash": "ab", "version": 1, "active_from": 0}
    ]
    body = client.get("/v1/contracts/sample").json()
    assert body["source"] == SOURCE
    [function] = body["description"]["functions"]
    assert (function["name"], function["arguments"]) == ("put", ["name"])
    assert "name_missing" in function["reasons"]


def test_proposals_are_listed_and_filtered(client: TestClient, example: tuple[BillBook, str]) -> None:
    for name, status in (("P1", "open"), ("P2", "passed")):
        row = {"id": name, "kind": "parameter", "content": {}, "proposer": "BANK1", "votes": {}, "status": status}
        example[0].put("governance", "proposal", name, row)
    assert client.get("/v1/governance/proposals").json()["count"] == 2
    assert [row["id"] for row in client.get("/v1/governance/proposals?status=open").json()["data"]] == ["P1"]
    assert client.get("/v1/governance/proposals?kind=rules").json()["data"] == []


def test_on_a_closed_network_a_party_simulates_its_own_only(closed: TestClient) -> None:
    path, wire = "/v1/transactions/simulate", wire_of("SUPPLIER1")

    def post(who: str, body: bytes) -> object:
        nonce = next(nonces).to_bytes(12, "big")
        signed = sign_request(key_of(who), "POST", BASE + path, created_s=NOW_MS // 1000, nonce=nonce, body=wire)
        return closed.post(path, content=body, headers=signed | {"Content-Type": "application/msgpack"})

    assert post("SUPPLIER1", wire).status_code == 200  # type: ignore[attr-defined]
    assert post("REGULATOR", wire).status_code == 200  # type: ignore[attr-defined]
    check(post("SUPPLIER2", wire), 403, "not_permitted")
    check(post("SUPPLIER1", wire_of("SUPPLIER1", nonce=9)), 401, "request_signature_invalid")


def test_what_a_bank_is_asked_to_finance_is_its_concern(example: tuple[BillBook, str]) -> None:
    book, bill = example
    token = next(token for token in book.live(bill) if book.token(token)["holder"] == SUPPLIERS[0])
    book.put("finance", "request", "R9", {
        "id": "R9", "holder": SUPPLIERS[0], "token": token, "bill": bill, "currency": "CNY", "amount": 5,
        "banks": ["BANK4"], "status": "withdrawn", "quotes": [], "declined": [], "agreed_quote": "",
    })  # fmt: skip
    with app_of(TwinNode(book, public_reads=False)) as client:
        assert [row["id"] for row in signed_get(client, "BANK4", "/v1/bills").json()["data"]] == [bill]
        for query in (f"token={token}", f"holder={SUPPLIERS[0]}", "bank=BANK4", f"bill={bill}", "status=withdrawn"):
            assert signed_get(client, "BANK4", f"/v1/finance/requests?{query}").json()["count"] == 1


def test_settled_leaves_tell_their_payment(client: TestClient, example: tuple[BillBook, str]) -> None:
    book, bill = example
    book.next_height()
    token = book.live(bill)[0]
    book.leaf(token, "settled")
    book.put("settlement", "payment", (bill, token), {
        "bill": bill, "token": token, "party": "BANK1", "amount": 1, "status": "instructed", "bank": "BANK3",
        "reference": "PAY-1",
    })  # fmt: skip
    step = client.get(f"/v1/bills/{bill}/history").json()["data"][-1]
    assert (step["kind"], step["payment"]["reference"], step["date"]) == ("settled", "PAY-1", "2026-01-07")


def test_refusals_at_the_gate_are_named() -> None:
    key_row = {"party": "A", "status": "active"}
    assert viewer_of("k", None, None, ()) == "key_not_registered"
    for status in ("revoked", "resting", "unheard of"):
        assert viewer_of("k", {**key_row, "status": status}, {"status": "active"}, ()) == "key_not_active"
    for party in (None, {"status": "pending"}, {"status": "closed"}):
        assert viewer_of("k", key_row, party, ()) == "party_may_not_read"
    both = viewer_of(
        "k", key_row, {"status": "active", "roles": ["supplier", "auditor"]}, [Grant("B", frozenset(), "", "")]
    )
    assert isinstance(both, Viewer)
    assert both.reads_for() == {"A", "B"}
    assert grant_of({"party": "B", "scope": ["X"], "from": None, "until": None}).scope == {"X"}
    assert not grant_of({"party": "B", "scope": "all"}).scope


def test_the_package_gives_the_application_and_nothing_else() -> None:
    assert callable(chainbill_node.rest.create_app)
    assert chainbill_node.rest.RestOptions().inside is False
    with pytest.raises(AttributeError):
        _ = chainbill_node.rest.nothing  # type: ignore[attr-defined]
