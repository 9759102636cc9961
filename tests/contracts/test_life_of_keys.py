"""Random lives of keys: announced, stopped, revoked, recovered, an administrator's; thieves and banks act, too."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from contracts.invariants import StatusWatch, check_all
from contracts.invariants_keys import KeyWatch, check_keys
from contracts.lives import LIFE, live
from contracts.test_life_of_bills import pick
from contracts.world import (
    BANK1,
    BANK2,
    BANK3,
    BANK4,
    BANKS,
    PAPERS,
    S1,
    S2,
    World,
    a_key,
    administrator_keys,
    as_two,
    order,
    private_key,
    proof_of,
    ratify,
    seat,
)  # fmt: skip
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from chainbill.errors import Refused
from chainbill.vm.errors import ContractFault

PARTIES = (S1, S2)
COURT = {"authority": "Court of H", "number": "H-1", "documents": ["5e" * 32]}
MAY_FAIL = {"party": "change", "recovery": "", "standing": "order"}
parties = st.sampled_from(PARTIES)
new_keys = st.integers(1_001, 1_006)  # few, so that several reach for one
"""Numbers of keys that are nobody's at first."""


class KeyLife(RuleBasedStateMachine):
    """Tries what admins, thieves with one key, sponsors, second banks and votes do to two parties and the seats."""

    changes: Mapping[str, tuple[str, str]] = MappingProxyType({})
    reached: frozenset[tuple[str, str, str]] = frozenset()

    def __init__(self) -> None:
        super().__init__()
        self.world = World(changes=self.changes)
        self.statuses = StatusWatch()
        self.watch = KeyWatch()
        self.voted = False
        self.lifted_by_others: dict[str, str] = {}

    def attempt(self, act: Any, *arguments: Any, **named: Any) -> bool:
        """Whether it was done; what was refused left nothing behind, and no fault is a refusal."""
        try:
            act(*arguments, **named)
        except Refused as refusal:
            if isinstance(refusal, ContractFault) or refusal.reason.startswith("core_"):
                raise
            return False
        return True

    def keys(self, party: str, number: int, alone: bool) -> list[str]:
        """One key of a party, or all of them; none of a closed one."""
        keys: list[str] = self.world.row("party", "party", party)["keys"]
        return [keys[number % len(keys)]] if alone and keys else keys

    def send(self, party: str, keys: list[str], contract: str, function: str, /, **arguments: Any) -> bool:
        return bool(keys) and self.attempt(self.world.send, party, (contract, function, arguments), keys=keys)

    # --- what a party's admins announce, and take back ----------------------------------------------------------------
    @rule(party=parties, number=pick, new=new_keys, alone=st.booleans(), act=st.sampled_from(["add", "rotate"]))
    def announce_key(self, party: str, number: int, new: int, alone: bool, act: str) -> None:
        signers = self.keys(party, number, alone)
        if not signers:
            return
        old = signers[0]
        capabilities = (
            ["maker", "checker", "admin"] if act == "add" else self.world.row("party", "key", old)["capabilities"]
        )
        key = a_key(private_key(new).public.hex(), capabilities)
        proof = proof_of(party, key, private_key(new))
        if act == "add":
            self.send(party, signers, "party", "add_key", key=key, proof=proof)
        else:
            self.send(party, signers, "party", "rotate_key", old=old, new=key, proof=proof)

    @rule(party=parties, number=pick, alone=st.booleans(), policy=st.booleans())
    def announce_other(self, party: str, number: int, alone: bool, policy: bool) -> None:
        signers = self.keys(party, number, alone)
        if policy:
            rules = [{"action": "any", "currency": "CNY", "above": number % 5}]
            self.send(party, signers, "party", "set_policy", policy={"rules": rules})
        else:
            self.send(party, signers, "party", "set_encryption_key", key=f"{number % 5:064x}")

    @rule(number=pick)
    def withdraw_change(self, number: int) -> None:
        rows = [row for _, row in self.world.rows("party", "change") if row["status"] == "announced"]
        if rows:
            change = rows[number % len(rows)]
            self.send(
                change["party"],
                self.keys(change["party"], number, True),
                "party",
                "withdraw_change",
                change=change["id"],
            )

    @rule(party=parties, number=pick, which=pick, alone=st.booleans())
    def revoke(self, party: str, number: int, which: int, alone: bool) -> None:
        for key in self.keys(party, which, True):
            if self.send(party, self.keys(party, number, alone), "party", "revoke_key", key=key):
                self.watch.revoked.add(key)

    @rule(party=parties, number=pick, currency=st.sampled_from(["CNY", "USD"]), alone=st.booleans())
    def announce_account(self, party: str, number: int, currency: str, alone: bool) -> None:
        digest = f"{number % 3:064x}"
        named = {"currency": currency, "bank": BANK3, "alg": "sha256", "digest_hex": digest}
        self.send(party, self.keys(party, number, alone), "account", "announce", **named)
        self.step()
        if number % 2:
            shown = {"party": party, "currency": currency, "alg": "sha256", "digest_hex": digest}
            self.attempt(self.world.call, BANK3, "account", "attest", **shown)

    # --- halts --------------------------------------------------------------------------------------------------------
    @rule(party=parties, number=pick)
    def halt(self, party: str, number: int) -> None:
        for key in self.keys(party, number, True):
            keys = self.keys(party, 0, False)
            admins = [one for one in keys if "admin" in self.world.row("party", "key", one)["capabilities"]]
            if self.send(party, [key], "party", "halt", reason=""):
                assert self.lifted_by_others.get(party) != key or len(admins) < 2, "not again alone"
                self.lifted_by_others.pop(party, None)

    @rule(party=parties, sponsor=st.booleans())
    def lift_halt(self, party: str, sponsor: bool) -> None:
        by = self.world.row("party", "party", party)["halted_by"]
        if not sponsor:
            self.send(party, self.keys(party, 0, False), "party", "lift_halt", party=party)
        elif self.attempt(as_two, self.world, BANK1, "party", "lift_halt", party=party):
            self.lifted_by_others[party] = by

    # --- sponsor and second bank --------------------------------------------------------------------------------------
    @rule(party=parties, new=new_keys)
    def recover(self, party: str, new: int) -> None:
        listed = administrator_keys(party, new, new + 1)
        asked = {"party": party, "new_keys": listed, "document": "5f" * 32}
        self.attempt(as_two, self.world, BANK1, "recovery", "recover", **asked)

    @rule(party=parties, new=new_keys, number=pick)
    def recover_by_vote_after_a_veto(self, party: str, new: int, number: int) -> None:
        """A thief vetoes, and names an account while the vote's recovery waits."""
        for act in (
            lambda: self.recover(party, new),
            lambda: self.end_recovery(0, veto=True),
            lambda: self.vote_keys(party, new + 1, recovery=True),
            lambda: self.announce_account(party, number, "CNY", alone=False),
            lambda: self.wait(2),
        ):
            act()
            self.step()

    @rule(number=pick, veto=st.booleans())
    def end_recovery(self, number: int, veto: bool) -> None:
        for _, row in self.world.rows("recovery", "recovery"):
            if row["status"] == "announced" and veto:
                self.send(row["party"], self.keys(row["party"], number, True), "recovery", "veto", recovery=row["id"])
            elif row["status"] == "announced":
                self.attempt(self.world.call, BANK1, "recovery", "withdraw", recovery=row["id"])
            self.step()

    @rule(party=parties, status=st.sampled_from(["suspended", "insolvent", "insolvent", "active"]))
    def order(self, party: str, status: str) -> None:
        self.attempt(order, self.world, party, status)

    @rule(number=pick, bank=st.sampled_from(BANKS))
    def ratify(self, number: int, bank: str) -> None:
        rows = [row for _, row in self.world.rows("standing", "order") if row["status"] == "entered"]
        if rows:
            self.attempt(ratify, self.world, {"order": rows[number % len(rows)]["id"]}, by=bank)

    @rule(party=parties, new=new_keys, far=st.integers(1, 7))
    def administrator(self, party: str, new: int, far: int) -> None:
        """As far as it goes: insolvent, ratified, an administrator named, ratified, 72 hours over, and lifted."""
        named = {"party": party, "keys": administrator_keys(party, new), **COURT}
        for act in (
            lambda: order(self.world, party, "insolvent"),
            lambda: self.ratify_all(party),
            lambda: as_two(self.world, BANK1, "standing", "name_administrator", **named),
            lambda: self.ratify_all(party),
            lambda: self.wait(5),
            lambda: order(self.world, party, "active"),
            lambda: self.ratify_all(party),
        )[:far]:
            self.attempt(act)
            self.step()

    def ratify_all(self, party: str) -> None:
        for _, row in self.world.rows("standing", "order"):
            if (row["party"], row["status"]) == (party, "entered"):
                ratify(self.world, {"order": row["id"]})

    @rule(number=pick)
    def object_to(self, number: int) -> None:
        rows = [row for _, row in self.world.rows("standing", "order") if row["status"] in ("entered", "ratified")]
        if rows:
            entered = rows[number % len(rows)]
            keys = self.keys(entered["party"], number, True)
            self.send(entered["party"], keys, "standing", "object_to", order=entered["id"], reason="no")

    @rule(bank=st.sampled_from([BANK2, BANK3]), successor=st.sampled_from([BANK1, BANK4]))
    @precondition(lambda self: len(self.world.rows("succession", "successor")) < 1)
    def hand_over(self, bank: str, successor: str) -> None:
        self.attempt(as_two, self.world, successor, "succession", "accept", bank=bank)
        self.attempt(as_two, self.world, bank, "succession", "name", bank=successor)

    @rule(party=parties, act=st.sampled_from(["leave", "stay", "close"]))
    def leave(self, party: str, act: str) -> None:
        if act == "stay":
            self.send(party, self.keys(party, 0, True), "standing", "stay")
        elif act == "leave" or self.world.today > "2026-05-01":  # late: a closed party does nothing more
            self.attempt(as_two, self.world, BANK1, "standing", act, party=party)

    # --- votes --------------------------------------------------------------------------------------------------------
    def vote(self, kind: str, **content: Any) -> None:
        """Propose and vote; what cannot be put into effect is taken back."""
        proposal = []
        self.attempt(
            lambda: proposal.append(self.world.call(BANK1, "governance", "propose", kind=kind, content=content))
        )
        for bank in (BANK1, BANK2, BANK3) if proposal else ():
            if not self.attempt(self.world.call, bank, "governance", "vote", choice="yes", **proposal[0]):
                self.world.call(BANK1, "governance", "withdraw", **proposal[0])
        self.voted = True

    @rule(party=parties, status=st.sampled_from(["suspended", "insolvent", "active"]))
    def vote_status(self, party: str, status: str) -> None:
        self.vote("party_status", party=party, status=status, reason="", **PAPERS[status])

    @rule(party=parties, new=new_keys, recovery=st.booleans())
    def vote_keys(self, party: str, new: int, recovery: bool) -> None:
        keys = administrator_keys(party, new)
        if recovery:
            self.vote("party_recover", party=party, new_keys=keys, document="5f" * 32)
        else:
            self.vote("party_administrator", party=party, keys=keys, **COURT)

    @rule(party=parties, number=pick)
    def vote_close(self, party: str, number: int) -> None:
        if number % 5 == 0:  # a closed party does nothing more
            self.vote("party_close", party=party)

    @rule(
        number=st.integers(15, 17),
        bank=st.sampled_from([BANK2, BANK3]),
        observer=st.booleans(),
        signs=st.sampled_from([True, True, False]),
    )
    def propose_seat(self, number: int, bank: str, observer: bool, signs: bool) -> None:
        content = seat(private_key(number))
        if not signs:
            content["proof"] = seat(private_key(number + 1))["proof"]
        kind = "observer_add" if observer else "validator_add"
        done = self.attempt(self.world.call, bank, "governance", "propose", kind=kind, content=content)
        assert signs or not done, "a seat is its key's own"

    @rule(number=pick, act=st.sampled_from(["vote", "vote", "withdraw", "no"]))
    def decide_seat(self, number: int, act: str) -> None:
        rows = [row for _, row in self.world.rows("governance", "proposal") if row["status"] == "open"]
        if not rows:
            return
        row = rows[number % len(rows)]
        if act == "withdraw":
            for bank in (BANK4, row["proposer"]):
                done = self.attempt(self.world.call, bank, "governance", "withdraw", proposal=row["id"])
                assert done == (bank == row["proposer"])
            return
        for bank in BANKS[:3]:
            choice = "yes" if act == "vote" else "no"
            self.attempt(self.world.call, bank, "governance", "vote", proposal=row["id"], choice=choice)
        self.voted = True

    @rule(number=st.integers(15, 17))
    def vote_seat_away(self, number: int) -> None:
        self.vote("validator_remove", key=private_key(number).public.hex())

    @rule(days=st.integers(1, 5), stood=st.sampled_from([0, 0, 0, 2, 100]))
    def wait(self, days: int, stood: int = 0) -> None:
        """stood: hours of it in which the network stands still."""
        self.world.gap_ms = min(stood, 24 * days) * 3_600_000 + 1
        self.world.day(self.world.plus(days))
        assert all(item[0] in MAY_FAIL for item, _ in self.world.failed_items)

    @rule(party=parties, number=pick, new=new_keys, days=st.integers(4, 6), stood=st.sampled_from([0, 2, 30, 90]))
    def announce_and_wait(self, party: str, number: int, new: int, days: int, stood: int) -> None:
        if number % 3:
            self.announce_other(party, number, False, policy=number % 3 == 1)
        else:
            self.recover(party, new)
        self.step()
        self.wait(days, stood)

    def step(self) -> None:
        """Look at what was done so far, where a rule does more than one thing."""
        self.statuses.check(self.world)
        self.watch.check(self.world, self.voted)

    @invariant()
    def everything_holds(self) -> None:
        if not self.world.checked:  # else it was asked behind each act
            check_all(self.world)
        check_keys(self.world)
        self.step()
        self.voted = False

    def teardown(self) -> None:
        type(self).reached |= self.statuses.seen


def test_nobody_takes_the_place_of_a_party_unseen() -> None:
    machine: Any = type("KeyLifeOnPlain", (KeyLife,), {})
    live(machine, settings(LIFE, max_examples=60), ("change", "announced", "acted"), ("key", "resting", "active"))
