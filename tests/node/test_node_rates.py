"""Who knocks too often at a node's door is turned away, and takes nothing from those that do not."""

from __future__ import annotations

from chainbill_node.network import limits
from chainbill_node.network.door import Rates
from hypothesis import given
from hypothesis import strategies as st

KNOCKS = st.lists(
    st.tuples(st.integers(0, 5), st.integers(1, 3 * limits.HANDSHAKES_BURST), st.integers(0, 4_000)), max_size=8
)
"""From one of six addresses so many in one moment, and so many milliseconds until the next ones."""
MEMBER = 5


def answers(knocks: list[tuple[str, float]]) -> list[str | None]:
    rates = Rates()
    rates.remember("member", f"10.0.0.{MEMBER}")
    return [rates.excess(address, now_s) for address, now_s in knocks]


@given(drawn=KNOCKS)
def test_what_is_one_too_many_of_its_own_address_changes_nothing_for_anybody(drawn: list[tuple[int, int, int]]) -> None:
    """One address that knocked on and on used up what all strangers had, and no newcomer got in."""
    knocks, now_ms = [], 0
    for number, many, pause_ms in drawn:
        knocks += [(f"10.0.0.{number}", now_ms / 1_000)] * many
        now_ms += pause_ms
    said = answers(knocks)
    heard = [place for place, why in enumerate(said) if why != "too_many_connections_of_address"]
    assert answers([knocks[place] for place in heard]) == [said[place] for place in heard]
    assert "too_many_connections" not in [said[place] for place in heard if knocks[place][0] == f"10.0.0.{MEMBER}"]
