"""Starts a node as a later release would be: it has the artificial second protocol as well. For tests only."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from chainbill_node.main import main
from ledger.two_protocols import BOTH

if __name__ == "__main__":
    sys.exit(main(protocols=BOTH))
