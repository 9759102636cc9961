"""Evidence waiting to get into a block: each misdeed once, bounded, and by validator too; oldest first.

The field's word: equivocation.
"""

from __future__ import annotations

import msgspec

from chainbill.ledger.evidence import Evidence, Misdeed, decode_evidence
from chainbill_node.consensus.limits import EVIDENCE_OF_ONE, EVIDENCE_REMEMBERED, EVIDENCE_WAITING


class EvidencePool(msgspec.Struct, frozen=True):
    """`waiting`: encoded evidence by misdeed; `settled`: misdeeds recorded in a block, or refused by it."""

    waiting: dict[Misdeed, bytes] = {}
    settled: tuple[Misdeed, ...] = ()

    def add(self, evidence: Evidence) -> EvidencePool:
        """With this one; the same pool if the misdeed is known, enough of this validator is, or the pool is full."""
        key = evidence.key
        if key in self.waiting or key in self.settled or len(self.waiting) >= EVIDENCE_WAITING:
            return self
        if sum([one[0] == evidence.validator for one in (*self.waiting, *self.settled)]) >= EVIDENCE_OF_ONE:
            return self
        return EvidencePool({**self.waiting, key: evidence.encode()}, self.settled)

    def settle(self, recorded: tuple[bytes, ...]) -> EvidencePool:
        """Without what a committed block has recorded."""
        return self._without(recorded)

    def refuse(self, offered: tuple[bytes, ...], taken: tuple[bytes, ...], height: int) -> EvidencePool:
        """Without what a block of this height was offered, in this order, and did not take although it had room.

        It is recorded already or too old, and would stand before others for ever. Of this height or later it stays: its
        turn comes.
        """
        last = max([place for place, data in enumerate(offered) if data in taken], default=len(offered))
        refused = [data for data in offered[:last] if data not in taken and decode_evidence(data).height < height]
        return self._without(tuple(refused))

    def _without(self, done: tuple[bytes, ...]) -> EvidencePool:
        if not done:
            return self
        keys = tuple([decode_evidence(data).key for data in done])
        waiting = {key: data for key, data in self.waiting.items() if key not in keys}
        return EvidencePool(waiting, (*self.settled, *keys)[-EVIDENCE_REMEMBERED:])

    def oldest(self, count: int) -> tuple[bytes, ...]:
        """Up to `count` encoded pieces, oldest first."""
        return tuple(list(self.waiting.values())[:count])
