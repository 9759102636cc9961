"""What is hidden is answered as what is not there: to the byte, in every header field, and with as many reads.

Time is not measured: what a node reads is counted at its store.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from chainbill_node.rest.request_signing import sign_request
from rest.bill_book import SUPPLIERS
from rest.conftest import BASE, NOW_MS, nonces
from rest.counted_reads import CountedReads, count_reads
from rest.matrix_world import ROLES, World, paid
from rest.node_twin import key_of

MOST_READS = 100
"""Rows that an answer of 404 may take, the gate's among them."""

NAMED = ("bill_id", "token_id", "request_id", "quote_id", "fingerprint", "dispute_id", "joint_id", "order_id",
         "product_id", "event_id", "pledge_id", "court_order_id", "freeze_id")  # fmt: skip
"""Parts of addresses that name what not everybody may see. Parties are a directory, transactions stand in blocks."""

FILTERS = {"bill": "bill_id", "token": "token_id"}
BLIND = ("other", "auditor", "auditor+grant", "owner")
"""Roles without any part in what is foreign."""


@pytest.fixture(scope="module")
def worlds() -> Iterator[dict[bool, tuple[World, CountedReads]]]:
    made = {granted: _crowded(World(granted=granted)) for granted in (False, True)}
    yield made
    for world, _ in made.values():
        world.close()


def _crowded(world: World) -> tuple[World, CountedReads]:
    """The foreign bill has many tokens, its invoice is under two names and behind several bills."""
    book, foreign = world.node.book, world.ids["token_id"]["foreign"]
    rest = foreign
    for _ in range(30):
        _, rest = book.pay(rest, "ANCHOR2", 1)
    world.ids["token_id"]["foreign"] = rest
    parts = [{"fingerprint": "f-foreign", "amount": 5, "total": 5}]
    issued = [book.issue("ANCHOR2", SUPPLIERS[5], 10, invoices=parts) for _ in range(6)]
    bills = [str(book.token(one)["bill"]) for one in issued]
    for seller in (SUPPLIERS[5], "BANK5"):
        row = book.get("invoice", "invoice", ("f-foreign", SUPPLIERS[5]))
        assert row is not None
        book.put("invoice", "invoice", ("f-foreign", seller), {**row, "seller": seller, "bills": bills})
    for _ in range(3):
        book.next_height()
    return world, count_reads(world.node)


def absent(name: str) -> str:
    """An id of the same form under which there is nothing."""
    return f"{name[:-1]}{'0' if name[-1] != '0' else '1'}" if name[-1].isdigit() else f"{name[:-1]}#"[:-1] + "x"


def routes(world: World) -> list[tuple[str, str]]:
    """(address with {id}, what the id names) of every address that answers for one thing, and every filter by one."""
    found = []
    for path, operations in world.client.get("/openapi.json").json()["paths"].items():
        for parameter in operations.get("get", {}).get("parameters", ()):
            name = parameter["name"]
            if parameter["in"] == "path" and name in NAMED:
                found.append((path.replace(f"{{{name}}}", "{id}"), name))
            elif parameter["in"] == "query" and name in FILTERS and "{" not in path:
                found.append((f"{path}?{name}={{id}}", FILTERS[name]))
    return found


def ask(world: World, counted: CountedReads, role: str, path: str) -> tuple[Any, dict[str, int]]:
    url = f"{BASE}{path}"
    nonce = next(nonces).to_bytes(12, "big")
    headers = sign_request(key_of(ROLES[role]), "GET", url, created_s=NOW_MS // 1000, nonce=nonce)
    counted.take()
    answer = world.client.get(path, headers={**headers, "X-Request-Id": "the-same-for-all"})
    return answer, counted.take()


def times(path: str) -> tuple[str, ...]:
    """Now, at a height of the past, and where there are two axes by value date."""
    mark = "&" if "?" in path else "?"
    valued = path.startswith(("/v1/trace/bills", "/v1/receipts", "/v1/payments")) or path == "/v1/bills/{id}"
    return ("", f"{mark}at=7", *([f"{mark}basis=value"] if valued else []))


def test_the_addresses_are_all_there(worlds: dict[bool, tuple[World, CountedReads]]) -> None:
    found = routes(worlds[False][0])
    assert {name for _, name in found} == set(NAMED)
    assert len(found) >= 17


@pytest.mark.parametrize("role", BLIND)
def test_what_is_hidden_costs_and_says_what_is_absent(
    worlds: dict[bool, tuple[World, CountedReads]], role: str
) -> None:
    world, counted = worlds[role == "auditor+grant"]
    for path, name in routes(world):
        hidden_id = world.ids[name]["foreign"]
        for when in times(path):
            there, not_there = path.replace("{id}", hidden_id) + when, path.replace("{id}", absent(hidden_id)) + when
            hidden, hidden_reads = ask(world, counted, role, there)
            missing, missing_reads = ask(world, counted, role, not_there)
            assert hidden.status_code == missing.status_code == 404, there
            assert hidden.content.replace(hidden_id.encode(), b"ID") == missing.content.replace(
                absent(hidden_id).encode(), b"ID"
            ), there
            assert hidden.headers.multi_items() == missing.headers.multi_items(), there
            assert hidden_reads == missing_reads, there
            assert sum(hidden_reads.values()) <= MOST_READS, there


def test_what_is_hidden_of_ones_own_bill_costs_what_ones_own_part_costs(
    worlds: dict[bool, tuple[World, CountedReads]],
) -> None:
    """The debtor of a bill does not see the tokens below its first creditor, nor read them to be told so."""
    world, counted = worlds[False]
    answer, reads = ask(world, counted, "anchor", f"/v1/tokens/{world.ids['token_id']['own']}")
    assert answer.status_code == 404
    book, many = world.node.book, world.ids["token_id"]["own"]
    for _ in range(50):
        _, many = book.cut(many, 1)
    again, more = ask(world, counted, "anchor", f"/v1/tokens/{world.ids['token_id']['own']}")
    assert again.status_code == 404
    assert more == reads


OTHERS = {
    "debtor": "ANCHOR2", "buyer": "ANCHOR2", "by": "ANCHOR2", "from": "ANCHOR2", "creditor": SUPPLIERS[5],
    "holder": SUPPLIERS[5], "seller": SUPPLIERS[5], "party": SUPPLIERS[5], "to": SUPPLIERS[5], "asked": SUPPLIERS[5],
    "bank": "BANK5", "financed_by": "BANK5", "invoice": "fe" * 32,
}  # fmt: skip
"""Filters by what others are or have, and whom they name here: two parties and a bank without a part in one's own."""


def of_others(world: World) -> list[str]:
    """Every list that is asked for by somebody else's part, and every list and trace of somebody else."""
    found = []
    for path, operations in world.client.get("/openapi.json").json()["paths"].items():
        named = {one["name"] for one in operations.get("get", {}).get("parameters", ()) if one["in"] == "query"}
        if "{" not in path and path not in DIRECTORIES:
            found += [f"{path}?{name}={OTHERS[name]}" for name in sorted(named & OTHERS.keys())]
        if path.endswith(("{party}/bills", "{party}/tokens", "anchors/{party}", "trace/parties/{party}")):
            found += [path.replace("{party}", party) for party in ("ANCHOR2", SUPPLIERS[5])]
    return found


def more_business(world: World) -> None:
    """ANCHOR2, SUPPLIER6 and BANK5 do more with each other: bills, tokens, offers, requests, receipts, payments."""
    book, request = world.node.book, world.node.book.get("finance", "request", "R-foreign")
    assert request is not None
    for number in range(12):
        parts = [{"fingerprint": "fe" * 32, "amount": 5, "total": 5}]
        token = book.issue("ANCHOR2", SUPPLIERS[5], 10, invoices=parts)
        bill = str(book.token(token)["bill"])
        changed = {"id": f"R-more-{number}", "token": token, "bill": bill, "holder": SUPPLIERS[5], "banks": ["BANK5"]}
        book.put("finance", "request", f"R-more-{number}", {**request, **changed})
        paid(book, bill, token, SUPPLIERS[5], f"BANK5{number}")
        row = book.get("settlement", "receipt", (f"BANK5{number}", f"PAY-{SUPPLIERS[5]}"))
        book.put("settlement", "receipt", ("BANK5", f"P-{number}"), row)


@pytest.mark.parametrize("role", ["other", "rival", "auditor+grant"])
def test_what_one_asks_by_others_costs_the_same_however_much_these_have(role: str) -> None:
    """A rival bank would learn by the time of an empty list how many requests another gets, a competitor how many bills
    an anchor issues, and that a supplier looks for money."""
    world = World(granted=role == "auditor+grant")
    counted = count_reads(world.node)
    lists = of_others(world)
    assert len(lists) > 20
    before = {path: ask(world, counted, role, path) for path in lists}
    more_business(world)
    after = {path: ask(world, counted, role, path) for path in lists}
    world.close()
    for path in lists:
        assert after[path][0].status_code == 200, after[path][0].text
        assert (path, before[path][1]) == (path, after[path][1])
        assert (path, before[path][0].content) == (path, after[path][0].content)


DIRECTORIES = ("/v1/parties", "/v1/disputes", "/v1/status-orders", "/v1/blocks", "/v1/mempool")
"""Looked through whole: what everybody may know, and two tables that stay short."""


def test_a_list_costs_who_has_no_part_the_same_however_much_others_have() -> None:
    """Else the time of an empty list, or the pages until it ends, would tell how much business others do."""
    world = World(granted=False)
    counted = count_reads(world.node)
    document = world.client.get("/openapi.json").json()["paths"]
    lists = [
        path for path, operations in document.items()
        if "{" not in path and path not in DIRECTORIES
        and any(one["name"] == "limit" for one in operations.get("get", {}).get("parameters", ()))
    ]  # fmt: skip
    assert {"/v1/bills", "/v1/tokens", "/v1/invoices", "/v1/finance/requests", "/v1/payments"} <= set(lists)
    before = {path: ask(world, counted, "other", path)[1] for path in lists}
    book, request = world.node.book, world.node.book.get("finance", "request", "R-foreign")
    invoice = world.node.book.get("invoice", "invoice", ("f-foreign", SUPPLIERS[5]))
    assert request is not None
    assert invoice is not None
    for number in range(12):
        fingerprint = f"f-more-{number:02d}"
        parts = [{"fingerprint": fingerprint, "amount": 5, "total": 5}]
        token = book.issue("ANCHOR2", SUPPLIERS[5], 10, invoices=parts)
        bill = str(book.token(token)["bill"])
        book.put("invoice", "invoice", (fingerprint, SUPPLIERS[5]), {
            **invoice, "fingerprint": fingerprint, "bills": [bill]
        })  # fmt: skip
        book.put("finance", "request", f"R-more-{number}", {
            **request, "id": f"R-more-{number}", "token": token, "bill": bill
        })  # fmt: skip
    after = {path: ask(world, counted, "other", path)[1] for path in lists}
    world.close()
    assert before == after
