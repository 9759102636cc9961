"""Declarations of reads: what one may not say, and what follows from one."""

from __future__ import annotations

from typing import Any

import pytest
from chainbill_contracts.declared_reads import reads, reads_of
from chainbill_contracts.declared_rows import rows

SHARED = {"status": {"en": "Only so", "zh": "仅此"}}
GOOD: dict[str, Any] = {
    "path": "/v1/joints",
    "row": "bill/joint",
    "command": "bill joint list [BILL]",
    "en": "List",
    "zh": "列出",
    "filters": {"status": {}, "asked": {"of": "others", "en": "Of it", "zh": "被征询"}},
}


def test_a_read_says_what_follows_from_its_row() -> None:
    read = reads_of({"joints": GOOD}, SHARED)["joints"]
    assert (read.shows, read.command, read.typed, read.optional) == ("Joint", ("bill", "joint", "list"), "bill", True)
    status, asked = read.filters["status"], read.filters["asked"]
    assert (status.words, status.said_as, status.text) == (rows()["bill/joint"].words, "joint", ("Only so", "仅此"))
    assert (asked.kind, asked.field is not None and asked.field.listed) == ("party", True)


def with_filter(**told: Any) -> dict[str, Any]:
    return GOOD | {"filters": {"door": told}}


WRONG = {
    "no path": {name: GOOD[name] for name in GOOD if name != "path"},
    "a row that is not there": GOOD | {"row": "house/door"},
    "something else": GOOD | {"colour": "red"},
    "a letter without a name": GOOD | {"letter": "J"},
    "a command without help": {name: GOOD[name] for name in GOOD if name not in {"en", "zh"}},
    "one language": {name: GOOD[name] for name in GOOD if name != "zh"},
    "a filter of no kind": with_filter(en="a", zh="甲"),
    "a filter of an unknown kind": with_filter(**{"is": "colour"}, en="a", zh="甲"),
    "a filter of no field": with_filter(of="door", **{"is": "party"}, en="a", zh="甲"),
    "a filter without a text": with_filter(**{"is": "party"}),
    "a filter that says something else": with_filter(**{"is": "party"}, en="a", zh="甲", shiny=True),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_a_wrong_declaration_is_refused_with_its_place(wrong: str) -> None:
    with pytest.raises(ValueError, match=r"^joints"):
        reads_of({"joints": WRONG[wrong]}, SHARED)


def test_what_columns_name_stands_in_the_row_or_says_its_kind() -> None:
    """One that is mistyped would be an empty column."""
    shown_by_hand = {
        "parties": {"name"},
        "receipts": {"reference", "currency"},
        "grants": {"in_force"},
        "bill_history": {"currency", "reference"},
    }
    for name, read in reads().items():
        said = {one.partition("=")[0] for one in (read.columns + " " + read.fields).split() if ":" not in one}
        unknown = {one for one in said if one.partition(".")[0] not in read.row.fields}
        assert unknown <= shown_by_hand.get(name, set()) | {"id"}, name
        if read.columns:
            named = {one.partition("=")[0].partition(":")[0] for one in read.columns.split()}
            assert set(read.first.split()) <= named, name
