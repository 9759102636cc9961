"""What needs no processes: simulator seeds, Twins scenarios, real-ledger seeds, damaged inputs, torn logs; in turns."""

from __future__ import annotations

import random
import shutil
import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import test_faults_fuzz as fuzz
import test_faults_torn_database as torn
import test_faults_torn_signer as torn_signer
from chainbill_node.storage.leveldb import LevelStore
from node_state import RowChain
from sim import real, seeded, twins
from soak import guided
from soak.tally import Deadline, Tally

FUZZ_AT_ONCE = 2_000
TORN_AT_ONCE = 100
SEEDS_AT_ONCE = 10


def run(base: int, seconds: float) -> Tally:
    """Go round all of them until the time is over. `base`: where the numbers of this soak begin."""
    tally, deadline = Tally(), Deadline.after(seconds)
    parts = [
        seeds(tally, base),
        scenarios(tally, base),
        inputs(tally, base),
        seeds(tally, base + 10**8),
        offsets(tally),
    ]
    parts += [stories(tally, base), guided.inputs(tally, base)]
    while not deadline.over:
        for part in parts:
            if not deadline.over:
                next(part)
    return tally


def seeds(tally: Tally, base: int) -> Iterator[None]:
    """The light simulator: faults of network, clocks, disks and members at random."""
    number = base
    while True:
        for _ in range(SEEDS_AT_ONCE):
            repeat = f"python -m tests.sim {number} -v"
            tally.attempt("simulator seeds", lambda number=number: seeded.play(number), repeat)
            number += 1
        yield


def scenarios(tally: Tally, base: int) -> Iterator[None]:
    """Enumerated Twins scenarios; the enumeration goes round after 262,144."""
    number = base % twins.SCENARIOS
    while True:
        for _ in range(SEEDS_AT_ONCE * 5):
            repeat = (
                f"python -c 'import sys; sys.path.insert(0, \"tests\"); from sim.twins import play; play({number})'"
            )
            tally.attempt("Twins scenarios", lambda number=number: twins.play(number), repeat)
            number = (number + 1) % twins.SCENARIOS
        yield


def stories(tally: Tally, base: int) -> Iterator[None]:
    """The simulator over the real ledger and contracts, the whole state checked after every block."""
    number = base
    while True:
        repeat = f"python -c 'import sys; sys.path.insert(0, \"tests\"); from sim.real import play; play({number})'"
        tally.attempt("real-ledger seeds", lambda number=number: real.play(number), repeat)
        number += 1
        yield


def inputs(tally: Tally, base: int) -> Iterator[None]:
    """Damaged inputs for every decoder."""
    chance = random.Random(base)
    while True:
        for _ in range(FUZZ_AT_ONCE):
            fmt = chance.choice(fuzz.FORMATS)
            make = chance.choice((fuzz.damaged, fuzz.damaged, fuzz.transplanted, fuzz.transplanted, noise))
            data = make(chance.choice(fmt.samples), chance.randrange(2**48))
            repeat = (
                f"holds(format {fmt.name!r}, bytes.fromhex({data.hex()[:4_000]!r})) of tests/faults/test_faults_fuzz.py"
            )
            tally.attempt("decoder inputs", lambda fmt=fmt, data=data: fuzz.holds(fmt, data), repeat)
        yield


def noise(_sample: bytes, seed: int) -> bytes:
    chance = random.Random(seed)
    return chance.randbytes(chance.randint(0, 300))


def offsets(tally: Tally) -> Iterator[None]:
    """The signer file and the newest LevelDB log damaged at every byte, from the first; then the same again."""
    shared = Path("/dev/shm")
    folder = Path(tempfile.mkdtemp(prefix="chainbill-soak-", dir=shared if shared.is_dir() else None))
    try:
        whole = make_whole(folder / "whole")
        written = torn_signer.write(folder / "written.bin")
        while True:
            for position in range(len(written.content)):
                for damaging in (torn.cut, torn.zeroed_from, torn.zeroed_at, torn.flipped):
                    tally.attempt(
                        "torn signer files",
                        partial(torn_signer.outcome, written, damaging, position, folder / "signer.bin"),
                        f"damage {damaging.__name__} at byte {position} of tests/faults/test_faults_torn_signer.py",
                    )
                if position % TORN_AT_ONCE == 0:
                    yield
            for number, (damage, position, content) in enumerate(torn.damages(whole.content, 0), 1):
                tally.attempt(
                    "torn database logs",
                    lambda content=content: torn.opened_height(whole, folder / "torn", content),
                    f"damage {damage} at byte {position} of tests/faults/test_faults_torn_database.py",
                )
                if number % TORN_AT_ONCE == 0:
                    yield
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def make_whole(folder: Path) -> torn.Whole:
    store = LevelStore(folder, create=True)
    chain = RowChain(store)
    rows = {(): 0, torn.dump(store): 0}
    for height in range(1, torn.HEIGHTS + 1):
        chain.commit({("c", "t", f"k{height}"): {"v": height}, ("c", "t", "same"): {"v": height}})
        rows[torn.dump(store)] = height
    store.close()
    return torn.Whole(folder, rows, torn.newest_log(folder).name, [])
