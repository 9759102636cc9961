"""Messages to bytes and back: the canonical lists of `fields`, read with every bound checked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from chainbill import codec
from chainbill.ledger.block import Block, Header, as_certificate_bytes, claimed_transactions, decode_block
from chainbill.ledger.certificate import Certificate
from chainbill.ledger.shapes import as_bytes, as_int, as_list, bad_shape
from chainbill.ledger.vote import MAX_ROUND, NO_ROUND, ProposalHeader, Vote, VoteType
from chainbill.limits import (
    MAX_BLOCK_BYTES,
    MAX_BLOCK_TRANSACTIONS,
    MAX_EVIDENCE,
    MAX_EVIDENCE_BYTES,
    MAX_TRANSACTION_BYTES,
    MAX_VALIDATORS,
)
from chainbill_node.wire import limits, messages
from chainbill_node.wire.fields import fields_of
from chainbill_node.wire.limits import CHUNK_BYTES, MAX_CHUNKS, MAX_MANIFEST_BYTES
from chainbill_node.wire.messages import Kind, Message

MAX_FIELDS = 8
BITMAP_BYTES = (MAX_VALIDATORS + 7) // 8


def encode(message: Message) -> bytes:
    """The canonical bytes of a message; all that is in it has been read before, or was made here."""
    return codec.encode_trusted(fields_of(message))


def decode(data: bytes, allow: Callable[[int], None] = lambda _count: None) -> Message:
    """Read a message; Malformed if it breaks the format or a bound.

    allow: hears how many transactions the blocks in it say they have, or how many it names, and in a batch how many
    blocks and signatures there are, before those are read; what it raises is passed on. Reading and hashing 10,000
    transactions takes some 20 ms, in however few bytes, and 3,200 signatures 9 ms.
    """
    value = codec.decode(data, max_bytes=limits.MAX_MESSAGE_BYTES, max_items=limits.MAX_MESSAGE_ITEMS)
    fields = as_list(value, "message", at_most=MAX_FIELDS)
    kind = as_int(fields[0] if fields else None, "message kind")
    reader = _READERS.get(kind)
    if reader is None:
        raise bad_shape("message kind", "known")
    count, read = reader
    contents = as_list(fields, "message", length=count + 1)[1:]
    carried = _CARRIED.get(kind)
    if carried is not None:
        allow(carried(contents))
    return read(contents)


def _height(value: Any) -> int:
    return as_int(value, "height", low=1)


def _read_block(value: Any) -> Block:
    return decode_block(as_bytes(value, "block", at_most=MAX_BLOCK_BYTES))


def _read_votes(value: Any, at_most: int) -> tuple[Vote, ...]:
    return tuple([Vote.from_fields(entry) for entry in as_list(value, "votes", at_most=at_most)])


def _read_proposal(fields: list[Any]) -> messages.Proposal:
    header = ProposalHeader.from_fields(fields[0])
    block = _read_block(fields[1])
    if block.id != header.block_id or block.height != header.height:
        raise bad_shape("proposal block", "the block that its header names")
    return messages.Proposal(header, block, _read_votes(fields[2], MAX_VALIDATORS))


def _read_compact(fields: list[Any]) -> messages.CompactProposal:
    header = ProposalHeader.from_fields(fields[0])
    named, certificate, ids, proofs = as_list(fields[1], "compact block", length=4)
    block_header = Header.from_fields(named)
    if block_header.id != header.block_id or block_header.height != header.height:
        raise bad_shape("compact block", "the block that its header names")
    wire_ids = as_list(ids, "wire ids", at_most=MAX_BLOCK_TRANSACTIONS)
    evidence = as_list(proofs, "evidence", at_most=MAX_EVIDENCE)
    return messages.CompactProposal(
        header,
        block_header,
        tuple([as_bytes(one, "wire id", length=32) for one in wire_ids]),
        tuple([as_bytes(proof, "evidence", at_most=MAX_EVIDENCE_BYTES) for proof in evidence]),
        as_certificate_bytes(certificate),
        _read_votes(fields[2], MAX_VALIDATORS),
    )


def _read_want_proposal(fields: list[Any]) -> messages.WantProposal:
    return messages.WantProposal(_height(fields[0]), as_int(fields[1], "round", high=MAX_ROUND))


def _read_plan(fields: list[Any]) -> messages.Plan:
    ids = as_list(fields[2], "wire ids", at_most=MAX_BLOCK_TRANSACTIONS)
    bits = as_bytes(fields[3], "may leave out", length=(len(ids) + 7) // 8)
    if int.from_bytes(bits, "little") >> len(ids):
        raise bad_shape("may leave out", "a bitmap over the wire ids")
    return messages.Plan(
        _height(fields[0]),
        as_int(fields[1], "block time"),
        tuple([as_bytes(one, "wire id", length=32) for one in ids]),
        bits,
        as_int(fields[4], "max bytes", high=MAX_BLOCK_BYTES),
        as_certificate_bytes(fields[5]),
        as_int(fields[6], "max gas") if len(fields) > 6 else None,
    )


def _read_status(fields: list[Any]) -> messages.Status:
    ids = as_list(fields[2], "proposals", at_most=limits.MAX_KNOWN_PROPOSALS)
    lines = as_list(fields[3], "summaries", at_most=limits.MAX_SUMMARIES)
    return messages.Status(
        _height(fields[0]),
        as_int(fields[1], "round", low=-1, high=MAX_ROUND),
        tuple([as_bytes(block_id, "block id", length=32) for block_id in ids]),
        tuple([_read_summary(line) for line in lines]),
        as_int(fields[4], "attempt", high=MAX_ROUND),
    )


def _read_summary(value: Any) -> messages.VoteSummary:
    round_, type_, block_id, voters = as_list(value, "summary", length=4)
    return messages.VoteSummary(
        as_int(round_, "round", high=MAX_ROUND),
        VoteType(as_int(type_, "vote type", low=VoteType.PREVOTE, high=VoteType.PRECOMMIT)),
        None if block_id is None else as_bytes(block_id, "block id", length=32),
        as_bytes(voters, "voters", at_most=BITMAP_BYTES),
    )


def _read_decided(fields: list[Any]) -> messages.Decided:
    return messages.Decided(_read_block(fields[0]), Certificate.from_fields(fields[1]))


def _read_own(fields: list[Any], *, whole: bool) -> messages.Own:
    headers = as_list(fields[2], "proposals", at_most=limits.MAX_OWN_MESSAGES)
    return messages.Own(
        _height(fields[0]),
        as_bytes(fields[1], "validator key", length=32),
        tuple([ProposalHeader.from_fields(header) for header in headers]),
        _read_votes(fields[3], limits.MAX_OWN_MESSAGES),
        whole,
    )


def _read_position(fields: list[Any]) -> messages.Position:
    height = _height(fields[0])
    round_ = None if fields[1] is None else as_int(fields[1], "round", low=NO_ROUND, high=MAX_ROUND)
    bar = as_int(fields[2], "bar", low=NO_ROUND, high=NO_ROUND if round_ is None else round_)
    if fields[3] is None:
        return messages.Position(height, round_, bar)
    if bar == NO_ROUND:
        raise bad_shape("lock", "none without a bar")
    block, locked_round, prevotes = as_list(fields[3], "lock", length=3)
    votes = _read_votes(prevotes, MAX_VALIDATORS)
    locked = messages.Choice(_read_block(block), as_int(locked_round, "round", high=MAX_ROUND), votes)
    if locked.block.height != height:
        raise bad_shape("locked block", "a block of the height that is named")
    return messages.Position(height, round_, bar, locked)


def _read_blocks(fields: list[Any]) -> messages.Blocks:
    entries = as_list(fields[1], "blocks", at_most=limits.MAX_BLOCKS_IN_BATCH)
    pairs = [as_list(entry, "decided block", length=2) for entry in entries]
    if type(fields[2]) is not bool:
        raise bad_shape("pruned", "true or false")
    return messages.Blocks(_height(fields[0]), tuple([_read_decided(pair) for pair in pairs]), fields[2])


def _read_transactions(fields: list[Any]) -> messages.Transactions:
    wires = as_list(fields[0], "transactions", at_most=limits.MAX_GOSSIP_TRANSACTIONS)
    return messages.Transactions(
        tuple([as_bytes(wire, "transaction", at_most=MAX_TRANSACTION_BYTES) for wire in wires])
    )


def _read_snapshots(fields: list[Any]) -> messages.Snapshots:
    manifests = as_list(fields[0], "snapshots", at_most=limits.MAX_SNAPSHOTS)
    return messages.Snapshots(tuple([as_bytes(one, "snapshot", at_most=MAX_MANIFEST_BYTES) for one in manifests]))


def _read_chunk(fields: list[Any]) -> messages.Chunk:
    data = None if fields[2] is None else as_bytes(fields[2], "chunk", at_most=CHUNK_BYTES)
    return messages.Chunk(_height(fields[0]), as_int(fields[1], "chunk number", high=MAX_CHUNKS), data)


_READERS: dict[int, tuple[int, Callable[[list[Any]], Message]]] = {
    Kind.PROPOSAL: (3, _read_proposal),
    Kind.VOTES: (1, lambda fields: messages.Votes(_read_votes(fields[0], limits.MAX_VOTES))),
    Kind.STATUS: (5, _read_status),
    Kind.DECIDED: (2, _read_decided),
    Kind.WANT_BLOCK: (
        2,
        lambda fields: messages.WantBlock(_height(fields[0]), as_bytes(fields[1], "block id", length=32)),
    ),
    Kind.BLOCK: (1, lambda fields: messages.BlockAnswer(_read_block(fields[0]))),
    Kind.WANT_OWN: (
        2,
        lambda fields: messages.WantOwn(_height(fields[0]), as_bytes(fields[1], "validator key", length=32)),
    ),
    Kind.OWN: (4, lambda fields: _read_own(fields, whole=True)),
    Kind.OWN_IN_PART: (4, lambda fields: _read_own(fields, whole=False)),
    Kind.WANT_POSITION: (
        2,
        lambda fields: messages.WantPosition(
            _height(fields[0]), as_int(fields[1], "round", low=NO_ROUND, high=MAX_ROUND)
        ),
    ),
    Kind.POSITION: (4, _read_position),
    Kind.EVIDENCE: (
        1,
        lambda fields: messages.EvidenceFound(as_bytes(fields[0], "evidence", at_most=MAX_EVIDENCE_BYTES)),
    ),
    Kind.WANT_BLOCKS: (
        2,
        lambda fields: messages.WantBlocks(
            _height(fields[0]), as_int(fields[1], "count", low=1, high=limits.MAX_BLOCKS_IN_BATCH)
        ),
    ),
    Kind.BLOCKS: (3, _read_blocks),
    Kind.TRANSACTIONS: (1, _read_transactions),
    Kind.WANT_SNAPSHOTS: (0, lambda _fields: messages.WantSnapshots()),
    Kind.SNAPSHOTS: (1, _read_snapshots),
    Kind.WANT_CHUNK: (
        2,
        lambda fields: messages.WantChunk(_height(fields[0]), as_int(fields[1], "chunk number", high=MAX_CHUNKS)),
    ),
    Kind.CHUNK: (3, _read_chunk),
    Kind.COMPACT_PROPOSAL: (3, _read_compact),
    Kind.WANT_PROPOSAL: (2, _read_want_proposal),
    Kind.PLAN: (6, _read_plan),
    Kind.BOUNDED_PLAN: (7, _read_plan),
}


def _claimed(value: Any) -> int:
    return claimed_transactions(as_bytes(value, "block", at_most=MAX_BLOCK_BYTES))


def _claimed_in_batch(value: Any) -> int:
    pairs = as_list(value, "blocks", at_most=limits.MAX_BLOCKS_IN_BATCH)
    count = sum([_claimed(as_list(pair, "decided block", length=2)[0]) for pair in pairs])
    if count > limits.MAX_BATCH_TRANSACTIONS:
        raise bad_shape("blocks", f"of at most {limits.MAX_BATCH_TRANSACTIONS} transactions together")
    return count + sum([1 + _claimed_signatures(pair[1]) for pair in pairs])


def _claimed_signatures(value: Any) -> int:
    entries = as_list(value, "certificate", length=6)[-1]
    return len(as_list(entries, "certificate signatures", at_most=MAX_VALIDATORS))


def _named(value: Any) -> int:
    return len(as_list(value, "wire ids", at_most=MAX_BLOCK_TRANSACTIONS))


_CARRIED: dict[int, Callable[[list[Any]], int]] = {
    Kind.PROPOSAL: lambda fields: _claimed(fields[1]),
    Kind.DECIDED: lambda fields: _claimed(fields[0]),
    Kind.BLOCK: lambda fields: _claimed(fields[0]),
    Kind.POSITION: lambda fields: 0 if fields[3] is None else _claimed(as_list(fields[3], "lock", length=3)[0]),
    Kind.BLOCKS: lambda fields: _claimed_in_batch(fields[1]),
    Kind.COMPACT_PROPOSAL: lambda fields: _named(as_list(fields[1], "compact block", length=4)[2]),
    Kind.PLAN: lambda fields: _named(fields[2]),
    Kind.BOUNDED_PLAN: lambda fields: _named(fields[2]),
}
"""How many transactions a message carries or names, by its kind, as far as its outside says; see `decode`."""
