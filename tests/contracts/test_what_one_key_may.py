"""What one key alone may do: every act of every contract, tried with a key of each capability and no other."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from typing import Any

import pytest
from chainbill_contracts import NAMES, source
from contracts.refusals_party import application, register
from contracts.test_state_reference import busy_world
from contracts.world import (
    ANCHOR,
    BANK1,
    BANK2,
    MEMBERS,
    S1,
    S2,
    S3,
    World,
    a_key,
    accepted_bill,
    add_key,
    administrator_keys,
    as_admins,
    as_two,
    ask,
    bid,
    change,
    issue,
    key_of,
    member,
    offer,
    order,
    pay,
    private_key,
    proof_of,
    settle,
    two_people,
    uscc,
)

from chainbill.errors import Refused
from chainbill.ledger.open_acts import ALWAYS_OPEN
from chainbill.state.keys import row_key
from chainbill.vm.compiler import compile_contract
from chainbill.vm.describe import describe

AUDITOR = uscc(70)
ALONE = {"maker": 2, "checker": 3, "admin": 4}  # capability -> number of the key that has no other
# What one key may do alone, and why that is enough: a reason that can be checked is checked below.
UNDER_POLICY = """
    bill.accept bill.confirm bill.issue
    finance.agree finance.disburse finance.quote finance.request
    settlement.pay_result settlement.settle
    token.accept token.give_back token.transfer
"""
"""Its party's policy asks for a second person above an amount, and may be 0."""
SAYS_NO = """
    bill.cancel bill.reject bill.withdraw
    finance.decline finance.decline_quote finance.withdraw finance.withdraw_quote
    invoice.withdraw_dispute
    party.refuse_mandate
    recovery.withdraw
    token.recall token.reject
"""
"""Takes back or refuses what has not come about, and can be offered anew; an agreed quote is under policy."""
MOVES_NOTHING = {
    "account.attest": "the party announced it, a change with two people, and the bank names its digest",
    "governance.advance_clock": "the clock of a test or demo network alone",
    "governance.ready": "says of an own node that it runs",
    "invoice.dispute": "a mark that stops nothing, ends by itself, and of which 20 may be open",
    "party.attest_size": "a mark for which no act asks; the sponsor attests another",
    "settlement.proceed": "goes on with what the bank has reported",
    "token.merge": "the same cents of the same holder",
    "token.split": "the same cents of the same holder",
}
TAKES_AWAY = """
    audit.revoke_grant
    governance.withdraw
    party.halt party.revoke_key party.withdraw_change
    recovery.veto
    standing.object_to standing.stay
"""
"""An admin who is the first to see a theft does not wait for a second one; nothing begins with it."""
DECIDED_BY_BANKS = "governance.propose governance.store_source governance.vote"
"""One bank's word among those of a quorum, which it may change as long as nothing is decided."""
MAKER = [*UNDER_POLICY.split(), *SAYS_NO.split(), *MOVES_NOTHING]
ADMIN = [*TAKES_AWAY.split(), *DECIDED_BY_BANKS.split()]
TWO = """
    audit.grant
    invoice.uphold
    party.accept_mandate party.add_identifier party.add_key party.ask_paying_bank party.end_mandate
    party.give_up_identifier party.lift_halt party.register party.rename party.rotate_key party.set_encryption_key
    party.set_policy
    recovery.recover
    settlement.acknowledge
    standing.close standing.leave standing.name_administrator standing.ratify standing.set_status
    succession.accept succession.name
"""


STRICT = {"rules": [{"action": "any", "currency": currency, "above": 0} for currency in ("CNY", "EUR", "USD")]}


class TriedWorld(World):
    """Tries every call that goes through with lesser keys as well, and keeps which of them would have got through.

    under_policy: whether a maker alone gets a call through where its party's policy asks for two whatever the amount.
    """

    def __init__(self, **fields: Any) -> None:
        self.through: dict[str, set[frozenset[str]]] = defaultdict(set)
        self.under_policy: dict[str, set[bool]] = defaultdict(set)
        super().__init__(members=[with_lesser_keys(one) for one in [*MEMBERS, member(AUDITOR, "auditor")]], **fields)

    def send(self, party: str, *calls: tuple[str, str, dict[str, Any]], keys: list[str] | None = None) -> list[Any]:
        if self._goes_through(party, calls, keys):
            lesser = {name: [key_of(party, number)] for name, number in ALONE.items()}
            passed = frozenset(name for name, key in lesser.items() if self._goes_through(party, calls, key))
            strict = self._goes_through(party, calls, lesser["maker"], STRICT)
            for contract, function, _ in calls:
                self.through[f"{contract}.{function}"].add(passed)
                if "maker" in passed:
                    self.under_policy[f"{contract}.{function}"].add(strict)
        return super().send(party, *calls, keys=keys)

    def _goes_through(self, party: str, calls: Any, keys: list[str] | None, policy: Any = None) -> bool:
        before = (self.height, self.time_ms, self._seeds, len(self.events))
        self.overlay.begin()
        try:
            if policy is not None:
                row = self.row("party", "party", party)
                self.overlay.put(row_key("party", "party", party), {**row, "policy": policy})
            super().send(party, *calls, keys=keys)
        except Refused:
            return False
        finally:
            self.overlay.rollback()
            self.height, self.time_ms, self._seeds, count = before
            del self.events[count:]
        return True


def with_lesser_keys(party: dict[str, Any]) -> dict[str, Any]:
    lesser = [a_key(key_of(party["id"], number), [capability]) for capability, number in ALONE.items()]
    return {**party, "keys": party["keys"] + lesser}


def life_of_bills(world: World) -> None:
    for end in ("withdraw", "reject", "cancel"):
        bill = issue(world)
        if end != "withdraw":
            world.call(ANCHOR, "bill", "confirm", bill=bill)
        world.call({"withdraw": S1, "reject": S1, "cancel": ANCHOR}[end], "bill", end, bill=bill, reason="")
    _, token = accepted_bill(world, face=1_000)
    paid, rest = pay(world, token, S2, 100)
    world.call(S2, "token", "give_back", token=paid)
    world.call(S1, "token", "reject", token=paid, reason="")
    recalled = world.call(S1, "token", "recall", token=offer(world, rest, (S2, 100))["tokens"][0])["token"]
    pieces = world.call(S1, "token", "split", token=recalled, amounts=[10])["tokens"]
    whole = world.call(S1, "token", "merge", tokens=pieces)["token"]
    for end in ("decline", "withdraw"):
        request = ask(world, whole, BANK1, BANK2, amount=900)["request"]
        quote = bid(world, request, BANK1)["quote"]
        world.call(S1, "finance", "decline_quote", quote=quote)
        quote = bid(world, request, BANK1)["quote"]
        world.call(BANK1, "finance", "withdraw_quote", quote=quote)
        world.call(BANK1 if end == "decline" else S1, "finance", end, request=request)
        if end == "decline":
            world.call(S1, "finance", "withdraw", request=request)
    quote = bid(world, ask(world, whole, BANK1, amount=900)["request"], BANK1)["quote"]
    world.call(S1, "finance", "agree", quote=quote)
    world.call(BANK1, "finance", "withdraw_quote", quote=quote)


def settlement_in_steps(world: World) -> None:
    bill, token = accepted_bill(world, face=1_000)
    world.call(S1, "token", "split", token=token, amounts=[100] * 5)
    settle(world, bill, 1_000)
    while world.row("settlement", "step", bill) is not None:
        world.call(BANK1, "settlement", "proceed", bill=bill)
    (first, _), (second, _), *_ = world.rows("settlement", "payment", (bill,))
    as_two(world, S1, "settlement", "acknowledge", bill=bill, token=first[1])
    result = {"bill": bill, "token": second[1], "status": "paid", "reference": "P-1"}
    world.call(BANK1, "settlement", "pay_result", **result)


def life_of_parties(world: World) -> None:
    register(world, application())
    names = {"party": S2, "name_zh": "", "name_en": "New name"}
    two_people(world, BANK1, "rename", **names)
    two_people(world, BANK1, "add_identifier", party=S2, scheme="vat", value="DE123456")
    as_admins(world, S2, "give_up_identifier", scheme="vat", value="DE123456")
    world.call(BANK1, "party", "attest_size", party=S2, size="small", document="d" * 64)
    account = {"currency": "USD", "alg": "sha256", "digest_hex": "ef" * 32}
    world.call(S2, "account", "announce", bank=BANK2, **account)
    world.call(BANK2, "account", "attest", party=S2, **account)
    add_key(world, S2, 7001)
    rotated = a_key(private_key(7002).public.hex())
    proof = proof_of(S2, rotated, private_key(7002))
    old = private_key(7001).public.hex()
    announced = as_admins(world, S2, "rotate_key", old=old, new=rotated, proof=proof)
    world.send(S2, ("party", "withdraw_change", {"change": announced["change"]}), keys=[key_of(S2, 1)])
    world.send(S2, ("party", "revoke_key", {"key": key_of(S2, 2)}), keys=[key_of(S2, 1)])
    change(world, S2, "set_policy", policy={"rules": []})
    world.send(S2, ("party", "halt", {"reason": ""}), keys=[key_of(S2, 1)])
    as_admins(world, S2, "lift_halt", party=S2)
    for answer in ("refuse_mandate", "accept_mandate"):
        change(world, ANCHOR, "ask_paying_bank", bank=BANK2)
        as_two(world, BANK2, "party", answer, debtor=ANCHOR)
    as_two(world, BANK2, "party", "end_mandate", debtor=ANCHOR)
    as_two(world, ANCHOR, "audit", "revoke_grant", auditor=AUDITOR)
    for act in ("withdraw_dispute", "uphold"):
        found = world.call(S2, "invoice", "dispute", fingerprint="2" * 64, seller=S1, document="d" * 64)["dispute"]
        as_two(world, S2 if act == "withdraw_dispute" else BANK1, "invoice", act, dispute=found)


def life_of_statuses(world: World) -> None:
    for act, party in (("withdraw", BANK1), ("veto", S1)):
        arguments = {"party": S1, "new_keys": administrator_keys(S1, 8001), "document": "d" * 64}
        found = as_two(world, BANK1, "recovery", "recover", **arguments)["recovery"]
        world.send(party, ("recovery", act, {"recovery": found}), keys=[key_of(party)])
    entered = order(world, S2, "suspended")
    objection = {"order": entered["order"], "reason": ""}
    world.send(S2, ("standing", "object_to", objection), keys=[key_of(S2, 1)])
    as_two(world, BANK2, "standing", "ratify", order=entered["order"])
    as_two(world, S1, "standing", "leave", party=S1)
    world.send(S1, ("standing", "stay", {}), keys=[key_of(S1, 1)])


def end_what_waits(world: World) -> None:
    content = {"name": "min_split", "value": 2}
    proposal = world.call(BANK1, "governance", "propose", kind="parameter", content=content)["proposal"]
    world.call(BANK1, "governance", "withdraw", proposal=proposal)
    as_two(world, BANK1, "standing", "leave", party=S3)
    world.day(world.plus(9))
    as_two(world, BANK1, "standing", "close", party=S3)


SMALL_STEPS = {"token": ("MOST_LEAVES = 1500", "MOST_LEAVES = 3")}


@pytest.fixture(scope="module")
def tried() -> list[TriedWorld]:
    """Worlds in which every act was done."""
    first, second, third = TriedWorld(), TriedWorld(changes=SMALL_STEPS), TriedWorld()
    busy_world(first)
    life_of_bills(second)
    settlement_in_steps(second)
    as_two(second, ANCHOR, "audit", "grant", auditor=AUDITOR, scope="all", first_day=second.today, last_day="")
    life_of_parties(second)
    life_of_statuses(second)
    end_what_waits(third)
    return [first, second, third]


def test_one_key_alone_does_what_its_capability_says_and_nothing_else(tried: list[TriedWorld]) -> None:
    """security: an act that forgets to ask for a capability is open to whoever holds any key of the party."""
    through: dict[str, set[frozenset[str]]] = defaultdict(set)
    for world in tried:
        for act, found in world.through.items():
            through[act] |= found
    maker, admin, nobody = frozenset({"maker"}), frozenset({"admin"}), frozenset[str]()
    wanted = {
        **{act: {maker} for act in MAKER},
        **{act: {admin} for act in ADMIN},
        **{act: {nobody} for act in TWO.split()},
        "account.announce": {maker, nobody},  # a first one, a change
    }
    assert through == wanted
    general = compile_contract("general", source("general"))
    acts = set()
    for name in NAMES:
        told = describe(compile_contract(name, source(name)), general)
        acts |= {f"{name}.{one['name']}" for one in told["functions"] if one["kind"] == "call"}
    assert set(wanted) == acts


def test_what_a_maker_does_alone_with_money_its_party_s_policy_stops(tried: list[TriedWorld]) -> None:
    """security: an act on money that no policy reaches is open to one stolen key, whatever the party decided."""
    alone: dict[str, set[bool]] = defaultdict(set)
    for world in tried:
        for act, found in world.under_policy.items():
            alone[act] |= found
    wanted = {act: {act not in UNDER_POLICY.split()} for act in MAKER}
    wanted["account.announce"] = {True}
    wanted["finance.withdraw_quote"] = {True, False}  # offered, agreed
    assert alone == wanted
    named = re.search(r"^ACTS_UNDER_POLICY = (\[.*?^\])", source("party"), re.DOTALL | re.MULTILINE)
    assert named is not None
    assert set(ast.literal_eval(named[1])) == {"any", *UNDER_POLICY.split()}


def test_what_one_key_takes_back_or_away_is_always_open() -> None:
    """What harms nobody may be done in every status: the other way round, what is not so is none of these."""
    assert {*SAYS_NO.split(), *TAKES_AWAY.split()} <= ALWAYS_OPEN
