"""Every broken storage is caught by a generic checker, on scenes which the unbroken one passes."""

from __future__ import annotations

import pytest
from sim import real
from sim.reference import Table
from sim.runs import judged
from sim.storage_mutants import MUTANTS
from sim.storage_scenes import SCENES

pytestmark = pytest.mark.untraced

KILLED_BY = {
    "batch not synced": ("crashes-around-persists", "durability"),
    "signer frames dropped early": ("alone-and-crashing", "lock"),
    "height in another batch": ("crashes-around-persists", "recovery"),
    "history not written": ("handed-in-again", "history"),
    "used id not stored": ("handed-in-again", "used ids"),
    "receipts not stored": ("handed-in-again", "receipts"),
    "leaf not stored": ("a-slow-disk", "recovery"),
    "index entry not written": ("handed-in-again", "indexes"),
    "deleted row left": ("a-settlement", "replay"),
    "stale cache": ("a-settlement", "day"),
    "chunk hash not checked": ("a-liar-that-sends-other-chunks-than-it-names", "snapshot"),
    "snapshot root not compared": ("a-liar-that-changes-a-row", "recovery"),
    "used ids of a snapshot left out": ("a-newcomer", "used ids"),
    "young blocks pruned": ("old-blocks-go", "kept"),
    "links not kept": ("a-newcomer-to-a-pruned-chain", "peers"),
}
"""Which checker fires, and in which scene (others may fire as well)."""
REFUSED_FOR = {
    "damages a chunk": "drops n3: snapshot_chunk",
    "sends other chunks than it names": "drops n3: snapshot_chunk",
    "changes a row": "drops n3: snapshot_root",
    "leaves out a row": "drops n3: snapshot_root",
    "certifies by itself": "drops n3: certificate_quorum",
    "claims a higher one": "drops n3: certificate_quorum",
    "has no chunk any more": "leaves n3 with snapshot",
    "says nothing": "has taken the snapshot",
    "sends rubbish": "drops n3: codec",
    "leaves out old blocks": "drops n3: snapshot_reach",
    "names other peaks": "drops n3: snapshot_history",
}


@pytest.mark.parametrize("scene", SCENES)
def test_the_unbroken_storage_passes(scene: str) -> None:
    verdict = judged(SCENES[scene])
    assert verdict.checker == "", verdict.text
    assert len(set(verdict.heights)) == 1
    if not scene.startswith("a-liar-that-"):
        return
    lie = scene.removeprefix("a-liar-that-").replace("-", " ")
    told = [line for line in verdict.log if " n4 " in line]
    assert any(REFUSED_FOR[lie] in line for line in told), told
    assert any("has taken the snapshot" in line for line in told), told


@pytest.mark.parametrize("mutant", MUTANTS)
def test_a_mutant_is_killed(mutant: str) -> None:
    scene, checker = KILLED_BY[mutant]
    with MUTANTS[mutant]():
        verdict = judged(SCENES[scene])
    print(f"{mutant}: killed by the {verdict.checker} checker in {scene}")
    assert verdict.checker == checker, verdict.text


def test_every_mutant_is_listed_with_its_checker() -> None:
    assert KILLED_BY.keys() == MUTANTS.keys()
    assert {checker for _, checker in KILLED_BY.values()} == {
        "day", "durability", "history", "indexes", "kept", "lock", "peers", "receipts", "recovery", "replay",
        "snapshot", "used ids",
    }  # fmt: skip


def test_a_twin_is_on_record_in_the_state() -> None:
    world = real.play_plan(SCENES["a-twin"]).world
    recorded = Table(world.reference.heights[-1].rows, 0).rows("core", "evidence")
    assert recorded
    assert {key[0] for key, _ in recorded} == {world.keys[3].public.hex()}


def test_a_scene_repeats_exactly() -> None:
    assert judged(SCENES["a-newcomer"]).log == judged(SCENES["a-newcomer"]).log
