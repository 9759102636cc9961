"""What a reader sees of a bill, found by its parts, is what the whole lineage says, over random histories; and what
it reads as says all of it."""

from __future__ import annotations

import itertools
import random

import pytest
from chainbill_node.rest.access import Grant, Viewer, named_parties
from chainbill_node.rest.parts import FEW
from chainbill_node.rest.view import KEPT_TOKENS, KeptLineages, View
from chainbill_node.trace.lineage import BillFacts, Lineage, Sight, lineage_of
from hypothesis import given, settings
from hypothesis import strategies as st
from rest.bill_book import ANCHOR, BANKS, SUPPLIERS, BillBook, is_bank
from rest.conftest import with_parties
from rest.histories import random_history
from rest.node_twin import TwinNode

HELD_AFTER = "BANK4"
EVERYBODY = (ANCHOR, *SUPPLIERS, *BANKS, HELD_AFTER, "STRANGER")


def sight_by_lineage(
    viewer: Viewer,
    lineage: Lineage,
    requests: list[dict],
    joints: list[dict],
    guarantees: list[dict],
    paying_bank: str,
) -> Sight | None:
    """The rule of docs/reference/read-access.md over all tokens of a bill."""
    tokens = lineage.facts.tokens
    parties = viewer.reads_for(str(lineage.facts.bill["id"]))
    standing = [one for one in joints if one["status"] == "open"]
    may_pay = {one["content"]["to"] for one in standing if one["kind"] == "paying_bank"}
    may_pay |= {one["content"]["bank"] for one in standing if one["kind"] == "red_letter"} - {""}
    answer = {one[side] for one in guarantees for side in ("guarantor", "bank")}
    named = bool(parties & (named_parties(lineage.facts.bill) | may_pay | answer))
    asked = {str(one["token"]) for one in requests if parties & set(one["banks"]) and one["token"] in tokens}
    own = {name for name, row in tokens.items() if parties & {row["holder"], row["offered_to"]}} | asked
    pays = paying_bank in parties or (bool(parties & answer) and lineage.facts.bill["status"] == "overdue")
    if not (named or own or pays):
        return None
    shown = {above for name in own for above in lineage.ancestors(name)}
    shown |= set(lineage.roots) if named or pays else set()
    shown |= set(lineage.leaves) if pays else set()
    return Sight(frozenset(shown), parties, small_means=viewer.roles != {"auditor"}, asked=frozenset(asked))


def _ask_and_stop(book: BillBook, choice: random.Random) -> None:
    """Beside the steps: bills get a paying bank and a guarantor, banks are asked to finance and to pay, a bank takes
    another's place."""
    act, live = choice.randint(0, 6), book.live()
    if act == 0 and live:
        book.change("bill", str(book.token(choice.choice(live))["bill"]), paying_bank=choice.choice(BANKS))
    elif act == 1 and live:
        token = choice.choice(live)
        name = f"R{book.height}"
        book.put("finance", "request", name, {
            "id": name, "holder": book.token(token)["holder"], "token": token, "bill": book.token(token)["bill"],
            "currency": "CNY", "amount": 1, "banks": choice.sample(BANKS, 2), "status": "open", "quotes": [],
            "declined": [], "agreed_quote": "", "until": "", "created": {"height": book.height, "transaction": ""},
        })  # fmt: skip
    elif act == 3 and live:
        bill = str(book.token(choice.choice(live))["bill"])
        book.change(
            "bill", bill, initiator=choice.choice(SUPPLIERS), terms={"guarantor": choice.choice((HELD_AFTER, *BANKS))}
        )
    elif act == 4 and live:
        old, new = choice.sample((*BANKS, HELD_AFTER), 2)
        name, status = f"J{book.height}", choice.choice(("open", "open", "done", "refused", "withdrawn", "lapsed"))
        book.put("bill", "joint", name, {
            "id": name, "kind": choice.choice(("paying_bank", "paying_bank", "red_letter", "void")), "status": status,
            "bill": book.token(choice.choice(live))["bill"], "by": ANCHOR, "others": [old, new],
            "content": {"from": old, "to": new, "bank": choice.choice(("", new))},
            "created": {"height": book.height, "transaction": ""},
        })  # fmt: skip
    elif act == 5 and live:
        bill = str(book.token(choice.choice(live))["bill"])
        guarantor, bank = choice.sample((HELD_AFTER, *BANKS, *SUPPLIERS), 2)
        book.put("guarantee", "guarantee", (guarantor, bill), {
            "guarantor": guarantor, "bill": bill, "bank": bank, "amount": 1, "currency": "CNY", "status": "active",
            "created": {"height": book.height, "transaction": ""},
        })  # fmt: skip
        book.change("bill", bill, status=choice.choice(("active", "overdue")))
    elif act == 2 and choice.randint(0, 3) == 0:
        book.put("succession", "successor", BANKS[0], {"named": HELD_AFTER, "successor": HELD_AFTER, "from": ""})
        book.put("succession", "predecessor", HELD_AFTER, {"banks": [BANKS[0]]})


def viewers(who: str, others: list[str], scope: frozenset[str]) -> list[Viewer]:
    """A party alone; an auditor of several, of one for some bills only; and of more than are looked up one by one."""
    grants = tuple(Grant(one, frozenset(), "", "") for one in others)
    many = tuple(Grant(f"P{one}", frozenset(), "", "") for one in range(FEW))
    role = frozenset({"bank" if is_bank(who) else "supplier"})
    auditor = frozenset({"auditor"})
    return [
        Viewer(who, "", role),
        Viewer("AUDITOR", "", auditor, grants=(Grant(who, scope, "", ""), *grants)),
        Viewer("AUDITOR", "", auditor, grants=many + grants),
    ]


@settings(max_examples=150, deadline=None, print_blob=True)
@given(
    seed=st.integers(0, 2**32),
    steps=st.integers(1, 40),
    who=st.sampled_from(EVERYBODY),
    others=st.lists(st.sampled_from(EVERYBODY), min_size=1, max_size=2, unique=True),
    back=st.integers(0, 20),
)
def test_the_sight_by_parts_is_that_of_the_whole_lineage(
    seed: int, steps: int, who: str, others: list[str], back: int
) -> None:
    book, bills = random_history(seed, steps, _ask_and_stop)
    node = TwinNode(with_parties(book), public_reads=False)
    height = max(1, book.height - back)
    for viewer in viewers(who, others, frozenset(bills[:1])):
        view = View(node, node.reader(height), viewer)
        for bill in bills:
            row = book.get("bill", "bill", bill, height)
            if row is None:
                assert view.sight(bill) is None
                continue
            requests = [one for _, one in book.scan("finance", "request", height) if one["bill"] == bill]
            joints = [one for _, one in book.scan("bill", "joint", height) if one["bill"] == bill]
            guarantees = [one for _, one in book.scan("guarantee", "guarantee", height) if one["bill"] == bill]
            paying = book.get("succession", "successor", row["paying_bank"], height)
            lineage = lineage_of(book.facts(bill, height))
            expected = sight_by_lineage(
                viewer, lineage, requests, joints, guarantees, paying["successor"] if paying else row["paying_bank"]
            )
            assert view.sight(bill) == expected
            assert expected is None or view.has_part(bill), "who sees something is never sent away first"


def test_no_list_keeps_the_lineages_of_all_its_bills(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chainbill_node.rest.view.KEPT_TOKENS", 10)
    assert KEPT_TOKENS > 10
    book = BillBook()
    for _ in range(8):
        root = book.issue(ANCHOR, SUPPLIERS[0], 1_000)
        for _ in range(3):
            _, root = book.cut(root, 1)
    node = TwinNode(with_parties(book))
    view = View(node, node.reader(None), Viewer("REGULATOR", everything=True))
    names = view.reader.index("bill.all", ())
    whole = [view.lineage(name) for name in names]
    assert [view.lineage(name) for name in names] == whole, "what is read again is the same"
    kept = [len(one.facts.tokens) for one in view._lineages._of.values()]
    assert sum(kept) <= 10 + max(kept)
    assert view._tokens_read == sum(len(one.facts.tokens) for one in whole), "a bill counts once, however often read"


def test_bills_without_tokens_are_not_all_kept_either() -> None:
    """Of 8,000 bills that nobody had accepted the trace of their anchor kept all, and went through them for each next
    one: 60 readers of it held others' commits up for a minute and more."""
    kept = KeptLineages()
    lineages = [lineage_of(BillFacts({"id": f"B{number}"}, {}, {})) for number in range(KEPT_TOKENS + 100)]
    for number, one in enumerate(lineages):
        kept.keep(f"B{number}", one)
    assert len(kept._of) == kept._tokens == KEPT_TOKENS
    assert kept.take("B99") is None, "those that were not used for longest gave way"
    assert kept.take("B100") is lineages[100]
    assert kept._tokens == KEPT_TOKENS - 1


BILLS = ("", "B1", "B2", "B3")
DATES = ("2026-01-01", "2026-02-01")
PARTIES = ("P1", "P2")
SCOPES = [frozenset(some) for count in range(3) for some in itertools.combinations(BILLS[1:], count)]
GRANTS = list(itertools.starmap(Grant, itertools.product(PARTIES, SCOPES, DATES, ("", *DATES))))
ROLES = [frozenset({role}) for role in ("auditor", "supplier")]


def decided(viewer: Viewer) -> tuple[object, ...]:
    """All that is asked of a reader, and when its grants hold."""
    return (
        viewer.everything, viewer.logged, viewer.party, [viewer.reads_for(bill) for bill in BILLS],
        [(viewer.reads_all_of(party), viewer.is_or_reads_for(party)) for party in PARTIES],
        [[one.holds(day) for day in DATES] for one in viewer.grants],
    )  # fmt: skip


def test_all_readers_of_one_name_see_the_same() -> None:
    """A cursor, a count that goes on and an ETag are good for a name. Example: a grant for one bill that is made one
    for another bill gives the auditor another name."""
    seen: dict[str, tuple[object, ...]] = {}
    given = [(), *((one,) for one in GRANTS)]
    for party, roles, everything, grants in itertools.product(PARTIES, ROLES, (False, True), given):
        viewer = Viewer(party, "", roles, everything, grants)
        assert seen.setdefault(viewer.reads_as, decided(viewer)) == decided(viewer), viewer
    assert len(seen) > 600
