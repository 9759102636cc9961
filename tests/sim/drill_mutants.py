"""What recovery could get wrong, one at a time; each is caught by a generic checker on the drills.

Not seen by any: that of four and more a single witness is enough. Where nobody lies, a validator that starts too early
is shown its own messages by the others and begins anew.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, ExitStack
from dataclasses import replace
from typing import Any
from unittest.mock import patch

from chainbill_node.consensus import coming_back
from chainbill_node.consensus.coming_back import Bar, Looked
from chainbill_node.consensus.receive import take_report
from chainbill_node.consensus.signer_memory import Recovered
from chainbill_node.consensus.state import HeightState
from chainbill_node.driver import engine, recovery
from chainbill_node.driver.engine import Engine
from chainbill_node.driver.signer import Signer
from chainbill_node.wire.messages import Position, WantPosition
from msgspec.structs import replace as changed

from chainbill.ledger.vote import NO_ROUND

Mutant = Callable[[], AbstractContextManager[Any]]


def the_next_round_is_safe() -> AbstractContextManager[Any]:
    """It signs from the round after the last one in which another has signed, not two later."""
    return patch.object(coming_back, "MARGIN", 1)


def another_that_has_forgotten_leads_nobody() -> AbstractContextManager[Any]:
    """It signs two rounds later also where another has forgotten what it signed, and where it asked others to."""
    return patch.object(coming_back, "LED", 0)


def the_lock_is_not_taken_over() -> AbstractContextManager[Any]:
    """What the witnesses have locked is not looked at."""
    sign_from = Signer.sign_from

    def bare(self: Signer, height: int, round_: int, lock: Any) -> None:
        sign_from(self, height, round_, None)

    def forgetting(self: Engine, peer: str, position: Position) -> None:
        take(self, peer, replace(position, locked=None))

    take = Engine.take_position
    return _both(patch.object(Signer, "sign_from", bare), patch.object(Engine, "take_position", forgetting))


def a_lock_is_believed_absent_before_it_is_asked_for() -> AbstractContextManager[Any]:
    """What was answered to earlier questions counts once its round is reached, although it says nothing of a lock."""

    def any_answer(*given: Any, **more: Any) -> Looked:
        *before, positions, bar = given
        there = {peer: replace(one, bar=bar.round) if _is_there(one, bar) else one for peer, one in positions.items()}
        return look(*before, there, bar, **more)

    look = recovery.look
    return patch.object(recovery, "look", any_answer)


def what_was_found_holds_for_any_next_set() -> AbstractContextManager[Any]:
    """That others decide the next height is not looked at."""
    look = recovery.look
    return _both(
        patch.object(recovery, "look", lambda *given, **more: look(*given, **more | {"following": None})),
        patch.object(engine, "is_to_ask_again", lambda *given: False),
    )


def _is_there(position: Position, bar: Bar) -> bool:
    return bar.round > NO_ROUND and position.round is not None and position.round >= bar.round


def who_does_not_know_counts() -> AbstractContextManager[Any]:
    """A validator that has forgotten itself is taken for one that has signed nothing."""
    position = Engine.position

    def boasting(self: Engine, wanted: WantPosition) -> list[Any]:
        return [said if said.round is not None else replace(said, round=-1) for said in position(self, wanted)]

    return patch.object(Engine, "position", boasting)


def who_does_not_know_yet_has_forgotten() -> AbstractContextManager[Any]:
    """A validator that still asks whether its signer file is the newest is taken for one that will never know."""
    answer = engine.answer_position

    def hasty(state: HeightState, memory: Recovered, wanted: WantPosition) -> list[Any]:
        return answer(state, memory, wanted) or [Position(state.height, None)]

    return patch.object(engine, "answer_position", hasty)


def it_signs_at_once() -> AbstractContextManager[Any]:
    """A file that says that nothing is known is taken for an empty one."""
    return patch.object(Recovered, "unknown", property(lambda self: False))


def an_older_copy_stays_in_use() -> AbstractContextManager[Any]:
    """A peer's showing of an own message that the file lacks forbids signing at that height only."""
    return _both(
        patch.object(Signer, "forget", lambda self: None),
        patch.object(Signer, "compare", lambda self, height, cert: None),
    )


def an_intact_file_is_put_aside() -> AbstractContextManager[Any]:
    """A file that is ahead of its database is taken for a foreign one."""
    behind = Recovered.is_behind
    return patch.object(Recovered, "is_behind", lambda self, height: behind(self, height) or self.height > height + 1)


def later_heights_are_forgotten() -> AbstractContextManager[Any]:
    """Of a file that is ahead of its database only the last height binds."""
    return _both(
        patch.object(Recovered, "at", lambda self, height: self),
        patch.object(Recovered, "signs_from", property(lambda self: 0)),
    )


def nobody_leaves_its_round() -> AbstractContextManager[Any]:
    """The others stay where they are when one that has forgotten asks them to a later round."""
    return patch("chainbill_node.consensus.step.leave_round", lambda state, wanted, since_ms, rules: (state, ()))


def what_the_lost_self_said_is_held_against_it() -> AbstractContextManager[Any]:
    """Messages of rounds before those in which it signs count as missing from its file."""

    def strict(state: HeightState, report: Any, rules: Any) -> Any:
        return take_report(changed(state, first_round=0), report, rules)

    return patch("chainbill_node.consensus.step.take_report", strict)


def frames_of_the_last_height_go() -> AbstractContextManager[Any]:
    """A file that has grown large is replaced by one that holds nothing of the height just committed."""
    rewrite = Signer._rewrite

    def bare(self: Signer) -> None:
        self._said = (0, [])
        rewrite(self)

    return patch.object(Signer, "_rewrite", bare)


def _both(*patches: AbstractContextManager[Any]) -> AbstractContextManager[Any]:
    stack = ExitStack()
    for one in patches:
        stack.enter_context(one)
    return stack


MUTANTS: Mapping[str, Mutant] = {
    mutant.__name__.replace("_", " "): mutant
    for mutant in (
        the_next_round_is_safe,
        another_that_has_forgotten_leads_nobody,
        the_lock_is_not_taken_over,
        a_lock_is_believed_absent_before_it_is_asked_for,
        what_was_found_holds_for_any_next_set,
        who_does_not_know_counts,
        who_does_not_know_yet_has_forgotten,
        it_signs_at_once,
        an_older_copy_stays_in_use,
        an_intact_file_is_put_aside,
        later_heights_are_forgotten,
        nobody_leaves_its_round,
        what_the_lost_self_said_is_held_against_it,
        frames_of_the_last_height_go,
    )
}
