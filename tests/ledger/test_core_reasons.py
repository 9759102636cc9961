"""Every reason of the core has a text and a hint in both languages, and no text is of a reason that is gone."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

import chainbill
from chainbill.errors import Reason

TEXTS = tomllib.loads((Path(chainbill.__file__).parent / "reasons.toml").read_text(encoding="utf-8"))


def test_reasons_and_texts_agree() -> None:
    assert set(TEXTS) == {reason.value for reason in Reason}


@pytest.mark.parametrize("reason", sorted(TEXTS))
def test_a_text_has_both_languages(reason: str) -> None:
    entry = TEXTS[reason]
    assert set(entry) == {"en", "zh", "hint_en", "hint_zh"}
    for name in ("en", "hint_en"):
        assert entry[name].endswith(".")
        assert not re.search(r"[\u4e00-\u9fff]", entry[name])
    for name in ("zh", "hint_zh"):
        assert entry[name].endswith("。")
        assert re.search(r"[\u4e00-\u9fff]", entry[name])
