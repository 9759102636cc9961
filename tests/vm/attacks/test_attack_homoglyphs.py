"""A name that looks like another but is not, or text that reads in another order than it runs."""

from __future__ import annotations

import pytest
from vm.vm_room import answer, assert_rejected, contract, go

from chainbill.vm import ContractRejected, compile_contract


@pytest.mark.parametrize("name", ["\u0430mount", "am\u043eunt", "\uff41mount", "\u00e9tat", "x\u0301", "金额"])
def test_names_are_ascii(name: str) -> None:
    with pytest.raises(ContractRejected) as caught:
        compile_contract("trial", contract(go(f"{name} = 1")))
    assert caught.value.reason in ("character_not_allowed", "text_not_valid")


@pytest.mark.parametrize(
    "character",
    [
        "\u202e",
        "\u2066",
        "\u200b",
        "\ufeff",
        "\u2028",
        "\x0c",
        "\t",
        "\r",
        "\x00",
        "\u00a0",
        "\ue000",
        "\x1a",
        "\u0378",
        "\U0001e08f",
    ],
)
@pytest.mark.parametrize("place", ["x = 1  # {}", 'x = "{}"', "x = {}1"])
def test_unseen_characters_are_refused_everywhere(place: str, character: str) -> None:
    assert_rejected(go(place.format(character)), "character_not_allowed", line=3)


def test_a_text_that_is_not_in_normal_form_is_refused_and_chinese_is_fine() -> None:
    assert_rejected(go('return "e\u0301"'), "text_not_valid", line=3)
    assert answer(go('return "应收账款,转让(全部)"')) == "应收账款,转让(全部)"
