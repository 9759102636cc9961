"""The name of the consensus that decides a network's blocks, as genesis, certificates and evidence carry it."""

from __future__ import annotations

from typing import Any, Final

from chainbill.ledger.shapes import as_text, bad_shape
from chainbill.limits import MAX_NAME_TEXT

ENGINE: Final = "chainbill"
"""The built-in consensus: Tendermint (arXiv 1807.04938) with the votes of `ledger.vote`."""

_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789_")


def as_engine(value: Any, what: str) -> str:
    """The name of an engine: 1 to MAX_NAME_TEXT lower-case letters, digits or underscores, a letter first.

    Whether this ledger can check what the engine signed is asked where that is checked.
    """
    name = as_text(value, what, at_most=MAX_NAME_TEXT, at_least=1)
    if not (_LETTERS.issuperset(name) and name[0].isalpha()):
        raise bad_shape(what, "a name of lower-case letters, digits and underscores")
    return name
