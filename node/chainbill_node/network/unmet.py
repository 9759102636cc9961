"""Members that were reached and do not count as connected: why, and what helps."""

from __future__ import annotations

from collections.abc import Container

from chainbill_node.foundation.operator_error import Pair
from chainbill_node.network.hello import MENDS

UNMET_S = 30.0  # after so long without another try, what was said of a member counts no more


class Unmet:
    """Whose last connection ended before a hello that counts; not who is simply away."""

    def __init__(self) -> None:
        self._of: dict[str, tuple[str, Pair | None, float]] = {}  # by member: why, what helps, when it was seen

    def note(self, peer: str, reason: str, now_s: float, mend: Pair | None = None) -> None:
        """A connection ended for a reason. mend: what helps, where the reason alone does not say it."""
        self._of[peer] = reason, mend or MENDS.get(reason), now_s

    def met(self, peer: str) -> None:
        """It is connected, or away."""
        self._of.pop(peer, None)

    def forget(self, members: Container[str], now_s: float) -> None:
        """Drop who is no member any more and what was seen too long ago."""
        self._of = {
            peer: one for peer, one in self._of.items() if peer in members and now_s - one[2] <= UNMET_S
        }  # fmt: skip

    def __contains__(self, peer: str) -> bool:
        return peer in self._of

    @property
    def reasons(self) -> dict[str, str]:
        """Why, by member."""
        return {peer: why for peer, (why, _, _) in self._of.items()}

    def mend_of(self, peer: str) -> Pair | None:
        """What helps with a member, in English and Chinese; None where it is away or nothing is known."""
        found = self._of.get(peer)
        return None if found is None else found[1]
