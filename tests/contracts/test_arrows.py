"""No arrow is declared in vain: rows really go the way of each one that `rows/*.toml` draws.

What lives here are every act once, stories that other tests tell, lived once more under watch, and some of this file.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from contracts.acts_ready import ACTS, SIGNERS, sent, world_of_people
from contracts.invariants import STEPS, StatusWatch
from contracts.world import (
    ANCHOR,
    BANK1,
    MEMBERS,
    S1,
    S4,
    World,
    accepted_bill,
    as_two,
    member,
    order,
    ratify,
    settle,
    uscc,
)  # fmt: skip

from contracts import (
    guaranteeing,
    test_attacks_by_standstill,
    test_attacks_on_identity,
    test_attacks_on_standing,
    test_bill_flow,
    test_court_orders_wait,
    test_day_items_by_hand,
    test_dilution,
    test_entries,
    test_finance_flow,
    test_freezes,
    test_governance_flow,
    test_guarantees,
    test_invoices,
    test_labels,
    test_lost_financings,
    test_paid_while_money_is_under_way,
    test_paying_bank,
    test_pledges,
    test_prepayment,
    test_products,
    test_recourse,
    test_red_letters,
    test_reversal,
    test_sales,
    test_spec_joint,
    test_spec_office,
    test_spec_status,
    test_spec_told,
    test_standing_edges,
    test_standing_flow,
    test_write_offs,
)

AUDITOR = uscc(70)


def test_a_bill_that_is_due_is_paid(world: World) -> None:
    bill = accepted_bill(world)[0]
    world.day(world.bill(bill)["pay_on"])
    assert world.bill(bill)["status"] == "due"
    settle(world, bill, 100_000_000)
    assert world.bill(bill)["status"] == "settled"


def test_a_party_that_leaves_becomes_insolvent(world: World) -> None:
    as_two(world, BANK1, "standing", "leave", party=S4)
    order(world, S4, "insolvent")
    assert world.row("party", "party", S4)["status"] == "insolvent"


def test_a_payee_says_that_money_came_which_the_bank_called_returned(world: World) -> None:
    bill, token = accepted_bill(world)
    settle(world, bill, 100_000_000)
    world.call(BANK1, "settlement", "pay_result", bill=bill, token=token, status="returned", reference="X1")
    as_two(world, S1, "settlement", "acknowledge", bill=bill, token=token)
    assert world.row("settlement", "payment", [bill, token])["status"] == "paid"


def test_a_payee_whose_insolvency_is_over_says_that_the_money_set_aside_came(world: World) -> None:
    bill, token = accepted_bill(world)
    ratify(world, order(world, S1, "insolvent"))
    settle(world, bill, 100_000_000)
    assert world.row("settlement", "payment", [bill, token])["status"] == "set_aside"
    ratify(world, order(world, S1, "active"))
    as_two(world, S1, "settlement", "acknowledge", bill=bill, token=token)
    assert world.row("settlement", "payment", [bill, token])["status"] == "paid"


def test_who_took_a_grant_back_may_grant_again(backend: str) -> None:
    world = World(backend, members=[*MEMBERS, member(AUDITOR, "auditor")])
    _grant_twice(world)
    assert world.row("audit", "grant", [AUDITOR, ANCHOR])["status"] == "active"


def _grant_twice(world: World) -> None:
    told = {"auditor": AUDITOR, "scope": "all", "first_day": world.today, "last_day": ""}
    as_two(world, ANCHOR, "audit", "grant", **told)
    as_two(world, ANCHOR, "audit", "revoke_grant", auditor=AUDITOR)
    as_two(world, ANCHOR, "audit", "grant", **told)


def _released_to_what_was_paid(world: World) -> None:
    test_pledges.test_a_release_to_what_was_paid_for_good_ends_it(world, False)


def _released_to_what_was_paid_while_enforced(world: World) -> None:
    test_pledges.test_a_release_to_what_was_paid_for_good_ends_it(world, True)


def _reversed_on_the_day_of_payment(world: World) -> None:
    test_reversal.test_a_bill_that_was_paid_stands_by_what_day_it_is(world, test_reversal.MONDAY, "due", "")


STORIES: tuple[Any, ...] = (
    test_a_bill_that_is_due_is_paid,
    test_a_party_that_leaves_becomes_insolvent,
    test_a_payee_says_that_money_came_which_the_bank_called_returned,
    test_a_payee_whose_insolvency_is_over_says_that_the_money_set_aside_came,
    test_attacks_by_standstill.test_an_administrator_of_forged_papers_is_stopped_after_a_standstill,
    test_attacks_on_identity.test_a_false_sponsor_cannot_burn_a_stranger_s_id_by_closing_it,
    test_attacks_on_identity.test_a_first_account_that_waits_ends_with_a_halt_and_with_the_keys,
    test_attacks_on_identity.test_a_sponsor_cannot_lift_by_leaving_what_needed_two_banks,
    test_attacks_on_standing.test_a_key_that_the_administrator_gave_away_stays_where_it_is,
    test_attacks_on_standing.test_a_vote_takes_the_place_of_an_administrator_who_waits,
    test_attacks_on_standing.test_an_administered_bank_that_is_closed_leaves_nothing_of_before,
    test_attacks_on_standing.test_an_objection_before_the_second_bank_stops_an_administrator_too,
    test_bill_flow.test_after_a_long_gap_bills_are_left_alone_until_the_next_business_day,
    test_bill_flow.test_each_side_may_say_no_before_acceptance,
    test_court_orders_wait.test_a_transfer_that_cannot_be_carried_out_is_stopped,
    test_court_orders_wait.test_a_vote_carries_out_what_was_objected_to,
    test_court_orders_wait.test_what_nobody_votes_on_is_stopped,
    test_day_items_by_hand.test_a_bill_falls_due_and_becomes_overdue,
    test_day_items_by_hand.test_a_bill_that_was_forgotten_for_days_is_overdue_at_once,
    test_day_items_by_hand.test_an_agreed_request_of_a_silent_bank_ends_once_its_time_is_over,
    test_dilution.test_what_is_overdue_for_a_part_that_was_never_owed_was_never_overdue,
    test_paid_while_money_is_under_way.test_an_open_request_ends_and_its_holder_is_paid_as_before,
    test_paid_while_money_is_under_way.test_money_of_an_earlier_day_takes_the_debtors_money,
    test_paid_while_money_is_under_way.test_without_a_receipt_it_is_the_holders_after_the_last_day,
    test_paid_while_money_is_under_way.test_a_ratified_freeze_keeps_its_cents_of_the_money,
    test_entries.test_a_default_is_lifted_by_two_banks,
    test_entries.test_a_default_says_nothing_until_a_second_bank_ratifies_it_and_ends_after_twelve_months,
    test_entries.test_from_wherever_an_invoice_stands_it_is_struck_and_put_back,
    test_entries.test_two_houses_refuse_and_one_does_not,
    test_entries.test_what_nobody_ratifies_within_72_hours_lapses,
    test_entries.test_what_was_over_occupied_is_so_again_since_the_same_day,
    test_finance_flow.test_a_request_is_repaid_when_all_its_cents_are,
    test_finance_flow.test_disbursement_moves_the_token_and_the_rivals_have_lost,
    test_finance_flow.test_the_bank_may_cancel_what_was_agreed,
    test_governance_flow.test_a_validator_is_added_and_removed,
    test_governance_flow.test_an_observer_that_is_ready_becomes_a_validator,
    test_governance_flow.test_an_undecided_proposal_expires,
    test_invoices.test_a_claim_that_gave_way_never_comes_back,
    test_labels.test_attested_again_the_later_word_stands_until_its_own_end,
    test_labels.test_what_was_revoked_is_attested_again,
    test_paying_bank.test_a_bank_that_accepts_too_late_finds_that_another_was_asked,
    test_pledges.test_a_covered_pledge_is_enforced_no_more,
    test_pledges.test_a_payment_comes_back_after_it_was_paid_and_is_set_aside_in_the_end,
    test_pledges.test_a_pledge_of_more_than_there_is_ends_with_its_cents,
    test_pledges.test_a_returned_payment_opens_the_pledge_again,
    test_pledges.test_money_that_comes_back_when_no_cents_are_left_ends_it,
    test_freezes.test_an_order_that_two_houses_refused_frees_at_once,
    test_freezes.test_an_order_that_nobody_ratifies_lapses_as_if_it_had_never_been,
    test_freezes.test_a_waiting_freeze_ends_with_its_cents,
    test_freezes.test_money_goes_to_a_courts_account,
    test_lost_financings.test_a_reversed_receipt_owes_again_what_was_not_lost,
    test_pledges.test_the_worked_example_without_its_freezes,
    test_pledges.test_what_is_asked_for_ends_with_its_cents,
    test_pledges.test_what_is_asked_for_or_covered_is_released,
    _released_to_what_was_paid,
    _released_to_what_was_paid_while_enforced,
    test_products.test_nothing_is_issued_before_all_have_agreed_nor_once_one_of_them_retired_it,
    test_red_letters.test_of_what_is_occupied_beyond_the_total_the_first_creditor_finances_nothing_until_it_heals,
    test_red_letters.test_a_void_heals_it_and_its_lower_total_stays,
    test_red_letters.test_a_full_invoice_that_is_lowered_comes_back_in_part,
    test_reversal.test_a_bank_that_was_repaid_is_owed_again,
    test_reversal.test_a_pledge_that_ended_with_its_cents_stands_again,
    test_reversal.test_an_enforced_pledge_secures_again_what_was_not_enforced,
    test_reversal.test_money_set_aside_for_an_insolvent_payee_is_cancelled,
    test_reversal.test_nothing_is_reversed_of_which_money_went_out_until_it_is_back,
    test_reversal.test_the_worked_example,
    test_recourse.test_it_ends_by_itself_and_is_asked_again,
    test_recourse.test_refused_or_withdrawn_it_is_asked_again,
    test_recourse.test_the_worked_example,
    test_prepayment.test_refused_or_taken_back_it_is_over_at_once_and_offered_anew,
    test_prepayment.test_the_token_settles_whole_and_its_holder_is_paid_the_price,
    test_prepayment.test_unpaid_the_token_is_free_on_the_day_after,
    test_prepayment.test_it_is_recorded_on_the_day_of_payment_where_the_last_day_of_offers_was_the_last_of_the_money,
    test_sales.test_refused_or_taken_back_it_is_over_at_once,
    _reversed_on_the_day_of_payment,
    test_spec_joint.test_it_is_open_for_five_business_days_and_the_last_one_counts,
    test_spec_office.test_a_leaving_party_is_suspended_and_leaves_on,
    test_spec_status.test_a_payment_that_came_back_goes_to_no_account_of_before,
    test_spec_status.test_a_suspension_stands_beneath_an_insolvency,
    test_spec_status.test_what_old_keys_announced_does_not_act_under_an_administrator,
    test_spec_told.test_an_upheld_dispute_is_upheld_once_and_its_sponsor_takes_it_back,
    test_spec_told.test_one_invoice_stands_for_several_bills_up_to_its_total,
    test_spec_told.test_two_bills_race_for_one_invoice_and_the_second_waits,
    test_standing_edges.test_a_candidate_of_somebody_else_keeps_no_bank_open,
    test_standing_flow.test_money_set_aside_under_an_insolvency_that_lapsed_is_instructed_to_the_party,
    test_standing_flow.test_quotes_under_way_are_counted_for_each_bank,
    test_write_offs.test_what_is_paid_later_is_recovered_and_a_reversal_takes_it_back,
    test_write_offs.test_what_was_undone_is_written_off_again_under_another_paper,
)
"""Each takes an arrow that none above it, and no act by itself, takes."""


class Watched(World):
    """A world whose rows are looked at after every transaction and every item of a day."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        self.watch: StatusWatch | None = None
        super().__init__(*arguments, **named)
        self.watch = StatusWatch()
        self.watch.check(self)

    def _unit(self, *arguments: Any, **named: Any) -> Any:
        values = super()._unit(*arguments, **named)
        if self.watch:
            self.watch.check(self)
        return values


def lived(monkeypatch: pytest.MonkeyPatch) -> Iterator[Watched]:
    """Worlds in which all of it happened."""
    monkeypatch.setattr("contracts.acts_ready.World", Watched)
    for act, spec in ACTS.items():
        world: Any = world_of_people("plain")
        sender, arguments = spec.ready(world)
        sent(world, sender, act, SIGNERS[spec.signs], **arguments)
        yield world
    for story in STORIES:
        world = Watched()
        story(world)
        yield world
    world = Watched(members=[*MEMBERS, member(AUDITOR, "auditor")])
    _grant_twice(world)
    yield world
    world = Watched(members=guaranteeing.members())
    test_guarantees.test_a_reversal_of_the_debtor_s_money_lets_the_guarantee_stand_again(world)
    yield world


def test_every_arrow_that_is_declared_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    declared = {(name, *step) for name, steps in STEPS.items() for step in steps}
    taken = {arrow for world in lived(monkeypatch) if world.watch for arrow in world.watch.seen}
    assert declared - taken == set()
    assert len(declared) > 100
