"""`governance propose` with a wrong content says which field, what was expected, and shows a whole example."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from chainbill_cli.contract_constants import contract_constant
from chainbill_cli.failure import Failure
from chainbill_cli.proposals import FIELDS, KINDS, check_content, example_of, kind_of_field
from chainbill_cli.texts import has_text, set_language
from chainbill_contracts.declared_reads import reads
from cli.cli_desk import Desk, Refused
from cli.cli_fakes import FakeNode, Shell

CONTENT = contract_constant("governance", "CONTENT")


def test_every_kind_that_the_contract_knows_is_checked() -> None:
    assert set(CONTENT) == set(reads()["proposals"].filters["kind"].words)
    fields = {name for needed, more, _ in CONTENT.values() for name in (*needed, *more)}
    assert set(FIELDS) <= fields
    assert all(has_text(f"value.want_{kind}") for kind in KINDS)


@pytest.mark.parametrize("kind", CONTENT)
def test_the_example_of_a_kind_is_one(kind: str) -> None:
    check_content(kind, json.loads(example_of(kind)))


@pytest.mark.parametrize("kind", CONTENT)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_each_field_that_is_missing_or_wrong_is_named(kind: str, language: str) -> None:
    set_language(language)
    whole = json.loads(example_of(kind))
    for name in whole:
        without = {other: value for other, value in whole.items() if other != name}
        wrong = [without]
        if kind_of_field(kind, name) != "any":
            wrong.append({**whole, name: None})
        for content in wrong:
            with pytest.raises(Failure) as refused:
                check_content(kind, content)
            assert name in refused.value.problem["detail"]
            assert kind in refused.value.problem["detail"]
            assert example_of(kind) in refused.value.problem["hint"]
    for content in ({**whole, "colour": 1}, [], "x", None):
        with pytest.raises(Failure):
            check_content(kind, content)


def test_use_16_nothing_is_sent(shell: Shell, node: FakeNode) -> None:
    """A wrong content was answered with a line number of the contract."""
    for language, word in (("en", "64 hex digits"), ("zh", "十六进制")):
        words = ["governance", "propose", "validator_remove", "--content", '{"key": "bank1"}']
        shell.run("--lang", language, *words, profile="bank1", expect=2)
        assert word in shell.err
        assert '--content \'{"key": "3f3f' in shell.err
    assert not node.transactions


@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_a_file_says_beside_is_named_and_not_passed_over(
    shell: Shell, node: FakeNode, tmp_path: Path, language: str
) -> None:
    """A working weekend under another name was lost without a word; a day of another year was refused as no date."""
    path = tmp_path / "file.json"
    for words, content, said in (
        (("calendar", "2028"), {"holidays": ["2028-01-03"], "working": ["2028-01-08"]}, ("working", "workdays")),
        (("calendar", "2028"), {"holidays": ["2029-01-03"]}, ("2029-01-03", "2028", "holidays")),
        (("calendar", "2028"), {"year": 2029}, ("year", "2028", "2029")),
        (("rules", "--height", "9"), {"changes": {}, "colours": {}}, ("colours", "currencies")),
        (("rules", "--height", "9"), {"changes": {}, "active_height": 8}, ("active_height", "9", "8")),
    ):
        path.write_text(json.dumps(content), encoding="utf-8")
        kind, *more = words
        words = ("governance", "propose", kind, *(one for one in more if kind == "calendar"), str(path))
        shell.run("--lang", language, *words, *(more if kind == "rules" else ()), profile="bank1", expect=2)
        assert all(one in shell.err for one in said), (content, shell.err)
        assert "→" in shell.err
    assert not node.transactions


def test_the_height_of_a_change_may_stand_in_its_file(shell: Shell, node: FakeNode, tmp_path: Path) -> None:
    path = tmp_path / "rules.json"
    path.write_text(json.dumps({"changes": {"gas_block": 5}, "active_height": 999}), encoding="utf-8")
    shell.run("governance", "propose", "rules", str(path), profile="bank1")
    assert node.call[2]["content"]["active_height"] == 999


@pytest.mark.parametrize(("words", "reason"), [
    (("xyz", "5"), "parameter_unknown"), (("min_split", "0"), "parameter_out_of_range"),
    (("pending_days", '"10"'), "parameter_out_of_range"),
])  # fmt: skip
def test_a_parameter_that_there_is_not_is_refused_unasked(
    desk: Desk, refused: Refused, words: tuple[str, str], reason: str
) -> None:
    """use: who proposed it was first asked for a yes, and then refused by the ledger."""
    assert refused("bank1", "governance", "propose", "parameter", *words) == reason
