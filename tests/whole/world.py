"""A world of whole nodes in one process: their machines, the network between them, and who uses them."""

from __future__ import annotations

import asyncio
import gc
import itertools
import logging
import random
import ssl
import warnings
from collections.abc import Callable, Coroutine
from dataclasses import replace
from pathlib import Path
from typing import Any

from chainbill_node import main
from chainbill_node.home.config import Address, NodeConfig, RestConfig, StorageConfig
from ledger.ledger_kit import validator_keys
from ledger.real_network import BANKS, genesis
from whole.cables import Cables
from whole.loop import Life, SimulatedLoop
from whole.machine import NEWER, Machine, certificate_of
from whole.notebook import Notebook
from whole.surroundings import surroundings

from chainbill.dates import date_of
from chainbill.ledger.in_force import ProtocolRow
from chainbill.ledger.validators import Validator, ValidatorSet
from chainbill.protocols import PROTOCOL_1

P2P_PORT, REST_PORT = 7_000, 8_000
SNAPSHOT_EVERY = 16
GIVEN_BACK_S = 10.0
MOST_UNWINDINGS = 5


class World:
    """Machines n0, n1, … of one seed. closed: who reads must sign. keep_blocks: of all but n0, which keeps them all."""

    def __init__(self, seed: int, size: int, home: Path, *, closed: bool = False, keep_blocks: int = 0) -> None:
        self.chance = random.Random(seed)
        self.closed = closed
        self.keep_blocks = keep_blocks
        self.loop = SimulatedLoop(self.chance)
        self.cables = self.loop.cables = Cables(self.loop)
        self.log: list[str] = []
        self.book = Notebook()
        self.digest = ""
        self.graves: list[Life] = []
        self.nonces = itertools.count(1)
        self.too_late = False  # months pass, and what people do may be refused for it
        self.traded = False  # nobody trades any more
        self.calm_s = float("inf")  # since when nothing breaks any more
        self.over = False  # who stops is not started again
        keys = validator_keys()[:size]
        named = enumerate(zip(keys, BANKS, strict=False))
        validators = [Validator(key.public, f"n{n}", bank, f"127.0.0.1:{P2P_PORT + n}") for n, (key, bank) in named]
        first = ProtocolRow(PROTOCOL_1.version, PROTOCOL_1.digest, 0)
        self.genesis = replace(
            genesis(), validators=ValidatorSet.of(validators), public_reads=not closed, protocol=first
        )
        self.machines = {f"n{n}": self._machine(n, key, home) for n, key in enumerate(keys)}
        found = self.machines.items()
        shown = {name: ssl.PEM_cert_to_DER_cert(certificate_of(one.key).certificate.decode()) for name, one in found}
        self.cables.certificates = shown

    def _machine(self, number: int, key: Any, home: Path) -> Machine:
        rest = RestConfig(port=REST_PORT + number)
        storage = StorageConfig(
            keep_blocks=self.keep_blocks if number else 0, snapshot_interval=SNAPSHOT_EVERY, snapshot_minutes=0,
            warn_free_mib=0,  # nobody knows how full the disk of the test is
        )  # fmt: skip
        config = NodeConfig(name=f"n{number}", rest=rest, p2p=Address(port=P2P_PORT + number), storage=storage)
        return Machine(self, f"n{number}", key, config, home / f"n{number}")

    # ---- what is the case ----

    @property
    def now_ms(self) -> float:
        """The world's clock, as the ledger counts it when nobody has moved its own."""
        return self.genesis.time_ms + 1000 * self.loop.time()

    @property
    def ledger_ms(self) -> float:
        """The ledger's clock, as far as somebody has moved it."""
        ledgers = [one.ledger for one in self.machines.values() if one.ledger is not None]
        return self.now_ms + max((one.info().clock_offset_ms for one in ledgers), default=0)

    @property
    def today(self) -> str:
        """The date of the ledger at the node that has come furthest."""
        ledgers = [one.ledger for one in self.machines.values() if one.ledger is not None]
        newest = max((one.info() for one in ledgers), key=lambda info: info.height, default=None)
        time_ms = self.genesis.time_ms if newest is None else newest.time_ms
        return date_of(time_ms, self.genesis.zone_offset_minutes)

    @property
    def seen_height(self) -> int:
        """The highest height of which a client was told."""
        return max((one.height for one in self.book.seen), default=0)

    def heard(self, answer: dict[str, Any]) -> None:
        """A client learns of a bill."""
        result = answer.get("result")
        if isinstance(result, dict) and "bill" in result:
            self.book.bills[result["bill"]] = None

    def tell(self, name: str, text: str) -> None:
        """One line of what happened."""
        self.log.append(f"{self.loop.time():>9.3f} {name:<8} {text}")
        self.loop.tell(self.log[-1])

    def logged(self, name: str, line: str) -> None:
        """A line of a node's log. No honest node finds fault with another one, however its messages came."""
        self.tell(name, line)
        if " peer_dropped " in line:
            self.book.findings.append(f"{name}: {line}")

    # ---- its course ----

    def run(self, acts: Callable[[], Coroutine[Any, Any, None]], level: str = "warning") -> None:
        """Let everything happen until `acts` is over."""
        with warnings.catch_warnings():
            with surroundings(self.loop, self.cables, self.genesis.time_ms, self.logged, level):
                try:
                    self.loop.run_until_complete(acts())
                finally:
                    self.digest = self.loop.trace.hexdigest()  # what follows is no part of the run
                    warnings.simplefilter("ignore")  # processes that died leave coroutines that nobody awaits
                    logging.disable()
                    self._end()
            gc.collect()
        logging.disable(logging.NOTSET)

    def _end(self) -> None:
        for machine in self.machines.values():
            machine.world_ends()
        for life in self.graves:  # their tasks end without a disk and a network
            life.alive, life.complains = True, None
        self.loop.over = True
        for future in self.loop.jobs.left:
            future.cancel()
        for _ in range(MOST_UNWINDINGS):
            tasks = asyncio.all_tasks(self.loop)
            if not tasks:
                break
            for task in tasks:
                task.cancel()
            self.loop.run_until_complete(asyncio.wait(tasks, timeout=GIVEN_BACK_S))
        self.loop.jobs.close()
        self.loop.close()

    def gone(self, machine: Machine, code: int | None) -> None:
        """A process has ended by itself, or (None) was killed: its operator starts it again after a while."""
        if code == main.EXIT_UPGRADE:  # the log has named the mend
            machine.release = NEWER
        elif code not in (None, 0, 1) and machine.failed_in != machine.starts:
            self.book.findings.append(f"{machine.name} does not start: {machine.refusals[-1:]}")
        if not self.over:
            later_s, outside = self.loop.time() + machine.away_s, self.loop.outside.context()
            self.loop.call_at(later_s, self._start_again, machine, machine.starts, context=outside)

    def _start_again(self, machine: Machine, starts: int) -> None:
        if not machine.alive and machine.starts == starts:
            machine.start()
