"""Figures by value date, at random days known at random heights, recomputed from the transactions alone."""

from __future__ import annotations

from pathlib import Path
from random import Random
from typing import Any

import pytest
from recompute import reading, valued
from recompute.comparison import book_at
from recompute.histories import History

SEEDS = (15, 12)
READS = 6


@pytest.mark.parametrize("seed", SEEDS)
def test_every_figure_by_value_is_that_of_the_transactions(tmp_path: Path, seed: int) -> None:
    """DOMAIN 7: bills, leaves, totals, receipts, payments of a day with what was recorded later."""
    history = History(tmp_path, seed, reading.ACTS)
    late = 0
    try:
        with reading.served(history) as get:
            for day, known in moments(history, Random(seed)):
                height = max(one.height for one in history.blocks if one.today <= day and one.height <= known)
                then, later = book_at(history, height), book_at(history, known)
                late += len(later.payments.keys() - then.payments.keys())

                def read(path: str, day: str = day, known: int = known) -> Any:
                    mark = "&" if "?" in path else "?"
                    query = f"{path}{mark}basis=value&at={day}&known_at={known}"
                    return get(history.party("regulator"), query)

                for name, bill in then.bills.items():
                    wanted = valued.bill_row(bill, later, day)
                    trace = read(f"/v1/trace/bills/{name}")
                    for shown in (read(f"/v1/bills/{name}"), trace["bill"]):
                        assert {one: shown[one] for one in wanted} == wanted, (seed, day, known, name)
                    leaves = valued.leaves(then, bill, later, day)
                    fields = ("lo", "hi", "holder", "status")
                    assert [tuple(one[field] for field in fields) for one in trace["leaves"]] == leaves
                    assert trace["totals"]["settled"] == sum(hi - lo for lo, hi, _, of in leaves if of == "settled")
                shown = read("/v1/receipts?limit=1000")
                assert sorted((one["id"], one["amount"]) for one in shown["data"]) == valued.receipts(later, day)
                shown = read("/v1/payments?limit=1000")["data"]
                paid = valued.payments(then, later, day)
                made = {token for token, _, _, status in paid if not status}
                assert sorted(
                    (one["token"], one["party"], one["amount"], "" if one["token"] in made else one["status"])
                    for one in shown
                ) == paid  # fmt: skip
                assert {one["status"] for one in shown if one["token"] in made} <= {"instructed", "set_aside"}
    finally:
        history.chain.store.close()
    assert late, "nothing was recorded late, choose another seed"


def moments(history: History, chance: Random) -> list[tuple[str, int]]:
    """(day, height at which its money is known): about money that was recorded later than it is dated, and any."""
    newest = history.blocks[-1].height
    money = [one for one in history.records if one.act in ("settlement.settle", "finance.disburse")]
    late = [one for one in money if one.args["value_date"] < one.today]
    chosen = [(one.args["value_date"], chance.choice((one.height, newest))) for one in late]
    chosen = chance.sample(chosen, min(len(chosen), READS // 2))
    for _ in range(READS - len(chosen)):
        first, second = sorted(chance.sample(history.blocks, 2))
        chosen.append((first.today, chance.choice((second.height, newest))))
    return chosen
