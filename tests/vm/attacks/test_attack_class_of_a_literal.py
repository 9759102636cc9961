"""The classic way out of a sandbox: the class of any object leads to every other object."""

from __future__ import annotations

import pytest
from vm.vm_room import assert_rejected, go


@pytest.mark.parametrize(
    "expression",
    [
        "().__class__",
        "().__class__.__bases__[0].__subclasses__()",
        '"".__class__',
        "(1).__class__",
        "[].__class__.__mro__",
    ],
)
def test_a_dunder_attribute_is_not_even_a_name(expression: str) -> None:
    assert_rejected(go(f"return {expression}"), "name_not_allowed", line=3)


@pytest.mark.parametrize(
    "expression", ["row.real", '"".join(["a"])', "ctx.party.upper()", "ctx.today.x", "[1].append(2)"]
)
def test_no_attribute_of_a_value_can_be_reached(expression: str) -> None:
    assert_rejected(go('row = {"real": 1}', f"return {expression}"), "not_in_the_language", line=4)


def test_ctx_has_only_its_fields() -> None:
    assert_rejected(go("return ctx.meter"), "name_unknown", line=3)
