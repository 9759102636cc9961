"""Apps over the in-memory node: one with open reads, one with closed reads and a client that signs."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from chainbill_node.rest.app import create_app
from chainbill_node.rest.reading import RestOptions
from chainbill_node.rest.request_signing import sign_request
from rest.bill_book import ANCHOR, BANKS, SUPPLIERS, BillBook, penetration_example
from rest.node_twin import START_MS, TwinNode, key_of

NOW_MS = START_MS + 30 * 24 * 3_600_000
BASE = "http://node.test"
nonces = itertools.count(1)


def with_parties(book: BillBook) -> BillBook:
    """Register everybody of the example: key of a party is that of its name."""
    height, book.height = book.height, 0
    book.party(ANCHOR, "anchor", key=key_of(ANCHOR).public.hex(), sponsor="BANK1")
    for supplier in SUPPLIERS:
        book.party(supplier, "supplier", key=key_of(supplier).public.hex(), sponsor="BANK1")
    for bank in (*BANKS, "BANK4"):
        book.party(bank, "bank", key=key_of(bank).public.hex())
    book.party("REGULATOR", "regulator", key=key_of("REGULATOR").public.hex())
    book.party("AUDITOR", "auditor", key=key_of("AUDITOR").public.hex())
    book.height = height
    return book


class TestClient:
    """A plain client of an app in this process; an exception in the app becomes the answer a server would give."""

    __test__ = False

    def __init__(self, app: Any) -> None:
        self.app = app
        self._loop = asyncio.new_event_loop()
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        self._http = httpx.AsyncClient(transport=transport, base_url=BASE)

    def request(self, method: str, path: str, **rest: Any) -> httpx.Response:
        return self._loop.run_until_complete(self._http.request(method, path, **rest))

    def get(self, path: str, **rest: Any) -> httpx.Response:
        return self.request("GET", path, **rest)

    def post(self, path: str, **rest: Any) -> httpx.Response:
        return self.request("POST", path, **rest)

    def __enter__(self) -> TestClient:
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.run_until_complete(self._http.aclose())
        self._loop.run_until_complete(self._loop.shutdown_default_executor())
        self._loop.close()


def app_of(node: TwinNode, **options: Any) -> TestClient:
    return TestClient(create_app(node, RestOptions(now_ms=lambda: NOW_MS, **options)))


@pytest.fixture
def example() -> tuple[BillBook, str]:
    book, bill = penetration_example()
    return with_parties(book), bill


@pytest.fixture
def node(example: tuple[BillBook, str]) -> TwinNode:
    return TwinNode(example[0])


@pytest.fixture
def client(node: TwinNode) -> Iterator[TestClient]:
    with app_of(node) as made:
        yield made


@pytest.fixture
def closed(example: tuple[BillBook, str]) -> Iterator[TestClient]:
    with app_of(TwinNode(example[0], public_reads=False)) as made:
        yield made


def signed_get(
    client: TestClient, who: str, path: str, *, created_s: int | None = None, **changed: str
) -> httpx.Response:
    """GET as a party; ``changed`` overrides header fields (underscores for dashes)."""
    url = f"{BASE}{path}"
    headers = sign_request(
        key_of(who), "GET", url, created_s=NOW_MS // 1000 if created_s is None else created_s,
        nonce=next(nonces).to_bytes(12, "big"),
    )  # fmt: skip
    headers |= {name.replace("_", "-"): value for name, value in changed.items()}
    return client.get(path, headers=headers)


@pytest.fixture
def read_as(closed: TestClient) -> Callable[[str, str], httpx.Response]:
    return lambda who, path: signed_get(closed, who, path)
