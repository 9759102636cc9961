"""Trace events as lines that a person can read."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from chainbill_node import wire
from chainbill_node.driver_ports import Note
from chainbill_node.wire.messages import Proposal, Votes

from chainbill.ledger.block import Block
from chainbill.ledger.certificate import Certificate
from chainbill.ledger.vote import NO_ROUND

decode = lru_cache(maxsize=4096)(wire.decode)
"""Bytes to messages; every receiver of the same bytes gets the same frozen message."""


def told(note: Note, names: Mapping[bytes, str]) -> str:
    """One line, "" for what a transcript leaves out."""
    place = f"height {note.height} round {note.round}"
    fields = note.fields
    match note.kind:
        case "signed" | "resent":
            again = " again" if note.kind == "resent" else ""
            return f"says{again} {said(fields['message'])}"
        case "round":
            return f"starts {place}"
        case "committed" | "synced":
            block, certificate = fields["block"], fields["certificate"]
            if not isinstance(block, Block) or not isinstance(certificate, Certificate):
                return ""
            signers = ",".join(sorted(names[key] for key, _ in certificate.signatures))
            how = "decides" if note.kind == "committed" else "takes over"
            return f"{how} height {block.height}: {short(block.id)} from round {certificate.round}, signed by {signers}"
        case "refused_block":
            return f"finds {short(fields['block_id'])} wanting: {fields['reason']}"
        case "evidence":
            accused = getattr(getattr(fields["evidence"], "first", None), "validator", b"")
            return f"holds evidence against {names.get(accused, '?')}"
        case "dropped_peer":
            return f"drops {fields['peer']}: {fields['reason']}"
        case "asking":
            return "asks its peers for its own messages before it signs"
        case "abstaining" | "halted":
            return f"{note.kind} at height {note.height}: {fields['reason']}"
        case "started":
            return f"starts at height {note.height}"
        case _:
            return ""


def said(message: object) -> str:
    """A signed message in words."""
    if isinstance(message, Proposal):
        header = message.header
        earlier = "" if header.valid_round == NO_ROUND else f", valid since round {header.valid_round}"
        return f"PROPOSAL {short(header.block_id)} (height {header.height} round {header.round}{earlier})"
    if isinstance(message, Votes):
        vote = message.votes[0]
        return f"{vote.type.name} {short(vote.block_id)} (height {vote.height} round {vote.round})"
    return ""


def short(block_id: object) -> str:
    """A block id as people read it."""
    return block_id.hex()[:6] if isinstance(block_id, bytes) else "nil"
