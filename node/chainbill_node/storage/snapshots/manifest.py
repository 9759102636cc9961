"""Snapshot manifest: what it says, read from the store it was made of."""

from __future__ import annotations

from collections.abc import Sequence

from chainbill_node.storage.chain.history_log import frontier_of
from chainbill_node.storage.chain.links import certified, links_of
from chainbill_node.storage.store import Readable
from chainbill_node.sync.manifest import SnapshotManifest


def manifest_of(
    source: Readable, height: int, size: int, chunks: Sequence[bytes], *, network: bytes
) -> SnapshotManifest | None:
    """The manifest of a snapshot of `height`, None as long as the next height, which certifies it, is not committed."""
    anchor = certified(source, height + 1)
    if anchor is None:
        return None
    peaks = frontier_of(source, height).peaks
    return SnapshotManifest(network, *anchor, links_of(source, height + 2), size, tuple(chunks), peaks)
