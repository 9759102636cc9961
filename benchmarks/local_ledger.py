"""A ledger of one validator in this process: real contracts, LevelDB, signed blocks with certificates, no network.

It lies in a node's home, so that a node can be started on it at any time (see `startable_copy`).
"""

from __future__ import annotations

import shutil
import tempfile
import time
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

import work
from chainbill_node.application.protocol import ProposalRequest
from chainbill_node.driver.signer import new_signer_file
from chainbill_node.home.config import FilesConfig
from chainbill_node.home.keys import load_private_key
from chainbill_node.home.node_home import open_ledger
from chainbill_node.setup.local import create_local_network
from chainbill_node.setup.network import CreatedNode

from chainbill.ledger.certificate import Certificate
from chainbill.ledger.envelope import verify_signatures
from chainbill.ledger.transaction import decode_transaction
from chainbill.ledger.vote import VoteType, sign_vote

BLOCK = 250
BLOCK_BYTES = 2 * 1024 * 1024
PIECES = 100  # tokens that one split makes
PIECE_MINOR = 100_000
BILLS_AT_ONCE = 200
AGE_MS = 86_400_000  # the genesis lies a day back, so that block times do not run ahead of the clock


@contextmanager
def filled(tokens: int) -> Iterator[LocalLedger]:
    """A ledger of so many tokens that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="chainbill-ledger-") as folder:
        ledger = LocalLedger(Path(folder) / "net")
        try:
            ledger.fill(tokens)
            yield ledger
        finally:
            ledger.close()


class LocalLedger:
    """`bills`: of each bill the tokens of supplier1 that nothing has been done with; `made`: how many tokens there are.

    step_ms: block time from block to block. age_ms: how long ago the genesis was.
    """

    def __init__(self, folder: Path, *, step_ms: int = 1_000, age_ms: int = AGE_MS) -> None:
        self.time_ms = time.time_ns() // 1_000_000 - age_ms
        self.network = create_local_network(folder, validators=1, genesis_time_ms=self.time_ms, parameters=work.ROOM)
        self.home = self.network.nodes[0].home
        self.transactions = 0
        self.bills: list[list[str]] = []
        self.made = 0
        self._step_ms = step_ms
        self._key = load_private_key(self.home / FilesConfig().validator_key)
        self.supplier, self.anchor = (work.Sender(self.network, alias) for alias in ("supplier1", "anchor"))
        self.recipient = self.network.parties["supplier2"].party
        self.open()

    def open(self) -> None:
        """Open the database, as a node does at its start."""
        self.store, self.ledger = open_ledger(self.home / FilesConfig().data, self.network.genesis)

    def close(self) -> None:
        self.store.close()

    def commit(self, wires: Iterable[bytes], *, size: int = BLOCK, verify: bool = False) -> list[Any]:
        """Blocks of these transactions until all are in; what their calls answered. Raises RuntimeError if one fails.

        verify: check the signatures too, as a node does on arrival.
        """
        waiting = deque(decode_transaction(wire) for wire in wires)
        if verify and not all(verify_signatures(one) for one in waiting):
            raise RuntimeError("a signature is bad")
        answers: list[Any] = []
        while waiting:
            request = ProposalRequest(
                height=self.ledger.info().height + 1,
                time_ms=self.time_ms + self._step_ms,
                proposer=self._key.public,
                evidence=(),
                candidates=list(islice(waiting, size)),
                max_bytes=BLOCK_BYTES,
                may_leave_out=frozenset(),
            )
            block = self.ledger.prepare_proposal(request).block
            finalized = self.ledger.finalize_block(block)
            self.ledger.commit(self._certificate(block.height, block.id))
            self.time_ms = block.header.time_ms
            for receipt in finalized.transaction_receipts:
                if not receipt.ok:
                    raise RuntimeError(f"refused: {receipt.reason} {receipt.details}")
                answers += receipt.results
                waiting.popleft()
        self.transactions += len(answers)
        return answers

    def _certificate(self, height: int, block_id: bytes) -> Certificate:
        network = self.network.genesis.hash
        vote = sign_vote(self._key, network, type=VoteType.PRECOMMIT, height=height, round=0, block_id=block_id)
        return Certificate.from_votes([vote])

    def accepted(self, bills: int, face: int) -> list[str]:
        """So many bills of the anchor that supplier1 has accepted: the token of each."""
        issue = work.issue_call(self.anchor.party, self.supplier.party, face, self.time_ms / 1000)
        made = [one["bill"] for one in self.commit([self.sign(issue) for _ in range(bills)])]
        self.commit([self.sign(("bill", "confirm", {"bill": bill}), self.anchor) for bill in made])
        return [one["token"] for one in self.commit([self.sign(("bill", "accept", {"bill": bill})) for bill in made])]

    def fill(self, count: int) -> None:
        """Make tokens until `count` were made."""
        amounts = [PIECE_MINOR] * (PIECES - 1)
        while self.made < count:
            bills = min(BILLS_AT_ONCE, -(-(count - self.made) // PIECES))
            roots = self.accepted(bills, PIECES * PIECE_MINOR)
            cuts = [self.sign(("token", "split", {"token": root, "amounts": amounts})) for root in roots]
            for answer in self.commit(cuts):
                self.bills.append(answer["tokens"])
                self.made += PIECES

    def sign(self, call: work.NamedCall, sender: work.Sender | None = None) -> bytes:
        """A transaction of supplier1 unless another is named, valid at the ledger's time."""
        return (sender or self.supplier).sign(call, now_ms=self.time_ms)

    def transfers(self, tokens: Sequence[str], amount: int = work.OFFERED_MINOR) -> list[bytes]:
        """Signed transfers of part of each of these tokens."""
        return [self.sign(work.transfer_call(token, self.recipient, amount)) for token in tokens]

    def startable_copy(self, folder: Path) -> CreatedNode:
        """A copy of the closed home on which a node can be started; its key has signed nothing yet."""
        shutil.copytree(self.home, folder)
        height_known = new_signer_file(self.network.genesis.hash, self._key.public, self.height)
        (folder / FilesConfig().signer).write_bytes(height_known)
        node = self.network.nodes[0]
        return CreatedNode(node.name, folder, node.api, node.p2p, node.node_id)

    @property
    def height(self) -> int:
        """Of the newest block."""
        return self.ledger.info().height
