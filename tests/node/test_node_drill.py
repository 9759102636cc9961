"""The drill of docs/reference/backup.md, line by line, on four real nodes under load."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from chainbill_node.consensus.signer_frames import recover
from chainbill_node.consensus.signer_memory import RecordKind, recover_memory
from node_processes import Network

from chainbill.codec import decode
from chainbill.crypto.keys import PrivateKey

pytestmark = pytest.mark.e2e
DOCUMENT = Path(__file__).resolve().parents[2] / "docs/reference/backup.md"


def drill_lines() -> list[str]:
    block = DOCUMENT.read_text(encoding="utf-8").partition("```drill\n")[2].partition("```")[0]
    return [line for line in block.splitlines() if not line.startswith("#")]


def signed_heights(home: Path, public: bytes) -> set[int]:
    """Heights at which the signer file holds an own message."""
    payloads = recover((home / "signer/signer.bin").read_bytes())[0]
    records = [decode(payload, max_bytes=1 << 25) for payload in payloads]
    return {record[1] for record in records if record[0] == RecordKind.MESSAGE}


def test_the_drill_of_the_documents(tmp_path: Path) -> None:
    with Network(tmp_path / "net", 4) as network:
        network.start()
        network.wait_ready()
        network.busy("bank1", 3)
        home = network.nodes["bank2"].home
        public = PrivateKey.from_pem((home / "keys/validator.pem").read_bytes(), None).public
        before: set[int] = set()
        height_at_loss = 0
        for line in drill_lines():
            if line.endswith("node start"):
                network.start("bank2")
                continue
            if line.startswith("rm "):
                network.busy("bank2", 3)  # it goes on signing after the backup
                network.kill("bank2")
                before = signed_heights(home, public)
                height_at_loss = network.busy("bank3", 2)
            command = line.replace("NODE", str(home)).replace("FILE", str(tmp_path / "bank2.tar"))
            command = command.replace("chainbill ", f"{sys.executable} -m chainbill_cli.main ", 1)
            subprocess.run(command, shell=True, check=True, timeout=60, env={**os.environ, "CHAINBILL_LANG": "en"})
        network.wait(lambda: network.height("bank2") >= height_at_loss, "following")
        network.wait(lambda: "consensus_safe_height" in network.log_of("bank2"), "a safe height")
        safe = recover_memory(
            (home / "signer/signer.bin").read_bytes(), network.created.genesis.hash, public
        ).signs_from
        assert safe > max(before)
        network.wait(lambda: network.busy("bank1", 1) > safe + 2, "going beyond the safe height")
        network.wait(lambda: bool(signed_heights(home, public)), "signing again")
        assert min(signed_heights(home, public)) >= safe
        network.wait(lambda: len(set(network.heads().values())) == 1, "agreement")
        assert not any("consensus_evidence" in network.log_of(name) for name in network.processes)
        assert [network.stop(name) for name in list(network.processes)] == [0, 0, 0, 0]
