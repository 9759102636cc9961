"""Node processes: start them detached, stop them, and ask whether they run."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from chainbill_cli.causes import cause_of
from chainbill_cli.failure import Exit, fail
from chainbill_cli.localnet.layout import LocalNode

MODULE = "chainbill_node.main"
STOP_PATIENCE_S = 20.0
STEP_S = 0.05
LOG_LINES = 15

_started: dict[int, subprocess.Popen[bytes]] = {}
"""Children of this very process, so that they are reaped when they end."""


def pid_of(node: LocalNode) -> int | None:
    """Process id of a running node, None when it does not run. A stale file never names another program."""
    try:
        pid = int(node.pid_file.read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None
    return pid if _is_node(pid, node.home) else None


def _is_node(pid: int, home: Path) -> bool:
    child = _started.get(pid)
    if child is not None:
        return child.poll() is None
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return False
    return MODULE.encode() in words and str(home).encode() in words


def start(node: LocalNode) -> int:
    """Start a node in its own session, its output in its log; the process id. Nothing happens when it runs already."""
    running = pid_of(node)
    if running is not None:
        return running
    command = [sys.executable, "-P", "-m", MODULE, "--home", str(node.home)]
    try:
        with node.log_file.open("ab") as log:
            child = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=node.home,
                start_new_session=True,
                env={**os.environ, "PYTHONUNBUFFERED": "1"},
            )
        node.pid_file.write_text(f"{child.pid}\n", encoding="ascii")
    except OSError as error:
        raise fail(Exit.FAILED, "localnet.not_started", name=node.name, why=cause_of(error)) from error
    _started[child.pid] = child
    return child.pid


def stop(node: LocalNode, *, kill: bool = False) -> bool:
    """End a node's process (SIGTERM, with `kill` SIGKILL) and wait until it is gone; False when it did not run."""
    pid = pid_of(node)
    if pid is None:
        node.pid_file.unlink(missing_ok=True)
        return False
    send(pid, kill=kill)
    wait_gone(node, pid)
    return True


def stop_all(nodes: tuple[LocalNode, ...], *, kill: bool = False) -> int:
    """End all nodes at once; how many ran."""
    running = [(node, pid) for node in nodes if (pid := pid_of(node)) is not None]
    for _, pid in running:
        send(pid, kill=kill)
    for node, pid in running:
        wait_gone(node, pid)
    return len(running)


def send(pid: int, *, kill: bool) -> None:
    """Send SIGTERM or SIGKILL to a process that may just have ended."""
    try:
        os.kill(pid, signal.SIGKILL if kill else signal.SIGTERM)
    except ProcessLookupError:
        return


def wait_gone(node: LocalNode, pid: int) -> None:
    """Wait until the process is gone; one that does not heed SIGTERM is killed."""
    patience_ends = time.monotonic() + STOP_PATIENCE_S
    while _is_node(pid, node.home):
        if time.monotonic() > patience_ends:
            send(pid, kill=True)
        time.sleep(STEP_S)
    child = _started.pop(pid, None)
    if child is not None:
        child.wait()
    node.pid_file.unlink(missing_ok=True)


def log_tail(node: LocalNode, lines: int = LOG_LINES) -> list[str]:
    """The last lines of a node's log."""
    try:
        content = node.log_file.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return []
    return content.splitlines()[-lines:] if lines > 0 else []
