"""Declarations of rows: what a declaration may not say, and that words which rows share mean the same."""

from __future__ import annotations

from typing import Any

import pytest
from chainbill_contracts.declared_rows import Asked, rows, rows_of
from chainbill_node.rest.schema_rows import row_schema

GOOD: dict[str, Any] = {
    "en": "a door",
    "zh": "门",
    "statuses": [{"is": "open", "en": "open", "zh": "开"}, {"is": "shut", "en": "shut", "zh": "关"}],
    "refused": "door_transition",
    "together": [{"name": "passable", "are": ["open"], "acts": ["house.enter"], "refused": "door_shut"}],
    "steps": [
        {
            "from": "open",
            "to": "shut",
            "act": "house.close",
            "en": "house.close, by whom it is",
            "zh": "所有者 house.close",
        }
    ],
    "fields": {
        "id": {"kind": "text", "en": "its name", "zh": "名称"},
        "house": {"kind": "text", "with": "id"},
        "status": {"kind": "status"},
        "colours": {"kind": "list:words", "words": ["red", "blue"]},
    },
}


def with_field(**told: Any) -> dict[str, Any]:
    return GOOD | {"fields": {**GOOD["fields"], "new": told}}


def test_a_declaration_says_what_a_row_is() -> None:
    row = rows_of("house", {"door": GOOD})["house/door"]
    assert row.words == ("open", "shut")
    assert [(step.before, step.after, step.acts) for step in row.steps] == [("open", "shut", ("house.close",))]
    assert row.asked == {
        "house.close": Asked(("open",), ("shut",), "door_transition"),
        "house.enter": Asked(("open",), (), "door_shut"),
    }
    assert row.fields["house"].beside == "id"
    assert row.fields["colours"].listed
    assert row.fields["colours"].words == ("red", "blue")


WRONG = {
    "an unknown kind": with_field(kind="colour"),
    "a flag that nobody knows": with_field(kind="text", shiny=True),
    "no kind": with_field(en="x", zh="y"),
    "one language": with_field(kind="text", en="x"),
    "a text beside another's": with_field(kind="text", **{"with": "id"}, en="x", zh="y"),
    "the text of a field that has none of its own": with_field(kind="text", **{"with": "house"}),
    "the text of a field that is not there": with_field(kind="text", **{"with": "gone"}),
    "words of a kind without": with_field(kind="text", words=["a"]),
    "a kind without its words": with_field(kind="words"),
    "a step to nowhere": GOOD | {"steps": [{"from": "open", "to": "gone", "by": "house.close"}]},
    "a step to itself": GOOD | {"steps": [{"from": "open", "to": "open", "by": "house.close"}]},
    "a step twice": GOOD | {"steps": [*GOOD["steps"], *GOOD["steps"]]},
    "a step without its why": GOOD | {"steps": [{"from": "open", "to": "shut"}]},
    "other acts in Chinese": GOOD | {"steps": [{"from": "open", "to": "shut", "en": "house.close", "zh": "关门"}]},
    "an act that its text does not name": GOOD
    | {"steps": [{"from": "open", "to": "shut", "act": "house.burn", "en": "house.close", "zh": "house.close"}]},
    "a vote that its text does not name": GOOD
    | {"steps": [{"from": "open", "to": "shut", "act": "vote x", "en": "a", "zh": "b"}]},
    "a reason that nobody is refused for": GOOD | {"steps": [{"from": "open", "to": "shut", "by": "house.close"}]},
    "an act that is refused for nothing": {name: told for name, told in GOOD.items() if name != "refused"},
    "a name for statuses that it has not": GOOD | {"together": [{"name": "passable", "are": ["gone"]}]},
    "acts that ask for statuses and are not refused": GOOD
    | {"together": [{"name": "passable", "are": ["open"], "acts": ["house.enter"]}]},
    "a status twice": GOOD | {"statuses": [*GOOD["statuses"], GOOD["statuses"][0]]},
    "a status without Chinese": GOOD | {"statuses": [{"is": "open", "en": "open"}]},
    "statuses without a field": GOOD | {"fields": {"id": {"kind": "text"}}},
    "a field of a status without statuses": {"en": "a", "zh": "b", "fields": {"status": {"kind": "status"}}},
    "no fields": {"en": "a", "zh": "b"},
}


@pytest.mark.parametrize("wrong", WRONG)
def test_a_wrong_declaration_is_refused_with_its_place(wrong: str) -> None:
    with pytest.raises(ValueError, match=r"^house/door"):
        rows_of("house", {"door": WRONG[wrong]})


def test_a_word_that_rows_share_is_said_in_one_way() -> None:
    said: dict[str, tuple[str, str]] = {}
    for row in rows().values():
        for one in row.statuses:
            assert said.setdefault(row.family + one.word, (one.en, one.zh)) == (one.en, one.zh), (row.place, one.word)


def test_a_schema_leaves_out_what_is_not_shown_and_says_what_may_be_missing() -> None:
    schema = row_schema("bill/bill", closed=True)
    assert "confirmed" not in schema["properties"]
    assert schema["properties"]["face"]["minimum"] == 0
    assert schema["properties"]["contract_no"]["type"] == ["string", "null"]
    assert "pending_confirm" in schema["properties"]["status"]["enum"]
    assert "outstanding" in schema["required"]
    assert "bank" in row_schema("finance/quote")["required"]
    assert not {"rate", "fee"} & set(row_schema("finance/quote")["required"]), "a sealed one has none yet"
    assert row_schema("token/token")["properties"]["locks"]["items"]["required"] == ["kind", "ref"]
