"""Evidence waiting to get into a block: each misdeed once, bounded, oldest first."""

from __future__ import annotations

import msgspec

from chainbill.ledger.evidence import Evidence, Misdeed, decode_evidence
from chainbill_node.consensus.limits import EVIDENCE_REMEMBERED, EVIDENCE_WAITING


class EvidencePool(msgspec.Struct, frozen=True):
    """`waiting`: encoded evidence by misdeed; `settled`: misdeeds already recorded in a block."""

    waiting: dict[Misdeed, bytes] = {}
    settled: tuple[Misdeed, ...] = ()

    def add(self, evidence: Evidence) -> EvidencePool:
        """With new evidence; the same pool if the misdeed is known or the pool is full."""
        key = evidence.key
        if key in self.waiting or key in self.settled or len(self.waiting) >= EVIDENCE_WAITING:
            return self
        return EvidencePool({**self.waiting, key: evidence.encode()}, self.settled)

    def settle(self, recorded: tuple[bytes, ...]) -> EvidencePool:
        """Without what a committed block has recorded."""
        if not recorded:
            return self
        keys = tuple([decode_evidence(data).key for data in recorded])
        waiting = {key: data for key, data in self.waiting.items() if key not in keys}
        return EvidencePool(waiting, (*self.settled, *keys)[-EVIDENCE_REMEMBERED:])

    def oldest(self, count: int) -> tuple[bytes, ...]:
        """Up to `count` encoded pieces, oldest first."""
        return tuple(list(self.waiting.values())[:count])
