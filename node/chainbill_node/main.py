"""Entry point of a node: `python -m chainbill_node.main --home DIR`.

Exit codes: 0 stopped on request, 1 a fault that the node must not survive, 2 it refused to start, 3 it stopped before a
height that needs a protocol or CPython which it lacks; then the last line of the log names the mend in both languages.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

from chainbill.protocols import RELEASED, Protocols
from chainbill_node.consensus.signer_frames import SignerFileError
from chainbill_node.home.config import ConfigError
from chainbill_node.home.lost_signer import give_up_lost
from chainbill_node.home.node_home import OpenHome, open_home
from chainbill_node.home.signer_faults import signer_refusal
from chainbill_node.process.state_sync import fetch_first
from chainbill_node.runtime.logs import LEVELS, forward_logging, log
from chainbill_node.runtime.periodic import Periodic
from chainbill_node.storage.leveldb_thread import stand_back
from chainbill_node.storage.store import DiskError
from chainbill_node.storage.writeback import EVERY_S, Writeback

PROFILE_VARIABLE = "CHAINBILL_PROFILE"
INTERPRETER_TURN_S = 0.0005
"""So long a thread may keep the interpreter while others want it. The event loop lets it go with each call of the
system, six times a connection: by Python's own 5 ms a thread that counts rows leaves it some thirty a second."""
EXIT_FAULT = 1
EXIT_REFUSED = 2
EXIT_UPGRADE = 3


def main(arguments: list[str] | None = None, protocols: Protocols = RELEASED) -> int:
    """Parse the command line and run. protocols: what this code can run; tests hand in more than is released."""
    parser = argparse.ArgumentParser(prog="chainbill_node.main", description="Run one chainbill node / 运行一个节点")
    parser.add_argument("--home", type=Path, required=True, help="the node's home / 节点目录")
    parser.add_argument("--safe-height", type=int, help="sign from this height on / 从该高度起签名")
    parser.add_argument("--log-level", choices=sorted(LEVELS), help="instead of log.level / 覆盖 log.level")
    parser.add_argument("--signer-lost", action="store_true", help="the signer file is gone / 签名文件已丢失")
    given = parser.parse_args(arguments)
    return run(
        given.home,
        safe_height=given.safe_height,
        signer_lost=given.signer_lost,
        log_level=given.log_level,
        protocols=protocols,
    )


def run(
    home: Path,
    *,
    safe_height: int | None = None,
    signer_lost: bool = False,
    log_level: str | None = None,
    said: Callable[[BaseException], str] = str,
    protocols: Protocols = RELEASED,
) -> int:
    """Run the node of a home until SIGTERM or SIGINT. Returns the exit code.

    safe_height, signer_lost: the operator's words after a loss (docs/reference/backup.md).
    said: the words for why it refuses to start or ends, where a person has asked in one language; else both are said.
    """
    not_lowered = ""
    try:
        stand_back()
    except (OSError, DiskError) as error:
        not_lowered = str(error)
    try:
        fetch_first(home, log_level)
        if signer_lost:
            give_up_lost(home)
        opened = open_home(home, protocols)
    except SignerFileError as error:
        log.error("refused_to_start", what=said(signer_refusal(error)))
        return EXIT_REFUSED
    except (ConfigError, DiskError) as error:
        log.error("refused_to_start", what=said(error))
        return EXIT_REFUSED
    config = opened.config
    log.configure(level=log_level or config.log.level, json_lines=config.log.form == "json", node=config.name)
    forward_logging()
    if not_lowered:
        log.warning("leveldb_thread_not_lowered", why=not_lowered)
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
    sys.setswitchinterval(INTERPRETER_TURN_S)
    try:
        with Periodic(Writeback(opened.store.path).look, EVERY_S, "writeback"):
            return asyncio.run(_serve(home, opened, safe_height, said))
    finally:
        opened.close()


async def _serve(home: Path, opened: OpenHome, safe_height: int | None, said: Callable[[BaseException], str]) -> int:
    from chainbill_node.process.adapters import UpgradeMissing
    from chainbill_node.process.node import Node
    from chainbill_node.process.port_check import check_free
    from chainbill_node.process.served_node import ServedNode
    from chainbill_node.rest.server.uvicorn_server import RestServer

    loop = asyncio.get_running_loop()
    node: Node | None = None
    rest: RestServer | None = None
    try:
        await check_free(opened.config)
        node = Node(home, opened, safe_height=safe_height)
        for one in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(one, node.stopped.set)
        loop.add_signal_handler(signal.SIGHUP, lambda: node.certificates.look_at_files(at_once=True))
        _allow_profiling(loop)
        rest = RestServer(node, ServedNode(node), opened.key.seed)
        await node.start()
        await rest.start()
        await node.stopped.wait()
    except SignerFileError as error:
        log.error("refused_to_start", what=said(signer_refusal(error)))
        return EXIT_REFUSED
    except (ConfigError, DiskError, OSError) as error:
        log.error("refused_to_start", what=said(error))
        return EXIT_REFUSED
    finally:
        if rest is not None:
            await rest.stop()
        if node is not None:
            await node.stop()
    if isinstance(node.fault, UpgradeMissing):
        log.error("stopped_before_upgrade", what=said(node.fault))
        return EXIT_UPGRADE
    log.info("node_stopped", fault=str(node.fault or ""))
    if node.fault is not None:
        return EXIT_FAULT
    try:
        opened.store.settle()
    except DiskError as error:  # everything is in the log all the same
        log.warning("log_not_written_out", why=str(error))
    return 0


def _allow_profiling(loop: asyncio.AbstractEventLoop) -> None:
    """With CHAINBILL_PROFILE=FILE a first SIGUSR1 begins to profile the event loop, a second one writes the file."""
    path = os.environ.get(PROFILE_VARIABLE)
    if not path:
        return
    import cProfile

    running: list[cProfile.Profile] = []

    def toggle() -> None:
        if running:
            profile = running.pop()
            profile.disable()
            profile.dump_stats(path)
        else:
            running.append(cProfile.Profile())
            running[0].enable()

    loop.add_signal_handler(signal.SIGUSR1, toggle)


if __name__ == "__main__":
    sys.exit(main())
