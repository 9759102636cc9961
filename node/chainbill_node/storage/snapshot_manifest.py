"""What a snapshot's manifest says, read from the store it was made of."""

from __future__ import annotations

from collections.abc import Sequence

from chainbill.codec import decode_trusted
from chainbill.ledger.block import Header, header_of
from chainbill.ledger.certificate import Certificate, decode_certificate
from chainbill_node.storage import layout
from chainbill_node.storage.history_log import frontier_of
from chainbill_node.storage.layout import height_key
from chainbill_node.storage.records import decode_validators
from chainbill_node.storage.store import Readable
from chainbill_node.sync.manifest import Link, SnapshotManifest


def manifest_of(
    source: Readable, height: int, size: int, chunks: Sequence[bytes], *, network: bytes
) -> SnapshotManifest | None:
    """The manifest of a snapshot of `height`, None as long as the next height, which certifies it, is not committed."""
    anchor = _certified(source, height + 1)
    if anchor is None:
        return None
    peaks = frontier_of(source, height).peaks
    return SnapshotManifest(network, *anchor, links_of(source, height + 2), size, tuple(chunks), peaks)


def links_of(source: Readable, up_to: int) -> tuple[Link, ...]:
    """Every change of the validator set that acts from `up_to` or before, with what certifies it."""
    links = []
    stop = height_key(layout.VALIDATORS, up_to + 1)
    for key, raw in source.range(height_key(layout.VALIDATORS, 2), stop):
        start = int.from_bytes(key[1:], "big")
        found = _certified(source, start - 1)
        if found is None:
            kept = source.get(height_key(layout.LINK, start))
            if kept is None:
                continue
            header, certificate = decode_trusted(kept)
            found = Header.from_fields(header), Certificate.from_fields(certificate)
        links.append(Link(*found, decode_validators(raw)))
    return tuple(links)


def _certified(source: Readable, height: int) -> tuple[Header, Certificate] | None:
    block = source.get(height_key(layout.BLOCK, height))
    certificate = source.get(height_key(layout.CERTIFICATE, height))
    return None if block is None or certificate is None else (header_of(block), decode_certificate(certificate))
