"""A light, steady load by one honest party, and how long each of its transactions takes to be in a block."""

from __future__ import annotations

import statistics
import threading
import time
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from http.client import HTTPException
from typing import NamedTuple

from node_processes import Network
from writes import account_at

ANSWER_WITHIN_S = 60
AT_ONCE = 128


class Answered(NamedTuple):
    """One transaction: seconds from when it was due to its answer, processor seconds that all nodes worked from when it
    went out until then, HTTP status (0: no answer), and what was said."""

    took_s: float
    worked_s: float
    status: int
    said: str


class HonestLoad:
    """The anchor names its account anew, `per_s` times a second, at each of these nodes in turn.

    Each goes out when it is due, whatever became of those before it: a network that stands still is not asked less.
    """

    def __init__(self, network: Network, nodes: tuple[str, ...], per_s: int = 5) -> None:
        self._network = network
        self._nodes = nodes
        self._every_s = 1 / per_s
        self._over = threading.Event()
        self._sent: list[tuple[float, Future[Answered]]] = []
        self._senders = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="honest")
        self._clock = threading.Thread(target=self._keep_sending, daemon=True)

    def __enter__(self) -> HonestLoad:
        self._clock.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._clock.join()
        self._senders.shutdown(wait=True, cancel_futures=True)

    def between(self, began_s: float, ended_s: float) -> list[Answered]:
        """The answers to all that were due in this time (`time.monotonic`); waits for them."""
        return [future.result() for due_s, future in list(self._sent) if began_s <= due_s < ended_s]

    def lasting(self, seconds: float) -> list[Answered]:
        """The answers to all that are due from now on for so long; waits for them."""
        began_s = time.monotonic()
        time.sleep(seconds)
        return self.between(began_s, began_s + seconds)

    def _keep_sending(self) -> None:
        due_s = time.monotonic()
        number = 0
        while not self._over.wait(max(0.0, due_s - time.monotonic())):
            number += 1
            self._sent.append(
                (due_s, self._senders.submit(self._send, self._nodes[number % len(self._nodes)], number, due_s))
            )
            due_s += self._every_s

    def _send(self, node: str, number: int, due_s: float) -> Answered:
        wire = self._network.sign("anchor", account_at(self._network.party(f"bank{number % 2 + 1}")))
        worked_s = self.worked_s()
        try:
            status, body = self._network.send(node, wire, timeout_s=ANSWER_WITHIN_S)
        except (OSError, HTTPException, ValueError) as error:
            status, body = 0, {"code": type(error).__name__}
        took_s, worked_s = time.monotonic() - due_s, self.worked_s() - worked_s
        return Answered(took_s, worked_s, status, str(body.get("code", body.get("status", ""))))

    def worked_s(self) -> float:
        """Processor seconds of all nodes so far, those of threads that have ended too: a source is parsed in its own.

        `time.clock_gettime` with a process' clock (clock_getcpuclockid(3): ~pid << 3 | CPUCLOCK_SCHED).
        """
        return sum([time.clock_gettime(~process.pid << 3 | 2) for process in self._network.processes.values()])


def median_s(answered: Sequence[Answered]) -> float:
    """Of the seconds that they took."""
    return statistics.median(one.took_s for one in answered)


def median_worked_s(answered: Sequence[Answered]) -> float:
    """Of the processor seconds that the nodes worked meanwhile: however busy the machine is with something else."""
    return statistics.median(one.worked_s for one in answered)


def not_committed(answered: Sequence[Answered]) -> list[Answered]:
    """Those that were not answered with their block."""
    return [one for one in answered if one.status != 201]
