"""Opening a height: empty, or from what the signer file says was signed there before a restart."""

from __future__ import annotations

from msgspec.structs import replace

from chainbill.errors import InternalFault
from chainbill.ledger.vote import Vote
from chainbill_node import wire
from chainbill_node.consensus.receive import ASKING_PEERS, said, take_own, with_choice
from chainbill_node.consensus.rules import Rules
from chainbill_node.consensus.signer_memory import Recovered
from chainbill_node.consensus.state import HeightState, Signing
from chainbill_node.wire.messages import Proposal, Votes

NOT_A_VALIDATOR = "not_a_validator"
BELOW_SAFE_HEIGHT = "below_safe_height"
SAFE_HEIGHT_UNKNOWN = "safe_height_unknown"


def open_height(rules: Rules, memory: Recovered | None, *, ask: bool) -> HeightState:
    """The state in which a height begins.

    With own messages in the file: their highest round is entered again from step propose, with the lock and the valid
    value; whatever the rules want to say that was said before, the signer answers with the stored bytes.
    `ask`: nothing was signed since this process started, so the peers are asked first.
    """
    signing, why = _signing(rules, memory, ask=ask)
    first = 0 if memory is None else memory.first_round(rules.height)
    stands_still = memory is not None and memory.floor is not None and memory.floor[0] == rules.height and first > 0
    state = HeightState(
        rules.height, signing=signing, why=why, first_round=first, resume_round=first, wake=stands_still
    )
    if memory is None or memory.height != rules.height:
        return state
    messages = [own_message(data) for data in memory.messages.values()]
    for message in messages:
        state = take_own(state, message)
    for choice in (memory.valid, memory.lock):
        state = with_choice(state, choice)
    headers = [message.header if isinstance(message, Proposal) else message for message in messages]
    return replace(
        state,
        locked=memory.lock,
        valid=memory.valid,
        own_messages=frozenset([said(header) for header in headers]),
        resume_round=max([header.round for header in headers], default=first),
        wake=state.wake or bool(messages),
    )


def own_message(data: bytes) -> Proposal | Vote:
    """An own message from its stored bytes."""
    message = wire.decode(data)
    if isinstance(message, Proposal):
        return message
    if isinstance(message, Votes) and len(message.votes) == 1:
        return message.votes[0]
    raise InternalFault("signer_file_record", "an own message is neither a proposal nor one vote")


def _signing(rules: Rules, memory: Recovered | None, *, ask: bool) -> tuple[Signing, str]:
    if memory is None or not rules.is_validator:
        return Signing.ABSTAINING, NOT_A_VALIDATOR
    if memory.unknown:
        return Signing.ABSTAINING, SAFE_HEIGHT_UNKNOWN
    if rules.height < memory.signs_from:
        return Signing.ABSTAINING, BELOW_SAFE_HEIGHT
    if ask and rules.quorum > 1:
        return Signing.ASKING, ASKING_PEERS
    return Signing.ALLOWED, ""
