"""A node that lacks what a coming height needs: it knows from the vote on, ends before it, and does not begin again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from chainbill_node.application.application import LedgerApplication
from chainbill_node.home.config import ConfigError
from chainbill_node.home.node_home import check_software
from chainbill_node.home.verify import verify_store
from chainbill_node.mempool import Mempool
from chainbill_node.process.adapters import LedgerPort, UpgradeMissing
from chainbill_node.storage.chain.database import ChainDatabase
from chainbill_node.storage.memory import MemoryStore
from ledger.two_protocols import BOTH, PROTOCOL_2
from node_chain import LocalChain

from chainbill.protocols import Protocols


def decide(chain: LocalChain, kind: str, **content: Any) -> None:
    """A proposal of the only validator, and its vote."""
    made = chain.call("bank1", "governance", "propose", {"kind": kind, "content": content})
    vote = {"proposal": made["proposal"], "choice": "yes"}
    assert chain.call("bank1", "governance", "vote", vote)["status"] == "accepted"


def port_of(ledger: LedgerApplication) -> LedgerPort:
    return LedgerPort(
        ledger, Mempool(10, 10_000), max_transactions=10, max_bytes=100_000, now_ms=lambda: 0,
        on_commit=lambda *_: None, on_plan=lambda *_: None,
    )  # fmt: skip


@pytest.fixture
def chain(tmp_path: Path) -> LocalChain:
    return LocalChain(tmp_path)


def protocol_from(chain: LocalChain, ahead: int) -> int:
    at = chain.ledger.info().height + ahead
    decide(chain, "protocol", version=2, digest=PROTOCOL_2.digest, active_height=at)
    return at


def opened(chain: LocalChain, store: MemoryStore, protocols: Protocols) -> LedgerApplication:
    ledger = LedgerApplication(ChainDatabase(store), protocols=protocols)
    ledger.open_chain(chain.genesis)
    return ledger


def test_a_node_knows_from_the_vote_on_and_ends_before_the_height(chain: LocalChain) -> None:
    assert chain.ledger.upgrade_needed is None
    at = protocol_from(chain, 6)
    needed = chain.ledger.upgrade_needed
    assert needed is not None
    assert (needed.height, needed.version) == (at, 2)
    check_software(needed, at - 1)
    port = port_of(chain.ledger)
    while chain.ledger.info().height < at - 2:
        chain.commit()
    certificates: list[Any] = []
    keep = chain.ledger.commit
    chain.ledger.commit = certificates.append  # type: ignore[assignment, method-assign]
    block = chain.propose().block
    chain.decide(block)
    chain.ledger.commit = keep  # type: ignore[method-assign]
    with pytest.raises(UpgradeMissing, match="协议 2"):
        port.commit(block, certificates[0])
    assert chain.ledger.info().height == at - 1, "what it could run is on the disk"
    with pytest.raises(ConfigError, match="protocol 2"):
        check_software(chain.ledger.upgrade_needed, at)
    assert port.build_block(at, chain.time_ms + 1_000, chain.key.public, ()) is None


def test_a_newer_build_goes_on_with_the_same_data_and_replays_it(chain: LocalChain) -> None:
    at = protocol_from(chain, 4)
    while chain.ledger.info().height < at - 1:
        chain.commit()
    assert isinstance(chain.store, MemoryStore)
    chain.ledger = opened(chain, chain.store, BOTH)
    assert chain.ledger.upgrade_needed is None
    for _ in range(3):
        chain.commit()
    assert verify_store(chain.store, chain.genesis, protocols=BOTH).ok
    report = verify_store(chain.store, chain.genesis)
    assert report.problems[0].height == at
    assert "protocol_unknown" in report.problems[0].detail


def test_a_python_that_will_not_be_allowed_is_told(chain: LocalChain) -> None:
    at = chain.ledger.info().height + 6
    decide(chain, "rules", changes={}, currencies={}, python=["3.99"], active_height=at)
    needed = chain.ledger.upgrade_needed
    assert needed is not None
    assert (needed.height, needed.python) == (at, ("3.99",))
    with pytest.raises(ConfigError, match=r"CPython 3\.99"):
        check_software(needed, at)
