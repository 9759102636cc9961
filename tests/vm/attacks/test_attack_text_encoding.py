"""Texts that cannot be written, or can be written in two ways."""

from __future__ import annotations

import pytest
from vm.vm_room import answer, assert_rejected, go, plain

from chainbill.vm import ContractFault


@pytest.mark.parametrize("text", ['"\\ud800"', '"\\udfff x"', '"e\\u0301"', '"\\x41\\u030a"'])
def test_literals_are_nfc_without_surrogates(text: str) -> None:
    assert_rejected(go(f"return {text}"), "text_not_valid", line=3)


@pytest.mark.parametrize(
    "text",
    [
        '"\\x00"',
        '"\\x1b[2J"',
        '"\\x0d"',
        '"\\x7f"',
        '"\\u202e"',
        '"\\u0378"',
        '"\\U0001E08F"',
        '"\\ue000"',
        '"\\uffff"',
    ],
)
def test_no_escape_brings_in_a_code_point_that_no_text_may_hold(text: str) -> None:
    """A run makes texts only out of literals, arguments and rows: so none that it makes holds another code point."""
    assert_rejected(go(f"return {text}"), "text_not_valid", line=3)


@pytest.mark.parametrize("escape", ["\\d", "\\N{DIGIT ONE}", "\\0", "\\777", "\\a", "\\r", "\\x4", "\\u12", "\\U0011"])
def test_escapes_that_depend_on_the_version_are_refused(escape: str) -> None:
    assert_rejected(go(f'return "{escape}"'), "escape_not_allowed", line=3)


@pytest.mark.parametrize(
    "use",
    [
        "return x",
        'rows.put("a", x)',
        "rows.put(x, 1)",
        'emit("a", {"x": x})',
        'emit("a", {x: 1})',
        "return digest([x])",
        'require(False, "no", {"x": x})',
    ],
)
def test_a_text_that_is_put_together_wrong_does_not_leave(use: str) -> None:
    body = 'rows = own_table("row")\n@call\ndef go(a, b):\n    x = a + b\n    ' + use
    with pytest.raises(ContractFault) as caught:
        answer(body, {"a": "e", "b": "\u0301"})
    assert caught.value.reason in ("text_not_nfc", "bad_key")


def test_a_combining_mark_alone_is_fine_until_it_joins() -> None:
    body = "@call\ndef go(a, b):\n    return len(a + b)"
    assert answer(body, {"a": "e", "b": "\u0301"}) == plain(body, {"a": "e", "b": "\u0301"}) == 2


def test_escapes_that_are_allowed_mean_what_they_say() -> None:
    assert answer(go('return "\\\\ \\\' \\n \\t \\x41 \\u4e2d \\U0001F600"')) == "\\ ' \n \t A 中 😀"
