"""The text rule: its table, its verdicts, and that both hold by the Unicode tables of any Python (formats S4)."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest
from core import unicode_table
from hypothesis import example, given
from hypothesis import strategies as st

from chainbill import ids, text_rule
from chainbill.errors import Malformed
from chainbill.text_rule import allowed_ranges, check_code_points, check_text, first_refused, upper_case

ROOT = Path(__file__).parents[2]
PROOF = ROOT / "tests" / "vectors" / "make_text.py"
ALLOWED = frozenset(code for low, high in allowed_ranges() for code in range(low, high + 1))


def verdict(text: str) -> str:
    try:
        check_text(text)
    except Malformed as refusal:
        return refusal.reason
    return ""


def plain_verdict(text: str) -> str:
    """The rule as the document words it, one code point after the other."""
    for one in text:
        code = ord(one)
        if code not in ALLOWED:
            if 0xD800 <= code <= 0xDFFF:
                return "codec_text_not_unicode"
            if code < 0x20 or 0x7F <= code < 0xA0:
                return "codec_text_control"
            if code in unicode_table.BIDI_CONTROLS:
                return "codec_text_bidi"
            return "codec_text_unseen" if code in unicode_table.UNSEEN else "codec_text_not_assigned"
    return "" if unicodedata.normalize("NFC", text) == text else "codec_text_not_nfc"


def test_the_table_is_that_of_unicode_14() -> None:
    assert len(ALLOWED) == 144_556
    if unicodedata.unidata_version == unicode_table.VERSION:
        assert unicode_table.TABLE.read_text(encoding="utf-8") == unicode_table.table()
    assert {code for code in ALLOWED if unicodedata.category(chr(code)) in ("Cn", "Cs", "Co")} == set()


def test_every_code_point_alone_has_the_verdict_of_the_table() -> None:
    """The searches against the table, over all 1,114,112."""
    for start in range(0, unicode_table.CODE_POINTS, 64):
        whole = "".join(map(chr, range(start, start + 64)))
        wanted = [code not in ALLOWED for code in range(start, start + 64)]
        assert first_refused(whole) == (wanted.index(True) if True in wanted else None)
        if True in wanted and False in wanted:
            assert [first_refused(one) is not None for one in whole] == wanted


EDGES = [edge for low, high in allowed_ranges() for edge in (low - 1, low, high, high + 1) if edge >= 0]


@given(st.lists(st.sampled_from(EDGES).map(chr) | st.characters(), max_size=12).map("".join))
@example("a\U0001e08f\u0316")
@example("\U000200df\U00010000\u0378")
@example("\U00010000\U000118f3a\ud800")
def test_the_verdict_is_that_of_the_plain_rule(text: str) -> None:
    assert verdict(text) == plain_verdict(text)


@pytest.mark.parametrize(
    ("text", "reason", "code_point", "position"),
    [
        ("a\U0001e08f\u0316", "codec_text_not_assigned", "U+1E08F", 2),
        ("\ue000", "codec_text_not_assigned", "U+E000", 1),
        ("\ufdd0", "codec_text_not_assigned", "U+FDD0", 1),
        ("\U0001ffff", "codec_text_not_assigned", "U+1FFFF", 1),
        ("ACME\0", "codec_text_control", "U+0000", 5),
        ("\x1b[2J", "codec_text_control", "U+001B", 1),
        ("a\x7f", "codec_text_control", "U+007F", 2),
        ("é\x85", "codec_text_control", "U+0085", 2),
        ("a\r\n", "codec_text_control", "U+000D", 2),
        ("a\u202eb\0", "codec_text_bidi", "U+202E", 2),
        ("\u061c", "codec_text_bidi", "U+061C", 1),
        ("福\u2066", "codec_text_bidi", "U+2066", 2),
        ("ACME\u2028paid", "codec_text_unseen", "U+2028", 5),
        ("\ufeffACME", "codec_text_unseen", "U+FEFF", 1),
        ("\u3164", "codec_text_unseen", "U+3164", 1),
        ("\U0001f3f4\U000e0067\U000e007f", "codec_text_unseen", "U+E0067", 2),
        ("😀\ud800", "codec_text_not_unicode", "U+D800", 2),
    ],
)
def test_a_refusal_names_the_code_point_and_its_place(text: str, reason: str, code_point: str, position: int) -> None:
    with pytest.raises(Malformed) as caught:
        check_text(text)
    assert (caught.value.reason, caught.value.fields) == (reason, {"code_point": code_point, "position": position})
    assert code_point in caught.value.detail


@pytest.mark.parametrize("text", ["", "a\n\tb", "应收账款", "e\u200d", "\u1820\u180b", "𠮷", "שלום"])
def test_these_are_texts(text: str) -> None:
    check_text(text)
    check_code_points(text)


def test_form_c_is_asked_of_texts_only() -> None:
    check_code_points("e\u0301")
    with pytest.raises(Malformed, match="codec_text_not_nfc"):
        check_text("e\u0301")


def test_a_capital_that_came_after_unicode_14_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """U+019B gained a capital in 16.0. Here a letter whose capital is taken out of the table stands for it."""
    assert upper_case("\u019b") == "\u019b"
    assert upper_case("straße ǰ") == "STRASSE J\u030c"
    monkeypatch.setattr(text_rule, "first_refused", lambda text: text.find("É") if "É" in text else None)
    assert upper_case("éa\u00ea") == "éAÊ"
    assert ids.normalise_identifier("éa") == "éA"


def test_identifiers_hold_only_code_points_of_texts() -> None:
    with pytest.raises(Malformed, match="codec_text_not_assigned"):
        ids.normalise_identifier("A\U0001e08f")


def later_pythons() -> list[str]:
    """The commands of other CPythons on this machine, 3.12 and later."""
    found = []
    for path in os.environ.get("PATH", "").split(os.pathsep):
        folder = Path(path)
        versions = folder.parent / "versions" if folder.name == "shims" else None
        for place in [folder, *(versions.glob("*/bin") if versions else ())]:
            names = sorted(place.glob("python3.*")) if place.is_dir() else []
            found += [str(name) for name in names if re.fullmatch(r"python3\.1[2-9]", name.name)]
    return [each for each in dict.fromkeys(found) if each != sys.executable and "/shims/" not in each]


def test_the_proof_is_the_same_by_the_unicode_tables_of_every_python_here() -> None:
    """By this one's too: `make_text.py` needs nothing but the standard library and the text rule."""
    wanted = json.loads((PROOF.parent / "text.json").read_text(encoding="utf-8"))["stable"]
    for python in [sys.executable, *later_pythons()]:
        command = [python, "-B", str(PROOF)]
        done = subprocess.run(
            command, env={"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, timeout=120, check=True
        )
        assert json.loads(done.stdout) == wanted, python
