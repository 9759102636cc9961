"""How long typical reads take, alone and beside commits, and whether readers slow the commits.

Four validators and an observer run all the time. The reads come at a fixed rate, once to a validator, once to the
observer, and once there are none, in turns; a fourth time eight clients read lists from a validator, each as soon as it
has the one before. The commits are a flood through the other three validators.
"""

from __future__ import annotations

import json
import multiprocessing
import statistics
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from multiprocessing.queues import Queue
from typing import Any

import load
import work
from figures import latency_ms, ratio
from observing import admit, wait_height
from running import BATCH, SETTLE_S, Running, wait_ready

READS_PER_S = 50
CHEAP = 4  # of the reads beside commits, so many of each single thing for one list and one tree
A_LIST = "50 tokens of a holder"
HEAVY = ("a bill's tree", A_LIST)
READERS = 8
ALONE_COUNT = 300
ROUNDS = 3
LISTS = "lists_on_a_validator"
MODES = ("no_readers", "readers_on_a_validator", "readers_on_the_observer", LISTS)

Found = dict[str, Any]


@dataclass(frozen=True)
class Reading:
    """Who reads what beside commits: so many requests a second, None: one after the other."""

    api: str
    paths: list[str]
    per_s: float | None


def run(transfers: int) -> Found:
    """Latencies by kind of read, and the commit rates without readers, with them, and with them on an observer."""
    with Running(4) as net:
        observer = admit(net, "observer1")
        net.start("observer1", observer.home)
        tokens = net.tokens((1 + len(MODES)) * transfers)
        wires = work.transfers(net.network, tokens)
        net.flood(wires[:transfers], BATCH)
        wait_ready(observer.api, observer.home)
        wait_height(observer.api, net.height())
        paths = kinds(net, tokens)
        time.sleep(2 * SETTLE_S)  # until no block is expected: long reads step back for blocks
        found: Found = {"alone": {kind: alone(net.apis[0], path) for kind, path in paths.items()}}
        validator = Reading(net.apis[0], mix(paths), READS_PER_S)
        ways = {
            "readers_on_a_validator": validator,
            "readers_on_the_observer": replace(validator, api=observer.api),
            LISTS: Reading(net.apis[0], [paths[A_LIST]], None),
        }
        rates: dict[str, list[float]] = {}
        waits: dict[str, list[float]] = {}
        part = transfers // ROUNDS
        for round_ in range(ROUNDS):
            for place, name in enumerate(MODES):
                time.sleep(SETTLE_S)
                wait_height(observer.api, net.height())
                start = transfers + (round_ * len(MODES) + place) * part
                rate, seen = _beside(net, wires[start : start + part], ways.get(name))
                rates.setdefault(name, []).append(rate)
                waits.setdefault(name, []).extend(seen)
        net.check()
    commits = {name: round(statistics.median(values), 1) for name, values in rates.items()}
    beside = {name: latency_ms(seen) | {"reads": len(seen)} for name, seen in waits.items() if seen}
    return found | {
        "reads_per_s": READS_PER_S,
        "while_committing": beside,
        "commits_per_s": commits,
        **{f"commit_ratio_{name}": ratio(commits[name], commits["no_readers"]) for name in ways},
    }


def kinds(net: Running, tokens: Sequence[str]) -> dict[str, str]:
    """Typical reads by name."""
    token = load.read(net.apis[0], f"/v1/tokens/{tokens[0]}")
    holder, bill = token["holder"], token["bill"]
    block = load.read(net.apis[0], "/v1/blocks/head")
    listed = load.read(net.apis[0], f"/v1/blocks/{block['height'] - 1}/transactions")
    first = listed["data"][0]["id"] if listed["data"] else ""
    paths = {
        "one token": f"/v1/tokens/{tokens[0]}",
        "one bill": f"/v1/bills/{bill}",
        "a bill's tree": f"/v1/trace/bills/{bill}",
        A_LIST: f"/v1/tokens?holder={holder}&limit=50",
        "newest block": "/v1/blocks/head",
    }
    return paths | ({"one transaction": f"/v1/transactions/{first}"} if first else {})


def mix(paths: Mapping[str, str]) -> list[str]:
    """What readers ask for beside commits: mostly single things, now and then a list or a tree."""
    single = [path for kind, path in paths.items() if kind not in HEAVY]
    return CHEAP * single + [paths[kind] for kind in HEAVY if kind in paths]


def alone(api: str, path: str, count: int = ALONE_COUNT) -> Found:
    """One reader, one request after the other."""
    load.read(api, path)
    return latency_ms(load.flood([api], [load.get(path)] * count, 1).waits_s)


def _beside(net: Running, wires: Sequence[bytes], reading: Reading | None) -> tuple[float, list[float]]:
    """The commit rate of a flood through three validators, and the waits of the reads beside it, from a process."""
    if reading is None:
        return net.flood(wires, BATCH, net.apis[1:]).per_s, []
    context = multiprocessing.get_context("spawn")
    stop, answers = context.Event(), context.Queue()
    reader = context.Process(target=_read_on, args=(reading, stop, answers))
    reader.start()
    answers.get(timeout=60)  # it reads
    rate = net.flood(wires, BATCH, net.apis[1:])
    stop.set()
    waits: list[float] = json.loads(answers.get(timeout=120))
    reader.join(60)
    return rate.per_s, waits


def _read_on(reading: Reading, stop: Any, answers: Queue[str]) -> None:
    """Read until told to stop, once round the paths at a time; READERS lists at once where there is no rate."""
    waits: list[float] = []
    apis = [reading.api]
    load.read(reading.api, reading.paths[0])
    answers.put("reading")
    requests = [load.get(path) for path in reading.paths]
    while not stop.is_set():
        if reading.per_s is None:
            waits += load.flood(apis, requests * READERS, READERS).waits_s
        else:
            waits += load.paced(apis, requests, reading.per_s, READERS).waits_s
    answers.put(json.dumps(waits))
