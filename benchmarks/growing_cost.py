"""What a transfer costs on ledgers of several sizes: each ledger in a process of its own, measured in turns.

The speed of a machine changes from minute to minute, so the sizes are measured at the same time, some seconds of one
after some seconds of the other: whatever slows one slows all. A process of its own, because caches and LevelDB's own
thread are shared within one.
"""

from __future__ import annotations

import gc
import multiprocessing
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from local_ledger import PIECE_MINOR, LocalLedger

BILLS, OF_A_BILL = 100, 25
ROUNDS = 8
TOKENS_A_TURN = 160_000  # of the ledger, in a round: on a large one LevelDB tidies up less often, and has more to do
QUIET_S, QUIET_WITHIN_S = 0.5, 60.0
ANSWERS_WITHIN_S = 3_600.0


@dataclass(frozen=True)
class Cost:
    """Processor seconds of a transfer: of all threads, and of the one that runs and commits it."""

    whole_s: float
    own_s: float


class Transfers:
    """Transfers of tokens of a hundred bills taken at random, turn after turn; caches are empty at first.

    The same number of bills is at work at every size; at a large one for more turns, so that what LevelDB's own thread
    does in bursts is met as often as it comes. All that this thread does from the first turn on counts.
    """

    def __init__(self, ledger: LocalLedger, rounds: int = ROUNDS) -> None:
        self.turns_a_round = max(1, ledger.made // TOKENS_A_TURN)
        self._ledger = ledger
        self._amount = PIECE_MINOR // (rounds * self.turns_a_round + 2)
        ledger.open()
        _quiet()
        chance = random.Random(ledger.transactions)
        enough = [bill for bill in ledger.bills if len(bill) > OF_A_BILL]
        self._tokens = [bill.pop() for bill in chance.sample(enough, BILLS) for _ in range(OF_A_BILL)]
        chance.shuffle(self._tokens)
        self._turn()  # fills the caches
        self._own_s, self._count = 0.0, 0
        self._others_before_s = others_s()

    def round(self) -> None:
        """As many turns as are one round at this size."""
        for _ in range(self.turns_a_round):
            self._own_s += self._turn()
            self._count += len(self._tokens)

    def cost(self) -> Cost:
        """Of all rounds until now."""
        own_s = self._own_s / self._count
        return Cost(own_s + (others_s() - self._others_before_s) / self._count, own_s)

    def _turn(self) -> float:
        """A transfer of each token; processor seconds of this thread."""
        wires = self._ledger.transfers(self._tokens, self._amount)
        gc.collect()
        began_s = time.thread_time()
        answers = self._ledger.commit(wires, verify=True)
        own_s = time.thread_time() - began_s
        self._tokens = [answer["remainder"] for answer in answers]
        return own_s


def cost_of(ledger: LocalLedger) -> Cost:
    """Of one ledger alone; it is open afterwards."""
    transfers = Transfers(ledger)
    for _ in range(ROUNDS):
        transfers.round()
    return transfers.cost()


def others_s() -> float:
    """Processor seconds of all threads but this one."""
    return time.process_time() - time.thread_time()


def _quiet() -> None:
    """Until LevelDB has tidied up what filling left for later: it is not the transfers' cost."""
    until = time.monotonic() + QUIET_WITHIN_S
    while time.monotonic() < until:
        before = time.process_time()
        time.sleep(QUIET_S)
        if time.process_time() - before < QUIET_S / 50:
            return


class Grown:
    """A ledger of so many tokens in a process of its own. `look` is run there on the closed ledger first.

    Every method raises RuntimeError when that process fails.
    """

    def __init__(self, folder: Path, tokens: int, look: Callable[[LocalLedger], dict[str, Any]]) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipe, far = context.Pipe()
        self._process = context.Process(target=_serve, args=(far, folder, tokens, look))
        self._process.start()
        far.close()
        self.figures: dict[str, Any] = self._answer()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._pipe.close()
        self._process.join()

    def begin(self) -> None:
        """Open the ledger and fill its caches."""
        self._ask("begin")

    def round(self) -> None:
        """One round of transfers."""
        self._ask("round")

    def cost(self) -> Cost:
        """Of all rounds until now."""
        found: Cost = self._ask("cost")
        return found

    def _ask(self, what: str) -> Any:
        self._pipe.send(what)
        return self._answer()

    def _answer(self) -> Any:
        try:
            if self._pipe.poll(ANSWERS_WITHIN_S):
                return self._pipe.recv()
        except EOFError:
            pass
        raise RuntimeError("the process of a ledger failed, or took too long")


def _serve(pipe: Connection, folder: Path, tokens: int, look: Callable[[LocalLedger], dict[str, Any]]) -> None:
    """What that process does, until the other end of the pipe is closed."""
    try:
        began_s = time.perf_counter()
        ledger = LocalLedger(folder)
        ledger.fill(tokens)
        ledger.close()
        filled = {"filled_in_s": round(time.perf_counter() - began_s, 1)}
        pipe.send(filled | look(ledger))
        transfers: Transfers | None = None
        while True:
            match pipe.recv(), transfers:
                case "begin", _:
                    transfers = Transfers(ledger)
                    pipe.send(None)
                case "round", Transfers() as ready:
                    ready.round()
                    pipe.send(None)
                case "cost", Transfers() as ready:
                    pipe.send(ready.cost())
                case other:
                    raise RuntimeError(f"no ledger for {other}")
    except (EOFError, BrokenPipeError):
        return
