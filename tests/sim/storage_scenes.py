"""Scenes on the product's ledger and simulated disks: the gallows of the storage mutants, and what newcomers meet."""

from __future__ import annotations

from sim.plan import Clock, Crash, Hand, Join, Net, Plan, SlowDisk, Story, Wipe
from sim.snapshot_lies import LIES

POINTS = ("store", "signer", "send", "store", "commit")
CHANGES = Story(0, "changes", (8,))


def of_real(*events: object, **more: object) -> Plan:
    """Four banks on the product's ledger."""
    return Plan(**{"seed": 1, "size": 4, "ledger": "real", "events": events, "trouble_ms": 6_000, **more})  # type: ignore[arg-type]


def newcomer(lie: str = "", **more: object) -> Plan:
    """n4 joins through a snapshot; n3, which it asks first, may lie."""
    liars = (("n3", lie),) if lie else ()
    told = {"size": 5, "outside": ("n4",), "snapshot_every": 4, "liars": liars, **more}
    return of_real(CHANGES, Join(2_500, "n4", snapshot=True), **told)


SCENES: dict[str, Plan] = {
    "bills-and-changes": of_real(CHANGES, Story(0, "bill", (90_000, 500, 200)), Story(0, "invoice", (900, 400))),
    "a-settlement": of_real(Story(0, "settlement", (80_000, 30_000))),
    "handed-in-again": of_real(Story(0, "again", (3,))),
    "crashes-around-persists": of_real(
        Story(0, "changes", (20,)),
        *[Crash(300 * number, f"n{number % 4}", number % 4, 200, at) for number, at in enumerate(POINTS * 3)],
    ),
    "alone-and-crashing": Plan(
        seed=1,
        size=1,
        trouble_ms=6_000,
        events=(
            *[Hand(500 * number, f"tx{number}") for number in range(8)],
            *[Crash(500 * number, "n0", number, 200, "signer") for number in range(9)],
        ),
    ),
    "a-slow-disk": of_real(CHANGES, SlowDisk(300, "n1", 700), Crash(2_000, "n1", 5, 300), SlowDisk(4_000, "n1", 0)),
    "a-twin": of_real(
        CHANGES,
        Clock(0, "n3'", 700),
        Net(300, 0.1, 0.1, 60, (("n0", "n1", "n3"), ("n2", "n3'"))),
        Net(1_500),
        Story(1_500, "changes", (6,)),
        twins=("n3",),
    ),
    "a-newcomer": newcomer(),
    "a-newcomer-on-a-bad-wire": of_real(
        CHANGES,
        Join(2_500, "n4", snapshot=True),
        Net(2_000, 0.3, 0.2, 300),
        Crash(3_000, "n4", 4, 200),
        size=5,
        outside=("n4",),
        snapshot_every=4,
        trouble_ms=9_000,
    ),
    "a-newcomer-where-nobody-has-a-snapshot": newcomer(snapshot_every=0),
    "a-newcomer-through-blocks": of_real(CHANGES, Join(2_500, "n4"), size=5, outside=("n4",)),
    "a-newcomer-votes": newcomer("", events=(CHANGES, Join(2_500, "n4", snapshot=True), Story(1_000, "member", (4,)))),
    "a-lost-disk": of_real(
        CHANGES, Wipe(3_000, "n2", 500, keeps_signer=True), Crash(3_501, "n2", 1, 100, "place"), snapshot_every=4
    ),
    "old-blocks-go": of_real(Story(0, "advance", (22, 2)), keep_blocks=1, trouble_ms=9_000),
    "a-newcomer-to-a-pruned-chain": of_real(
        Story(0, "member", (4,)),
        Join(500, "n4"),
        Story(6_000, "advance", (20, 3)),
        Wipe(14_000, "n2", 500),
        size=5,
        outside=("n4",),
        snapshot_every=8,
        keep_blocks=1,
        trouble_ms=16_000,
    ),
    "a-newcomer-prunes-what-came-with-its-snapshot": of_real(
        Story(0, "changes", (4,)),
        Story(1_500, "advance", (5, 4)),
        Join(6_000, "n4", snapshot=True),
        Story(7_500, "advance", (4, 3)),
        size=5,
        outside=("n4",),
        snapshot_every=4,
        keep_blocks=1,
        trouble_ms=12_000,
    ),
    **{f"a-liar-that-{lie.replace(' ', '-')}": newcomer(lie) for lie in LIES},
}
