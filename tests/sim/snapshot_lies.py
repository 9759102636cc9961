"""What a faulty node may do with the snapshots that it serves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from chainbill_node.storage.snapshots.stream import BLOCK, ROW, RecordReader, chunks_of
from chainbill_node.sync.manifest import SnapshotManifest, chunk_hash, decode_manifest
from chainbill_node.wire.messages import Chunk, Message, Snapshots, WantChunk, WantSnapshots

from chainbill.ledger.certificate import Certificate
from chainbill.ledger.vote import VoteType, sign_vote
from chainbill.state import rows

if TYPE_CHECKING:
    from sim.newcomers import ProductNode

LIES = (
    "damages a chunk", "sends other chunks than it names", "changes a row", "leaves out a row", "certifies by itself",
    "claims a higher one", "has no chunk any more", "says nothing", "sends rubbish",
    "leaves out old blocks", "names other peaks",
)  # fmt: skip
Records = list[list[Any]]


def lie_about(node: ProductNode, question: WantSnapshots | WantChunk, answer: Message) -> Message | None:
    """The answer that it gives in place of the true one, None for silence."""
    if node.lie == "says nothing":
        return None
    if isinstance(question, WantChunk):
        return _chunk(node, question, answer)
    if not isinstance(answer, Snapshots) or not answer.manifests:
        return answer
    if node.lie == "sends rubbish":
        return Snapshots((b"\x98rubbish",))
    told = [decode_manifest(data) for data in answer.manifests]
    return Snapshots(tuple([_manifest(node, one).encode() for one in told]))


def _chunk(node: ProductNode, question: WantChunk, answer: Message) -> Message:
    if not isinstance(answer, Chunk) or answer.data is None:
        return answer
    if node.lie == "damages a chunk":
        return replace(answer, data=answer.data[:-1] + bytes((answer.data[-1] ^ 1,)))
    if node.lie == "has no chunk any more":
        return replace(answer, data=None)
    if node.lie in CHANGES:
        chunks = _repacked(node, question.height)
        return replace(answer, data=chunks[question.index] if question.index < len(chunks) else None)
    return answer


def _manifest(node: ProductNode, true: SnapshotManifest) -> SnapshotManifest:
    if node.lie in ("changes a row", "leaves out a row", "leaves out old blocks"):
        chunks = _repacked(node, true.height)
        return replace(true, size=sum(map(len, chunks)), chunks=tuple(map(chunk_hash, chunks)))
    if node.lie == "names other peaks":
        return replace(true, peaks=tuple([bytes(32) for _ in true.peaks]))
    if node.lie in ("certifies by itself", "claims a higher one"):
        higher = 100 if node.lie == "claims a higher one" else 0
        anchor = replace(true.anchor, app_hash=bytes(32), height=true.anchor.height + higher)
        vote = sign_vote(
            node.key, true.network, type=VoteType.PRECOMMIT, height=anchor.height, round=0, block_id=anchor.id
        )
        return replace(true, anchor=anchor, certificate=Certificate.from_votes([vote]))
    return true


def _repacked(node: ProductNode, height: int) -> list[bytes]:
    reader = RecordReader()
    records = [record for chunk in node.store.snapshots[height][1] for record in reader.feed(chunk)]
    return [chunk for chunk in chunks_of(CHANGES[node.lie](records)) if chunk]


def _of_earlier_heights(records: Records) -> Records:
    """Every row pretends to be as old as the chain: that is not hashed, so only the names of the chunks show it."""
    return [[ROW, one[1], bytes(8) + one[2][8:]] if one[0] == ROW else one for one in records]


def _with_another_row(records: Records) -> Records:
    """The first party gets a new name."""
    done: Records = []
    for one in records:
        if one[0] == ROW and one[1].startswith(b"party\0party\0"):
            row = rows.unpack(one[2])
            one = [ROW, one[1], rows.pack(row.since, row.salt, row.value_bytes.replace(b"Company", b"Another"))]
        done.append(one)
    return done


def _without_a_row(records: Records) -> Records:
    """The last row is missing."""
    place = max(number for number, one in enumerate(records) if one[0] == ROW)
    return records[:place] + records[place + 1 :]


def _without_old_blocks(records: Records) -> Records:
    """It begins with its third block: the ids of earlier ones could be used again."""
    places = [number for number, one in enumerate(records) if one[0] == BLOCK]
    return records[places[min(2, len(places) - 1)] :] if places else records


CHANGES: dict[str, Callable[[Records], Records]] = {
    "sends other chunks than it names": _of_earlier_heights,
    "changes a row": _with_another_row,
    "leaves out a row": _without_a_row,
    "leaves out old blocks": _without_old_blocks,
}
