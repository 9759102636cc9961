"""Whom to ask for which heights, and what to think of the answers."""

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
    """Claims (last decided height a peer says it has), failed requests by peer, and the one request under way."""

    claims: dict[str, int] = field(default_factory=dict)
    strikes: dict[str, int] = field(default_factory=dict)
    request: Request | None = None


def heard(state: SyncState, peer: str, decided_height: int) -> SyncState:
    """A peer says which height it has decided. A reason to ask, never a reason to believe."""
    if peer not in state.claims and len(state.claims) >= MAX_PEERS:
        return state
    return replace(state, claims={**state.claims, peer: decided_height})


def forget(state: SyncState, peer: str) -> SyncState:
    """A peer is gone, or was dropped."""
    claims = {name: height for name, height in state.claims.items() if name != peer}
    strikes = {name: count for name, count in state.strikes.items() if name != peer}
    request = None if state.request is not None and state.request.peer == peer else state.request
    return SyncState(claims, strikes, request)


def plan(state: SyncState, next_height: int, now_ms: int) -> tuple[SyncState, Request | None]:
    """The next request, if none is under way and a peer claims more than `next_height`: the least failed first.

    Whoever is one height behind gets DECIDED for its STATUS and needs no batch.
    """
    if state.request is not None:
        return state, None
    able = [peer for peer, height in state.claims.items() if height > next_height]
    if not able:
        return state, None
    peer = min(able, key=lambda name: (state.strikes.get(name, 0), -state.claims[name], name))
    count = min(state.claims[peer] - next_height + 1, MAX_BLOCKS_IN_BATCH)
    request = Request(peer, next_height, count, now_ms + ANSWER_WITHIN_MS)
    return replace(state, request=request), request


def expired(state: SyncState, now_ms: int) -> tuple[SyncState, str | None]:
    """Give up on a request that was not answered in time; the peer to drop, if it failed too often."""
    request = state.request
    if request is None or now_ms < request.deadline_ms:
        return state, None
    return _strike(state, request.peer)


def answered(
    state: SyncState, peer: str, first: int, count: int, *, pruned: bool
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
    return SyncState(state.claims, strikes, None), True, None


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


def _strike(state: SyncState, peer: str) -> tuple[SyncState, str | None]:
    strikes = state.strikes.get(peer, 0) + 1
    claims = {name: height for name, height in state.claims.items() if name != peer}
    state = SyncState(claims, {**state.strikes, peer: strikes}, None)
    return state, peer if strikes >= STRIKES_ALLOWED else None
