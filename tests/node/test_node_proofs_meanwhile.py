"""State proofs that are asked for while a block is committed: each verifies under the root that it names."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from node_chain import LocalChain
from writes import CURRENCY, account_at

from chainbill.errors import Refused
from chainbill.state.keys import row_key
from chainbill.state.proof import verify_proof
from chainbill.state.rows import row_hash

pytestmark = pytest.mark.untraced


class Watched:
    """A lock that tells when somebody has to wait for it."""

    def __init__(self, lock: Any, heard: threading.Event) -> None:
        self._lock, self._heard = lock, heard

    def __enter__(self) -> None:
        if not self._lock.acquire(blocking=False):
            self._heard.set()
            self._lock.acquire()

    def __exit__(self, *_: object) -> None:
        self._lock.release()


class Askers:
    """At each step of a commit another thread asks for proofs, until it has them or waits."""

    def __init__(self, chain: LocalChain, key: bytes, absent: bytes) -> None:
        self._ledger, self._keys = chain.ledger, (key, absent)
        self._readers = [chain.ledger.reader(height) for height in range(1, chain.ledger.info().height + 1)]
        self.threads: list[threading.Thread] = []
        self.wrong: list[str] = []
        self.heard = threading.Event()

    def around(self, owner: Any, name: str, patched: pytest.MonkeyPatch) -> None:
        """Ask before and after each call of this function."""
        real = getattr(owner, name)

        def asked(*given: Any) -> Any:
            self._ask(f"before {name}")
            answer = real(*given)
            self._ask(f"after {name}")
            return answer

        patched.setattr(owner, name, asked)

    def _ask(self, when: str) -> None:
        for reader in self._readers:
            self.heard.clear()
            self._in_a_thread(lambda reader=reader: self._prove(reader, f"{when}, height {reader.height}"))  # type: ignore[misc]
            assert self.heard.wait(60)

    def _in_a_thread(self, work: Callable[[], None]) -> None:
        def run() -> None:
            try:
                work()
            except Exception as error:
                self.wrong.append(repr(error))
            self.heard.set()

        self.threads.append(threading.Thread(target=run))
        self.threads[-1].start()

    def _prove(self, reader: Any, when: str) -> None:
        root = reader.app_hash_at(reader.height)
        for key in self._keys:
            raw = reader.raw(key)
            try:
                proof = reader.prove(key)
            except Refused as refused:
                self.wrong += [] if refused.reason == "proof_too_old" else [f"{when}: {refused.reason}"]
                continue
            if not verify_proof(root, key, None if raw is None else row_hash(key, raw), proof):
                self.wrong.append(when)


@pytest.mark.parametrize("blocks", [2, 17])
def test_a_proof_that_is_asked_for_at_any_step_of_a_commit_verifies(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, blocks: int
) -> None:
    chain = LocalChain(tmp_path / "net")
    place = [chain.party("anchor"), CURRENCY]
    for number in range(blocks):
        chain.commit(chain.sign("anchor", account_at(chain.party(f"bank{1 + number % 2}"))))
    ledger = chain.ledger
    askers = Askers(chain, row_key("account", "account", place), row_key("account", "account", ["none", CURRENCY]))
    monkeypatch.setattr(ledger, "_lock", Watched(ledger._lock, askers.heard))
    for owner, name in ((ledger._database, "write_block"), (ledger._view, "committed"), (ledger._tree, "commit")):
        askers.around(owner, name, monkeypatch)
    chain.commit(chain.sign("anchor", account_at(chain.party(f"bank{1 + blocks % 2}"))))
    for thread in askers.threads:
        thread.join()
    assert askers.wrong == []
