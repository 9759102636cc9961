"""Lists over the product's reader and LevelDB, against plain lists made from the same rows.

reading A1: each row once, `count` and `sum` right, for every list, filter, page size and height, while blocks are made
between the pages and old history goes; small pages end.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from chainbill_node.storage.chain import layout, reader
from chainbill_node.storage.chain.history_sweep import HistorySweep
from chainbill_node.storage.leveldb import LevelStore
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from rest.bill_book import ANCHOR, BANKS, SUPPLIERS, BillBook, Row
from rest.conftest import TestClient, app_of, with_parties
from rest.histories import random_history
from rest.node_twin import TwinNode
from rest.row_histories import fingerprint_of, random_rows

from chainbill.ledger.block import Block

pytestmark = pytest.mark.untraced

LEAVES = ("live", "settled", "diluted", "void")
PAGE_SIZES = (1, 2, 50, 1_000)


class PlainLists:
    """What a list must hold at a height, found by looking at every row of a table."""

    def __init__(self, book: BillBook, height: int) -> None:
        self._book = book
        self._height = height

    def rows(self, contract: str, table: str, fits: Callable[[Row], bool] = lambda _: True) -> list[Row]:
        return [row for _, row in self._book.scan(contract, table, self._height) if fits(row)]

    def bills(self, fits: Callable[[Row], bool] = lambda _: True) -> list[tuple[str, str, int]]:
        return [(row["id"], row["currency"], row["face"]) for row in self.rows("bill", "bill", fits)]

    def tokens(self, fits: Callable[[Row], bool] = lambda _: True) -> list[tuple[str, str, int]]:
        found = self.rows("token", "token", fits)
        return [(row["id"], row["currency"] if row["status"] in LEAVES else "", row["hi"] - row["lo"]) for row in found]

    def others(self, contract: str, table: str, fits: Callable[[Row], bool] = lambda _: True) -> list[Any]:
        return [(row["id"], "", 0) for row in self.rows(contract, table, fits)]

    def requests(self, fits: Callable[[Row], bool] = lambda _: True) -> list[tuple[str, str, int]]:
        return [(row["id"], row["currency"], row["amount"]) for row in self.rows("finance", "request", fits)]

    def invoices(self, fits: Callable[[Row], bool] = lambda _: True) -> list[tuple[str, str, int]]:
        found = self.rows("invoice", "invoice", fits)
        return [(f"{row['fingerprint']}/{row['seller']}", row["currency"], row["occupied"]) for row in found]

    def payments(self, fits: Callable[[Row], bool] = lambda _: True) -> list[tuple[str, str, int]]:
        found = self.rows("settlement", "payment", fits)
        return [(f"{row['bill']}/{row['token']}", row["currency"], row["amount"]) for row in found]

    def receipts(self, fits: Callable[[Row], bool] = lambda _: True) -> list[tuple[str, str, int]]:
        found: list[tuple[str, str, int]] = []
        for (bank, reference), row in self._book.scan("settlement", "receipt", self._height):
            bill = self._book.get("bill", "bill", row["bill"], self._height) or {}
            if fits({**row, "bank": bank, "debtor": bill["debtor"]}):
                added = "" if row["kind"] == "payment" else bill["currency"]  # several reports are on one payment
                found.append((f"{bank}/{reference}", added, row["amount"]))
        return found

    def of_debtor(self, token: Row) -> bool:
        return bool((self._book.get("bill", "bill", token["bill"], self._height) or {})["debtor"] == ANCHOR)

    def concerning(self, who: str) -> set[str]:
        named = {bill["id"] for bill in self.rows("bill", "bill") if who in (bill["debtor"], bill["creditor"])}
        asked = self.rows("finance", "request", lambda row: who in row["banks"])
        held = self.rows("token", "token", lambda row: who in (row["holder"], row["offered_to"]))
        return named | {row["bill"] for row in (*held, *asked)}

    def all(self, who: str, bank: str, bill: str) -> dict[str, list[tuple[str, str, int]]]:
        """Every list: its address with filters → (id, currency, amount) of each entry; currency "": adds nothing."""
        return {
            "/v1/bills?": self.bills(),
            "/v1/bills?status=active": self.bills(lambda row: row["status"] == "active"),
            "/v1/bills?currency=EUR&status=active,settled": self.bills(lambda row: row["currency"] == "EUR"),
            f"/v1/bills?debtor={ANCHOR}": self.bills(lambda row: row["debtor"] == ANCHOR),
            f"/v1/bills?creditor={who}": self.bills(lambda row: row["creditor"] == who),
            f"/v1/bills?creditor={who}&status=settled": [],
            f"/v1/bills?holder={who}": self.bills(
                lambda row: row["id"] in {
                    token["bill"] for token in self.rows("token", "token")
                    if token["holder"] == who and token["status"] == "live"
                }
            ),
            f"/v1/bills?invoice={fingerprint_of(1)}": self.bills(
                lambda row: fingerprint_of(1) in [part["fingerprint"] for part in row["invoices"]]
            ),
            "/v1/bills?due_from=2026-05-05&issued_to=2026-01-05": self.bills(),
            f"/v1/bills?financed_by={bank}": self.bills(
                lambda row: row["id"] in {
                    hop["bill"] for hop in self.rows("token", "hop")
                    if hop["kind"] == "finance" and hop["to"] == bank
                }
            ),
            "/v1/tokens?": self.tokens(),
            "/v1/tokens?status=all": self.tokens(),
            "/v1/tokens?status=live": self.tokens(lambda row: row["status"] == "live"),
            "/v1/tokens?status=live,settled&tier=1": self.tokens(
                lambda row: row["status"] in ("live", "settled") and row["tier"] == 1
            ),
            f"/v1/tokens?holder={who}": self.tokens(lambda row: row["holder"] == who and row["status"] == "live"),
            f"/v1/tokens?holder={bank}&status=all": self.tokens(lambda row: row["holder"] == bank),
            f"/v1/tokens?debtor={ANCHOR}": self.tokens(self.of_debtor),
            f"/v1/tokens?debtor={ANCHOR}&status=live": self.tokens(
                lambda row: self.of_debtor(row) and row["status"] == "live"
            ),
            f"/v1/tokens?debtor={ANCHOR}&holder={who}": self.tokens(
                lambda row: self.of_debtor(row) and row["status"] == "live" and row["holder"] == who
            ),
            "/v1/tokens?lock=offered": self.tokens(lambda row: bool(row["locks"])),
            f"/v1/tokens?bill={bill}": self.tokens(lambda row: row["bill"] == bill),
            f"/v1/bills/{bill}/tokens?": self.tokens(lambda row: row["bill"] == bill),
            f"/v1/bills/{bill}/tokens?status=live": self.tokens(
                lambda row: row["bill"] == bill and row["status"] == "live"
            ),
            f"/v1/offers?to={who}": self.tokens(lambda row: row["offered_to"] == who and row["status"] == "live"),
            f"/v1/offers?from={who}": self.tokens(
                lambda row: row["offered_to"] != "" and row["holder"] == who and row["status"] == "live"
            ),
            f"/v1/parties/{who}/tokens?": self.tokens(lambda row: row["holder"] == who and row["status"] == "live"),
            f"/v1/parties/{who}/bills?": self.bills(lambda row: row["id"] in self.concerning(who)),
            f"/v1/parties/{bank}/bills?": self.bills(lambda row: row["id"] in self.concerning(bank)),
            f"/v1/parties/{who}/changes?": self.others("party", "change", lambda row: row["party"] == who),
            f"/v1/parties/{who}/recoveries?": self.others("recovery", "recovery", lambda row: row["party"] == who),
            "/v1/parties?": self.others("party", "party"),
            f"/v1/parties?id={who},{bank},{ANCHOR}": self.others(
                "party", "party", lambda row: row["id"] in (who, bank, ANCHOR)
            ),
            "/v1/parties?role=supplier": self.others("party", "party", lambda row: "supplier" in row["roles"]),
            "/v1/parties?sponsor=BANK1": self.others("party", "party", lambda row: row["sponsor"] == "BANK1"),
            "/v1/finance/requests?": self.requests(),
            "/v1/finance/requests?status=open,agreed": self.requests(lambda row: row["status"] in ("open", "agreed")),
            f"/v1/finance/requests?holder={who}": self.requests(lambda row: row["holder"] == who),
            f"/v1/finance/requests?bank={bank}": self.requests(lambda row: bank in row["banks"]),
            f"/v1/finance/requests?bill={bill}": self.requests(lambda row: row["bill"] == bill),
            "/v1/invoices?": self.invoices(),
            "/v1/invoices?status=occupied": self.invoices(lambda row: row["status"] == "occupied"),
            f"/v1/invoices?seller={who}": self.invoices(lambda row: row["seller"] == who),
            f"/v1/invoices?buyer={ANCHOR}": self.invoices(lambda row: row["buyer"] == ANCHOR),
            "/v1/payments?": self.payments(),
            f"/v1/payments?party={who}": self.payments(lambda row: row["party"] == who),
            f"/v1/payments?bank={bank}&status=paid,returned": self.payments(
                lambda row: row["bank"] == bank and row["status"] in ("paid", "returned")
            ),
            f"/v1/payments?bank={bank}&party={who}": self.payments(
                lambda row: row["bank"] == bank and row["party"] == who
            ),
            f"/v1/payments?bill={bill}": self.payments(lambda row: row["bill"] == bill),
            "/v1/receipts?": self.receipts(lambda row: row["kind"] == "settlement"),
            "/v1/receipts?kind=all": self.receipts(),
            f"/v1/receipts?bank={bank}&kind=payment": self.receipts(
                lambda row: row["bank"] == bank and row["kind"] == "payment"
            ),
            f"/v1/receipts?bill={bill}&kind=all": self.receipts(lambda row: row["bill"] == bill),
            f"/v1/receipts?debtor={ANCHOR}&value_from=2026-02-03&value_to=2026-02-07&kind=all": self.receipts(
                lambda row: row["debtor"] == ANCHOR and "2026-02-03" <= row["value_date"] <= "2026-02-07"
            ),
            "/v1/disputes?": self.others("invoice", "dispute"),
            f"/v1/disputes?seller={who}": self.others("invoice", "dispute", lambda row: row["seller"] == who),
            "/v1/joints?": self.others("bill", "joint"),
            f"/v1/joints?by={who}": self.others("bill", "joint", lambda row: row["by"] == who),
            f"/v1/joints?asked={who}&status=open": self.others(
                "bill", "joint", lambda row: who in row["others"] and row["status"] == "open"
            ),
            f"/v1/joints?bill={bill}": self.others("bill", "joint", lambda row: row["bill"] == bill),
            "/v1/status-orders?": self.others("standing", "order"),
            "/v1/status-orders?status=entered": self.others(
                "standing", "order", lambda row: row["status"] == "entered"
            ),
            "/v1/governance/proposals?": self.others("governance", "proposal"),
            "/v1/governance/proposals?kind=calendar": self.others(
                "governance", "proposal", lambda row: row["kind"] == "calendar"
            ),
        }  # fmt: skip


def id_of(row: dict[str, Any]) -> str:
    return str(row["id"]) if "id" in row else f"{row['fingerprint']}/{row['seller']}"


def whole_sum(page: dict[str, Any]) -> dict[str, int]:
    """The sums of a page by currency; those of receipts of several kinds, which it has by kind only, added up."""
    by_kind = page.get("sum_by_kind") or {}
    return page["sum"] or sums_of([("", code, minor) for sums in by_kind.values() for code, minor in sums.items()])


def sums_of(entries: list[tuple[str, str, int]]) -> dict[str, int]:
    sums: dict[str, int] = {}
    for _, currency, amount in entries:
        if currency:
            sums[currency] = sums.get(currency, 0) + amount
    return dict(sorted(sums.items()))


def read_pages(client: TestClient, path: str, between: Callable[[], object], most: int) -> list[dict[str, Any]]:
    """All pages of a list; `between` is done after each. A list that does not end fails."""
    pages = [client.get(path).json()]
    while pages[-1].get("next"):
        assert len(pages) <= most, f"{path} does not end"
        between()
        pages.append(client.get(f"{path}&after={pages[-1]['next']}").json())
    assert all("data" in page for page in pages), pages[-1]
    return pages


@contextmanager
def on_disk(book: BillBook) -> Iterator[tuple[TwinNode, TestClient]]:
    """A node whose rows lie in LevelDB, in a folder of their own for each time the book is stored anew."""
    stores: list[LevelStore] = []
    with tempfile.TemporaryDirectory() as folder:

        def make() -> LevelStore:
            stores.append(LevelStore(Path(folder) / str(len(stores)), create=True, buffer_bytes=1 << 20))
            return stores[-1]

        node = TwinNode(book, store=make)
        with app_of(node) as client:
            yield node, client
        for store in stores:
            store.close()


def book_of(seed: int, steps: int) -> BillBook:
    book, _ = random_history(seed, steps, beside=random_rows)
    return with_parties(book)


@settings(max_examples=12, deadline=None, print_blob=True, phases=(Phase.explicit, Phase.reuse, Phase.generate))
@given(
    seed=st.integers(0, 2**32), steps=st.integers(8, 60), back=st.integers(0, 20), limit=st.sampled_from(PAGE_SIZES),
    who=st.sampled_from(SUPPLIERS), bank=st.sampled_from(BANKS), pinned=st.booleans(), sweep=st.booleans(),
)  # fmt: skip
def test_the_pages_of_every_list_at_every_height_are_the_plain_list(
    *, seed: int, steps: int, back: int, limit: int, who: str, bank: str, pinned: bool, sweep: bool
) -> None:
    """reading A1: every list, at the newest height and before it, with blocks between the pages and history going."""
    book = book_of(seed, steps)
    newest, height = book.height, max(1, book.height - back)
    bill = next(iter(book.scan("bill", "bill", height)), ((), {"id": ""}))[1]["id"]
    wanted = PlainLists(book, height).all(who, bank, bill)
    with on_disk(book) as (node, client):
        for path, entries in wanted.items():
            if not bill and ("/v1/bills/" in path or "bill=" in path):
                continue
            book.height = newest if pinned else height
            if sweep:
                take_history_away(node, height)

            def block() -> None:
                book.height = min(newest, book.height + 1)

            whole = client.get(f"{path}&limit=1000&at={height}").json()
            asked = f"{path}&limit={limit}" + (f"&at={height}" if pinned else "")
            pages = read_pages(client, asked, block, len(entries) // limit + 2)
            shown = [row for page in pages for row in page["data"]]
            ids = [id_of(row) for row in shown]
            assert sorted(ids) == sorted(one[0] for one in entries), path
            assert shown == whole["data"], path
            assert {(page["count"], *whole_sum(page).items()) for page in pages} == {
                (len(entries), *sums_of(entries).items())
            }, path
            assert {page["as_of"]["height"] for page in pages} == {height}
            assert all("count_complete" not in page for page in pages)
            assert all(len(page["data"]) == limit for page in pages[:-1]), path
            assert len(pages) == max(1, -(-len(entries) // limit)), f"{path} has a page too many"


@pytest.mark.parametrize("examined", [1, 3, 7])
def test_a_count_that_goes_on_ends_with_the_plain_one(examined: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """reading A3: no list without kept sums stays counted in part, on LevelDB and at a height below the newest."""
    monkeypatch.setattr("chainbill_node.rest.lists.MAX_EXAMINED", examined)
    book = book_of(examined, 60)
    height = book.height - 10
    bill = next(iter(book.scan("bill", "bill", height)))[1]["id"]
    wanted = PlainLists(book, height).all(SUPPLIERS[0], BANKS[0], bill)
    partial = 0
    with on_disk(book) as (_, client):
        for path, entries in wanted.items():
            most = 2 * len(list(book.scan("token", "token"))) + 20
            pages = read_pages(client, f"{path}&limit=1&at={height}", lambda: None, most)
            partial += "count_complete" in pages[0]
            counts = [page["count"] for page in pages]
            assert counts == sorted(counts), path
            assert (counts[-1], whole_sum(pages[-1])) == (len(entries), sums_of(entries)), path
            assert "count_complete" not in pages[-1], path
            ids = [id_of(row) for page in pages for row in page["data"]]
            assert sorted(ids) == sorted(one[0] for one in entries), path
    assert partial > 5


@pytest.mark.parametrize("examined", [1, 7])
def test_sums_by_kind_go_on_with_the_pages(examined: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Receipts of both tables, with references of unlike length, counted a few rows a page: every sum is whole."""
    monkeypatch.setattr("chainbill_node.rest.lists.MAX_EXAMINED", examined)
    book = with_parties(BillBook())
    codes = ("CNY", "EUR")
    bills = [book.token(book.issue(ANCHOR, SUPPLIERS[0], 5_000, code))["bill"] for code in codes]
    made: list[tuple[str, str, int]] = []
    for number, kind in enumerate(("settlement", "payment", "finance", "unmatched") * 4):
        table = "finance" if kind in ("finance", "unmatched") else "settlement"
        reference = ("z", "aa", "b/2", "AAAA-1", "0")[number % 5] + str(number) * (1 + number % 3)
        made.append((kind, codes[number % 3 % 2], 100 + number))
        book.put(table, "receipt", (BANKS[number % 2], reference), {
            "digest": "", "bill": bills[number % 3 % 2], "amount": 100 + number, "result": {},
            "value_date": "2026-02-01", "kind": kind, "height": book.height, "transaction": "ab" * 32,
        })  # fmt: skip
    with on_disk(book) as (_, client):
        for kinds in ("all", "finance,settlement", "payment,unmatched"):
            listed = [one for one in made if kinds == "all" or one[0] in kinds.split(",")]
            added = [one for one in listed if one[0] != "payment"]
            wanted = {kind: sums_of([one for one in added if one[0] == kind]) for kind, _, _ in added}
            for limit in (1, 3):
                pages = read_pages(client, f"/v1/receipts?kind={kinds}&limit={limit}", lambda: None, 60)
                assert (pages[-1]["sum_by_kind"], pages[-1]["sum"]) == (wanted, {}), (kinds, limit)
                ids = {id_of(row) for page in pages for row in page["data"]}
                assert len(ids) == pages[-1]["count"] == len(listed) == sum(len(page["data"]) for page in pages)
                assert "count_complete" not in pages[-1]


def take_history_away(node: TwinNode, lowest: int) -> None:
    """Prune what no height from `lowest` on can ask for."""
    node.rows()
    store = node.disk.store
    assert store is not None
    store.write([(layout.LOWEST_KEY, layout.height_bytes(lowest))])
    sweep = HistorySweep(store)
    while sweep.step(lowest):
        pass


def test_a_token_of_an_earlier_height_is_listed_once() -> None:
    """reading A1: the row that a page ended with is not on the next page because it changed since."""
    book = with_parties(BillBook())
    tokens = [book.issue(ANCHOR, SUPPLIERS[0], 100 + number) for number in range(3)]
    height = book.height
    book.next_height()
    for token in tokens:
        book.change_token(token, holder=SUPPLIERS[1])
    with on_disk(book) as (_, client):
        pages = read_pages(client, f"/v1/tokens?status=live&limit=1&at={height}", lambda: None, 5)
    assert [[row["id"] for row in page["data"]] for page in pages] == [[token] for token in sorted(tokens)]
    assert {(page["count"], page["sum"]["CNY"]) for page in pages} == {(3, 303)}


@pytest.mark.parametrize("limit", PAGE_SIZES)
def test_the_blocks_are_a_list_too(limit: int) -> None:
    """reading A1: blocks, with others made between the pages."""
    book = book_of(7, 20)
    with on_disk(book) as (_, client):
        height = book.height
        pages = read_pages(client, f"/v1/blocks?limit={limit}", book.next_height, height)
    assert [row["height"] for page in pages for row in page["data"]] == list(range(height, 0, -1))
    assert {page["count"] for page in pages} == {height}


def test_a_list_of_blocks_reads_their_headers_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """attack: 1,000 blocks were read whole and hashed for one question, some 0.2 ms where one has 50 transactions."""

    def whole(_data: bytes) -> Block:
        raise AssertionError("a whole block was read")

    book = book_of(7, 20)
    with on_disk(book) as (_, client):
        shown = client.get("/v1/blocks/head").json()
        monkeypatch.setattr(reader, "decode_block", whole)
        [newest] = client.get("/v1/blocks?limit=1").json()["data"]
    assert newest["transactions"] == len(shown["wire_ids"])
    assert newest["id"] == shown["id"]
