"""Real nodes on failing disks: injected EIO and ENOSPC, and file systems that are full. The process ends with exit
code 1 and names the mend; with a whole disk it goes on, and all that was acknowledged is there.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from chainbill_node.home.verify import verify_home
from clients import Clients, judge, start_odd, wait_until
from node_processes import Network

pytestmark = pytest.mark.e2e

EXIT_FAULT = 1
FAULTS = [
    ("append_short", 40, "ENOSPC", "磁盘已满，数据没有丢失"),
    ("fdatasync", 30, "EIO", "请修复磁盘后重新启动"),
    ("batch", 12, "ENOSPC", "the disk is full, and nothing is lost"),
    ("batch_after", 12, "EIO", "look at the disk"),
]


def run_until_it_ends(network: Network, clients: Clients, process: subprocess.Popen[bytes], mend: str) -> None:
    """The process ends by itself with the exit code of a fault and says what to do."""
    wait_until(lambda: process.poll() is not None, "the end of a node with a failing disk")
    assert process.returncode == EXIT_FAULT, network.log_of("bank1")[-2000:]
    network.processes.pop("bank1")
    said = network.log_of("bank1")
    assert "node_fault" in said
    assert mend in said[said.rindex("node_fault") :]
    assert len(clients.acknowledged) > 0


def goes_on(network: Network, clients: Clients) -> None:
    before = len(clients.acknowledged)
    network.start("bank1")
    network.wait_ready()
    network.wait(lambda: len(clients.acknowledged) > before + 5, "going on")


def test_every_kind_of_write_error_ends_the_process_and_loses_nothing(tmp_path: Path) -> None:
    with Network(tmp_path / "net", 1) as network:
        start_odd(network, "bank1", "--fail", FAULTS[0][0], "--at", "100000")
        network.wait_ready()
        with Clients(network, pause_s=0.02) as clients:
            for site, at, code, mend in FAULTS:
                network.stop("bank1")
                process = start_odd(network, "bank1", "--fail", site, "--at", str(at), "--errno", code)
                run_until_it_ends(network, clients, process, mend)
                goes_on(network, clients)
        print(judge(network, clients))
        assert network.stop("bank1") == 0
        report = verify_home(network.nodes["bank1"].home)
        assert report.ok, report.problems


@contextlib.contextmanager
def small_disk(folder: Path, size: str) -> Iterator[None]:
    """A tmpfs over a folder, with the folder's content in it; skips where this is not permitted."""
    content = {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    if os.geteuid() != 0:
        pytest.skip("mounting a tmpfs needs root")
    options = f"size={size},mode=700"
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", options, "chainbill-test", folder], capture_output=True)
    if done.returncode:
        pytest.skip(f"mounting a tmpfs is not permitted here: {done.stderr.decode().strip()}")
    try:
        for name, data in content.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(data)
            (folder / name).chmod(0o600)
        yield
    finally:
        subprocess.run(["umount", "-l", folder], check=True)


def fill(folder: Path, leave_bytes: int) -> Path:
    """A file that takes what room there is but for so many bytes."""
    space = os.statvfs(folder)
    rubbish = folder / "rubbish"
    rubbish.write_bytes(b"x" * max(0, space.f_bavail * space.f_frsize - leave_bytes))
    return rubbish


@pytest.mark.parametrize(
    ("part", "mend"),
    [("data", "the disk is full, and nothing is lost"), ("signer", "磁盘已满，数据没有丢失")],
    ids=["data", "signer"],
)
def test_a_full_disk_ends_the_process_and_loses_nothing(part: str, mend: str, tmp_path: Path) -> None:
    with Network(tmp_path / "net", 1) as network:
        folder = network.nodes["bank1"].home / part
        with small_disk(folder, "8m"):
            try:
                network.start()
                network.wait_ready()
                with Clients(network) as clients:
                    network.wait(lambda: len(clients.acknowledged) > 5, "the first answers")
                    rubbish = fill(folder, leave_bytes=100_000)
                    run_until_it_ends(network, clients, network.processes["bank1"], mend)
                    rubbish.unlink()
                    goes_on(network, clients)
                print(judge(network, clients))
                assert network.stop("bank1") == 0
                report = verify_home(network.nodes["bank1"].home)
                assert report.ok, report.problems
            finally:
                if "bank1" in network.processes:
                    network.stop("bank1")
