"""What a node has on its disk, compared with the reference after every block and every start."""

from __future__ import annotations

import random
from typing import Any

from chainbill_node.storage.chain import layout
from chainbill_node.storage.ledger_reader import Pruned
from sim.checkers import ViolationError
from sim.disks import Disk
from sim.reference import Reference

from chainbill.ledger.block import parent_certificate_hash
from chainbill.limits import KEPT_IDS_MS

SINCE_BYTES = 8
"""How long ago a row was written is not hashed; who came through a snapshot takes its word for it."""


def check_disk(name: str, disk: Disk, ledger: Any, reference: Reference, chance: random.Random) -> None:
    """Rows, root, indexes, used ids, kept blocks with receipts, and what earlier heights are said to have been."""
    height = disk.height
    after = reference.heights[height]
    held, listed, blocks = disk.spaces(layout.STATE, layout.INDEX, layout.BLOCK)
    wrong = _differing(held, after.rows)
    if wrong or ledger.info().app_hash != after.app_hash:
        raise ViolationError("replay", f"{name}: height {height} differs from the core alone in {_named(wrong)}")
    missing = (reference.entries - listed.keys()) if height == reference.height else set()
    extra = listed.keys() - reference.ever_listed
    if missing or extra:
        raise ViolationError("indexes", f"{name}: {len(missing)} entries are missing, {len(extra)} belong to no row")
    if height and ledger.info().next_day_ms != after.next_day_ms:
        raise ViolationError("day", f"{name} at height {height}: day work is due {ledger.info().next_day_ms}")
    _check_sets(name, height, ledger, reference)
    _check_kept(name, height, {int.from_bytes(key, "big") for key in blocks}, ledger, reference, chance)
    _check_history(name, height, ledger, reference, chance)


def _check_sets(name: str, height: int, ledger: Any, reference: Reference) -> None:
    """Of each height it knows who was a validator then: by that evidence is judged."""
    for at in (1, height // 2 + 1, height + 1):
        if at < ledger.lowest_height:
            continue
        named = (ledger.validators_of(at), ledger._env.current.validators_at(at))
        if named != (reference.set_at(at),) * 2:
            raise ViolationError("sets", f"{name} at height {height} names other validators of height {at}")


def _differing(held: dict[bytes, bytes], true: dict[bytes, bytes]) -> list[bytes]:
    if held == true:
        return []
    return sorted(
        key for key in held.keys() | true.keys() if held.get(key, b"")[SINCE_BYTES:] != true.get(key, b"")[SINCE_BYTES:]
    )


def _named(keys: list[bytes]) -> str:
    shown = [key.replace(b"\0", b" ").decode("utf-8", "replace") for key in keys[:3]]
    return ", ".join(shown) or "its root"


def _check_kept(
    name: str, height: int, blocks: set[int], ledger: Any, reference: Reference, chance: random.Random
) -> None:
    """Blocks of the last 24 hours are there with receipts and the agreed certificate, no id of theirs is used again."""
    young_ms = reference.heights[height].time_ms - KEPT_IDS_MS
    young = [at for at in range(1, height + 1) if reference.heights[at].time_ms > young_ms]
    missing = [at for at in young if at not in blocks]
    if missing:
        raise ViolationError("kept", f"{name} at height {height} has not kept block {missing[0]}, not yet a day old")
    reader = ledger.reader(None)
    for at in {*young[-2:], *chance.sample(young, min(2, len(young)))}:
        then = reference.heights[at]
        if any(not ledger.is_used(identity) for identity in then.ids):
            raise ViolationError("used ids", f"{name} at height {height} would take a transaction of block {at} again")
        if ledger.load_block(at) is None or reader.receipts(at) != [one.encode() for one in then.receipts]:
            raise ViolationError("receipts", f"{name}: block {at} or its receipts read otherwise")
        following, read = reader.header(at + 1), reader.certificate(at)
        certified = parent_certificate_hash(None if read is None or not read[1] else read[0].encode())
        if following is not None and certified != following.parent_certificate:
            raise ViolationError("certificates", f"{name} gives out another certificate of block {at} than was agreed")


def _check_history(name: str, height: int, ledger: Any, reference: Reference, chance: random.Random) -> None:
    """The height before, and one at random: every row that is another now reads as it was."""
    lowest = ledger.lowest_height
    now = reference.heights[height].rows
    for at in {height - 1, chance.randint(min(lowest, height), height)}:
        if at < lowest:
            continue
        then = reference.heights[at].rows
        try:
            reader = ledger.reader(at)
        except Pruned as error:
            raise ViolationError("history", f"{name}: height {at} cannot be read: {error}") from error
        for key in then.keys() | now.keys():
            true = then.get(key)
            if true is now.get(key):
                continue
            read = reader.raw(key)
            if (read or b"")[SINCE_BYTES:] != (true or b"")[SINCE_BYTES:]:
                raise ViolationError("history", f"{name}: {_named([key])} reads wrong at height {at} of {height}")
