"""What was probably meant by a name that is not there."""

from __future__ import annotations

from collections.abc import Iterable

from chainbill_cli.failure import Failure
from chainbill_cli.texts import text

CLOSE = 0.7
"""How alike two words are, of 1, where one may be a slip for the other (difflib's ratio): `stats` and `status` are
(0.91), `reason` and `version` (0.62) or `as` (0.5) are not.
"""
MOST_NAMED = 3


def closest(typed: str, known: Iterable[str], most: int = MOST_NAMED) -> list[str]:
    """Those of the known names that may have been meant, each once, the closest first."""
    from difflib import get_close_matches

    return get_close_matches(typed.lower(), list(dict.fromkeys(known)), most, CLOSE)


def close_names(failure: Failure, typed: str, known: Iterable[str]) -> Failure:
    """The failure, its mend after the question whether one of the closest names was meant, where any is close."""
    found = closest(typed, known)
    if found:
        asked = text("error.did_you_mean", what=text("error.or").join(found))
        mend = str(failure.problem.get("hint") or "")
        failure.problem["hint"] = text("error.guess_first", guess=asked, mend=mend) if mend else asked
    return failure
