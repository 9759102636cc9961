"""Refusals of labels and of their schemes."""

from __future__ import annotations

from contracts.labels import A_PLUS, GREEN, attest, needing, revoke, scheme
from contracts.refusals import refuses
from contracts.refusals_governance import propose
from contracts.world import BANK2, BANK3, S1, S2, World, accepted_bill, ask, bid


@refuses("label_name_not_valid")
def name_a_scheme_with_a_colon(world: World) -> None:
    propose(world, "label_scheme", scheme="green:A", attestors=[BANK3])


@refuses("label_name_not_valid")
def attest_without_a_grade(world: World) -> None:
    scheme(world)
    attest(world, accepted_bill(world)[0], grade="")


@refuses("attestors_not_valid")
def name_an_attestor_twice(world: World) -> None:
    propose(world, "label_scheme", scheme=GREEN, attestors=[S2, S2])


@refuses("party_unknown")
def name_a_stranger_as_attestor(world: World) -> None:
    propose(world, "label_scheme", scheme=GREEN, attestors=["nobody"])


@refuses("label_scheme_unknown")
def retire_a_scheme_that_there_is_not(world: World) -> None:
    propose(world, "label_scheme", scheme=GREEN, attestors=[])


@refuses("label_scheme_unknown")
def attest_under_no_scheme(world: World) -> None:
    attest(world, accepted_bill(world)[0])


@refuses("label_scheme_unknown")
def ask_for_a_label_of_no_scheme(world: World) -> None:
    needing(world)


@refuses("fields_not_valid")
def ask_for_a_label_without_a_grade(world: World) -> None:
    scheme(world)
    request = ask(world, accepted_bill(world)[1], BANK2, amount=1_000)["request"]
    bid(world, request, BANK2, needs_label={"scheme": GREEN})


@refuses("too_many_schemes")
def decide_on_a_hundred_and_first_scheme(world: World) -> None:
    for number in range(101):
        scheme(world, name=f"scheme {number}")


@refuses("bill_unknown")
def attest_nothing(world: World) -> None:
    scheme(world)
    attest(world, "B")


@refuses("document_not_valid")
def attest_without_a_paper(world: World) -> None:
    scheme(world)
    attest(world, accepted_bill(world)[0], document="")


@refuses("not_an_attestor")
def attest_as_another_bank(world: World) -> None:
    scheme(world)
    attest(world, accepted_bill(world)[0], BANK2)


@refuses("not_an_attestor")
def revoke_as_another_bank(world: World) -> None:
    scheme(world)
    bill = accepted_bill(world)[0]
    attest(world, bill)
    revoke(world, bill, BANK2)


@refuses("label_end_not_valid")
def attest_until_yesterday(world: World) -> None:
    scheme(world)
    attest(world, accepted_bill(world)[0], until=world.plus(-1))


@refuses("label_end_not_valid")
def attest_for_longer_than_three_years(world: World) -> None:
    scheme(world)
    attest(world, accepted_bill(world)[0], until=world.plus(1_097))


@refuses("too_many_labels")
def attest_under_a_twenty_first_scheme(world: World) -> None:
    bill = accepted_bill(world)[0]
    for number in range(21):
        scheme(world, name=f"scheme {number}")
        attest(world, bill, scheme=f"scheme {number}")


@refuses("label_unknown")
def revoke_what_was_never_attested(world: World) -> None:
    scheme(world)
    revoke(world, accepted_bill(world)[0])


@refuses("label_transition")
def revoke_twice(world: World) -> None:
    scheme(world)
    bill = accepted_bill(world)[0]
    attest(world, bill)
    for _ in range(2):
        revoke(world, bill)


@refuses("label_missing")
def agree_without_the_label(world: World) -> None:
    scheme(world)
    world.call(S1, "finance", "agree", quote=needing(world)[1])


@refuses("label_missing")
def agree_with_a_label_of_another_grade(world: World) -> None:
    scheme(world)
    bill, quote = needing(world)
    attest(world, bill, grade=A_PLUS["grade"].lower())
    world.call(S1, "finance", "agree", quote=quote)
