"""Where the process of the `chainbill` command begins.

Reading the program takes most of a second on a busy machine. Ctrl-C in that time waits until there is something that
says in words, and with its exit code, that nothing was written (`main.run`).
"""

from __future__ import annotations

import signal


def main() -> None:
    """Run the command line of this process."""
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    from chainbill_cli.main import main as run

    run()
