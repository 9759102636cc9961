"""Starts a real node with a fault built in: `python odd_node.py --fault KIND … -- --home DIR`. Only tests use it.

--clock-offset-ms N          its wall clock is N ms off
--clock-file PATH            its wall clock is off by the number in this file, read at every look: it can jump
--fail SITE --at N --errno E the Nth use of SITE fails: append, append_short, fdatasync, fsync, rename, batch,
                             batch_after (written, then reported as failed)
--tamper HOW --with-key SEED as a proposer it changes who signed the transactions of its blocks: added (a signature
                             of a key that the author did not list), listed (one more of a key that he did), stripped,
                             replaced (by its own)
"""

from __future__ import annotations

import argparse
import errno
import os
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import plyvel
from chainbill_node import main
from chainbill_node.application.application import LedgerApplication
from chainbill_node.application.protocol import Verdict
from chainbill_node.runtime import clock
from chainbill_node.storage import leveldb, signer_file

from chainbill.codec import encode
from chainbill.crypto.keys import PrivateKey
from chainbill.ledger.block import Block, tx_root
from chainbill.ledger.envelope import SIGN_DOMAIN, wire_id_of
from chainbill.ledger.transaction import decode_transaction

SITES = ("append", "append_short", "fdatasync", "fsync", "rename", "batch", "batch_after")


class FailingSystem:
    """Stands in for `os` in the module of the signer file: the Nth use of one call fails."""

    def __init__(self, site: str, at: int, code: int) -> None:
        self._call = {"append": "write", "append_short": "write"}.get(site, site)
        self._short = site == "append_short"
        self._left = at
        self._code = code

    def __getattr__(self, name: str) -> Any:
        real = getattr(os, name)
        if name != self._call:
            return real

        def call(*arguments: Any) -> Any:
            self._left -= 1
            if self._left > 0:
                return real(*arguments)
            if self._short and self._left == 0 and len(arguments[1]) > 1:
                self._left = 1  # half of it is written, the rest fails
                return real(arguments[0], arguments[1][: len(arguments[1]) // 2])
            raise OSError(self._code, os.strerror(self._code))

        return call


def failing_write(at: int, code: int, *, after: bool) -> Any:
    """LevelStore.write whose Nth batch fails before or after it is on the disk."""
    real = leveldb.LevelStore.write
    left = [at]

    def write(self: Any, puts: Sequence[tuple[bytes, bytes]], deletes: Sequence[bytes] = ()) -> None:
        left[0] -= 1
        if left[0] <= 0:
            if after:
                real(self, puts, deletes)
            raise self.failed(leveldb.NO_BLOCK, plyvel.IOError(os.strerror(code)))
        real(self, puts, deletes)

    return write


HOW = ("added", "listed", "stripped", "replaced")


def tampered(wire: bytes, how: str, key: PrivateKey) -> bytes:
    """The same body with other signatures than its author's."""
    transaction = decode_transaction(wire)
    body = transaction.body_bytes
    own = [[index, signature] for index, signature in transaction.signatures]
    mine = key.sign(SIGN_DOMAIN, body)
    listed = [one for _, one in transaction.keys]
    if how == "listed" and key.public not in listed:
        return wire
    place = listed.index(key.public) if how == "listed" else len(listed)
    signatures = {
        "added": [*own, [place, mine]],
        "listed": sorted([*own, [place, mine]]),
        "stripped": [],
        "replaced": [[own[0][0], mine]],
    }[how]
    return encode([body, signatures])


def tampering(how: str, key: PrivateKey) -> None:
    """This node proposes what its peers sent it with other signatures, and finds that good itself."""
    prepare, process = LedgerApplication.prepare_proposal, LedgerApplication.process_proposal
    made: set[bytes] = set()

    def prepare_proposal(self: Any, request: Any) -> Any:
        proposal = prepare(self, request)
        block = proposal.block
        if not block.transactions:
            return proposal
        wires = tuple([tampered(wire, how, key) for wire in block.transactions])
        header = replace(block.header, tx_root=tx_root([wire_id_of(wire) for wire in wires]))
        changed = Block(**{**{name: getattr(block, name) for name in block.__dataclass_fields__},
                           "header": header, "transactions": wires})  # fmt: skip
        made.add(changed.id)
        return replace(proposal, block=changed)

    def process_proposal(self: Any, block: Any) -> Any:
        return Verdict(True) if block.id in made else process(self, block)

    LedgerApplication.prepare_proposal = prepare_proposal
    LedgerApplication.process_proposal = process_proposal


def odd_clock(offset_ms: int, path: Path | None) -> Any:
    def now_ms(_self: Any) -> int:
        jump_ms = int(path.read_text() or 0) if path is not None else 0
        return time.time_ns() // 1_000_000 + offset_ms + jump_ms

    return now_ms


def inject(given: argparse.Namespace) -> None:
    if given.clock_offset_ms or given.clock_file:
        clock.SystemClock.now_ms = odd_clock(given.clock_offset_ms, given.clock_file)
    if given.tamper:
        tampering(given.tamper, PrivateKey.from_seed(bytes.fromhex(given.with_key)))
    code = getattr(errno, given.errno)
    if given.fail in ("batch", "batch_after"):
        leveldb.LevelStore.write = failing_write(given.at, code, after=given.fail == "batch_after")
    elif given.fail:
        signer_file.os = FailingSystem(given.fail, given.at, code)


def run(words: list[str]) -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--clock-offset-ms", type=int, default=0)
    parser.add_argument("--clock-file", type=Path)
    parser.add_argument("--fail", choices=SITES)
    parser.add_argument("--at", type=int, default=1)
    parser.add_argument("--errno", choices=("EIO", "ENOSPC"), default="EIO")
    parser.add_argument("--tamper", choices=HOW)
    parser.add_argument("--with-key", default=bytes(32).hex())
    at = words.index("--")
    inject(parser.parse_args(words[:at]))
    return main.main(words[at + 1 :])


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
