"""What is due is settled: no contract changes an item whose day has come, so a page of items may be read at once."""

from __future__ import annotations

import pytest
from ledger import tiny_contracts
from ledger.tiny_network import DAY_MS, START_MS, TinyNetwork, genesis

DAY, LATER = "2026-02-26", "2026-03-20"
DIARY = f'''"""Items that change what another one is to note."""
{tiny_contracts.HEAD}
agenda = own_table("agenda")
done = own_table("done")


@call
def plan(date, name, to):
    agenda.put([date, name], {{"to": to, "by": ""}})


@each_day("agenda")
def on_day(date, item, row):
    done.put(item[0], {{"by": row["by"]}})
    if row["to"] is not None:
        other = agenda.get(row["to"])
        other["by"] += item[0]
        agenda.put(row["to"], other)
'''
GENESIS = genesis(contracts=tuple({**tiny_contracts.ALL, "diary": DIARY}.items()))


@pytest.mark.parametrize(("date", "refused"), [(DAY, True), (LATER, False)], ids=["of the same day", "of a later day"])
def test_an_item_changes_no_other_whose_day_has_come(date: str, refused: bool) -> None:
    network = TinyNetwork(GENESIS)
    network.ok("S1", "diary", "plan", date=DAY, name="a", to=[date, "z"])
    network.ok("S1", "diary", "plan", date=date, name="z", to=None)
    first = network.decide(network.block(time_ms=START_MS + DAY_MS)).receipts[0]
    assert (first.reason == "agenda_not_in_future") is refused
    network.decide(network.block(time_ms=START_MS + 30 * DAY_MS))
    assert network.row("diary", "done", "z") == {"by": "" if refused else "a"}
