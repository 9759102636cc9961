"""Trace events as lines that a person can read."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from chainbill_node import wire
from chainbill_node.driver.ports import Note
from chainbill_node.wire.messages import Message, Proposal, Votes

from chainbill.ledger.block import Block
from chainbill.ledger.certificate import Certificate
from chainbill.ledger.vote import NO_ROUND, Vote

decode = lru_cache(maxsize=4096)(wire.decode)
"""Bytes to messages; every receiver of the same bytes gets the same frozen message."""


class Labels:
    """Names for block ids in the order in which a run meets them: A, B, …, Z, A1, B1, …"""

    def __init__(self) -> None:
        self._known: dict[bytes, str] = {}

    def __call__(self, block_id: object) -> str:
        if not isinstance(block_id, bytes):
            return "nil"
        if block_id not in self._known:
            turn, letter = divmod(len(self._known), 26)
            self._known[block_id] = chr(ord("A") + letter) + (str(turn) if turn else "")
        return self._known[block_id]

    def named(self, name: str) -> bytes | None:
        """The block id with a name; None where the run has not met one."""
        return next((block_id for block_id, known in self._known.items() if known == name), None)


def told(note: Note, names: Mapping[bytes, str], label: Labels) -> str:
    """One line, "" for what a transcript leaves out."""
    place = f"height {note.height} round {note.round}"
    fields = note.fields
    match note.kind:
        case "signed" | "resent":
            again = " again" if note.kind == "resent" else ""
            return f"says{again} {said(fields['message'], label)}"
        case "round":
            return f"starts {place}"
        case "committed" | "synced":
            block, certificate = fields["block"], fields["certificate"]
            if not isinstance(block, Block) or not isinstance(certificate, Certificate):
                return ""
            signers = ",".join(sorted(names[key] for key, _ in certificate.signatures))
            how = "decides" if note.kind == "committed" else "takes over"
            return f"{how} height {block.height}: {label(block.id)} from round {certificate.round}, signed by {signers}"
        case "refused_block":
            return f"finds {label(fields['block_id'])} wanting: {fields['reason']}"
        case "evidence":
            accused = getattr(getattr(fields["evidence"], "first", None), "validator", b"")
            return f"holds evidence against {names.get(accused, '?')}"
        case "dropped_peer":
            return f"drops {names[bytes.fromhex(str(fields['peer'])[:64])]}: {fields['reason']}"
        case "asking":
            return "asks its peers for its own messages before it signs"
        case "abstaining" | "halted":
            return f"{note.kind} at height {note.height}: {fields['reason']}"
        case "started":
            return f"starts at height {note.height}"
        case _:
            return ""


def words_of(message: Message, label: Labels) -> str:
    """What a message says; of those that nobody signs, its kind."""
    signed = message.votes if isinstance(message, Votes) else (message,)
    return ", ".join([said(one, label) for one in signed]) or type(message).__name__


def said(message: object, label: Labels) -> str:
    """A signed message in words."""
    if isinstance(message, Proposal):
        header = message.header
        earlier = "" if header.valid_round == NO_ROUND else f", valid since round {header.valid_round}"
        return f"PROPOSAL {label(header.block_id)} (height {header.height} round {header.round}{earlier})"
    if isinstance(message, Vote):
        return f"{message.type.name} {label(message.block_id)} (height {message.height} round {message.round})"
    return ""
