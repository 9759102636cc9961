"""From where a validator may sign again when it is not known what it signed before.

After a restore, a fetch of the chain into an empty home, or with an older copy of it, the own signer file tells
nothing. But the other validators know how far the network can have got. Write P for the last round of the height at
work, H, in which any of them is or has signed.

What the lost self may have signed: into round r + 1 leads a quorum q of precommits in round r, and a precommit for a
block in round r needs q prevotes there. Of q messages at least one is by an honest witness, if there are enough of
them (below). So its last precommit for a block is of round P at the most, its last proposal and prevote of round P + 1,
and if it has decided H, those of round 0 of height H + 1. **From round P + 2 of H, round 1 of H + 1, and in all of
H + 2, nothing can be signed a second time.** One more where another has lost its memory as well: that one may have
asked the lost self to a later round, which is at most P + 2, as everybody leaves a round in company only (`Company`).

What it may have decided: a decision of block B in round r has q precommits, so a witness among them that has locked B
in round r or later, since after it no quorum prevotes another block. A witness that has signed in round P + 2 will
precommit in no round before it, so **with the newest lock that it has from then on** nothing else than B can be
decided later. What it said before it had got there says nothing of a lock, however late it arrives: so it counts only
with the round, the bar, for which it was given.

Enough witnesses are n − q + f + 1 of the n − 1 others, f of which may lie. Those stand in for the lost memory at the
*next* heights whatever else goes on: it can sign from H + 2, and there no lock has to be believed. But the others get
there without it only if they are a quorum, which is as many where n = 3f + 1 (4: all three; 7: five) and more otherwise
(5: all four; 6: all five). So with f > 0 a quorum of others is waited for: of those that decide H + 1, none of which is
beyond H, since who has decided H + 1 has a quorum of *their* precommits. With f = 0 (n = 2 or 3) every decision needs
everybody and the network stands still, so it signs at H, once all others have answered and one of them knows; where
others decide H + 1 what it signed there is asked again (`Recovery.is_to_ask_again`). Where fewer than a quorum of the
others are left a network of four or more stands still too; the operator says that those who are silent will not answer
(`accepted`), and then those that do are taken for all there are.

A height that is claimed counts only once the own node is there: who claims and does not deliver is dropped by block
sync, and what it claimed with it.

The field's word: amnesia.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from chainbill.ledger.validators import ValidatorSet
from chainbill.ledger.vote import NO_ROUND
from chainbill_node.wire.messages import Choice, Position

MARGIN = 2
LED = 1  # how much further one may have been led by another that has lost its memory


@dataclass(frozen=True, slots=True)
class SignFrom:
    """What has been found: sign from this round of this height on, with this lock."""

    height: int
    round: int = 0
    locked: Choice | None = None


@dataclass(frozen=True, slots=True)
class Bar:
    """The round of the height at work that the others should reach first, −1 where it is not known, and the node ids
    of those whose rounds it lies beyond."""

    round: int = NO_ROUND
    beyond: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Looked:
    """`found`: None as long as more has to be heard. `knowing`: the node ids of those that know what they signed."""

    found: SignFrom | None
    bar: Bar = Bar()
    knowing: frozenset[str] = frozenset()


def look(
    validators: ValidatorSet,
    own: bytes,
    at_work: int,
    positions: Mapping[str, Position],
    bar: Bar = Bar(),
    *,
    accepted: bool = False,
    following: ValidatorSet | None = None,
) -> Looked:
    """From where to sign, as far as the others have said where they are.

    positions: by node id, the last one of each that is connected. bar: that of the last look at this height.
    accepted: the operator has said that whoever has not answered by now never will. It counts once q − 1 others have:
    without them nothing can be decided anyway, and one that is only slow to connect is not passed over.
    following: the validators of the next height; None: the same.
    """
    others = {one.key.hex() for one in validators.validators if one.key != own}
    heard = {peer: position for peer, position in positions.items() if peer in others}
    knowing = {peer: position for peer, position in heard.items() if position.round is not None}
    names = frozenset(knowing)
    accepted = accepted and len(heard) >= validators.quorum - 1
    at_height = all(position.height == at_work for position in heard.values())
    if not knowing:
        return Looked(SignFrom(at_work) if accepted and at_height else None)
    goes_on = len(knowing) >= validators.quorum  # then no operator's word is needed
    if validators.max_faulty and (goes_on or not accepted):
        enough = _none_beyond(own, at_work, knowing, following or validators)
        return Looked(SignFrom(at_work + MARGIN) if goes_on and enough else None, knowing=names)
    everyone = accepted or len(heard) == len(others)
    if not everyone or any(position.height != at_work for position in knowing.values()):
        return Looked(None, bar, names)
    bar = _raised(bar, knowing, all_know=len(knowing) == len(heard))
    if any(position.bar != bar.round for position in knowing.values()):
        return Looked(None, bar, names)
    locks = [position.locked for position in knowing.values() if position.locked is not None]
    return Looked(SignFrom(at_work, bar.round, max(locks, key=lambda lock: lock.round, default=None)), bar, names)


def _none_beyond(own: bytes, at_work: int, knowing: Mapping[str, Position], following: ValidatorSet) -> bool:
    """Whether a quorum of those that decide the next height, without the own one, is not yet beyond this one."""
    behind = [one for one in following.validators if one.key != own and one.key.hex() in knowing]
    return len([one for one in behind if knowing[one.key.hex()].height <= at_work]) >= following.quorum


def _raised(bar: Bar, knowing: Mapping[str, Position], *, all_know: bool) -> Bar:
    """A bar beyond the rounds of all that know, each as it was first heard: they go on to it, and it stays."""
    rounds = [position.round for peer, position in knowing.items() if peer not in bar.beyond]
    if not rounds:
        return bar
    margin = MARGIN if all_know else MARGIN + LED
    highest = max(round_ for round_ in rounds if round_ is not None)
    return Bar(max(bar.round, highest + margin), bar.beyond | knowing.keys())
