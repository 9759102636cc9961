"""What was read and no block takes is not read again for whoever hands it in: its party would pay each time."""

from __future__ import annotations

from pathlib import Path

import pytest
from chainbill_node.mempool import Source
from test_node_gate import Counted, altered, signed, told, work
from test_node_service import Running, run

from chainbill.errors import Reason
from chainbill.ledger import core_rows

__all__ = ["work"]


@pytest.mark.parametrize("changed", [{"status": "suspended"}, {"halted_on": "2026-03-02"}])
def test_who_replays_what_is_refused_makes_its_party_no_heavier(
    tmp_path: Path, work: Counted, changed: dict[str, str]
) -> None:
    """A well-signed transaction of a party that is stopped: nothing of it is used up, so it can be handed in for ever,
    by anybody who has seen it, and its party stood behind others for the open acts that it still has."""

    async def act(running: Running) -> None:
        network = running.network
        party = network.parties["supplier1"].party
        altered(running.node, core_rows.party_key(party), **changed)
        seen = signed(network, "supplier1", ("finance", "request", {"token": "T1"}))
        for number in range(30):
            [answer] = await running.port.submit([seen], 0, f"192.0.2.{number}")
            assert told(answer)[0] in {Reason.PARTY_NOT_ACTIVE, Reason.PARTY_HALTED}
        assert work.verified == len(work.opened) == 1
        reading = running.node.admission._reading
        once_s = max(took_s for took_s, _ in reading._of.values())
        assert reading._of[Source("", party)][0] <= once_s

    run(tmp_path, act)
