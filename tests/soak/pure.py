"""What needs no processes: simulator seeds, Twins scenarios, real-ledger seeds, damaged inputs, torn logs; in turns."""

from __future__ import annotations

import random
import shutil
import tempfile
import textwrap
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import test_faults_fuzz as fuzz
import test_faults_torn_database as torn
import test_faults_torn_signer as torn_signer
from chainbill_node.storage.leveldb import LevelStore
from node_state import RowChain
from recompute import reading
from sim import real, seeded, twins
from sim.findings import shrunk_transcript
from sim.runs import DRAWS
from soak import guided, prices
from soak.tally import Deadline, Tally

FUZZ_AT_ONCE = 2_000
TORN_AT_ONCE = 100
SEEDS_AT_ONCE = 10
SHRINK_RUNS = {"light": 150, "real": 25, "joining": 25}
SHRINK_WITHIN_S = 60.0  # each; the soak ends when it said it would
SHRUNK = 3  # findings of a kind that are shrunk; more of them are told by their seed


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
    parts += [stories(tally, base), books(tally, base), newcomers(tally, base), guided.inputs(tally, base)]
    parts.append(prices.measured(tally))
    while not deadline.over:
        for part in parts:
            if not deadline.over:
                next(part)
    return tally


def attempt(tally: Tally, what: str, kind: str, number: int, play: Callable[[int], object]) -> None:
    """Play a seed; the first findings of a kind are shrunk and told as a transcript."""
    flag = "" if kind == "light" else f" --{kind}"
    held = tally.attempt(what, lambda: play(number), f"python -m tests.sim {number}{flag} -v")
    if not held and sum(f"({kind}), shrunk" in finding for finding in tally.findings) < SHRUNK:
        told = shrunk_transcript(DRAWS[kind](number), kind, runs=SHRINK_RUNS[kind], within_s=SHRINK_WITHIN_S)
        tally.findings[-1] += "\n" + textwrap.indent(told, "    ")


def seeds(tally: Tally, base: int) -> Iterator[None]:
    """The light simulator: faults of network, clocks, disks and members at random."""
    number = base
    while True:
        for _ in range(SEEDS_AT_ONCE):
            attempt(tally, "simulator seeds", "light", number, lambda seed: seeded.play(seed))
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
    """The simulator over the product's ledger and contracts, rules and disks checked after every block."""
    number = base
    while True:
        attempt(tally, "real-ledger seeds", "real", number, lambda seed: real.play(seed))
        number += 1
        yield


def books(tally: Tally, base: int) -> Iterator[None]:
    """Random histories whose figures are recomputed from the transactions alone."""
    number = base
    while True:
        repeat = (
            'python -c \'import sys; sys.path[:0] = ["tests", "tests/node"]; '
            f"from recompute.reading import play; play({number})'"
        )
        tally.attempt("recomputed histories", lambda number=number: reading.play(number), repeat)
        number += 1
        yield


def newcomers(tally: Tally, base: int) -> Iterator[None]:
    """The same with a node that joins or has lost its disk: through a snapshot, or through blocks."""
    number = base
    while True:
        attempt(tally, "state-sync seeds", "joining", number, lambda seed: real.play_joining(seed))
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
