"""What kept sums cost a transfer, and one more of them would.

    python benchmarks/sum_cost.py [--transfers N] [--rounds N]

Transfers on a ledger of one validator in this process (real contracts, LevelDB). Prints processor microseconds a
transfer of bringing sums up to date, and the bytes that they add, with the sums as declared and with further ones.
"""

from __future__ import annotations

import argparse
import time
from typing import Any
from unittest import mock

from chainbill_node.storage.chain import database, derived, sums
from chainbill_node.storage.chain.indexes import TOKEN
from local_ledger import filled

from chainbill.state.keys import table_head

FURTHER = {
    "as declared": (),
    "and token.bill": (sums.Sum("token.bill", TOKEN, "bill", sums._range),),
    "and token.holder": (sums.Sum("token.holder", TOKEN, "holder", sums._range),),
}


def declared(more: tuple[sums.Sum, ...]) -> dict[bytes, Any]:
    """The table of sums by the head of their rows, with more of tokens."""
    table = dict(sums._BY_HEAD)
    head = table_head(*TOKEN)
    table[head] = (*table[head], *((one, one.prefix, one.values) for one in more))
    return table


def measure(transfers: int, more: tuple[sums.Sum, ...]) -> tuple[float, float]:
    """(microseconds, bytes) a transfer."""
    used_s, written = 0.0, 0

    def timed(batch: Any, source: Any, height: int, changes: Any) -> None:
        nonlocal used_s, written
        before, began_s = len(batch.puts), time.thread_time()
        derived.bring_up_to_date(batch, source, height, changes)
        used_s += time.thread_time() - began_s
        written += sum(len(key) + len(value) for key, value in batch.puts[before:])

    with mock.patch.object(sums, "_BY_HEAD", declared(more)), filled(transfers) as ledger:
        wires = ledger.transfers([token for bill in ledger.bills for token in bill][:transfers])
        with mock.patch.object(database, "bring_up_to_date", timed):
            ledger.commit(wires)
    return used_s / transfers * 1e6, written / transfers


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--transfers", type=int, default=2_000)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    for name, more in FURTHER.items():
        found = [measure(given.transfers, more) for _ in range(given.rounds)]
        print(f"{min(one[0] for one in found):7.1f} us  {found[0][1]:7.1f} bytes  {name}")


if __name__ == "__main__":
    main()
