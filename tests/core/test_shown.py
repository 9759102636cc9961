"""What goes to a screen or into a log holds nothing that a terminal obeys (security 21)."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chainbill.shown import escaped, shown
from chainbill.text_rule import first_refused

HOSTILE = {
    "a\x1b[2Jb": "a\ufffd[2Jb",
    "two\nlines\tand": "two\ufffdlines\ufffdand",
    "a\x9b31mb\x7f": "a\ufffd31mb\ufffd",
    "福建\u202e有限公司": "福建\ufffd有限公司",
    "a\u2028b\ufeff\U000e0041": "a\ufffdb\ufffd\ufffd",
    "fillers \u3164\u115f\u1160\uffa0\u17b4 show nothing": "fillers \ufffd\ufffd\ufffd\ufffd\ufffd show nothing",
    "half \ud800": "half \ufffd",
    "应收账款\u3000é\u200d 😀": "应收账款\u3000é\u200d 😀",
}


@pytest.mark.parametrize(("text", "seen"), HOSTILE.items())
def test_a_sign_stands_for_what_is_not_shown(text: str, seen: str) -> None:
    assert shown(text) == seen


@given(st.text())
def test_what_is_shown_is_one_line_that_the_ledger_could_hold(text: str) -> None:
    for found in (shown(text), escaped(text)):
        assert not set(found) & set("\n\t\r\x1b\x7f\u2028\u202e")
        assert first_refused(found) is None


@given(st.recursive(st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=8))
def test_an_escape_keeps_the_meaning_of_json(value: object) -> None:
    for indent in (None, 2):
        assert json.loads(escaped(json.dumps(value, ensure_ascii=False, indent=indent), keep="\n")) == value
    assert escaped("a\x1bb\u3164") == r"a\u001bb\u3164"
