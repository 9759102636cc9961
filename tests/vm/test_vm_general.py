"""The general part: what contracts import from it, how it runs in them, and what neither side may do."""

from __future__ import annotations

from typing import Any

import pytest
from vm.vm_room import HEAD_LINES, Room, build, contract

from chainbill.vm import Context, ContractFault, ContractRefused, ContractRejected, compile_contract, describe
from chainbill.vm.testing import Harness

GENERAL = """
rows = read_table("trial", "row")

MOST = 100
WORDS = ["live", "due"]
LIMITS = {"low": 1}


def require_amount(amount):
    require(kind_of(amount) == "int" and amount > 0, "amount_not_positive")
    require(amount <= MOST, "amount_too_large", {"most": MOST})


def row_of(key):
    row = rows.get(key)
    require(row is not None, "row_unknown", {"by": ctx.party})
    return row


def share(whole, part):
    return quotient(whole, part)


def quotient(whole, part):
    return whole // part


def half(number):
    return number // 2
"""
IMPORT = "from chainbill_contracts.general import MOST, WORDS, require_amount, row_of, share\n"
TRIAL = (
    IMPORT
    + """
rows = own_table("row")


@call
def go(amount):
    require_amount(amount)
    rows.put("a", {"amount": amount, "words": WORDS, "most": MOST})
    return row_of("a")


@view
def look(whole, part):
    return share(part=part, whole=whole)


@call
def spoil():
    WORDS[0] = "dead"
    return 1


@call
def missing():
    return row_of("b")


def half(number):
    return number * 50
"""
)


def sources(trial: str = TRIAL, general: str = GENERAL) -> dict[str, str]:
    return {"general": contract(general), "trial": contract(trial)}


def rejection(trial: str = TRIAL, general: str | None = GENERAL) -> ContractRejected:
    named = {"trial": trial} if general is None else {"trial": trial, "general": general}
    with pytest.raises(ContractRejected) as caught:
        build(**named)
    return caught.value


# --- running
def test_imported_functions_and_constants_run_as_if_they_were_the_contracts_own() -> None:
    room = Room(general=GENERAL, trial=TRIAL)
    bench = Harness(sources(), room.context)
    wanted = {"amount": 7, "words": ["live", "due"], "most": 100}
    assert room.run({"amount": 7}) == bench.call("trial", "go", {"amount": 7}) == wanted
    assert room.run({"whole": 7, "part": 2}, function="look", kind="view") == 3
    assert bench.run("trial", "look", {"whole": 7, "part": 2}, kind="view") == 3


@pytest.mark.parametrize(
    ("function", "arguments", "reason", "details"),
    [
        ("go", {"amount": 0}, "amount_not_positive", {}),
        ("go", {"amount": 101}, "amount_too_large", {"most": 100}),
        ("missing", {}, "row_unknown", {"by": "P"}),
    ],
)
def test_an_imported_guard_refuses_for_the_contract_that_called_it(
    function: str, arguments: dict[str, Any], reason: str, details: dict[str, Any]
) -> None:
    room = Room(general=GENERAL, trial=TRIAL)
    bench = Harness(sources(), Context(party="P"))
    for run in (
        lambda: room.run(arguments, function=function),
        lambda: bench.call("trial", function, arguments),
    ):
        with pytest.raises(ContractRefused) as caught:
            run()
        assert (caught.value.reason, caught.value.fields) == (reason, details)


def test_a_fault_in_the_general_part_names_its_file_function_and_line() -> None:
    with pytest.raises(ContractFault) as caught:
        Room(general=GENERAL, trial=TRIAL).run({"whole": 1, "part": 0}, function="look", kind="view")
    line = GENERAL.strip("\n").split("\n").index("    return whole // part") + 1 + HEAD_LINES
    assert (caught.value.reason, caught.value.fields) == (
        "division_by_zero",
        {"contract": "general", "function": "quotient", "line": line},
    )


def test_a_constant_of_the_general_part_stays_what_it_is() -> None:
    with pytest.raises(ContractFault) as caught:
        Room(general=GENERAL, trial=TRIAL).run(function="spoil")
    assert caught.value.reason == "constant_changed"


def test_an_imported_function_costs_what_an_own_one_costs() -> None:
    moved = GENERAL.replace('rows = read_table("trial", "row")\n', "").split("\n\n\ndef half")[0]
    own = TRIAL.replace(IMPORT, "") + moved
    used = []
    for room in (Room(general=GENERAL, trial=TRIAL), Room(trial=own)):
        room.run({"amount": 7})
        used.append(room.meter.used)
    assert used[0] == used[1]


def test_names_that_are_not_imported_do_not_meet() -> None:
    """`half` stands in both files and means in each what that file says."""
    trial = TRIAL + "\n\n@call\ndef try_half():\n    return half(2)\n"
    assert Room(general=GENERAL, trial=trial).run(function="try_half") == 100


def test_another_general_part_is_another_program() -> None:
    stricter = GENERAL.replace("MOST = 100", "MOST = 5")
    with pytest.raises(ContractRefused, match="amount_too_large"):
        Room(general=stricter, trial=TRIAL).run({"amount": 7})


def test_several_contracts_import_from_one_general_part_and_each_acts_for_itself() -> None:
    other = (
        IMPORT + '\n\n@internal("trial")\ndef ask(amount):\n    require_amount(amount)\n    return [ctx.caller, MOST]\n'
    )
    trial = TRIAL + '\n\n@call\ndef both():\n    require_amount(3)\n    return invoke("other", "ask", 2)\n'
    assert Room(general=GENERAL, trial=trial, other=other).run(function="both") == ["trial", 100]


def test_what_is_imported_is_described() -> None:
    compiled = {name: compile_contract(name, text) for name, text in sources().items()}
    found = describe(compiled["trial"], compiled["general"])
    assert found["imports"] == ["MOST", "WORDS", "require_amount", "row_of", "share"]
    assert found["reasons"] == ["amount_not_positive", "amount_too_large", "row_unknown"]
    reasons = {function["name"]: function["reasons"] for function in found["functions"]}
    assert reasons["missing"] == ["row_unknown"]
    assert reasons["spoil"] == reasons["look"] == []
    assert describe(compiled["trial"])["reasons"] == []
    assert describe(compiled["general"])["functions"] == []


# --- the form of the import
@pytest.mark.parametrize(
    "written",
    [
        "from chainbill_contracts.general import (\n    MOST,\n    WORDS,  # a\n\n  require_amount, row_of, share)\n",
        "from chainbill_contracts.general import (MOST, WORDS, require_amount, row_of, share)\n",
        IMPORT.replace("\n", "  # what all share\n"),
    ],
)
def test_an_import_may_be_written_over_several_lines(written: str) -> None:
    assert Room(general=GENERAL, trial=TRIAL.replace(IMPORT, written)).run({"amount": 7})["amount"] == 7


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("from chainbill_contracts.general import *\n", "import_wrong"),
        ("from chainbill_contracts.general import MOST as LARGEST\n", "not_in_the_language"),
        ("from chainbill_contracts.general import MOST\n" * 2, "import_wrong"),
        ("X = 1\nfrom chainbill_contracts.general import MOST\n", "import_wrong"),
        ("from chainbill_contracts.general import MOST, MOST\n", "name_twice"),
        ("from chainbill_contracts.general import _most\n", "name_not_allowed"),
        ("from chainbill_contracts.general import MOST\nMOST = 1\n", "name_twice"),
        ("from chainbill_contracts.general import MOST\ndef MOST():\n    pass\n", "name_twice"),
        ("from chainbill_contracts.general import require\n", "name_reserved"),
        ("from chainbill_contracts.general import add_days\n", "name_reserved"),
        ("from chainbill_contracts.general import none_such\n", "import_unknown"),
        ("from chainbill_contracts.general import rows\n", "import_unknown"),
        ("from chainbill_contracts.general import MOST, ()\n", "syntax_error"),
        ("from chainbill_contracts.general import (MOST,\n", "brackets_do_not_match"),
        ("from chainbill_contracts.general import\n", "not_in_the_language"),
        ("from  chainbill_contracts.general import MOST\n", "not_in_the_language"),
        ("from chainbill_contracts.general.more import MOST\n", "not_in_the_language"),
        ("from chainbill_contracts import general\n", "not_in_the_language"),
        ("from chainbill_contracts.party import require_name\n", "not_in_the_language"),
        ("from .general import MOST\n", "not_in_the_language"),
        ("import chainbill_contracts.general\n", "not_in_the_language"),
        ("from os import path\n", "not_in_the_language"),
        ("def f():\n    from chainbill_contracts.general import MOST\n    return MOST\n", "not_in_the_language"),
        ("def f():\n    return 1\nfrom chainbill_contracts.general import MOST\n", "import_wrong"),
    ],
)
def test_other_imports_are_refused(written: str, reason: str) -> None:
    assert rejection(written).reason == reason


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("return MOST(1)", "not_a_function"),
        ("return share", "not_a_value"),
        ("return share(1)", "arguments_wrong"),
        ("return share(1, 2, 3)", "arguments_wrong"),
        ("return share(1, whole=2)", "arguments_wrong"),
        ("return share(1, half=2)", "arguments_wrong"),
        ("share = 1", "name_twice"),
        ("for MOST in [1]:\n        pass", "name_twice"),
        ("return half(1)", "name_unknown"),
        ("return share.get(1)", "not_in_the_language"),
        ("require(True, WORDS)", "literal_needed"),
        ('invoke("general", "share", 1, 2)', "invoke_not_allowed"),
    ],
)
def test_imported_names_are_used_as_what_they_are(body: str, reason: str) -> None:
    error = rejection(f"from chainbill_contracts.general import MOST, WORDS, share\n\n\n@call\ndef go():\n    {body}\n")
    assert (error.reason, error.fields["contract"]) == (reason, "trial")
    assert error.fields["zh"]


def test_a_parameter_may_not_hide_an_import() -> None:
    assert (
        rejection("from chainbill_contracts.general import MOST\n\n\ndef go(MOST):\n    pass\n").reason == "name_twice"
    )


def test_without_a_general_part_there_is_nothing_to_import() -> None:
    error = rejection(general=None)
    assert (error.reason, error.fields["contract"], error.fields["line"]) == ("import_unknown", "trial", HEAD_LINES + 1)


# --- what the general part may hold
@pytest.mark.parametrize(
    "body",
    [
        'mine = own_table("mine")',
        "@call\ndef go():\n    pass",
        "@view\ndef go():\n    pass",
        "@init\ndef go():\n    pass",
        "@migrate\ndef go():\n    pass",
        '@internal("trial")\ndef go():\n    pass',
        'def go():\n    emit("a", {})',
        'def go():\n    return new_id("T")',
        'def go():\n    return invoke("trial", "look", 1, 2)',
        "def outer():\n    inner()\n\n\ndef inner():\n    emit('a', {})",
    ],
)
def test_the_general_part_looks_and_refuses_and_does_nothing_else(body: str) -> None:
    error = rejection(general=GENERAL + "\n\n" + body + "\n")
    assert (error.reason, error.fields["contract"]) == ("general_part_acts", "general")


def test_the_general_part_imports_nothing() -> None:
    assert rejection(general="from chainbill_contracts.general import MOST\n" + GENERAL).reason == "import_wrong"


def test_a_table_that_the_general_part_reads_must_be_there() -> None:
    error = rejection(trial=TRIAL.replace('own_table("row")', 'own_table("other")'))
    assert (error.reason, error.fields["contract"]) == ("table_unknown", "general")


def test_depth_is_counted_over_the_general_part() -> None:
    chain = "".join(f"\n\ndef g{n}():\n    return g{n + 1}()\n" for n in range(40)) + "\n\ndef g40():\n    return 1\n"
    calls = "".join(f"\n\ndef t{n}():\n    return t{n + 1}()\n" for n in range(8)) + "\n\ndef t8():\n    return g0()\n"
    imported = "from chainbill_contracts.general import g0\n"
    assert rejection(imported + calls, chain).reason == "calls_too_deep"
    assert build(general=chain, trial=imported + calls.replace("return t4()", "return g0()")).contracts
