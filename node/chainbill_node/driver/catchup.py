"""Block sync inside the driver: requests out, verified batches in, applied one block at a time."""

from __future__ import annotations

from collections import deque

from chainbill_node import wire
from chainbill_node.consensus.rules import Rules
from chainbill_node.driver.inbox import BadPeerError
from chainbill_node.driver.ports import Application, Network
from chainbill_node.sync import blocks as sync
from chainbill_node.wire.limits import MAX_BATCH_BYTES, MAX_BLOCKS_IN_BATCH
from chainbill_node.wire.messages import Blocks, Decided, PeerId, WantBlocks


class Catchup:
    """Asks peers that claim more, keeps what they send until it is its turn; serves others from the store."""

    def __init__(self, application: Application, network: Network) -> None:
        self._application = application
        self._network = network
        self._state = sync.SyncState()
        self._waiting: deque[tuple[PeerId, Decided]] = deque()

    @property
    def has_blocks(self) -> bool:
        """Whether received blocks wait for their turn."""
        return bool(self._waiting)

    def heard(self, peer: PeerId, decided_height: int) -> None:
        """A peer claims to have decided this height."""
        self._state = sync.heard(self._state, peer, decided_height)

    def forget(self, peer: PeerId) -> None:
        """A peer is gone; what it sent and what is not yet applied goes with it."""
        self._state = sync.forget(self._state, peer)
        self._waiting = deque([entry for entry in self._waiting if entry[0] != peer])

    def go_on(self, next_height: int, now_ms: int) -> PeerId | None:
        """Ask for the next batch where that makes sense; the peer to drop, if one keeps failing."""
        self._state, failed = sync.expired(self._state, now_ms)
        if not self._waiting:
            self._state, request = sync.plan(self._state, next_height, now_ms)
            if request is not None:
                self._network.send(request.peer, wire.encode(WantBlocks(request.first, request.count)))
        return failed

    def receive(self, peer: PeerId, message: Blocks, now_ms: int) -> PeerId | None:
        """Take a batch that was asked for; the peer to drop, if it keeps delivering nothing."""
        self._state, wanted, failed = sync.answered(
            self._state, peer, message.first, len(message.blocks), now_ms, pruned=message.pruned
        )
        if wanted:
            if [entry.block.height for entry in message.blocks] != list(
                range(message.first, message.first + len(message.blocks))
            ):
                raise BadPeerError("sync_batch_out_of_order")
            self._waiting.extend([(peer, entry) for entry in message.blocks])
        return failed

    def next_block(self, rules: Rules) -> tuple[PeerId, Decided, str | None] | None:
        """The waiting block of this height with its sender and None, or with the reason why it must not be believed."""
        while self._waiting and self._waiting[0][1].block.height < rules.height:
            self._waiting.popleft()
        if not self._waiting or self._waiting[0][1].block.height != rules.height:
            self._waiting.clear()
            return None
        peer, decided = self._waiting.popleft()
        refused = sync.refusal(decided.block, decided.certificate, rules.network, rules.validators, rules.trusted_id)
        return peer, decided, refused

    def serve(self, peer: PeerId, message: WantBlocks, tip_height: int) -> None:
        """Answer a peer's request from the store, at least one block, then as many as fit into a batch."""
        found: list[Decided] = []
        size = 0
        last = min(message.first + min(message.count, MAX_BLOCKS_IN_BATCH) - 1, tip_height)
        for height in range(message.first, last + 1):
            entry = self._application.load_block(height)
            if entry is None:
                break
            size += len(entry[0].encoded)
            if found and size > MAX_BATCH_BYTES:
                break
            found.append(Decided(*entry))
        pruned = not found and message.first <= tip_height
        self._network.send(peer, wire.encode(Blocks(message.first, tuple(found), pruned)))
