"""What left this machine in this run, and how a command ends truly that is stopped after it.

Ctrl-C, a closed terminal (SIGHUP), SIGTERM, an output that nobody reads and a fault of the program end a command
anywhere. As long as nothing was handed in, nothing was written; from then on only the ledger knows, and the answer is
the id (exit 6).
"""

from __future__ import annotations

import errno
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType
from typing import Any, NoReturn

import click

from chainbill.errors import ChainbillError
from chainbill_cli.failure import Exit, Failure, fail
from chainbill_cli.texts import bracketed, text

STOPPING = tuple(getattr(signal, name) for name in ("SIGHUP", "SIGTERM") if hasattr(signal, name))
"""Signals that end a program without a word; SIGINT is Python's KeyboardInterrupt already."""
OUTPUT_GONE = frozenset({errno.EPIPE, errno.EIO, errno.EBADF})
"""Errors of writing to a pipe whose reader has gone, or to a terminal that was closed."""


class Stopped(BaseException):
    """Somebody ended the program from outside."""


@dataclass(slots=True)
class HandedIn:
    """The transaction handed in last. height: of its block, None while that is not known."""

    transaction: str = ""
    answered: bool = False
    height: int | None = None

    def begin(self, transaction: str) -> None:
        """From now on it may be in the ledger."""
        self.transaction, self.answered, self.height = transaction, False, None

    def end(self, height: int | None) -> None:
        """A node answered that it took it (None) or that it is in a block."""
        self.answered, self.height = True, height

    def never_left(self) -> None:
        """No node was reached."""
        self.transaction = ""


@contextmanager
def ended_truly(handed_in: HandedIn) -> Iterator[None]:
    """Run a write; what stops it is told by what had left this machine by then."""
    with _signals_raise():
        try:
            yield
        except (KeyboardInterrupt, click.Abort, Stopped) as stop:
            raise stopped(handed_in) from stop
        except OSError as error:
            if error.errno not in OUTPUT_GONE or handed_in.answered:
                raise
            raise stopped(handed_in, "error.nobody_reads") from error
        except Exception as fault:
            if not _hides_a_transaction(fault, handed_in):
                raise
            raise broken_off(handed_in, fault) from fault


def _hides_a_transaction(fault: Exception, handed_in: HandedIn) -> bool:
    """Whether this end would say nothing of what had left: what is no answer to the user is a fault of the program."""
    if not handed_in.transaction or isinstance(fault, Failure | click.ClickException | click.exceptions.Exit):
        return False
    return not (handed_in.answered and isinstance(fault, ChainbillError))  # of what was to follow


def broken_off(handed_in: HandedIn, fault: Exception) -> Failure:
    """The end of a command that failed by a fault of this program after bytes had left: as if it had been stopped."""
    failure = stopped(handed_in)
    failure.problem.update(kind=type(fault).__name__, cause=str(fault) or type(fault).__name__)
    return failure


def stopped(handed_in: HandedIn, nothing_sent: str = "error.aborted") -> Failure:
    """The end of a command that was stopped. nothing_sent: the text for one that had handed nothing in."""
    if not handed_in.transaction:
        return fail(Exit.FAILED, nothing_sent)
    if not handed_in.answered:
        return pending(handed_in.transaction)
    identifier = handed_in.transaction
    problem: dict[str, Any] = {
        "title": text("error.stopped"),
        "detail": text("error.stopped_after", id=identifier),
        "code": "stopped",
        "status": "accepted" if handed_in.height is None else "committed",
        "transaction": identifier,
        "hint": f"chainbill tx wait {identifier}",
    }
    if handed_in.height is not None:
        problem["height"] = handed_in.height
    return Failure(Exit.PENDING, problem)


def pending(identifier: str, cause: str = "") -> Failure:
    """Not known to be committed. cause: why the network stands still, or what a node said last."""
    detail = text("error.pending", id=identifier)
    problem = {
        "title": text("value.pending"),
        "detail": bracketed(detail, cause) if cause else detail,
        "code": "pending",
        "status": "pending",
        "transaction": identifier,
        "hint": f"chainbill tx wait {identifier}",
    }
    if cause:
        problem["cause"] = cause
    return Failure(Exit.PENDING, problem)


@contextmanager
def _signals_raise() -> Iterator[None]:
    """Let the signals that end a program raise `Stopped`; only the main thread can, elsewhere nothing changes."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {one: signal.signal(one, _stop) for one in STOPPING if signal.getsignal(one) is signal.SIG_DFL}
    try:
        yield
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)


def _stop(number: int, frame: FrameType | None) -> NoReturn:  # noqa: ARG001  a handler's signature
    raise Stopped(number)
