"""A plan made a little different: what a search does with the plans that have shown something new."""

from __future__ import annotations

import random
from collections.abc import Callable

from msgspec.structs import replace
from sim import led
from sim.losses import STEPS
from sim.plan import AnyEvent, Clock, Crash, Hand, Join, Loss, Member, Net, OldFile, Plan, SlowDisk, names

MOST_CHANGES = 4
MOST_EVENTS = 40
SHIFTS_MS = (-400, -50, -5, -1, 1, 5, 50, 400)


def vary(plan: Plan, other: Plan, chance: random.Random) -> Plan:
    """One to four changes; from `other` events and losses may come over. Always sound, maybe the same."""
    for _ in range(chance.randint(1, MOST_CHANGES)):
        changed = chance.choice(CHANGES)(plan, other, chance)
        if changed.sound and len(changed.events) <= MOST_EVENTS:
            plan = changed
    return plan


def processes(plan: Plan) -> list[str]:
    """Whose faults can be drawn: nodes, and twins beside them."""
    liars = dict(plan.liars)
    return [name for name in names(plan.size) if name not in liars] + [name + "'" for name in plan.twins]


def speakers(plan: Plan) -> list[str]:
    """All of them, and liars."""
    return [*processes(plan), *dict(plan.liars)]


def other_delays(plan: Plan, _other: Plan, chance: random.Random) -> Plan:
    """All that is left to chance falls otherwise."""
    return replace(plan, seed=chance.randrange(2**32))


def fewer_events(plan: Plan, _other: Plan, chance: random.Random) -> Plan:
    """One event less."""
    if not plan.events:
        return plan
    gone = chance.randrange(len(plan.events))
    return replace(plan, events=plan.events[:gone] + plan.events[gone + 1 :])


def another_event(plan: Plan, _other: Plan, chance: random.Random) -> Plan:
    """A fault more."""
    at_ms, node = chance.randint(0, plan.trouble_ms), chance.choice(processes(plan) or ["n0"])
    event: AnyEvent = chance.choice((
        led.draw_crash(chance, [node], at_ms),
        led.draw_crash(chance, [node], at_ms),
        led.draw_cut(chance, speakers(plan), at_ms),
        Net(at_ms, chance.choice((0.0, 0.3)), chance.choice((0.0, 0.3)), chance.choice((5, 60, 300))),
        SlowDisk(at_ms, node, chance.choice((0, 20, 200))),
        Clock(at_ms, node, chance.randint(-3_000, 3_000)),
        Hand(at_ms, f"tx{at_ms}"),
    ))  # fmt: skip
    return replace(plan, events=(*plan.events, event))


def shifted_event(plan: Plan, _other: Plan, chance: random.Random) -> Plan:
    """One event at another moment, point or place."""
    if not plan.events:
        return plan
    at = chance.randrange(len(plan.events))
    event = plan.events[at]
    if isinstance(event, Crash) and chance.random() < 0.6:
        event = replace(
            event, after=max(0, event.after + chance.choice((-2, -1, 1, 2))), at=chance.choice((event.at, *led.POINTS)),
            away_ms=chance.choice((event.away_ms, 10, 400)),
        )  # fmt: skip
    elif isinstance(event, Crash | SlowDisk | Clock) and chance.random() < 0.4:
        event = replace(event, node=chance.choice(processes(plan) or [event.node]))
    else:
        event = replace(event, at_ms=min(plan.trouble_ms, max(0, event.at_ms + chance.choice(SHIFTS_MS))))
    return replace(plan, events=(*plan.events[:at], event, *plan.events[at + 1 :]))


def other_losses(plan: Plan, _other: Plan, chance: random.Random) -> Plan:
    """Another loss pattern in one step of one round."""
    height, number, step = chance.randint(1, 3), chance.randint(0, 5), chance.choice(STEPS)
    kept = [loss for loss in plan.losses if (loss.height, loss.round, loss.step) != (height, number, step)]
    links = led.draw_links(chance, speakers(plan), chance.choice((*led.WAYS, "few", "few", "to one")))
    return replace(plan, losses=(*kept, *[Loss(step, height, number, *link) for link in links]))


def one_loss(plan: Plan, _other: Plan, chance: random.Random) -> Plan:
    """One link more or less in one step of one round, mostly near what is there."""
    told = speakers(plan)
    if len(told) < 2:
        return plan
    source, target = chance.sample(told, 2)
    near = chance.choice(plan.losses) if plan.losses and chance.random() < 0.7 else None
    height = near.height if near else chance.randint(1, 2)
    number = near.round + chance.choice((0, 0, 1)) if near else chance.randint(0, 4)
    loss = Loss(chance.choice(STEPS), height, number, source, target)
    if loss in plan.losses:
        return replace(plan, losses=tuple(one for one in plan.losses if one != loss))
    return replace(plan, losses=(*plan.losses, loss))


def losses_a_round_later(plan: Plan, _other: Plan, chance: random.Random) -> Plan:
    """The losses of one round in the next one as well, with other nodes: what worked once may work again."""
    height, number = chance.randint(1, 2), chance.randint(0, 4)
    told = speakers(plan)
    shuffled = dict(zip(told, chance.sample(told, len(told)), strict=True))
    again = [
        Loss(loss.step, height, number + 1, shuffled[loss.source], shuffled[loss.target])
        for loss in plan.losses
        if (loss.height, loss.round) == (height, number) and {loss.source, loss.target} <= shuffled.keys()
    ]
    kept = [loss for loss in plan.losses if (loss.height, loss.round) != (height, number + 1)]
    return replace(plan, losses=(*kept, *again)) if again else plan


def other_pace(plan: Plan, _other: Plan, chance: random.Random) -> Plan:
    """Other timeouts and gossip, or longer trouble."""
    if chance.random() < 0.5:
        return replace(plan, pace=led.draw_pace(chance))
    last = max((event.at_ms for event in plan.events), default=0)
    return replace(plan, trouble_ms=max(last, min(8_000, plan.trouble_ms + chance.choice((-500, 500, 1_500)))))


def other_faulty(plan: Plan, _other: Plan, chance: random.Random) -> Plan:
    """Others lie, or nobody does."""
    gone = {name + "'" for name in plan.twins}
    kept = tuple(event for event in plan.events if getattr(event, "node", "") not in gone)
    twins, liars = led.draw_faulty(chance, plan.voters) if chance.random() < 0.7 else ((), ())
    told = set(names(plan.size)) | {name + "'" for name in twins}
    losses = tuple(loss for loss in plan.losses if {loss.source, loss.target} <= told)
    return replace(plan, twins=twins, liars=liars, events=kept, losses=losses)


def from_another(plan: Plan, other: Plan, chance: random.Random) -> Plan:
    """Events or losses of another plan over the same nodes."""
    if chance.random() < 0.5:
        told = set(speakers(plan))
        return replace(plan, losses=tuple(loss for loss in other.losses if {loss.source, loss.target} <= told))
    known = {*processes(plan), ""}
    taken = [
        event for event in other.events
        if getattr(event, "node", "") in known and not isinstance(event, Join | Member | OldFile)
    ]  # fmt: skip
    some = chance.sample(taken, min(len(taken), chance.randint(1, 4)))
    return replace(plan, events=(*plan.events, *some), trouble_ms=max([plan.trouble_ms, *[one.at_ms for one in some]]))


Change = Callable[[Plan, Plan, random.Random], Plan]
CHANGES: tuple[Change, ...] = (
    other_delays, fewer_events, another_event, another_event, shifted_event, shifted_event, other_losses, other_losses,
    one_loss, one_loss, one_loss, losses_a_round_later, losses_a_round_later, other_pace, other_faulty, from_another,
)  # fmt: skip
