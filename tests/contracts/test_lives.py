"""Lives that go on until they got somewhere: each round is another draw, also where draws are derandomized."""

from __future__ import annotations

from typing import Any, ClassVar

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from tests.contracts.lives import LIFE, MOST_ROUNDS, live

ALWAYS_THE_SAME = settings(LIFE, max_examples=3, stateful_step_count=3, derandomize=True, database=None)
PAID = ("bill", "due", "paid")


def drawing(*reached: tuple[str, str, str]) -> Any:
    class Drawing(RuleBasedStateMachine):
        drawn: ClassVar[list[int]] = []
        rounds: ClassVar[set[tuple[int, ...]]] = set()

        @rule(number=st.integers(0, 2**32))
        def draw(self, number: int) -> None:
            self.drawn.append(number)

        def teardown(self) -> None:
            self.rounds.add(tuple(self.drawn))
            self.drawn.clear()
            type(self).reached = frozenset(reached)  # type: ignore[attr-defined]

    return Drawing


def test_each_round_is_another_draw_where_draws_are_derandomized() -> None:
    machine = drawing()
    with pytest.raises(AssertionError, match="lives that never reach"):
        live(machine, ALWAYS_THE_SAME, "paid")
    assert len(machine.rounds) >= MOST_ROUNDS, "more rounds than different lives: some lived the same again"


def test_no_round_more_than_it_takes() -> None:
    once, machine = drawing(PAID), drawing(PAID)
    live(machine, ALWAYS_THE_SAME, PAID)
    live(once, ALWAYS_THE_SAME, "bill")
    assert machine.rounds == once.rounds
    assert len(machine.rounds) <= 3
