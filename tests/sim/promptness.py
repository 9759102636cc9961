"""What must happen once everything is well, and how soon: bounds of their own for what `step` promises of liveness.

From one moment on every message arrives within D, as many as may fail are away, and all others are connected (GST of
Dwork, Lynch and Stockmeyer 1988; the bounds follow lemma 7 of arXiv 1807.04938). Nothing is taken from the product: the
lengths of timers and the delay that is allowed are computed from the plan's pace.

- **Rounds meet.** A round in which f + 1 honest ones have said something is reached by all of that height within 4 D:
  connecting, they tell each other where they are, and answer.
- **The height is decided** by somebody: after everybody has told what it holds, and as soon as timers are long enough
  for D and so much delay is allowed, it takes no more rounds than there are validators, since one of them has the turn
  that knows the newest valid value.

Worked, four validators in round 2, D = 20 ms, propose 100 + 50 r, votes 50 + 50 r, gossip 300 ms: a round lasts
200 + 150 r + 4 D. 340 ms until all is told, round 2, and four more: 340 + 5 × 280 + 150 × (2 + … + 6) = 4,740 ms.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from chainbill_node.consensus.state import Signing
from sim.checkers import ViolationError
from sim.plan import Healing, Pace, Plan
from sim.world import Links

from chainbill.ledger.vote import NO_ROUND

if TYPE_CHECKING:
    from sim.nodes import SimulatedNode
    from sim.seeded import Run

CAP_MS = 30_000
LISTEN_MS = 2_000
CLAIM_MS = 5_000
CLAIMS = 3
MOST_DOUBLINGS = 30


def decided_within_ms(plan: Plan, round_: int, healing: Healing) -> int:
    """How long it may take until somebody decides the height whose farthest honest one is in a round."""
    pace, validators, delay_ms = plan.pace, len(plan.voters), healing.takes_ms
    few = (validators - 1) // 3

    def lasts_ms(number: int) -> int:
        return _propose_ms(pace, number) + 2 * _vote_ms(pace, number) + 4 * delay_ms

    def is_long_enough(number: int) -> bool:
        allowed_ms = pace.drift_ms + (pace.delay_ms << min(max(0, number - few), MOST_DOUBLINGS))
        timers = _propose_ms(pace, number) >= 3 * delay_ms and _vote_ms(pace, number) >= 2 * delay_ms
        return timers and allowed_ms >= delay_ms

    last = round_ + 1
    while not is_long_enough(last):
        last += 1
    return pace.gossip_ms + 2 * delay_ms + sum(lasts_ms(number) for number in range(round_, last + validators))


def _propose_ms(pace: Pace, number: int) -> int:
    return min(pace.propose_ms + pace.propose_growth_ms * number, CAP_MS)


def _vote_ms(pace: Pace, number: int) -> int:
    return min(pace.vote_ms + pace.vote_growth_ms * number, CAP_MS)


def judge(run: Run, healing: Healing) -> None:
    """Watch what comes after the healing; ViolationError where it comes too late. Who was away is back then."""
    world, plan = run.world, run.plan
    everyone = list(world.nodes)
    slower = {(one, other): healing.takes_ms - 20 for one in everyone for other in everyone}
    world.links = Links(slow=slower)
    world.submit(b"all is well")
    present = [node for node in run.honest if node.name not in healing.gone]
    height = max(node.height for node in run.honest) + 1
    there = [node for node in present if _stands(node) >= (height, 0)]  # in a round: others wait for a reason to start
    spoken = sorted([world.checkers.farthest(node.key.public, height) for node in there], reverse=True)
    few = (len(plan.voters) - 1) // 3
    met = spoken[few] if len(spoken) > few else NO_ROUND

    def are_together() -> bool:
        return all(_stands(node) >= (height, met) for node in there)

    began_ms = world.now_ms
    if not world.run(4 * healing.takes_ms, until=are_together):
        told = ", ".join(f"{node.name} in {_stands(node)[1]}" for node in there)
        raise ViolationError("rounds", f"{4 * healing.takes_ms} ms after the healing not all have met in {met}: {told}")
    within_ms = decided_within_ms(plan, max([_stands(node)[1] for node in there], default=0), healing)
    if any(node.driver is not None and node.driver.state.signing is Signing.ASKING for node in present):
        within_ms += LISTEN_MS
    if plan.liars and len(there) < len(present):  # blocks are asked of one after the other, also of who has none
        within_ms += CLAIM_MS * CLAIMS * len(plan.liars)
    left_ms = began_ms + within_ms - world.now_ms
    if not world.run(left_ms, until=lambda: any(node.height >= height for node in present)):
        raise ViolationError("promptness", f"{within_ms} ms after the healing nobody has decided height {height}")


def _stands(node: SimulatedNode) -> tuple[int, int]:
    """Height and round of a node; what it has decided last where it is between two heights."""
    state = None if node.driver is None else node.driver.state
    return (node.height + 1, -1) if state is None else (state.height, state.round)
