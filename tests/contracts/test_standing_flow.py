"""Standing: nobody alone brings a lasting status about, and a status stops what the law stops and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from contracts.invariants import StatusWatch, check_all
from contracts.mutants import Mutant, assert_it_dies
from contracts.refusals_governance import propose, vote
from contracts.refusals_standing import name_administrator
from contracts.world import (
    ANCHOR,
    BANK1,
    BANK2,
    BANK3,
    BANK4,
    DIGEST,
    PAPERS,
    S1,
    S2,
    S3,
    World,
    accepted_bill,
    administer,
    administrator_keys,
    as_two,
    ask,
    bid,
    disburse,
    issue,
    key_of,
    offer,
    order,
    pay,
    ratify,
    settle,
)  # fmt: skip

from chainbill.errors import Refused

FACE = 100_000_000


def party(world: World, identity: str = S1) -> dict[str, Any]:
    return dict(world.row("party", "party", identity))


def status(world: World, identity: str = S1) -> str:
    return str(party(world, identity)["status"])


def order_row(world: World, entered: dict[str, Any]) -> dict[str, Any]:
    return dict(world.row("standing", "order", entered["order"]))


def by_vote(world: World, kind: str, **content: Any) -> None:
    vote(world, propose(world, kind, **content), BANK1, BANK2, BANK3)


# --- nobody alone -----------------------------------------------------------------------------------------------------
def test_a_suspension_acts_at_once_and_ends_by_itself_after_ten_business_days(world: World) -> None:
    """security 9. Monday 2026-03-02 and ten business days: Monday 03-16; it lapses on the Tuesday."""
    entered = order(world, S1, "suspended")
    assert (entered["party_status"], entered["until"]) == ("suspended", "2026-03-16")
    assert party(world)["stopped_at"] == world.height
    world.day("2026-03-16")
    assert status(world) == "suspended"
    world.day("2026-03-17")
    assert status(world) == "active"
    assert order_row(world, entered)["status"] == "lapsed"
    assert "standing.status_lapsed" in world.topics()


def test_a_second_bank_makes_a_suspension_last(world: World) -> None:
    entered = order(world, S1, "suspended")
    assert ratify(world, entered)["party_status"] == "suspended"
    world.day("2026-06-01")
    assert status(world) == "suspended"
    row = order_row(world, entered)
    assert (row["status"], row["by"], row["second"], row["ratified_on"]) == ("ratified", BANK1, BANK2, "2026-03-02")
    order(world, S1, "active")
    assert status(world) == "active"


def test_a_vote_makes_a_suspension_last(world: World) -> None:
    entered = order(world, S1, "suspended")
    by_vote(world, "party_status", party=S1, status="suspended", reason="fraud", **PAPERS["suspended"])
    assert (order_row(world, entered)["status"], order_row(world, entered)["second"]) == ("ratified", "")
    world.day("2026-06-01")
    assert status(world) == "suspended"


def test_an_insolvency_that_no_second_bank_ratifies_lapses_as_if_it_had_never_been(world: World) -> None:
    """Monday 2026-03-02: three days on is Thursday 03-05; it lapses on the Friday."""
    before = party(world)
    entered = order(world, S1, "insolvent")
    row = party(world)
    assert (row["status"], row["insolvent_since"], row["insolvency_document"]) == ("insolvent", "2026-03-02", "5b" * 32)
    assert entered["until"] == "2026-03-05"
    world.day("2026-03-05")
    assert status(world) == "insolvent"
    world.day("2026-03-06")
    assert {**party(world), "stopped_at": 0} == before
    assert world.events[-1][:2] == ("standing", "status_lapsed")


def test_seventy_two_hours_end_on_a_business_day(backend: str) -> None:
    """Friday: Monday. The last business day before eight days of holidays: the first one after them."""
    assert order(World(backend, today="2026-03-06"), S1, "insolvent")["until"] == "2026-03-09"
    holidays = [f"2026-03-{day:02d}" for day in range(10, 18)]
    world = World(backend, today="2026-03-09", calendar=[{"year": 2026, "holidays": holidays, "workdays": []}])
    assert order(world, S1, "insolvent")["until"] == "2026-03-18"


def test_one_bank_cannot_keep_a_party_stopped_by_ordering_again_and_again(world: World) -> None:
    order(world, S1, "suspended")
    world.day("2026-03-17")
    again = order(world, S1, "suspended")
    assert (again["party_status"], again["until"]) == ("active", "2026-03-20"), "the next one waits for the second bank"
    world.day("2026-03-21")
    assert order_row(world, again)["status"] == "lapsed"
    ratify(world, order(world, S1, "suspended"))
    assert status(world) == "suspended"
    order(world, S1, "active")
    assert order(world, S1, "suspended")["party_status"] == "suspended", "the last one was ratified"


def test_lifting_does_not_refresh_what_one_bank_may_do_alone(world: World) -> None:
    for kind in ("suspended", "insolvent"):
        order(world, S1, kind)
        order(world, S1, "active")
        assert order(world, S1, kind)["party_status"] == "active"


def test_a_ratified_insolvency_is_lifted_by_two_banks_or_a_vote(world: World) -> None:
    ratify(world, order(world, S1, "insolvent"))
    lifting = order(world, S1, "active")
    assert lifting["party_status"] == "insolvent"
    world.day("2026-03-06")
    assert order_row(world, lifting)["status"] == "lapsed"
    ratify(world, order(world, S1, "active"), by=BANK3)
    assert (status(world), party(world)["insolvent_since"]) == ("active", "")
    ratify(world, order(world, S1, "insolvent"))
    by_vote(world, "party_status", party=S1, status="active", reason="", **PAPERS["active"])
    assert status(world) == "active"


def test_a_suspension_stands_beneath_an_insolvency(world: World) -> None:
    ratify(world, order(world, S1, "suspended"))
    order(world, S1, "insolvent")
    assert status(world) == "insolvent"
    world.day("2026-03-06")
    assert status(world) == "suspended"


def test_banks_are_stopped_and_lifted_by_vote_only(world: World) -> None:
    for wanted in ("suspended", "insolvent", "active"):
        by_vote(world, "party_status", party=BANK4, status=wanted, reason="", **PAPERS[wanted])
        assert status(world, BANK4) == wanted


def test_the_party_objects_and_regulators_see_it(world: World) -> None:
    entered = order(world, S1, "suspended")
    world.call(S1, "standing", "object_to", order=entered["order"], reason="it is our rival's word")
    assert order_row(world, entered)["objected_on"] == world.today
    assert world.events[-1][:2] == ("standing", "status_objected")
    assert status(world) == "suspended"


# --- the administrator ------------------------------------------------------------------------------------------------
def test_an_administrator_takes_the_place_of_the_keys_72_hours_after_ratification(world: World) -> None:
    ratify(world, order(world, S1, "insolvent"))
    entered = name_administrator(world, keys=administrator_keys(S1, 901, 902))
    assert party(world)["keys"] == [key_of(S1), key_of(S1, 1)]
    acts_on = ratify(world, entered, by=BANK3)["acts_on"]
    assert party(world)["keys"] == [key_of(S1), key_of(S1, 1)]
    assert (acts_on, world.events[-1][:2]) == (world.plus(4), ("standing", "status_ratified"))
    world.day(acts_on)
    named = [one["key"]["key"] for one in administrator_keys(S1, 901, 902)]
    assert (party(world)["keys"], party(world)["administered_on"]) == (named, world.today)
    assert {world.row("party", "key", key_of(S1, one))["status"] for one in (0, 1)} == {"resting"}
    assert world.row("account", "account", [S1, "CNY"])["status"] == "ended"
    with pytest.raises(Refused, match="status_order_transition"):
        ratify(world, entered)


def test_what_the_old_keys_announced_comes_to_nothing(world: World) -> None:
    policy = {"policy": {"rules": [{"action": "any", "currency": "CNY", "above": 1}]}}
    world.send(S1, ("party", "set_policy", policy), keys=[key_of(S1), key_of(S1, 1)])
    change = party(world)["changes"][0]
    administer(world, S1)
    assert (world.row("party", "change", change)["status"], party(world)["changes"]) == ("lapsed", [])
    world.day(world.plus(10))
    assert party(world)["policy"] == {"rules": []}


def test_an_administrator_sells_what_is_there_and_is_paid_on_his_own_account(world: World) -> None:
    bill, token = accepted_bill(world)
    keys = administer(world, S1)
    recipients = [{"party": S2, "amount": 40}]
    offered = world.send(S1, ("token", "transfer", {"tokens": [token], "recipients": recipients}), keys=keys[:1])[0]
    world.call(S2, "token", "accept", token=offered["tokens"][0])
    announced = {"currency": "CNY", "bank": BANK2, "alg": "sha256", "digest_hex": "cd" * 32}
    world.send(S1, ("account", "announce", announced), keys=keys)
    assert world.row("account", "account", [S1, "CNY"])["status"] == "announced"
    world.call(BANK2, "account", "attest", party=S1, currency="CNY", alg="sha256", digest_hex="cd" * 32)
    payments = settle(world, bill, FACE)["payments"]
    assert {one["status"] for one in payments} == {"instructed"}
    check_all(world)


def test_an_administrator_of_an_insolvency_that_was_lifted_is_none_of_the_next(world: World) -> None:
    """security 12: else the keys of the day would sell what belongs to the creditors."""
    keys = administer(world, S1)
    ratify(world, order(world, S1, "active"))
    assert (status(world), party(world)["administered_on"]) == ("active", "")
    ratify(world, order(world, S1, "insolvent"))
    act = ("invoice", "dispute", {"fingerprint": "ef" * 32, "seller": S2, "document": "5f" * 32})
    with pytest.raises(Refused, match="party_not_active"):
        world.send(S1, act, keys=keys)


def test_an_administrator_whose_key_was_stolen_halts_the_party_too(world: World) -> None:
    """security 9: a halt stops an insolvent party in an administrator's hands as any other."""
    keys = administer(world, S1)
    act = ("invoice", "dispute", {"fingerprint": "ef" * 32, "seller": S2, "document": "5f" * 32})
    world.send(S1, ("party", "halt", {"reason": "key stolen"}), keys=keys[:1])
    with pytest.raises(Refused, match="party_halted"):
        world.send(S1, act, keys=keys)
    world.send(S1, ("party", "lift_halt", {"party": S1}), keys=keys)
    world.send(S1, act, keys=keys)


def test_a_bank_gets_its_administrator_by_vote(world: World) -> None:
    by_vote(world, "party_status", party=BANK4, status="insolvent", reason="", **PAPERS["insolvent"])
    court = {"authority": "Court of H", "number": "H-9", "documents": ["5e" * 32]}
    keys = administrator_keys(BANK4, 905)
    by_vote(world, "party_administrator", party=BANK4, keys=keys, **court)
    world.day(world.plus(4))
    assert party(world, BANK4)["keys"] == [keys[0]["key"]["key"]]


# --- nothing stops settlement -----------------------------------------------------------------------------------------
def test_money_for_an_insolvent_party_is_set_aside_until_its_administrator_has_an_account(world: World) -> None:
    watch = StatusWatch()
    bill, token = accepted_bill(world)
    order_of_insolvency = order(world, S1, "insolvent")
    paid = settle(world, bill, 400, partial=True)["payments"]
    assert [(one["party"], one["status"]) for one in paid] == [(S1, "set_aside")]
    assert world.row("settlement", "payment", [bill, paid[0]["token"]])["account"] == ""
    assert world.row("core", "holding", [S1, "CNY", "payee_open"]) == [1, 400]
    watch.check(world)
    ratify(world, order_of_insolvency)
    entered = name_administrator(world, keys=administrator_keys(S1, 901, 902))
    world.day(ratify(world, entered)["acts_on"])
    rest = settle(world, bill, FACE - 400)["payments"]
    watch.check(world)
    assert [one["status"] for one in rest] == ["set_aside"]
    announced = {"currency": "CNY", "bank": BANK1, "alg": "sha256", "digest_hex": "cd" * 32}
    world.send(S1, ("account", "announce", announced), keys=[one["key"] for one in order_row(world, entered)["keys"]])
    watch.check(world)
    world.call(BANK1, "account", "attest", party=S1, currency="CNY", alg="sha256", digest_hex="cd" * 32)
    for number, one in enumerate(paid + rest):
        place = {"bill": bill, "token": one["token"]}
        for then in ("instructed", "paid"):
            world.call(BANK1, "settlement", "pay_result", **place, status=then, reference=f"{then}-{number}")
            watch.check(world)
        assert world.row("settlement", "payment", [bill, one["token"]])["account"] == "cd" * 32
    watch.check(world)
    assert ("payment", "set_aside", "instructed") in watch.seen
    check_all(world)
    assert token


def test_money_set_aside_under_an_insolvency_that_lapsed_is_instructed_to_the_party(world: World) -> None:
    bill, token = accepted_bill(world)
    order(world, S1, "insolvent")
    settle(world, bill, FACE)
    world.day("2026-03-06")
    place = {"bill": bill, "token": token, "reference": "P-1"}
    world.call(BANK1, "settlement", "pay_result", **place, status="instructed")
    assert world.row("settlement", "payment", [bill, token])["account"] == DIGEST


def test_a_suspended_party_is_paid_as_before(world: World) -> None:
    bill, _ = accepted_bill(world)
    order(world, S1, "suspended")
    assert settle(world, bill, FACE)["payments"][0]["status"] == "instructed"


@pytest.mark.parametrize("stopped", ["suspended", "insolvent"])
@pytest.mark.parametrize("who", [ANCHOR, BANK1])
def test_receipts_of_a_stopped_debtor_or_bank_are_always_recorded(world: World, who: str, stopped: str) -> None:
    bill, token = accepted_bill(world)
    by_vote(world, "party_status", party=who, status=stopped, reason="", **PAPERS[stopped])
    assert settle(world, bill, FACE)["outstanding"] == 0
    told = "settlement.paid_after_insolvency" in world.topics()
    assert told == (who == ANCHOR and stopped == "insolvent")
    place = {"bill": bill, "token": token, "reference": "P-1"}
    world.call(BANK1, "settlement", "pay_result", **place, status="paid")


def test_a_receipt_of_an_earlier_value_date_is_no_payment_after_insolvency(world: World) -> None:
    bill, _ = accepted_bill(world)
    world.day("2026-03-03")
    order(world, ANCHOR, "insolvent")
    settle(world, bill, FACE, value_date="2026-03-02")
    assert "settlement.paid_after_insolvency" not in world.topics()


# --- what a status stops ----------------------------------------------------------------------------------------------
class Scene:
    """Everything that a stopped party might go on with: tokens, offers, requests, quotes, a bill that waits."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.bill, token = accepted_bill(world)
        self.second, self.rest = pay(world, token, S2, 60_000_000)
        self.free, rest = world.call(S1, "token", "split", token=self.rest, amounts=[10_000_000])["tokens"]
        offered = offer(world, rest, (S2, 5_000_000))
        self.offered, rest = offered["tokens"][0], offered["remainder"]
        offered = offer(world, rest, (S3, 1_000_000))
        self.given = world.call(S3, "token", "accept", token=offered["tokens"][0])["token"]
        asked = ask(world, offered["remainder"], BANK2, amount=5_000_000)
        self.open, rest = asked["request"], asked["remainder"]
        self.quoted = bid(world, ask(world, rest, BANK2, amount=5_000_000)["request"], BANK2)["quote"]
        self.waiting = issue(world)
        self.confirmed = issue(world)
        world.call(ANCHOR, "bill", "confirm", bill=self.confirmed)
        other = accepted_bill(world)[1]
        self.agreed = bid(world, ask(world, other, BANK2, amount=5_000_000)["request"], BANK2)["quote"]
        world.call(S1, "finance", "agree", quote=self.agreed)
        self.returned = world.call(S3, "token", "give_back", token=self.given)["token"]

    def call(self, who: str, act: str, **arguments: Any) -> Callable[[], Any]:
        contract, function = act.split(".")
        return lambda: self.world.call(who, contract, function, **arguments)

    def acts(self) -> dict[str, Callable[[], Any]]:
        world = self.world
        transfer = {"tokens": [self.free], "recipients": [{"party": S3, "amount": 1_000_000}]}
        return {
            "issue": lambda: issue(world),
            "confirm": self.call(ANCHOR, "bill.confirm", bill=self.waiting),
            "accept bill": self.call(S1, "bill.accept", bill=self.confirmed),
            "reject bill": self.call(S1, "bill.reject", bill=self.confirmed, reason=""),
            "transfer": self.call(S1, "token.transfer", **transfer),
            "accept": self.call(S2, "token.accept", token=self.offered),
            "reject": self.call(S2, "token.reject", token=self.offered, reason=""),
            "recall": self.call(S1, "token.recall", token=self.offered),
            "return": self.call(S2, "token.give_back", token=self.second),
            "take return": self.call(S1, "token.accept", token=self.returned),
            "split": self.call(S1, "token.split", token=self.free, amounts=[1_000_000]),
            "request": lambda: ask(world, self.free, BANK2, amount=1_000_000),
            "quote": lambda: bid(world, self.open, BANK2),
            "agree": self.call(S1, "finance.agree", quote=self.quoted),
            "disburse": lambda: disburse(world, BANK2, self.agreed),
            "withdraw request": self.call(S1, "finance.withdraw", request=self.open),
            "withdraw quote": self.call(BANK2, "finance.withdraw_quote", quote=self.quoted),
            "settle": lambda: settle(world, self.bill, 100, partial=True),
        }


HOLDER = {"issue", "accept bill", "transfer", "accept", "take return", "split", "request", "quote", "agree"}
DEBTOR = {"issue", "confirm"}
STOPPED = {
    ("holder", "suspended"): HOLDER,
    ("holder", "insolvent"): HOLDER | {"disburse"},
    ("debtor", "suspended"): DEBTOR,
    ("debtor", "insolvent"): DEBTOR | {"accept bill", "transfer", "accept", "request", "quote", "agree", "disburse"},
    ("bank", "suspended"): {"request", "quote", "agree", "disburse"},
    ("bank", "insolvent"): {"request", "quote", "agree", "disburse"},
    ("holder", "leaving"): {"issue"},
    ("debtor", "leaving"): DEBTOR,
    ("bank", "leaving"): {"request", "quote"},
}
"""Of whom and in which status which of the acts above are refused; all others go through."""
OPEN = {"reject bill", "reject", "recall", "return", "withdraw request", "withdraw quote", "settle"}
ACTS = sorted({act for stopped in STOPPED.values() for act in stopped} | OPEN)
ROLES = {"holder": S1, "debtor": ANCHOR, "bank": BANK2}


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize(("role", "stopped"), STOPPED)
def test_a_status_stops_what_it_stops_and_nothing_else(role: str, stopped: str, act: str) -> None:
    """security 12, row by row of the table."""
    world = World()
    scene = Scene(world)
    if stopped == "leaving":
        as_two(world, ROLES[role], "standing", "leave", party=ROLES[role])
    else:
        by_vote(world, "party_status", party=ROLES[role], status=stopped, reason="", **PAPERS[stopped])
    if act in STOPPED[role, stopped]:
        with pytest.raises(Refused, match=r"^(party_not_active|maker_was_stopped|debtor_insolvent|holder_insolvent)"):
            scene.acts()[act]()
    else:
        scene.acts()[act]()
    check_all(world)


def test_what_a_bank_paid_before_the_day_of_the_insolvency_still_counts(world: World) -> None:
    _, token = accepted_bill(world)
    quote = bid(world, ask(world, token, BANK2, amount=10)["request"], BANK2, disburse_by=world.plus(5))["quote"]
    world.call(S1, "finance", "agree", quote=quote)
    world.day(world.plus(1))
    order(world, S1, "insolvent")
    assert disburse(world, BANK2, quote, value_date=world.plus(-1))["token"]


def test_what_a_stopped_party_offered_and_asked_for_ends_with_its_time(world: World) -> None:
    bill, token = accepted_bill(world)
    rest = offer(world, token, (S2, 10))["remainder"]
    ask(world, rest, BANK2, amount=10)
    order(world, S1, "suspended")
    world.day(world.plus(10))
    assert [(leaf["holder"], leaf["locks"]) for leaf in world.leaves(bill)] == [(S1, [])] * len(world.leaves(bill))
    check_all(world)


# --- coming and going -------------------------------------------------------------------------------------------------
def test_a_party_leaves_and_is_closed_once_nothing_is_open(world: World) -> None:
    watch = StatusWatch()
    watch.check(world)
    bill, token = accepted_bill(world, face=100)
    assert as_two(world, S1, "standing", "leave", party=S1)["party_status"] == "leaving"
    watch.check(world)
    open_items = world.view("standing", "open_items", party=S1)
    assert open_items["holdings"] == [{"currency": "CNY", "role": "holder", "count": 1, "sum": 100}]
    world.day(world.plus(4))
    with pytest.raises(Refused, match="open_items") as refused:
        as_two(world, BANK1, "standing", "close", party=S1)
    assert refused.value.fields["holdings"] == open_items["holdings"]
    settle(world, bill, 100)
    with pytest.raises(Refused, match="open_items"):
        as_two(world, BANK1, "standing", "close", party=S1)
    world.call(BANK1, "settlement", "pay_result", bill=bill, token=token, status="paid", reference="P-1")
    before = world.row("party", "sponsored", BANK1)["count"]
    assert as_two(world, BANK1, "standing", "close", party=S1) == {"party": S1, "party_status": "closed"}
    watch.check(world)
    assert (party(world)["keys"], world.row("party", "key", key_of(S1))["status"]) == ([], "revoked")
    assert world.row("party", "sponsored", BANK1)["count"] == before - 1


def test_a_bank_is_closed_by_vote_once_its_seat_and_its_parties_are_gone(world: World) -> None:
    as_two(world, BANK1, "standing", "leave", party=BANK1)
    items = world.view("standing", "open_items", party=BANK1)
    assert (items["seats"], items["sponsored"]) == (1, 6)
    with pytest.raises(Refused, match="open_items"):
        propose(world, "party_close", by=BANK2, party=BANK1)


def test_who_leaves_may_stay_after_all(world: World) -> None:
    as_two(world, S1, "standing", "leave", party=S1)
    order(world, S1, "active")
    assert (status(world), party(world)["leaving_since"]) == ("active", "")


def test_the_sponsor_attests_the_size_of_a_party(world: World) -> None:
    arguments = {"party": S1, "size": "small", "document": "ab" * 32}
    assert world.call(BANK1, "party", "attest_size", **arguments) == {"party": S1, "size": "small"}
    assert party(world)["size"] == "small"


def test_a_batch_counts_for_its_sponsor(world: World) -> None:
    sponsored = [row for _, row in world.rows("party", "party") if row["sponsor"] == BANK1]
    assert world.row("party", "sponsored", BANK1) == {"count": len(sponsored)}


def test_quotes_under_way_are_counted_for_each_bank(world: World) -> None:
    _, token = accepted_bill(world)
    request = ask(world, token, BANK2, BANK3, amount=10)["request"]
    first = bid(world, request, BANK2)["quote"]
    bid(world, request, BANK2)
    bid(world, request, BANK3)
    assert {tuple(key): row["count"] for key, row in world.rows("finance", "live_quote")} == {
        (S1, BANK2): 1, (S1, BANK3): 1,
    }  # fmt: skip
    assert world.row("finance", "quote", first)["status"] == "withdrawn"
    world.call(BANK3, "finance", "decline", request=request)
    world.day(world.plus(12))
    assert world.rows("finance", "live_quote") == []


# --- order of guards --------------------------------------------------------------------------------------------------
PRECEDENCE: dict[str, tuple[str, Callable[[World, Scene], Any]]] = {
    "form before the row": ("too_many_tokens", lambda w, s: w.call(S3, "token", "transfer", tokens=[], recipients=[])),
    "row before right": ("token_unknown", lambda w, s: w.call(S3, "token", "split", token="T0", amounts=[1])),
    "right before status": ("not_the_holder", lambda w, s: w.call(S3, "token", "split", token=s.free, amounts=[1])),
    "status before capability": (
        "party_not_active",
        lambda w, s: w.send(S1, ("token", "split", {"token": s.free, "amounts": [1]}), keys=[key_of(S1, 1)]),
    ),
    "status before state, of a request": (
        "party_not_active",
        lambda w, s: w.call(S1, "finance", "request", token=s.offered, banks=[BANK2], amount=1),
    ),
    "form before status, of a request": (
        "amount_not_positive",
        lambda w, s: w.call(S1, "finance", "request", token=s.free, banks=[BANK2], amount=0),
    ),
    "right before status, of a quote": ("bank_not_asked", lambda w, s: bid(w, s.open, BANK3)),
    "status of the sender before the other's": (
        "party_not_active",
        lambda w, s: w.call(S1, "finance", "agree", quote=s.quoted),
    ),
    "right before status, of a confirmation": (
        "not_the_debtor",
        lambda w, s: w.call(S1, "bill", "confirm", bill=s.waiting),
    ),
    "status before state, of an acceptance": (
        "party_not_active",
        lambda w, s: w.call(S1, "bill", "accept", bill=s.waiting),
    ),
    "form before status, of an issue": ("amount_not_positive", lambda w, s: issue(w, face=0)),
    "form before status, of an order": (
        "documents_needed",
        lambda w, s: order(w, S1, "suspended", documents=[]),
    ),
    "right before status, of an order": ("not_the_sponsor", lambda w, s: order(w, S2, "suspended", by=BANK3)),
}


@pytest.mark.parametrize("case", PRECEDENCE)
def test_guards_come_in_one_order(backend: str, case: str) -> None:
    """Form, row, right, status, capability, state, dates, others, amounts, policy: the first that fails is told."""
    world = World(backend)
    scene = Scene(world)
    for stopped in (S1, BANK3):
        by_vote(world, "party_status", party=stopped, status="suspended", reason="", **PAPERS["suspended"])
    reason, act = PRECEDENCE[case]
    with pytest.raises(Refused) as refused:
        act(world, scene)
    assert refused.value.reason == reason


# --- mutants ----------------------------------------------------------------------------------------------------------
def _accept_of_a_suspended_holder(world: World) -> None:
    token = accepted_bill(world)[1]
    offered = offer(world, token, (S2, 10))["tokens"][0]
    order(world, S1, "suspended")
    with pytest.raises(Refused, match="maker_was_stopped"):
        world.call(S2, "token", "accept", token=offered)


def _ratify_alone(world: World) -> None:
    with pytest.raises(Refused, match="entered_by_own_house"):
        ratify(world, order(world, S1, "insolvent"), by=BANK1)


LAPSE = '    else:\n        end_order(party, standing, order, "lapsed")'
CLOSE = '    require_nothing_open(row["id"])\n'
AT_ONCE = ' and kind not in standing["unratified"]\n'
MUTANTS: dict[str, Mutant] = {
    "a suspended holder's offer is accepted": (
        "token", '    require_not_stopped_since(row["holder"], lock["height"])\n', "", _accept_of_a_suspended_holder,
    ),
    "an insolvency lasts without a second bank": (
        "standing", LAPSE, LAPSE.replace("else", 'elif order["kind"] != "insolvent"'),
        test_an_insolvency_that_no_second_bank_ratifies_lapses_as_if_it_had_never_been,
    ),
    "one bank ratifies what it ordered": (
        "standing", 'require(not one_house,', "require(True,", _ratify_alone,
    ),
    "a suspension never ends": (
        "standing", LAPSE, LAPSE.replace("else", 'elif order["kind"] != "suspended"'),
        test_a_suspension_acts_at_once_and_ends_by_itself_after_ten_business_days,
    ),
    "a suspension is ordered again and again": (
        "standing", AT_ONCE, "\n", test_one_bank_cannot_keep_a_party_stopped_by_ordering_again_and_again,
    ),
    "a status stops a settlement": (
        "settlement", '{"bill": bill})\n    require(row["accepted_on"] <= value_date',
        '{"bill": bill})\n    active = parties.get(row["debtor"])["status"] == "active"\n'
        '    require(active and row["accepted_on"] <= value_date',
        lambda world: test_receipts_of_a_stopped_debtor_or_bank_are_always_recorded(world, ANCHOR, "insolvent"),
    ),
    "keys change before the second bank": (
        "standing", 'kind in ("suspended", "insolvent") and kind not in', "kind not in",
        test_an_administrator_takes_the_place_of_the_keys_72_hours_after_ratification,
    ),
    "money of an insolvent party goes to its old account": (
        "settlement", '    return standing["administrator"] == "" or account == ""\n', "    return False\n",
        test_money_for_an_insolvent_party_is_set_aside_until_its_administrator_has_an_account,
    ),
    "a party with a token is closed": (
        "standing", CLOSE, "", test_a_party_leaves_and_is_closed_once_nothing_is_open,
    ),
}  # fmt: skip


@pytest.mark.parametrize("mutant", MUTANTS)
def test_a_mutant_dies(mutant: str) -> None:
    assert_it_dies(MUTANTS[mutant])
