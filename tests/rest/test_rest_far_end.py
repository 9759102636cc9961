"""Nothing that is hidden from a reader changes any answer it can get: two networks that differ in that alone.

Every address, every filter, many heights, all pages, GET and HEAD: status, header fields and bytes are the same. So no
count, sum, cursor, tag, text of an error or order tells of what does not show.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from chainbill_contracts.declared_reads import word_filters
from chainbill_node.rest.access import Viewer
from chainbill_node.rest.request_signing import sign_request
from chainbill_node.rest.view import View
from rest.bill_book import ANCHOR, SUPPLIERS, BillBook
from rest.conftest import BASE, NOW_MS, TestClient, app_of
from rest.matrix_world import OWNER, World
from rest.node_twin import key_of

pytestmark = pytest.mark.untraced

SEAL = bytes(range(64))
READERS = {"the far end": OWNER, "the debtor": ANCHOR, "nobody": SUPPLIERS[4]}
FOREIGN = ("bill_id", "token_id", "request_id", "quote_id", "change", "recovery", "order_id", "offer")


def _foreign_rows(world: World) -> set[Any]:
    """Keys of every row of what STRANGER, ANCHOR2 and BANK5 have with each other, but for themselves."""
    names = {world.ids[kind]["foreign"] for kind in FOREIGN} | {"f-foreign", "D-f-foreign"}
    bill = world.ids["bill_id"]["foreign"]
    found = set()
    for key, versions in world.node.book.rows.items():
        row = versions[-1][1] or {}
        mandate = key[:2] == ("party", "mandate") and key[2][0] == SUPPLIERS[5]
        if names & set(map(str, key[2])) or row.get("bill") == bill or mandate:
            found.add(key)
    return found


def _without_foreign(world: World) -> None:
    book = world.node.book
    gone = _foreign_rows(world)
    assert len(gone) >= 15
    for key in gone:
        del book.rows[key]
    book.puts += 1


def _other_hidden(world: World, who: str) -> None:
    """What a reader does not see of the bill of the example is another: who holds it, at which tier and price."""
    book, bill = world.node.book, world.ids["bill_id"]["own"]
    view = View(world.node, world.node.reader(None), Viewer(who, "", frozenset({"supplier"})))
    sight = view.sight(bill)
    if sight is None or sight.tokens is None:
        return
    changed = 0
    for (contract, table, key), versions in book.rows.items():
        for place, (height, row) in enumerate(versions):
            if row is None or row.get("bill") != bill or contract != "token":
                continue
            if table == "token" and row["id"] not in sight.tokens:
                versions[place] = (height, {**row, "holder": _another(row["holder"]), "tier": row["tier"] + 1})
                changed += 1
            if table == "hop" and not sight.sees_hop(str(key[0]), row):
                price = {**row["price"], "rate": 1} if row["price"] else {}
                parties = {"from": _another(row["from"]), "to": _another(row["to"])}
                versions[place] = (height, {**row, **parties, "price": price})
            elif table == "hop" and not sight.sees_price(row) and row["price"]:
                versions[place] = (height, {**row, "price": {**row["price"], "rate": 1}})
    assert changed or who == SUPPLIERS[4]
    book.puts += 1


def _another(party: str) -> str:
    """Another of the same kind, none that reads here."""
    return "BANK1" if party == "BANK2" else "BANK2" if party.startswith("BANK") else SUPPLIERS[5]


def _beside_own(world: World) -> None:
    """Money and requests on the own bill that concern others: an instruction to SUPPLIER2 and a request of it."""
    book, bill = world.node.book, world.ids["bill_id"]["own"]
    token = next(one for one in book.live(bill) if book.token(one)["holder"] == "BANK2")
    book.put("settlement", "payment", (bill, token), {
        "bill": bill, "token": token, "party": "BANK2", "account": "", "amount": 7, "currency": "CNY",
        "status": "instructed", "bank": "BANK3", "reference": "PAY-other", "last_reference": "", "changed_on": "",
    })  # fmt: skip
    book.put("settlement", "receipt", ("BANK3", "PAY-result"), {
        "digest": "", "bill": bill, "amount": 7, "value_date": "2026-01-08", "kind": "payment",
        "result": {"token": token, "status": "paid"}, "height": book.height, "transaction": "ab" * 32,
    })  # fmt: skip
    book.put("finance", "request", "R-other", {
        "id": "R-other", "holder": "BANK2", "token": token, "bill": bill, "currency": "CNY", "amount": 7,
        "banks": ["BANK1"], "status": "open", "quotes": [], "declined": [], "agreed_quote": "", "until": "2026-02-01",
        "created": {"height": book.height, "transaction": ""},
    })  # fmt: skip


@pytest.fixture(scope="module", params=READERS)
def pair(request: pytest.FixtureRequest) -> Iterator[tuple[str, World, tuple[TestClient, TestClient]]]:
    """A reader, and two networks between which it must not be able to tell."""
    who = READERS[request.param]
    one, other = World(granted=False), World(granted=False)
    _beside_own(one)
    _without_foreign(other)
    _other_hidden(other, who)
    for world in (one, other):
        world.node.book.next_height()
    for world in (one, other):
        world.close()
        world.client = app_of(world.node, cursor_key=SEAL)
    yield who, one, (one.client, other.client)
    for world in (one, other):
        world.close()


def values(world: World, name: str, route: str, book: BillBook) -> list[str]:
    """What a reader may try in a filter: ids of its own and of others, every word, odd dates."""
    kinds = {"bill": "bill_id", "token": "token_id", "invoice": "fingerprint", "fingerprint": "fingerprint"}
    told = word_filters().get((route, name))
    words = told.words if told else ()
    if name in kinds:
        return list(world.ids[kinds[name]].values())
    if name in ("tier", "reached_tier", "depth", "cent", "limit"):
        return ["1", "2", "3"]
    if name.startswith(("due_", "issued_", "value_")):
        return ["2026-01-06", "2026-05-06"]
    if name in ("status", "kind", "lock", "role"):
        return [*words, "live", "active", "all", "offered", "in_finance", "open", "settlement", "payment", "supplier"]
    if name in ("format", "group_by", "basis", "currency", "reference", "form"):
        return ["json", "graph", "csv", "tier", "party,status", "bank,bill", "value", "CNY", "EUR", "wire"]
    if name == "known_at":
        return ["7"]
    if name == "at":
        return [str(book.height - 1), str(book.height // 2), "2026-01-06"]
    return [ANCHOR, *SUPPLIERS[1:], "BANK2", "BANK5", "ANCHOR2"]


def addresses(world: World, client: TestClient) -> Iterator[str]:
    """Every address with own and foreign ids, plain, and with each value of each filter; some come twice."""
    for path, operations in client.get("/openapi.json").json()["paths"].items():
        if "get" not in operations:
            continue
        for whose in ("own", "foreign"):
            filled = world.path(path, whose)
            if "{" in filled:
                continue
            yield filled
            for parameter in operations["get"].get("parameters", ()):
                if parameter["in"] == "query" and parameter["name"] not in ("after", "form"):
                    for value in values(world, parameter["name"], path, world.node.book):
                        yield f"{filled}?{parameter['name']}={value}"
                        if parameter["name"] in ("holder", "debtor", "bill"):
                            yield f"{filled}?{parameter['name']}={value}&limit=1"


def ask(client: TestClient, who: str, method: str, path: str, nonce: int) -> httpx.Response:
    headers = sign_request(
        key_of(who), method, f"{BASE}{path}", created_s=NOW_MS // 1000, nonce=nonce.to_bytes(12, "big")
    )
    return client.request(method, path, headers={**headers, "X-Request-Id": "the-same-for-all"})


def told(answer: httpx.Response) -> tuple[Any, ...]:
    return answer.status_code, answer.headers.multi_items(), answer.content


def test_nothing_hidden_changes_an_answer(pair: tuple[str, World, tuple[TestClient, TestClient]]) -> None:
    who, world, (one, other) = pair
    asked = 0
    for path in dict.fromkeys(addresses(world, one)):
        first, second = (ask(client, who, "GET", path, asked * 100 + 1) for client in (one, other))
        assert told(first) == told(second), path
        if asked % 20 == 0:
            heads = [told(ask(client, who, "HEAD", path, asked * 100 + 2)) for client in (one, other)]
            assert heads[0] == heads[1], path
        page, number = first, 3
        while "application/json" in page.headers["content-type"] and (after := page.json().get("next")):
            mark = "&" if "?" in path else "?"
            pages = [
                ask(client, who, "GET", f"{path}{mark}after={after}", asked * 100 + number) for client in (one, other)
            ]
            assert told(pages[0]) == told(pages[1]), f"{path} page {number}"
            page, number = pages[0], number + 1
            if number > 40:
                break
        asked += 1
    assert asked > 400
