"""What is signed stands in the preview, and is called there what the line that lists it calls it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from chainbill_cli import preview as previews
from chainbill_cli.preview import Preview
from chainbill_cli.signed_shown import _is_shown
from cli.cli_desk import Desk
from cli.test_cli_walk_writes import STEPS, Printed, known_values, make_ready
from hypothesis import given
from hypothesis import strategies as st

pytestmark = pytest.mark.untraced

SIGNED = re.compile("^  签署内容：(.*?)；其余由节点", re.MULTILINE)
TITLE = re.compile("^  ([^ ：][^：]*)：", re.MULTILINE)
BESIDE = {"仅操作本身", "币种", "金额", "计息基础", "签名", "内容", "所涉事项"}
"""What stands in the line of another (a currency beside its amount), in none of its own (a proof that nodes verify), or
as lines of its own (the content of a proposal, what an order is on)."""


def test_what_is_signed_is_called_as_it_is_shown(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """use: a red-letter note that is signed was not listed; a label held "until" here and "to the end" there."""
    known = known_values(desk, tmp_path)
    monkeypatch.setattr(previews, "confirm", lambda *_, **__: True)
    faults: list[str] = []
    for who, words, wanted in STEPS:
        printed = Printed(monkeypatch)
        make_ready(words, known)
        line = [word.format(**known) for word in words.split()]
        monkeypatch.setattr(previews, "person", lambda: True)
        acting = [] if who == "-" else ["--as", who]
        desk.text("--lang", "zh", "--no-color", *acting, *line)
        titles = set(TITLE.findall(desk.err))
        for signed in SIGNED.findall(desk.err):
            faults += [
                f"{words}: {one} of {sorted(titles)}" for one in signed.split("、") if one not in titles | BESIDE
            ]
        for name, field in wanted.items():
            value = printed.value(field)
            if isinstance(value, list):
                known |= {f"{name}{place}": str(one)[:18] for place, one in enumerate(value)}
            else:
                known[name] = str(value)
        monkeypatch.undo()
        monkeypatch.setattr(previews, "confirm", lambda *_, **__: True)
    assert not faults, "\n".join(faults)


SIGNED_VALUES = {
    "an amount": ("amount", 23_400, "CNY", "234.00"),
    "an amount without decimals": ("amount", 1_234, "JPY", "1,234"),
    "a number": ("days", 12, "CNY", "12"),
    "a rate": ("rate", 38_500, "CNY", "3.8500"),
    "a date": ("due_on", "2026-03-02", "CNY", "2026-03-02"),
    "a reference": ("reference", "PAY-1", "CNY", "PAY-1"),
    "a digest": ("digest", b"\xab" * 4, "CNY", "ab" * 4),
}
"""The argument, and how a preview says it."""
ALONE = st.sampled_from(["", " ", "(", "（", "，", "；", "= "])


@given(
    signed=st.sampled_from(sorted(SIGNED_VALUES)),
    before=st.from_regex(r"[0-9A-Z][.,:/-]?", fullmatch=True) | st.just(""),
    behind=st.from_regex(r"[.,:/-]?[0-9A-Z]", fullmatch=True) | st.just(""),
    around=st.tuples(ALONE, ALONE),
)
def test_a_value_is_shown_where_it_stands_alone(signed: str, before: str, behind: str, around: tuple[str, str]) -> None:
    """A fee of 234.00 beside an amount of 1,234.00 was signed, and shown by no line."""
    name, value, currency, said = SIGNED_VALUES[signed]
    line = f"{around[0]}{before}{said}{behind}{around[1].strip('=')}"
    shown = _is_shown(Preview("preview.write", [("x", line)]), name, value, currency)
    assert shown == (before == behind == ""), line
    assert _is_shown(Preview("preview.write", [("x", line), ("y", f"{said}.")]), name, value, currency)
