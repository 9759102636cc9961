"""Proposals without the bodies of their transactions: what everybody was sent before is named by its wire id.

It only saves bytes. The header names the root over the wire ids, so whoever restores a block of transactions that it
knows by these ids has the very block that was proposed; whoever lacks one asks for the whole proposal.

The field's word: compact block relay.
"""

from __future__ import annotations

from collections.abc import Callable

from chainbill.ledger.block import Block
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
