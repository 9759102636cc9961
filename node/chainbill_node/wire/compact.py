"""Proposals without the bodies of their transactions: what everybody was sent before is named by its wire id.

It only saves bytes. The header names the root over the wire ids, so whoever restores a block of transactions that it
knows by these ids has the very block that was proposed; whoever lacks one asks for the whole proposal.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from chainbill.ledger.block import Block
from chainbill.ledger.vote import ProposalHeader
from chainbill_node.wire.limits import MAX_COMPACT_A_HEIGHT
from chainbill_node.wire.messages import CompactProposal, Proposal


def shortened(proposal: Proposal) -> CompactProposal:
    """The compact form of a proposal."""
    block = proposal.block
    return CompactProposal(
        proposal.header, block.header, block.wire_ids, block.evidence, block.parent_certificate, proposal.prevotes
    )


def restored(message: CompactProposal, find: Callable[[bytes], bytes | None]) -> Proposal | None:
    """The proposal of a compact form; None where `find` (wire id to wire bytes) lacks one of its transactions.

    Malformed: the ids, the evidence or the parent's certificate are not those that the block's header names.
    """
    wires = [wire for wire in map(find, message.wire_ids) if wire is not None]
    whole = len(wires) == len(message.wire_ids)
    block = Block(message.block_header, tuple(wires), message.evidence, message.parent_certificate)
    vars(block)["wire_ids"] = message.wire_ids  # each wire was found by its id
    block.check_roots()
    return Proposal(message.header, block, message.prevotes) if whole else None


class CompactBudget:
    """How many compact proposals of each validator are looked at in a height; what is beyond comes by STATUS."""

    def __init__(self) -> None:
        self._heights: dict[int, Counter[bytes]] = {}

    def take(self, header: ProposalHeader) -> bool:
        """Count one; False when its validator has used up what it may at this height."""
        for old in [height for height in self._heights if abs(height - header.height) > 1]:
            del self._heights[old]
        seen = self._heights.setdefault(header.height, Counter())
        seen[header.validator] += 1
        return seen[header.validator] <= MAX_COMPACT_A_HEIGHT
