"""Chains of one validator over LevelDB behind the real REST interface: what a verifier meets, without a network."""

from __future__ import annotations

import itertools
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
from chainbill_node.application.application import LedgerApplication
from chainbill_node.home.keys import load_private_key
from chainbill_node.rest import create_app
from chainbill_node.rest.ports import NodeStatus, PeerInfo, holders
from chainbill_node.rest.reading import RestOptions
from chainbill_node.rest.request_signing import sign_request
from chainbill_node.storage.chain.database import ChainDatabase
from chainbill_node.storage.ledger_reader import Pruned, Reader
from chainbill_node.storage.leveldb import LevelStore
from cli.solo_node import SoloNode
from ledger import tiny_network
from ledger.ledger_kit import validator_keys, validators
from ledger.tiny_network import TinyNetwork
from node_chain import LocalChain
from rest.conftest import BASE, TestClient

from chainbill.ledger.transaction import Transaction, decode_transaction

ARCHIVE = PeerInfo("ab", "archive", "10.0.0.9:26656", True, 50, 0, 0)
_nonces = itertools.count(1)


class ServedNode(SoloNode):
    """A node of a chain that a test drives."""

    def __init__(self, chain: LocalChain) -> None:
        self.chain = chain
        self.genesis = chain.genesis

    @property
    def ledger(self) -> LedgerApplication:  # type: ignore[override]
        return self.chain.ledger

    def status(self) -> NodeStatus:
        return replace(super().status(), lowest_height=self.ledger.lowest_height)

    def reader(self, at: int | None) -> Reader:
        try:
            return self.ledger.reader(at)
        except Pruned as error:
            error.held_by = tuple(holders(self.peers(), error.height))
            raise

    def peers(self) -> list[PeerInfo]:
        return [ARCHIVE]


class TinyChain(LocalChain):
    """The small contracts of the ledger's tests: day items, activations and migrations when a test wants them."""

    def __init__(self, directory: Path) -> None:
        self.genesis = tiny_network.genesis(validators=validators(1), public_reads=True)
        [self.key] = validator_keys(1)
        self.store = LevelStore(directory, create=True)
        self.ledger = LedgerApplication(ChainDatabase(self.store))
        self.ledger.init_chain(self.genesis)
        self.time_ms = tiny_network.START_MS
        self._wires = TinyNetwork(self.genesis)

    def sign(self, alias: str, *calls: tuple[str, str, dict[str, Any]], nonce: bytes = b"") -> Transaction:
        self._wires.time_ms = self.time_ms
        return decode_transaction(self._wires.wire(alias, *calls))


def reopened(chain: LocalChain, directory: Path) -> None:
    """Close the store of a chain and open it again, as a restart does."""
    chain.store.close()
    chain.store = LevelStore(directory, create=False)
    chain.ledger = LedgerApplication(ChainDatabase(chain.store))
    chain.ledger.open_chain(chain.genesis)


def client_of(chain: LocalChain) -> TestClient:
    """A client of the REST interface over a chain."""
    return TestClient(create_app(ServedNode(chain), RestOptions(now_ms=lambda: chain.time_ms)))


def get_as(client: TestClient, chain: LocalChain, alias: str, path: str, **headers: str) -> httpx.Response:
    """A signed GET of a party of a local network."""
    key = load_private_key(chain.network.parties[alias].key)
    signed = sign_request(
        key, "GET", f"{BASE}{path}", created_s=chain.time_ms // 1000, nonce=next(_nonces).to_bytes(12, "big")
    )
    return client.get(path, headers=signed | headers)
