"""Format strings reach attributes from inside a text."""

from __future__ import annotations

import pytest
from vm.vm_room import assert_fault, assert_rejected, go


@pytest.mark.parametrize("text", ['f"{ctx}"', "f'{1}'", 'rf"{1}"', 'F"x"', 'fr"x"', 'u"x"', 'r"x"'])
def test_prefixed_texts_are_refused(text: str) -> None:
    assert_rejected(go(f"return {text}"), "text_prefix_not_allowed", line=3)


def test_format_is_an_attribute_of_a_text() -> None:
    assert_rejected(go('return "{0.party}".format(ctx)'), "not_in_the_language", line=3)


def test_percent_formatting_is_whole_number_arithmetic_only() -> None:
    assert_fault(go('return "%s" % 5'), "wrong_type", line=3)
