"""Each rule of write-offs, broken once: what is told of them elsewhere must notice."""

from __future__ import annotations

import pytest
from contracts.mutants import Mutant, assert_it_dies, is_refused

from contracts import refusals_write_offs as refusals
from contracts import test_write_offs as told

FOLLOWS = told.test_a_mark_follows_its_cents_through_cuts_and_mergers
RECOVERED = told.test_what_is_paid_later_is_recovered_and_a_reversal_takes_it_back
MUTANTS: dict[str, Mutant] = {
    "anybody writes off": (
        "write_off", 'row["holder"] == ctx.party, "not_the_holder"', 'row["holder"] != "", "not_the_holder"',
        is_refused(refusals.write_off_as_the_debtor),
    ),
    "one alone writes off": (
        "write_off", "    require_maker_and_checker()\n    require(row", '    require_text("")\n    require(row',
        is_refused(refusals.write_off_alone),
    ),
    "a stopped holder": (
        "write_off", '    require_able(ctx.party)\n    require_maker_and_checker()\n    require(row["status"]',
        '    require_maker_and_checker()\n    require(row["status"]',
        told.test_a_stopped_holder_marks_nothing_and_any_holder_may,
    ),
    "any bill": (
        "write_off", 'bill["status"] in BILL_OVERDUE', 'bill["status"] != ""',
        is_refused(refusals.write_off_before_it_is_overdue),
    ),
    "what has ended": (
        "write_off", 'row["status"] in TOKEN_USABLE', 'row["status"] != ""', is_refused(refusals.write_off_what_was_cut)
    ),
    "twice": (
        "write_off", 'require(False, "write_off_transition"', 'require(True, "write_off_transition"',
        is_refused(refusals.write_off_twice),
    ),
    "marks without number": (
        "write_off", "MOST_MARKS)) < MOST_MARKS", "MOST_MARKS)) <= MOST_MARKS",
        is_refused(refusals.write_off_a_twenty_first_piece),
    ),
    "one mark too few": (
        "write_off", "MOST_MARKS)) < MOST_MARKS", "MOST_MARKS)) < MOST_MARKS - 1",
        told.test_many_marks_on_many_pieces_are_recovered_in_one_step,
    ),
    "what was recovered is undone": (
        "write_off", 'if may_lead(MARK_STEPS, "write_off.undo_write_off", mark, "none"):', "if True:",
        is_refused(refusals.undo_what_was_recovered),
    ),
    "neighbours are marked": ("write_off", 'mark["lo"] < row["hi"]', 'mark["lo"] <= row["hi"]', FOLLOWS),
    "neighbours below are marked": ("write_off", 'row["lo"] < mark["hi"]', 'row["lo"] <= mark["hi"]', FOLLOWS),
    "all of a token counts": (
        "write_off", 'min(mark["hi"], row["hi"]) - max(mark["lo"], row["lo"])', 'row["hi"] - row["lo"]', FOLLOWS
    ),
    "recovered with the first cent": (
        "write_off", 'mark["recovered"] == mark["amount"]', 'mark["recovered"] > 0', RECOVERED
    ),
    "never recovered": ("write_off", 'mark["recovered"] == mark["amount"]', 'mark["recovered"] > mark["amount"]',
                        RECOVERED),
    "a reversal leaves it recovered": (
        "write_off", '        mark["status"] = "written_off"\n', "", RECOVERED
    ),
    "a reversal leaves the figure": (
        "write_off", '        mark["recovered"] -= found[name]["cents"]\n', "", RECOVERED
    ),
    "settlement tells nothing": (
        "settlement", '    invoke("write_off", "cents_paid", bill["id"], ended)\n', "", RECOVERED
    ),
    "reversal tells nothing": (
        "settlement", '    invoke("write_off", "cents_back", bill["id"], ended)\n', "", RECOVERED
    ),
    "an undone mark is found": (
        "write_off", '    filed.delete([mark["origin"], mark["lo"]])\n', "",
        told.test_what_was_undone_is_written_off_again_under_another_paper,
    ),
    "an undone mark is counted": (
        "write_off", '    count_marks(mark["bill"], -1)\n', "",
        told.test_what_was_undone_is_written_off_again_under_another_paper,
    ),
    "enforced and still marked": (
        "pledge", '            invoke("write_off", "cents_given", token)\n', "",
        told.test_what_a_pledgee_is_paid_is_recovered_and_what_it_takes_is_not_written_off,
    ),
    "given by a court and still marked": (
        "legal", '        invoke("write_off", "cents_given", token["id"])\n', "",
        told.test_what_a_court_gives_away_is_not_written_off,
    ),
    "diluted in part and marked no more": (
        "bill", '    tokens = invoke("token", "dilute", content["token"], amount)\n',
        '    invoke("write_off", "cents_given", content["token"])\n'
        '    tokens = invoke("token", "dilute", content["token"], amount)\n',
        told.test_a_dilution_of_other_cents_of_a_token_ends_no_mark,
    ),
    "diluted and still marked": (
        "bill", '    invoke("write_off", "cents_given", tokens["diluted"])\n', "",
        told.test_what_is_diluted_is_not_written_off,
    ),
    "steps as large as without marks": (
        "settlement", "share = 2 if written_off", "share = 1 if written_off", told.test_a_step_has_room_for_its_marks
    ),
}  # fmt: skip


@pytest.mark.parametrize("mutant", MUTANTS)
def test_a_mutant_dies(mutant: str) -> None:
    assert_it_dies(MUTANTS[mutant], TypeError, IndexError)
