"""What became of a transaction is found by its id, whatever else its block does; every chain here looks itself."""

from __future__ import annotations

from pathlib import Path

from node_chain import LocalChain
from test_node_sets_and_evidence import twice
from writes import account_at

from chainbill.limits import DAY_MS

DAYS = 150
"""From the trade until its bill is overdue."""


def test_after_what_the_ledger_does_itself_each_transaction_is_found_with_its_own_receipt(tmp_path: Path) -> None:
    """Items of days and evidence come before the transactions: one, two, and one that is refused."""
    chain = LocalChain(tmp_path / "net")
    chain.trade()
    own: list[int] = []
    for number in range(DAYS // 10):
        chain.time_ms += 10 * DAY_MS
        if number % 4 == 0:
            chain.commit()  # evidence names a height that is not so long past
        banks = [chain.party(name) for name in ("bank1", "bank2")[: 1 + number % 2]]
        signed = [chain.sign("anchor", account_at(bank)) for bank in (banks if number % 3 else ["none"])]
        height = chain.ledger.info().height
        misdeeds = (twice(chain.genesis.hash, chain.key, height),) if number % 4 == 0 else ()
        block = chain.propose(*signed, evidence=misdeeds).block
        assert len(block.evidence) == len(misdeeds)
        assert len(chain.decide(block)) == len(signed)
        own.append(len(chain.ledger.reader(None).receipts(block.height) or ()) - len(signed))
    assert set(own) == {0, 1}
