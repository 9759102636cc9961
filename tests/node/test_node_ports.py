"""Free ports for networks on one machine: nobody listens there, and two processes never get the same ones."""

from __future__ import annotations

import os
import socket
import subprocess
import sys

import pytest
from chainbill_node.setup import ports
from chainbill_node.setup.ports import LOOPBACK, free_ports


@pytest.fixture
def two(monkeypatch: pytest.MonkeyPatch) -> range:
    """Two ports that are all there are."""
    first = min(free_ports(50))
    monkeypatch.setattr(ports, "FIRST", first)
    monkeypatch.setattr(ports, "LAST", first + 1)
    while ports._held:  # lets go of what it had
        os.close(ports._held.popleft())
    return range(first, first + 2)


def test_they_are_below_those_of_outgoing_connections() -> None:
    found = free_ports(100)
    assert len(set(found)) == 100
    assert all(20_000 <= one < 32_768 for one in found)


def test_where_somebody_listens_is_not_free(two: range) -> None:
    with socket.create_server((LOOPBACK, two[0])):
        assert free_ports(1) == [two[1]]


def test_what_was_given_is_not_given_again(two: range) -> None:
    assert sorted([*free_ports(1), *free_ports(1)]) == list(two)
    with pytest.raises(OSError, match="no 1 free ports between"):
        free_ports(1)


def test_another_process_gets_others_until_the_first_has_ended(two: range) -> None:
    taking = (
        "import sys; from chainbill_node.setup import ports;"
        f"ports.FIRST, ports.LAST = {two[0]}, {two[1]};"
        "print(*ports.free_ports(2), flush=True); sys.stdin.read()"
    )
    with subprocess.Popen([sys.executable, "-c", taking], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        assert sorted(map(int, other.stdout.readline().split())) == list(two)
        with pytest.raises(OSError, match="no 1 free ports"):
            free_ports(1)
        other.communicate()
    assert sorted(free_ports(2)) == list(two)
