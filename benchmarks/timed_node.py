"""A node that counts processor time by stage: python benchmarks/timed_node.py --home DIR [as chainbill_node.main].

On SIGUSR2 it writes HOME/stages.json: {"cpu_s": of the process as the operating system counts, "stages": {name: s},
"missing": names of `stages.TARGETS` that this program does not have, "written": how many times}.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from pathlib import Path
from types import FrameType

import chainbill_node.main
import chainbill_node.process.node
import chainbill_node.rest.server.uvicorn_server
import stages

FILE = "stages.json"


def main() -> int:
    home = Path(sys.argv[sys.argv.index("--home") + 1])
    missing = stages.install()
    written = 0

    def write(_signal: int, _frame: FrameType | None) -> None:
        nonlocal written
        written += 1
        content = {"stages": stages.account(), "cpu_s": time.process_time(), "missing": missing, "written": written}
        fresh = home / f"{FILE}.new"
        fresh.write_text(json.dumps(content))
        os.replace(fresh, home / FILE)

    signal.signal(signal.SIGUSR2, write)
    return chainbill_node.main.main()


if __name__ == "__main__":
    sys.exit(main())
