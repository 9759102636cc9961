"""Names that Python would find even if nobody defined them."""

from __future__ import annotations

import builtins

import pytest
from vm.vm_room import assert_rejected, build, go

KNOWN = {"len", "min", "max", "abs", "range", "sorted", "enumerate", "None", "True", "False"}
OTHERS = sorted(name for name in dir(builtins) if name not in KNOWN and not name.startswith("_"))


@pytest.mark.parametrize("name", OTHERS)
def test_no_other_builtin_can_be_called_or_named(name: str) -> None:
    assert_rejected(go(f"return {name}(1)"), "name_unknown", line=3)
    assert_rejected(go(f"x = {name}"), "name_unknown", line=3)


def test_the_guarded_code_sees_no_builtins_at_all() -> None:
    space = build(go("return 1")).entries["trial", "go"].run.__globals__
    assert space["__builtins__"] == {}
    reachable = {name for name in space if hasattr(builtins, name)} - {"__builtins__"}
    assert reachable <= {"type", "int", "str", "len", "range", "enumerate", "__build_class__"}


@pytest.mark.parametrize(
    "name", ["compile_contract", "Machine", "m", "GUARDS", "spent", "v_x", "T_rows", "n_digest", "f_go"]
)
def test_names_of_the_machine_are_unknown_to_a_contract(name: str) -> None:
    assert_rejected(go(f"return {name}"), "name_unknown", line=3)
    assert_rejected(go(f"return {name}()"), "name_unknown", line=3)
