"""The check of names that only tests use finds them, and lets live what something reads."""

from __future__ import annotations

from used import unused

PRODUCTION = {
    "chain/a.py": """
from other import thing
__all__ = ["exported", "read"]
BOUND = 4
LOST = 5
def exported(): return BOUND
def read(): return 1
def dead(): return only_for_the_dead()
def only_for_the_dead(): return 1
@registered
def command(): return 1
class Shown:
    field = 1
    def __len__(self): return 0
    def told(self): return 1
    def untold(self): return self.untold()
""",
    "chain/b.py": "from chain.a import Shown, read\nprint(read(), Shown().told())\nexported = 1\n",
}


def names(users: dict[str, str]) -> set[str]:
    return {f"{one.owner}.{one.name}".strip(".") for one in unused(PRODUCTION, users)}


def test_what_nothing_reads_is_found_and_what_only_the_dead_read() -> None:
    """A name in `__all__`, one of the same name elsewhere, and a use in its own body are none."""
    assert names({}) == {"LOST", "dead", "only_for_the_dead", "exported", "BOUND", "Shown.untold"}


def test_a_use_by_a_generator_is_one() -> None:
    users = {"docs/c.py": "from chain.a import exported as there, dead\ndead(there).untold\n"}
    assert names(users) == {"LOST"}
