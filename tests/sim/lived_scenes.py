"""The gallows of `lived_mutants`: scenes that the unbroken protocol passes, and which each of them does not."""

from __future__ import annotations

from collections.abc import Callable

from chainbill_node.wire.messages import EvidenceFound, Message, Proposal
from sim import led, twins
from sim.checkers import ViolationError
from sim.plan import Join, Plan, Story
from sim.runs import judged
from sim.scenes import Scene
from sim.seeded import remembered_signatures
from sim.storage_scenes import SCENES, newcomer

from chainbill.ledger.vote import VoteType


def evidence_of_one_that_has_left() -> None:
    """n4 contradicts itself before n0 alone, is voted out, and only then do the others hear of it."""
    scene = Scene(5, puppet="n4")
    puppet = scene.puppet
    assert puppet is not None
    scene.lose(lambda source, target, message: source == "n0" and isinstance(message, EvidenceFound | Proposal))
    scene.start()
    scene.run(50)
    for block_id in (bytes([1]) * 32, bytes([2]) * 32):
        puppet.vote(VoteType.PREVOTE, 1, 0, block_id, ["n0"])
    scene.run(50)
    scene.world.submit(b"V-" + puppet.key.public)
    for number in range(6):
        scene.world.submit(f"transfer {number}".encode())
        scene.run(3_000)
    scene.world.filters.clear()
    heard: list[str] = []

    def hears(source: str, target: str, message: Message) -> bool:
        heard.extend([target] if isinstance(message, EvidenceFound) else [])
        return not (source == "n0" and isinstance(message, Proposal))

    scene.world.filters.append(hears)
    scene.run(30_000)
    if not heard:
        raise ViolationError("scene", "nobody has heard of the misdeed")
    scene.heal()
    scene.settle()


def scripted(play: Callable[[], None]) -> str:
    """Which checker fires, "" for none."""
    with remembered_signatures():
        try:
            play()
        except ViolationError as violation:
            return violation.checker
    return ""


def enumerated(number: int) -> str:
    """The same of a Twins scenario."""
    try:
        twins.play(number)
    except ViolationError as violation:
        return violation.checker
    return ""


def a_newcomer_where_bills_fall_due() -> Plan:
    """Its snapshot says by its rows when the next day begins."""
    events = (Story(0, "changes", (8,)), Story(0, "bill", (90_000, 500)), Join(3_500, "n4", snapshot=True))
    return newcomer(events=events)


LIVED_SCENES: dict[str, Callable[[], str]] = {
    "twins 71": lambda: enumerated(71),
    "contested height 14": lambda: judged(led.draw(14)).checker,
    "evidence of one that has left": lambda: scripted(evidence_of_one_that_has_left),
    "a newcomer where bills fall due": lambda: judged(a_newcomer_where_bills_fall_due()).checker,
    **{
        name: lambda name=name: judged(SCENES[name]).checker  # type: ignore[misc]
        for name in ("a-newcomer-votes", "a-liar-that-leaves-out-old-blocks")
    },
}
