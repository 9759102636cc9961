"""How a refusal is provoked: a function that sets things up and ends with the act that is refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from contracts.world import World


@dataclass(frozen=True)
class Case:
    reason: str
    provoke: Callable[[World], object]
    world: dict[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return f"{self.reason}-{self.provoke.__name__}"


CASES: list[Case] = []


def refuses(*reasons: str, **world: Any) -> Callable[[Callable[[World], object]], Callable[[World], object]]:
    """Say with which reason the last act of the function is refused; `world` are arguments of the world it needs."""

    def add(provoke: Callable[[World], object]) -> Callable[[World], object]:
        CASES.extend(Case(reason, provoke, world) for reason in reasons)
        return provoke

    return add
