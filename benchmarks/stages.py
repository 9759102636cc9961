"""Processor time of a node by stage, for `timed_node`: functions are wrapped from outside when it starts.

A node that is started in the ordinary way has no timers at all, so being off costs nothing. Time is exclusive: a stage
inside another one is taken out of the outer one. Every turn of the event loop belongs to a stage too (by whose callback
it is), threads that Python does not know are LevelDB's. So the stages add up to what the operating system counts.

A name that the program at hand does not have is left out; its time then stays in the stage around it.
"""

from __future__ import annotations

import asyncio
import functools
import importlib
import inspect
import sys
import threading
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from time import thread_time
from typing import Any

LOOP = "event loop"
REST, NETWORK, CONSENSUS, ADMIT = "REST", "network", "consensus", "admit, mempool"
NATIVE = "LevelDB's own thread"

# stage → what is timed as it: "module:function" or "module:Class.method"
TARGETS: dict[str, tuple[str, ...]] = {
    "decode": (
        "chainbill.ledger.transaction:decode_transaction",
        "chainbill.ledger.transaction:wire_id_of",
        "chainbill.ledger.block:decode_block",
    ),
    "verify": ("chainbill.ledger.envelope:verify_signatures",),
    ADMIT: (
        "chainbill_node.process.peer_messages:Traffic.accept",
        "chainbill_node.application.application:LedgerApplication.check_tx",
        "chainbill_node.mempool.pool:Mempool.candidates",
        "chainbill_node.process.peer_messages:Traffic._take_in",
    ),
    "execute: contracts": ("chainbill.vm.machine:Machine.run_taken",),
    "execute: core checks": ("chainbill.ledger.checks:CoreChecks.run",),
    "execute: around": (
        "chainbill.ledger.transition:apply_block",
        "chainbill.ledger.transition:prepare",
        "chainbill.ledger.execution:Execution.run_transaction",
    ),
    "rows to bytes": ("chainbill.state.overlay:Overlay.finish",),
    "state root": ("chainbill.state.tree:StateTree.stage", "chainbill.state.tree:StateTree.commit"),
    "receipts": ("chainbill.ledger.receipt:Receipt.encode", "chainbill.crypto.merkle:root"),
    "write": ("chainbill_node.storage.chain.database:ChainDatabase.write_block",),
    "signer file": (
        "chainbill_node.storage.signer_file:FileSignerFile.append",
        "chainbill_node.storage.signer_file:FileSignerFile.rewrite",
    ),
    "after a commit": ("chainbill_node.process.peer_messages:Traffic.committed",),
    CONSENSUS: ("chainbill_node.driver.driver:Driver.handle",),
    NETWORK: (
        "chainbill_node.wire.codec:encode",
        "chainbill_node.wire.codec:decode",
        "chainbill_node.network.connection:Connection.send",
    ),
}
# whose callback a turn of the event loop runs → its stage; the first prefix that fits
OWNERS = (
    ("uvicorn", REST),
    ("starlette", REST),
    ("fastapi", REST),
    ("anyio", REST),
    ("chainbill_node.rest", REST),
    ("chainbill_node.process.served_node", REST),
    ("asyncio.sslproto", NETWORK),
    ("chainbill_node.network", NETWORK),
    ("chainbill_node.intake.admission", ADMIT),
    ("chainbill_node.process.node", CONSENSUS),
    ("chainbill_node.driver", CONSENSUS),
    ("chainbill_node.process.maintenance", "pruning, snapshots"),
)
THREADS = (("verify", "verify"), ("writeback", "write"), ("AnyIO", REST), ("asyncio", "pruning, snapshots"))


class Spent:
    """Of one thread: its open stages, when the innermost one was last charged, seconds by stage."""

    __slots__ = ("last", "native_id", "seconds", "stack")

    def __init__(self, base: str) -> None:
        self.native_id = threading.get_native_id()
        self.stack = [base]
        self.seconds: defaultdict[str, float] = defaultdict(float)
        self.last = thread_time()

    def enter(self, stage: str) -> None:
        now = thread_time()
        self.seconds[self.stack[-1]] += now - self.last
        self.last = now
        self.stack.append(stage)

    def leave(self) -> None:
        now = thread_time()
        self.seconds[self.stack.pop()] += now - self.last
        self.last = now


class _Local(threading.local):
    spent: Spent | None = None


_local = _Local()
_threads: list[Spent] = []


def here() -> Spent:
    """The account of this thread."""
    spent = _local.spent
    if spent is None:
        name = threading.current_thread().name
        base = LOOP if threading.current_thread() is threading.main_thread() else _by_prefix(THREADS, name, "threads")
        spent = _local.spent = Spent(base)
        _threads.append(spent)
    return spent


def timed(function: Callable[..., Any], stage: str) -> Callable[..., Any]:
    """The function, its time counted for a stage."""

    @functools.wraps(function)
    def run(*arguments: Any, **named: Any) -> Any:
        spent = here()
        spent.enter(stage)
        try:
            return function(*arguments, **named)
        finally:
            spent.leave()

    return run


def install() -> list[str]:
    """Wrap everything in TARGETS and the event loop's turns; the names that are not there."""
    missing = [name for stage, names in TARGETS.items() for name in names if not _wrap(name, stage)]
    _time_the_loop()
    here()
    return missing


def find(name: str) -> tuple[Any, str, Callable[..., Any]] | None:
    """(owner, attribute, function) of "module:path", None where there is no such plain function."""
    module_name, _, path = name.partition(":")
    owner_name, _, attribute = path.rpartition(".")
    try:
        module = importlib.import_module(module_name)
        owner = getattr(module, owner_name) if owner_name else module
        original = inspect.getattr_static(owner, attribute)
    except (ImportError, AttributeError):
        return None
    plain = inspect.isfunction(original) and not inspect.iscoroutinefunction(original)
    return (owner, attribute, original) if plain else None


def _wrap(name: str, stage: str) -> bool:
    found = find(name)
    if found is None:
        return False
    owner, attribute, original = found
    wrapped = timed(original, stage)
    setattr(owner, attribute, wrapped)
    if inspect.ismodule(owner):  # where it was imported by name, and by which
        for other in list(sys.modules.values()):
            if getattr(other, "__name__", "").startswith("chainbill"):
                for known, value in list(vars(other).items()):
                    if value is original:
                        setattr(other, known, wrapped)
    return True


def _time_the_loop() -> None:
    original = asyncio.Handle._run

    def run(handle: Any) -> None:
        spent = here()
        spent.enter(stage_of(handle._callback))
        try:
            original(handle)
        finally:
            spent.leave()

    asyncio.Handle._run = run  # type: ignore[method-assign, assignment]


def stage_of(callback: Any) -> str:
    """The stage of a callback of the event loop, by the module of the object that it belongs to."""
    while isinstance(callback, functools.partial):
        callback = callback.func
    owner = getattr(callback, "__self__", None)
    if owner is None:
        return _by_prefix(OWNERS, getattr(callback, "__module__", "") or "", LOOP)
    if isinstance(owner, asyncio.Task):
        return _stage_of_task(owner)
    if isinstance(owner, asyncio.Transport) and hasattr(owner, "get_protocol"):
        owner = owner.get_protocol()
    return _by_prefix(OWNERS, type(owner).__module__, LOOP)


def _stage_of_task(task: asyncio.Task[Any]) -> str:
    code = getattr(task.get_coro(), "cr_code", None)
    return LOOP if code is None else _stage_of_file(code.co_filename)


@functools.cache
def _stage_of_file(name: str) -> str:
    dotted = name.removesuffix(".py").replace("/", ".")
    for prefix, stage in OWNERS:
        if f".{prefix}." in f"{dotted}.":
            return stage
    return LOOP


@functools.cache
def _by_prefix(pairs: tuple[tuple[str, str], ...], name: str, otherwise: str) -> str:
    return next((stage for prefix, stage in pairs if name.startswith(prefix)), otherwise)


def account() -> dict[str, float]:
    """Processor seconds by stage so far, all threads: what threads did outside any stage is theirs by name."""
    here().enter(LOOP)
    here().leave()
    found: defaultdict[str, float] = defaultdict(float)
    known = {one.native_id: sum(one.seconds.values()) for one in _threads}
    for one in _threads:
        for stage, seconds in list(one.seconds.items()):
            found[stage] += seconds
    names = {one.native_id: one.name for one in threading.enumerate()}
    main = threading.main_thread().native_id
    for folder in Path("/proc/self/task").iterdir():
        number = int(folder.name)
        try:
            counted = int((folder / "schedstat").read_text().split()[0]) / 1e9
        except OSError:
            continue
        base = LOOP if number == main else _by_prefix(THREADS, names.get(number, ""), "threads")
        found[base if number in names else NATIVE] += max(0.0, counted - known.get(number, 0.0))
    return dict(found)
