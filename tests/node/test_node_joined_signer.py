"""What becomes of a signer file when the chain is fetched from its first block."""

from __future__ import annotations

from pathlib import Path

import pytest
from chainbill_node import joining
from chainbill_node.driver_signing import following_signer_file, new_signer_file

PUBLIC = bytes(range(32))
NETWORK = bytes([7]) * 32


@pytest.mark.parametrize(
    ("content", "follows"),
    [
        (new_signer_file(NETWORK, PUBLIC, 7), True),
        (new_signer_file(NETWORK, PUBLIC), False),
        (following_signer_file(NETWORK, PUBLIC, 0), False),
        (b"", False),
        (new_signer_file(NETWORK, PUBLIC, 7)[:-1] + b"\xff", False),
        (new_signer_file(bytes(32), PUBLIC, 7), False),
    ],
    ids=["used", "new", "following", "empty", "damaged", "another chain's"],
)
def test_only_a_whole_file_that_names_later_heights_is_put_aside(tmp_path: Path, content: bytes, follows: bool) -> None:
    path = tmp_path / "signer.bin"
    path.write_bytes(content)
    joining._sign_nothing_yet(path, NETWORK, PUBLIC)
    assert path.read_bytes() == (following_signer_file(NETWORK, PUBLIC, 0) if follows else content)
    before = tmp_path / "signer.bin.before"
    assert (before.read_bytes() == content) if follows else not before.exists()


def test_a_file_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    joining._sign_nothing_yet(tmp_path / "signer.bin", NETWORK, PUBLIC)
    assert not (tmp_path / "signer.bin").exists()
