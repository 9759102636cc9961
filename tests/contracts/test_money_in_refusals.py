"""Every detail of every refusal is known to be money, of a currency beside it, or known not to be (use 5)."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import pytest
from chainbill_contracts import money_details, reasons, sources
from chainbill_node.rest.texts import Language, load_texts

NO_MONEY = """
    accepted_on active_height acts agreed_on bank bill capability count currency date deepest dispute due_on entry event
    expires_on field fingerprint fingerprints freeze from grade halted_on hash height holder id insolvent_since key kind
    last_offer_on least live locks member milliseconds most name needed number objected_on offered_on order parameter
    part party pay_by pay_on position product recovery red ref reference role scheme serial set sponsor status successor
    suspended_on to today token unknown until valid_until value words"""
"""Names of details that are dates, ids, words, counts or lists of them in every refusal."""
NEITHER = {("fields_not_valid", "missing"), ("application_expired", "until")}
"""Details that say something else here than the money of the same name elsewhere."""


def _members(function: ast.FunctionDef, value: ast.expr) -> set[str]:
    """The keys of a map, written here or under a name that this function filled before."""
    if isinstance(value, ast.Dict):
        return {str(ast.literal_eval(key)) for key in value.keys if key is not None}
    assert isinstance(value, ast.Name), ast.unparse(value)
    found: set[str] = set()
    for node in ast.walk(function):
        if isinstance(node, ast.Assign):
            target = node.targets[0]
            if isinstance(target, ast.Name) and target.id == value.id and isinstance(node.value, ast.Dict):
                found |= _members(function, node.value)
            if isinstance(target, ast.Subscript) and isinstance(target.value, ast.Name) and target.value.id == value.id:
                found.add(str(ast.literal_eval(target.slice)))
    return found


def refusals() -> Iterator[tuple[str, str, set[str]]]:
    """Place, reason and names of the details of each `require` that has any."""
    for name, source in sources().items():
        for function in ast.parse(source).body:
            if not isinstance(function, ast.FunctionDef):
                continue
            for node in ast.walk(function):
                if isinstance(node, ast.Call) and ast.unparse(node.func) == "require" and len(node.args) == 3:
                    reason = node.args[1]
                    said = ast.literal_eval(reason) if isinstance(reason, ast.Constant) else ""
                    yield f"{name}.{function.name}", said, _members(function, node.args[2])


FOUND = list(refusals())


def test_use_5_there_are_refusals_with_details() -> None:
    assert len(FOUND) > 100
    assert sum(bool(money_details(reason)) for _, reason, _ in FOUND) >= 14


@pytest.mark.parametrize(("place", "reason", "names"), FOUND, ids=[f"{place}-{reason}" for place, reason, _ in FOUND])
def test_use_5_every_detail_is_money_or_known_not_to_be(place: str, reason: str, names: set[str]) -> None:
    money = money_details(reason)
    assert not money or money <= names
    assert not money or "currency" in names, "an amount without its currency"
    unknown = names - money - set(NO_MONEY.split())
    assert {name for name in unknown if (reason, name) not in NEITHER} == set()


def test_use_5_what_is_money_is_said_of_reasons_that_there_are() -> None:
    used = {reason for _, reason, _ in FOUND}
    assert {reason for reason, entry in reasons().items() if entry.get("money")} <= used


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("reason", [name for name in reasons() if money_details(name)])
def test_money_in_the_text_of_a_reason_has_its_currency(reason: str, language: Language) -> None:
    """use: a remedy said "Name 79999999 less" beside 799,999.99 CNY."""
    texts = [str(told) for name, told in reasons()[reason].items() if name.endswith(("en", "zh"))]
    placed = {name for told in texts for name in re.findall(r"\{(\w+)", told)} & money_details(reason)
    for currency, amount in (("CNY", "799,999.99 CNY"), ("JPY", "79,999,999 JPY"), ("XQX", "79999999")):
        details = {**dict.fromkeys(money_details(reason), 79_999_999), "currency": currency}
        said = load_texts().say(reason, language, details)
        told = f"{said.title} {said.detail} {said.hint}"
        assert (amount in told) == bool(placed), told
        assert currency == "XQX" or "79999999" not in told
        assert currency != "XQX" or not placed or "minor units" in told or "最小货币单位" in told


def test_there_are_texts_with_money_in_them() -> None:
    placed = [name for name in reasons() if any(f"{{{one}}}" in str(reasons()[name]) for one in money_details(name))]
    assert {"amount_above_frozen", "payment_in_part"} <= set(placed)
