"""What a snapshot is said to be, and whether to believe it: the chain of trust from genesis to its state root.

A manifest is canonical [2, network, header h + 1, its certificate, [[header, certificate, set], …],
size, [chunk hash, …], [peak, …]]. The header of h + 1 carries the root of the state after h, and that of the log of the
ids of blocks 1 to h, whose full subtrees are the peaks, the largest first. Each link is the header that names
the next change of validators, certified by the set before it. So a set is believed only because the one before it
certified it, and the first one stands in the genesis. Pure (docs/reference/snapshots.md).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from chainbill.codec import decode, encode
from chainbill.crypto.hashing import tagged_hash
from chainbill.crypto.merkle import Frontier
from chainbill.errors import Malformed, Refused
from chainbill.ledger.block import Header
from chainbill.ledger.certificate import Certificate, verify_certificate
from chainbill.ledger.genesis import Genesis
from chainbill.ledger.shapes import as_bytes, as_format, as_int, as_list
from chainbill.ledger.validators import ValidatorSet
from chainbill.limits import FORMAT
from chainbill_node.wire.limits import CHUNK_BYTES, MAX_CHUNKS, MAX_MANIFEST_BYTES

MAX_LINKS = 10_000
MAX_PEAKS = 63  # heights have no more bits


@dataclass(frozen=True, slots=True)
class Link:
    """A certified header whose next validators are another set: `validators` act from its height + 1 on."""

    header: Header
    certificate: Certificate
    validators: ValidatorSet


@dataclass(frozen=True, slots=True)
class SnapshotManifest:
    """One snapshot of the state after `height`. `anchor`: the header of height + 1. `size`: bytes of all chunks."""

    network: bytes
    anchor: Header
    certificate: Certificate
    links: tuple[Link, ...]
    size: int
    chunks: tuple[bytes, ...]
    peaks: tuple[bytes, ...]

    @property
    def history(self) -> Frontier:
        """The log of the block ids up to its height. Malformed: there are more or fewer peaks than such a log has."""
        return Frontier(self.height, self.peaks)

    @property
    def height(self) -> int:
        """The height whose state it holds."""
        return self.anchor.height - 1

    def names(self, index: int, chunk: bytes) -> bool:
        """Whether this is chunk number `index`."""
        return chunk_hash(chunk) == self.chunks[index]

    def same_as(self, other: SnapshotManifest) -> bool:
        """Whether both are of the same bytes, whichever signatures certify their header."""
        return (self.anchor.id, self.size, self.chunks) == (other.anchor.id, other.size, other.chunks)

    def encode(self) -> bytes:
        """The canonical bytes."""
        return encode(
            [
                FORMAT,
                self.network,
                self.anchor.fields(),
                self.certificate.fields(),
                [[one.header.fields(), one.certificate.fields(), one.validators.fields()] for one in self.links],
                self.size,
                list(self.chunks),
                list(self.peaks),
            ]
        )


def decode_manifest(data: bytes) -> SnapshotManifest:
    """Read canonical bytes. Malformed if they break the format or a bound."""
    fields = as_format(decode(data, max_bytes=MAX_MANIFEST_BYTES), "snapshot", length=8)
    chunks = as_list(fields[6], "chunks", at_most=MAX_CHUNKS)
    return SnapshotManifest(
        as_bytes(fields[1], "network", length=32),
        Header.from_fields(fields[2]),
        Certificate.from_fields(fields[3]),
        tuple([_link(one) for one in as_list(fields[4], "links", at_most=MAX_LINKS)]),
        as_int(fields[5], "size", high=MAX_CHUNKS * CHUNK_BYTES),
        tuple([as_bytes(one, "chunk hash", length=32) for one in chunks]),
        tuple([as_bytes(one, "peak", length=32) for one in as_list(fields[7], "peaks", at_most=MAX_PEAKS)]),
    )


def _link(value: Any) -> Link:
    header, certificate, validators = as_list(value, "link", length=3)
    return Link(Header.from_fields(header), Certificate.from_fields(certificate), ValidatorSet.from_fields(validators))


def chunk_hash(chunk: bytes) -> bytes:
    """What a manifest names a chunk by."""
    return tagged_hash("snapshot-chunk", chunk)


def trusted_sets(manifest: SnapshotManifest, genesis: Genesis) -> dict[int, ValidatorSet]:
    """The validator sets by the height they act from, up to the one after the anchor's.

    Raises Malformed or Refused (`snapshot_…`, or the certificate's reason) where the chain of trust breaks.
    """
    if manifest.network != genesis.hash:
        raise Refused("snapshot_of_other_chain", "the snapshot belongs to another network")
    if manifest.height < 1 or manifest.size > len(manifest.chunks) * CHUNK_BYTES:
        raise Malformed("snapshot_malformed", "its height or its size cannot be")
    sets = certified_sets(manifest.anchor, manifest.certificate, manifest.links, genesis)
    if manifest.history.root() != manifest.anchor.history_root:
        raise Refused("snapshot_history", "its log of block ids is not the one that its header names")
    return sets


def certified_sets(
    anchor: Header, certificate: Certificate, links: Sequence[Link], genesis: Genesis
) -> dict[int, ValidatorSet]:
    """The validator sets by the height they act from, followed from the genesis to a certified header."""
    sets = {1: genesis.validators}
    current, last = genesis.validators, 0
    for link in links:
        if not last < link.header.height <= anchor.height:
            raise Refused("snapshot_links", "the changes of validators are out of order")
        if link.validators == current:
            raise Refused("snapshot_links", f"header {link.header.height} changes no validators")
        _certified(link.header, link.certificate, current, genesis.hash)
        if link.header.next_validators_hash != link.validators.hash():
            raise Refused("snapshot_links", f"header {link.header.height} names another next set")
        current, last = link.validators, link.header.height
        sets[last + 1] = current
    _certified(anchor, certificate, set_at(sets, anchor.height), genesis.hash)
    if anchor.next_validators_hash != current.hash():
        raise Refused("snapshot_links", "the set after the snapshot is not the one its header names")
    return sets


def set_at(sets: dict[int, ValidatorSet], height: int) -> ValidatorSet:
    """The set that acts at a height."""
    return sets[max(start for start in sets if start <= height)]


def _certified(header: Header, certificate: Certificate, validators: ValidatorSet, network: bytes) -> None:
    if header.network != network:
        raise Refused("snapshot_of_other_chain", "a header belongs to another network")
    if header.validators_hash != validators.hash():
        raise Refused("snapshot_links", f"header {header.height} was made by another set than the one that is trusted")
    if (certificate.height, certificate.block_id) != (header.height, header.id):
        raise Refused("snapshot_certificate", f"the certificate is not of header {header.height}")
    verify_certificate(certificate, network, validators)
