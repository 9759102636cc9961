"""`tx sign` and `tx send` of a file that was changed after somebody signed it."""

from __future__ import annotations

import base64
import random
from pathlib import Path

import pytest
from cli.cli_desk import Desk, accepted_bill

pytestmark = pytest.mark.untraced
LIST_OF_TWO = b"\x92"


def raw(file: Path) -> bytes:
    """A transaction file as it is handed in."""
    content = file.read_bytes()
    return content if content[:1] == LIST_OF_TWO else base64.b64decode(content)


def test_nobody_signs_what_another_did_not(desk: Desk, tmp_path: Path) -> None:
    """A checker signed 12 of 25 files with a bit turned, and read `2 of 2; hand it in`."""
    _, token = accepted_bill(desk)
    file = tmp_path / "f.tx"
    desk.text(
        "--as", "supplier1", "--yes", "token", "transfer", token, "--to", "supplier2:1.00", "--for-checker", str(file)
    )
    made = raw(file)
    chance = random.Random(7)
    refused = 0
    for place in sorted(chance.sample(range(3, len(made)), 25)):
        changed = bytearray(made)
        changed[place] ^= 1
        file.write_bytes(bytes(changed))
        kept = file.read_bytes()
        for command in ("sign", "send"):
            assert desk.ends("--as", "supplier1-checker", "--yes", "tx", command, str(file)) in (1, 2), place
            refused += "was changed after" in desk.err
        assert file.read_bytes() == kept, place
    assert refused >= 10
    file.write_bytes(made)
    desk.text("--as", "supplier1-checker", "--yes", "tx", "sign", str(file))
    signed = bytearray(raw(file))
    signed[-1] ^= 1
    file.write_bytes(bytes(signed))
    desk.text("--as", "supplier1", "--yes", "tx", "send", str(file), expect=2)
    assert "was changed after" in desk.err
