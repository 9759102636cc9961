"""Messages as canonical lists [kind, field, …], ready to be encoded; blocks as their own canonical bytes."""

from __future__ import annotations

from functools import singledispatch
from typing import Any

from chainbill.ledger.vote import Vote
from chainbill_node.wire import messages
from chainbill_node.wire.messages import Kind


@singledispatch
def fields_of(message: object) -> list[Any]:
    """The canonical list of a message; TypeError for what is none."""
    raise TypeError(f"not a message: {type(message).__name__}")


@fields_of.register
def _(message: messages.Proposal) -> list[Any]:
    return [int(Kind.PROPOSAL), message.header.fields(), message.block.encoded, _vote_fields(message.prevotes)]


@fields_of.register
def _(message: messages.CompactProposal) -> list[Any]:
    contents = [message.parent_certificate, list(message.wire_ids), list(message.evidence)]
    block = [message.block_header.fields(), *contents]
    return [int(Kind.COMPACT_PROPOSAL), message.header.fields(), block, _vote_fields(message.prevotes)]


@fields_of.register
def _(message: messages.WantProposal) -> list[Any]:
    return [int(Kind.WANT_PROPOSAL), message.height, message.round]


@fields_of.register
def _(message: messages.Plan) -> list[Any]:
    fields = [message.height, message.time_ms, list(message.wire_ids), message.may_leave_out, message.max_bytes]
    fields.append(message.parent_certificate)
    if message.max_gas is None:
        return [int(Kind.PLAN), *fields]
    return [int(Kind.BOUNDED_PLAN), *fields, message.max_gas]


@fields_of.register
def _(message: messages.Votes) -> list[Any]:
    return [int(Kind.VOTES), _vote_fields(message.votes)]


@fields_of.register
def _(message: messages.Status) -> list[Any]:
    lines = [[line.round, int(line.type), line.block_id, line.voters] for line in message.summaries]
    return [int(Kind.STATUS), message.height, message.round, list(message.proposals), lines, message.attempt]


@fields_of.register
def _(message: messages.Decided) -> list[Any]:
    return [int(Kind.DECIDED), *_decided_fields(message)]


@fields_of.register
def _(message: messages.WantBlock) -> list[Any]:
    return [int(Kind.WANT_BLOCK), message.height, message.block_id]


@fields_of.register
def _(message: messages.BlockAnswer) -> list[Any]:
    return [int(Kind.BLOCK), message.block.encoded]


@fields_of.register
def _(message: messages.WantOwn) -> list[Any]:
    return [int(Kind.WANT_OWN), message.height, message.validator]


@fields_of.register
def _(message: messages.Own) -> list[Any]:
    headers = [header.fields() for header in message.proposals]
    kind = Kind.OWN if message.whole else Kind.OWN_IN_PART
    return [int(kind), message.height, message.validator, headers, _vote_fields(message.votes)]


@fields_of.register
def _(message: messages.WantPosition) -> list[Any]:
    return [int(Kind.WANT_POSITION), message.height, message.round]


@fields_of.register
def _(message: messages.Position) -> list[Any]:
    held = message.locked
    locked = None if held is None else [held.block.encoded, held.round, _vote_fields(held.prevotes)]
    return [int(Kind.POSITION), message.height, message.round, message.bar, locked]


@fields_of.register
def _(message: messages.EvidenceFound) -> list[Any]:
    return [int(Kind.EVIDENCE), message.evidence]


@fields_of.register
def _(message: messages.WantBlocks) -> list[Any]:
    return [int(Kind.WANT_BLOCKS), message.first, message.count]


@fields_of.register
def _(message: messages.Blocks) -> list[Any]:
    return [int(Kind.BLOCKS), message.first, [_decided_fields(entry) for entry in message.blocks], message.pruned]


@fields_of.register
def _(message: messages.Transactions) -> list[Any]:
    return [int(Kind.TRANSACTIONS), list(message.wires)]


@fields_of.register
def _(message: messages.WantSnapshots) -> list[Any]:  # noqa: ARG001  it has no fields
    return [int(Kind.WANT_SNAPSHOTS)]


@fields_of.register
def _(message: messages.Snapshots) -> list[Any]:
    return [int(Kind.SNAPSHOTS), list(message.manifests)]


@fields_of.register
def _(message: messages.WantChunk) -> list[Any]:
    return [int(Kind.WANT_CHUNK), message.height, message.index]


@fields_of.register
def _(message: messages.Chunk) -> list[Any]:
    return [int(Kind.CHUNK), message.height, message.index, message.data]


def _vote_fields(votes: tuple[Vote, ...]) -> list[Any]:
    return [vote.fields() for vote in votes]


def _decided_fields(decided: messages.Decided) -> list[Any]:
    return [decided.block.encoded, decided.certificate.fields()]
