"""Signer recovery: what a validator that forgot what it signed hears of others, until it knows from where it may sign.

The rule is `consensus.coming_back.look`; here is what is kept for it while the answers come in.

The field's word: amnesia.
"""

from __future__ import annotations

from collections.abc import Callable

from chainbill.ledger.block import Block
from chainbill.ledger.validators import ValidatorSet
from chainbill_node.consensus.coming_back import Bar, SignFrom, look
from chainbill_node.consensus.limits import WORD_AFTER_S
from chainbill_node.consensus.rules import Rules
from chainbill_node.consensus.signer_memory import Recovered
from chainbill_node.driver.inbox import BadPeerError, is_proven
from chainbill_node.wire.messages import PeerId, Position, WantPosition


class Recovery:
    """The others' positions, the round that they are asked to come to, and the operator's word.

    positions: the last one of each connected validator. word: the operator's safe height, None without one.
    """

    def __init__(self, word: int | None) -> None:
        self.positions: dict[PeerId, Position] = {}
        self._bar = (0, Bar())
        self._word = word
        self._seconds_asked = 0

    def wanted(self, height: int) -> WantPosition:
        """What to ask the others, once a second."""
        self._seconds_asked += 1
        return WantPosition(height, self._bar_at(height).round)

    def take(self, peer: PeerId, position: Position, rules: Rules, check: Callable[[Block], str | None]) -> bool:
        """Another validator has said how far it has signed; whether that counts. BadPeerError for a lock that nothing
        stands behind."""
        if position.height == rules.height and position.locked is not None:
            if not is_proven(position.locked, rules):
                raise BadPeerError("position_lock_bad")
            if check(position.locked.block) is not None:
                return False
        self.positions[peer] = position
        return True

    def look(self, rules: Rules, own: bytes, following: ValidatorSet | None) -> SignFrom | None:
        """From where to sign at the height of these rules, None as long as more has to be heard.

        following: the validators of the next height, None where they are not known.
        """
        height = rules.height
        looked = look(
            rules.validators,
            own,
            height,
            self.positions,
            self._bar_at(height),
            accepted=self._is_accepted(rules),
            following=following,
        )
        self._bar = (height, looked.bar)
        return looked.found

    def forget(self, peer: PeerId) -> None:
        """It has left."""
        self.positions.pop(peer, None)

    def end(self) -> None:
        """It is known from where to sign: what was heard is not looked at again, should it be forgotten once more."""
        self.positions.clear()
        self._bar = (0, Bar())

    def _bar_at(self, height: int) -> Bar:
        return self._bar[1] if self._bar[0] == height else Bar()

    def _is_accepted(self, rules: Rules) -> bool:
        """The operator's word counts from its height on, once whoever can answer has had the time to."""
        heard = self._seconds_asked > WORD_AFTER_S or len(rules.validators) == 1
        return self._word is not None and rules.height >= self._word and heard


def is_to_ask_again(memory: Recovered, height: int, before: ValidatorSet | None, now: ValidatorSet) -> bool:
    """Whether what was found out at the height before says nothing of this one, `height`.

    In the middle of a height all that decide it have told that they have not decided it yet, so that the lost self can
    have got to the next one alone at the most. If others decide the next one, it may have decided it with those.
    before, now: the validators of the two heights; None where they are not known any more.
    """
    found_at, in_round = memory.floor or (0, 0)
    return found_at == height - 1 and in_round > 0 and before != now
