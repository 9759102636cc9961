"""Each rule of labels, broken once: what is told of them elsewhere must notice."""

from __future__ import annotations

import pytest
from contracts.labels import attest, revoke, scheme
from contracts.mutants import Mutant, Scenario, assert_it_dies, is_refused
from contracts.world import BANK2, S3, World, accepted_bill

from contracts import test_labels as told


def revoked_by_a_stranger(world: World) -> None:
    scheme(world)
    bill = accepted_bill(world)[0]
    attest(world, bill)
    revoke(world, bill, BANK2)


def attested_by_a_stranger(world: World) -> None:
    scheme(world)
    attest(world, accepted_bill(world)[0], S3)


def left(how: str) -> Scenario:
    return lambda world: told.test_money_that_left_while_the_label_stood_counts(world, how)


MUTANTS: dict[str, Mutant] = {
    "anybody attests": (
        "label", 'require(is_attestor(scheme), "not_an_attestor"', 'require(scheme != "", "not_an_attestor"',
        is_refused(attested_by_a_stranger),
    ),
    "anybody revokes": (
        "label", 'row["by"] == ctx.party or is_attestor(scheme), "not_an', 'row["by"] != "", "not_an',
        is_refused(revoked_by_a_stranger),
    ),
    "who attested no longer revokes": (
        "label", 'row["by"] == ctx.party or is_attestor(scheme), "not_an', 'is_attestor(scheme), "not_an',
        told.test_whoever_attested_and_every_attestor_now_takes_it_back,
    ),
    "attestors of today do not revoke": (
        "label", 'row["by"] == ctx.party or is_attestor(scheme), "not_an', 'row["by"] == ctx.party, "not_an',
        told.test_whoever_attested_and_every_attestor_now_takes_it_back,
    ),
    "one alone attests": (
        "label", "    require_maker_and_checker()\n", '    require_capability("maker")\n',
        told.test_one_alone_attests_nothing_and_a_suspended_attestor_only_takes_back,
    ),
    "a stopped attestor": (
        "label", "    require_active(ctx.party)\n", "",
        told.test_one_alone_attests_nothing_and_a_suspended_attestor_only_takes_back,
    ),
    "any bill": (
        "label", 'found["status"] in BILL_CIRCULATING', 'found["status"] != ""',
        told.test_a_bill_that_does_not_circulate_is_not_labelled,
    ),
    "not until today": ("label", "ctx.today <= until <= most", "ctx.today < until <= most",
                        told.test_a_label_until_today_stands_today),
    "labels without number": (
        "label", 'require(not full, "too_many_labels"', 'require(not full or full, "too_many_labels"',
        told.test_so_many_labels_of_one_bill_and_each_may_be_attested_again,
    ),
    "the old end stays": (
        "label", "        forget_label(known)\n", "", told.test_attested_again_the_later_word_stands_until_its_own_end
    ),
    "revoked for good": (
        "label", '        "status": "active",', '        "status": "active" if known is None else known["status"],',
        told.test_what_was_revoked_is_attested_again,
    ),
    "revoked, and its end still comes": (
        "label", '    forget_label(row)\n    row["status"]', '    row["status"]',
        told.test_what_was_revoked_is_attested_again,
    ),
    "it ends a day early": (
        "label", "agenda.put([add_days(until, 1)", "agenda.put([add_days(until, 0)",
        told.test_a_label_holds_through_its_last_day_whether_or_not_the_day_change_came,
    ),
    "it never ends": (
        "label", '    found["status"] = "expired"\n', "",
        told.test_a_label_holds_through_its_last_day_whether_or_not_the_day_change_came,
    ),
    "revoked behind its end": (
        "label", 'require(ctx.today <= row["until"], "label_transition"',
        'require(ctx.today != "", "label_transition"',
        told.test_a_label_holds_through_its_last_day_whether_or_not_the_day_change_came,
    ),
    "a grade that is not looked at": (
        "finance", 'label is not None and label["grade"] == needed["grade"]', "label is not None",
        told.test_a_quote_that_asks_for_a_label_is_agreed_to_and_paid_once_it_stands,
    ),
    "another scheme": (
        "finance", 'labels.get([offer["bill"], needed["scheme"]])', 'labels.get([offer["bill"], "蓝色"])',
        told.test_a_quote_that_asks_for_a_label_is_agreed_to_and_paid_once_it_stands,
    ),
    "a revoked label": (
        "finance", 'label["status"] in LABEL_HELD', 'label["status"] != ""',
        told.test_what_was_revoked_is_attested_again,
    ),
    "its end is not looked at": (
        "finance", 'day <= label["until"]', 'day != ""',
        told.test_a_label_holds_through_its_last_day_whether_or_not_the_day_change_came,
    ),
    "its end is the day change's": (
        "finance", 'label["status"] in LABEL_HELD and day <= label["until"]', 'label["status"] == "active"',
        told.test_a_label_holds_through_its_last_day_whether_or_not_the_day_change_came,
    ),
    "agree does not ask": (
        "finance", '    require_label(offer, "")\n', "",
        told.test_a_quote_that_asks_for_a_label_is_agreed_to_and_paid_once_it_stands,
    ),
    "disburse does not ask": (
        "finance", "    require_label(offer, value_date)\n", "",
        told.test_a_label_that_is_gone_before_the_money_left_keeps_it_back,
    ),
    "disburse asks for today": (
        "finance", "    require_label(offer, value_date)\n", '    require_label(offer, "")\n', left("over")
    ),
    "money that left does not count": (
        "finance", "require(stands or left, ", "require(stands, ", left("revoked")
    ),
    "money of another grade does not count": (
        "finance", 'value_date <= label["said_on"]', 'value_date <= label["said_on"] and label["status"] == "revoked"',
        left("of another grade"),
    ),
    "any money counts": (
        "finance", 'value_date != "" and value_date <= label["said_on"]', 'value_date != ""', left("revoked")
    ),
    "what is said anew does not count": (
        "label", '    row["said_on"] = ctx.today\n', "", left("revoked")
    ),
    "a scheme of nobody": (
        "governance", "require(known or len(attestors) > 0,", "require(known or len(attestors) >= 0,",
        lambda world: told.refused("label_scheme_unknown", told.propose, world, "label_scheme", scheme="x",
                                   attestors=[]),
    ),
    "a scheme that is not retired": (
        "governance", "        label_schemes.delete(scheme)\n", "        pass\n",
        told.test_a_scheme_that_is_retired_leaves_its_labels,
    ),
    "the vote does not look again": (
        "governance", '    check_scheme(scheme, attestors)\n    if len', "    if len",
        told.test_a_vote_looks_again_at_whom_it_names,
    ),
    "schemes without number": (
        "governance", "full = not known and len(label_schemes.scan([], MOST_SCHEMES)) == MOST_SCHEMES",
        "full = not known and len(label_schemes.scan([], MOST_SCHEMES)) > MOST_SCHEMES",
        told.test_schemes_are_so_many_at_one_time,
    ),
    "a known scheme finds no room": (
        "governance", "full = not known and len(label_schemes", "full = len(label_schemes",
        told.test_schemes_are_so_many_at_one_time,
    ),
    "an attestor twice": (
        "governance", 'attestor not in named, "attestors_not_valid"', 'attestor != "", "attestors_not_valid"',
        told.test_a_scheme_has_so_many_attestors,
    ),
    "attestors without number": (
        "governance", ' and len(attestors) <= MOST_ATTESTORS', "", told.test_a_scheme_has_so_many_attestors,
    ),
}  # fmt: skip


@pytest.mark.parametrize("mutant", MUTANTS)
def test_a_mutant_dies(mutant: str) -> None:
    assert_it_dies(MUTANTS[mutant], TypeError, IndexError)
