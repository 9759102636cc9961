"""Whom to ask for which heights, and what to think of the answers.

Whoever is quickest is asked, by the milliseconds that its last answer took a block. Else one that claims most and hands
out a block every few seconds would be asked for ever, and the node would never be where the others are. With each
request what is held against those that were not asked grows smaller, so that all have their turn now and then.

The field's word: block sync.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from chainbill.errors import ChainbillError
from chainbill.ledger.block import Block
from chainbill.ledger.certificate import Certificate, verify_certificate
from chainbill.ledger.validators import ValidatorSet
from chainbill_node.wire.limits import MAX_BLOCKS_IN_BATCH

ANSWER_WITHIN_MS = 5_000
STRIKES_ALLOWED = 3
MAX_PEERS = 256
SLOWEST_MS = ANSWER_WITHIN_MS
"""A block, of one that gave none."""
UNKNOWN_MS = 1_000
"""A block, of one that was not asked yet: behind all that answer well, so that coming back makes nobody new."""
FORGIVEN = 16
"""One part of so many with each request to another: SLOWEST_MS are below 5 ms after 100 requests, or 3,200 blocks."""
BLOCK_NOT_TRUSTED = "block_not_trusted"


@dataclass(frozen=True, slots=True)
class Request:
    """Ask `peer` for `count` blocks from height `first` on."""

    peer: str
    first: int
    count: int
    deadline_ms: int


@dataclass(frozen=True, slots=True)
class SyncState:
    """Claims (last decided height a peer says it has), failed requests by peer, the one request under way, and how
    many ms a block took a peer, also one that is away.
    """

    claims: dict[str, int] = field(default_factory=dict)
    strikes: dict[str, int] = field(default_factory=dict)
    request: Request | None = None
    pace_ms: dict[str, float] = field(default_factory=dict)


def heard(state: SyncState, peer: str, decided_height: int) -> SyncState:
    """A peer says which height it has decided. A reason to ask, never a reason to believe."""
    if peer not in state.claims and len(state.claims) >= MAX_PEERS:
        return state
    known = state.pace_ms if peer in state.pace_ms else _paced(state, peer, UNKNOWN_MS)
    return replace(state, claims={**state.claims, peer: decided_height}, pace_ms=known)


def forget(state: SyncState, peer: str) -> SyncState:
    """A peer is gone, or was dropped. Whoever goes instead of answering is asked last when it comes again."""
    claims = {name: height for name, height in state.claims.items() if name != peer}
    strikes = {name: count for name, count in state.strikes.items() if name != peer}
    if state.request is None or state.request.peer != peer:
        return SyncState(claims, strikes, state.request, state.pace_ms)
    return SyncState(claims, strikes, None, _paced(state, peer, SLOWEST_MS))


def plan(state: SyncState, next_height: int, now_ms: int) -> tuple[SyncState, Request | None]:
    """The next request, if none is under way and a peer claims more than `next_height`: the quickest first.

    Whoever is one height behind gets DECIDED for its STATUS and needs no batch.
    """
    if state.request is not None:
        return state, None
    able = [peer for peer, height in state.claims.items() if height > next_height]
    if not able:
        return state, None
    pace_ms = state.pace_ms
    peer = min(able, key=lambda name: (pace_ms.get(name, SLOWEST_MS), -state.claims[name], name))
    forgiven = {name: took if name == peer else took - took / FORGIVEN for name, took in pace_ms.items()}
    count = min(state.claims[peer] - next_height + 1, MAX_BLOCKS_IN_BATCH)
    request = Request(peer, next_height, count, now_ms + ANSWER_WITHIN_MS)
    return replace(state, request=request, pace_ms=forgiven), request


def expired(state: SyncState, now_ms: int) -> tuple[SyncState, str | None]:
    """Give up on a request that was not answered in time; the peer to drop, if it failed too often."""
    request = state.request
    if request is None or now_ms < request.deadline_ms:
        return state, None
    return _strike(state, request.peer)


def answered(
    state: SyncState, peer: str, first: int, count: int, now_ms: int, *, pruned: bool
) -> tuple[SyncState, bool, str | None]:
    """An answer of `count` blocks came: whether it was asked for, and the peer to drop if it keeps delivering none.

    A peer that says it has pruned them is asked last from now on, but not dropped.
    """
    request = state.request
    if request is None or (request.peer, request.first) != (peer, first):
        return state, False, None
    if count == 0:
        state, drop = _strike(state, peer)
        return state, True, None if pruned else drop
    strikes = {name: number for name, number in state.strikes.items() if name != peer}
    took_ms = max(0, now_ms - (request.deadline_ms - ANSWER_WITHIN_MS)) / count
    return SyncState(state.claims, strikes, None, _paced(state, peer, took_ms)), True, None


def refusal(
    block: Block,
    certificate: Certificate,
    network: bytes,
    validators: ValidatorSet,
    trusted_id: bytes | None = None,
) -> str | None:
    """None if the certificate proves that a quorum of this height's validators decided this block, else the reason.

    `trusted_id`: the only block that is right at this height, by the operator's own knowledge.
    """
    if trusted_id not in (None, block.id):
        return f"{BLOCK_NOT_TRUSTED}: height {block.height} is {block.id.hex()} here"
    if block.header.network != network:
        return "network_wrong"
    if certificate.block_id != block.id or certificate.height != block.height:
        return "certificate_of_other_block"
    try:
        verify_certificate(certificate, network, validators)
    except ChainbillError as error:
        return error.reason
    return None


def _paced(state: SyncState, peer: str, took_ms: float) -> dict[str, float]:
    others = [(name, took) for name, took in state.pace_ms.items() if name != peer]
    return dict([*others, (peer, took_ms)][-MAX_PEERS:])


def _strike(state: SyncState, peer: str) -> tuple[SyncState, str | None]:
    strikes = state.strikes.get(peer, 0) + 1
    claims = {name: height for name, height in state.claims.items() if name != peer}
    state = SyncState(claims, {**state.strikes, peer: strikes}, None, _paced(state, peer, SLOWEST_MS))
    return state, peer if strikes >= STRIKES_ALLOWED else None
