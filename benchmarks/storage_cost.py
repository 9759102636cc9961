"""What LevelDB's own thread costs a transfer.

    python benchmarks/storage_cost.py [--tokens N] [--transfers N] [OPTION …]

That thread writes memory out and merges tables, beside everything else a node does; short runs miss it. Transfers of
random tokens are run and committed in this process; everything on the main thread counts as the node's own. OPTION is
what plyvel.DB takes beyond or instead of the product's, such as compression='snappy' write_buffer_size=16777216.
"""

from __future__ import annotations

import argparse
import ast
import random
import tempfile
import time
from pathlib import Path
from typing import Any
from unittest import mock

import plyvel
from chainbill_node.storage import leveldb
from growing_cost import others_s
from local_ledger import LocalLedger
from processes import disk_bytes

SENDERS_TOKENS = 2_500  # at work; each turn cuts a piece off each of them
OFFERED_MINOR = 100
LEAST_LEFT = 25
SEED = 1


def measure(tokens: int, transfers: int) -> dict[str, float]:
    """Microseconds a transfer, and MiB at the end."""
    with tempfile.TemporaryDirectory(prefix="chainbill-storage-") as folder:
        ledger = LocalLedger(Path(folder) / "net")
        ledger.fill(tokens)
        chance = random.Random(SEED)
        waiting = [token for bill in ledger.bills for token in bill[LEAST_LEFT:]]
        taken = chance.sample(waiting, min(SENDERS_TOKENS, len(waiting)))
        others_before_s, own_s, count = others_s(), 0.0, 0
        while count < transfers:
            wires = ledger.transfers(taken, OFFERED_MINOR)
            began_s = time.thread_time()
            answers = ledger.commit(wires)
            own_s += time.thread_time() - began_s
            count += len(wires)
            taken = [answer["remainder"] for answer in answers]
        leveldb_s = others_s() - others_before_s
        ledger.close()
        mib = disk_bytes(ledger.home / "data") / 2**20
    return {"leveldb_us": leveldb_s / count * 1e6, "own_us": own_s / count * 1e6, "disk_mib": mib}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tokens", type=int, default=100_000)
    parser.add_argument("--transfers", type=int, default=30_000)
    parser.add_argument("options", nargs="*", metavar="OPTION")
    given = parser.parse_args()
    options: dict[str, Any] = {}
    for one in given.options:
        name, _, value = one.partition("=")
        options[name] = ast.literal_eval(value)
    with mock.patch.object(leveldb, "plyvel", _With(options)):
        found = measure(given.tokens, given.transfers)
    print(" ".join(given.options) or "as the product has it", {name: round(one, 1) for name, one in found.items()})


class _With:
    """plyvel whose databases open with other options."""

    Error = plyvel.Error

    def __init__(self, options: dict[str, Any]) -> None:
        self._options = options

    def DB(self, name: str, **options: Any) -> Any:  # noqa: N802
        return plyvel.DB(name, **(options | self._options))


if __name__ == "__main__":
    main()
