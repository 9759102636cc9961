"""Entry point of the `chainbill` command: choose the language, run the command, turn failures into exit codes."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Sequence
from typing import TextIO

from chainbill_cli.any_text import take_any_text
from chainbill_cli.kit import Program
from chainbill_cli.texts import choose_language, set_language

MODULES = {
    "demo": "demo",
    "localnet": "localnet",
    "network": "network",
    "node": "node",
    "key": "key",
    "party": "party",
    "bill": "bill",
    "token": "token",
    "finance": "finance",
    "invoice": "invoice",
    "pledge": "pledge",
    "recourse": "recourse",
    "sale": "sale",
    "prepay": "prepay",
    "order": "order",
    "freeze": "freeze",
    "entry": "entry",
    "product": "product",
    "label": "label",
    "calendar": "calendar",
    "trace": "trace",
    "governance": "governance",
    "tx": "tx",
    "block": "block",
    "doctor": "doctor",
    "completion": "little",
    "config": "config",
    "version": "little",
}

program = Program(
    "chainbill", modules=MODULES, help="root.program", context_settings={"help_option_names": ["-h", "--help"]}
)


def run(arguments: Sequence[str], *, transport: object = None) -> int:
    """Run one command line (without the program's name) and return its exit code.

    transport: an httpx transport to speak through instead of the network.
    """
    set_language(choose_language(arguments))
    try:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})  # a Ctrl-C that `start` held comes here
        result = program.main(args=list(arguments), prog_name="chainbill", standalone_mode=False, obj=transport)
    except BaseException as error:  # every way out of a command ends in one exit code
        from chainbill_cli.endings import exit_code_for

        return exit_code_for(error, arguments)
    return result if isinstance(result, int) else 0


def main() -> None:
    """Run the command line of this process. A reader that closes the pipe early is no error."""
    for stream in (sys.stdout, sys.stderr):
        take_any_text(stream)
    code = run(sys.argv[1:])
    for stream in (sys.stdout, sys.stderr):
        _give_up_if_closed(stream)
    sys.exit(code)


def _give_up_if_closed(stream: TextIO) -> None:
    """Point a stream whose reader has gone to nowhere, so that the end of the process does not complain."""
    try:
        stream.flush()
    except (OSError, ValueError):
        try:
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
        except (OSError, ValueError):
            return


if __name__ == "__main__":
    main()
