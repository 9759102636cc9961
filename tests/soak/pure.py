"""What needs no processes: simulator seeds, Twins scenarios, real-ledger seeds, damaged inputs, torn logs, the search
of consensus; in turns."""

from __future__ import annotations

import itertools
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
from model.play import STEPS, Run
from node_state import RowChain
from recompute import reading
from search import soaking
from sim import drills, real
from sim.drill_kit import Drill
from soak import guided, mutants, numbered, planting, prices
from soak.numbered import SEEDS_AT_ONCE, Lane, attempt
from soak.tally import Deadline, Tally
from whole.mutants import MUTANTS as BROKEN_NODES
from whole.noticing import noticed
from whole.runs import held

FUZZ_AT_ONCE = 2_000
TORN_AT_ONCE = 100


PARTS = (
    "sim",
    "twins",
    "drills",
    "real",
    "whole",
    "books",
    "model",
    "search",
    "decoders",
    "torn",
    "prices",
    "planted",
    "mutants",
)
STORIES, NEWCOMERS = "real-ledger seeds", "state-sync seeds"
ONCE = (numbered.SEEDS, numbered.CONTESTED, numbered.HEALED, numbered.TWINS, numbered.LED, STORIES, NEWCOMERS)
"""What is played by numbers that go on from soak to soak: these are different ones, not runs."""


def run(base: int, seconds: float, part: str = "", lane: Lane | None = None) -> Tally:
    """Go round all of them, or one part, until the time is over, once in any case.

    `base`: where the numbers of this soak begin; `lane`: where those go on of which none is to be played twice.
    """
    tally, deadline = Tally(), Deadline.after(seconds)
    lane = lane or Lane({}, otherwise=base)
    named: dict[str, list[Iterator[None]]] = {
        "sim": [
            numbered.seeds(tally, lane),
            numbered.contested(tally, lane),
            numbered.healed(tally, lane),
            numbered.searched(tally, lane),
        ],
        "twins": [numbered.scenarios(tally, lane)],
        "drills": [recoveries(tally, base)],
        "real": [stories(tally, lane), newcomers(tally, lane)],
        "whole": [nodes(tally, base)],
        "books": [books(tally, base)],
        "model": [modelled(tally, base)],
        "search": [soaking.searched(tally, base), soaking.led_walks(tally, base), soaking.contained(tally, base)],
        "decoders": [inputs(tally, base), guided.inputs(tally, base)],
        "torn": [offsets(tally)],
        "prices": [prices.measured(tally)],
        "planted": [planting.each(tally)],
        "mutants": [mutants.drawn(tally, base, alone=part == "mutants")],
    }
    parts = [one for name in PARTS for one in named[name] if part in ("", name)]
    for part in parts:
        next(part)
    while not deadline.over:
        for part in parts:
            if not deadline.over:
                next(part)
    return tally


def recoveries(tally: Tally, base: int) -> Iterator[None]:
    """Validators lose data, signer files or both, or come back with old ones; one drill a turn."""
    for number in itertools.count(base):
        for name, (play, sizes) in drills.DRILLS.items():
            size = sizes[number % len(sizes)]
            told = f"DRILLS[{name!r}][0](Drill({size}, {number})) of tests/sim/drills.py"
            tally.attempt("recovery drills", partial(play, Drill(size, number)), told)
            yield


def stories(tally: Tally, lane: Lane) -> Iterator[None]:
    """The simulator over the product's ledger and contracts, rules and disks checked after every block."""
    for number in lane.numbers(tally, "real"):
        attempt(tally, STORIES, "real", number, lambda seed: real.play(seed))
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


def modelled(tally: Tally, base: int) -> Iterator[None]:
    """The same random acts on the contracts and on a model of the business, which must say the same."""
    for number in itertools.count(base):
        repeat = f"python -m tests.model --seed {number} --steps {STEPS}"
        tally.attempt("networks beside their model", lambda number=number: Run(number).play(STEPS), repeat)
        yield


def nodes(tally: Tally, base: int) -> Iterator[None]:
    """Whole nodes with their REST interface, clients and what breaks, in simulated time; now and then broken ones."""
    for number in itertools.count(base):
        if number % SEEDS_AT_ONCE == 0:
            name = list(BROKEN_NODES)[number // SEEDS_AT_ONCE % len(BROKEN_NODES)]
            tally.attempt("broken whole nodes", partial(noticed, name), f"pytest tests/whole -m slow -k {name!r}")
        tally.attempt("whole-node seeds", partial(held, number), f"python -m tests.whole {number} -v")
        yield


def newcomers(tally: Tally, lane: Lane) -> Iterator[None]:
    """The same with a node that joins or has lost its disk: through a snapshot, or through blocks."""
    for number in lane.numbers(tally, "joining"):
        attempt(tally, NEWCOMERS, "joining", number, lambda seed: real.play_joining(seed))
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
