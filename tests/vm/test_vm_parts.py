"""Parts of the machine by themselves: keys, copies, links, the harness, the documents, the product's contracts."""

from __future__ import annotations

import re
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from chainbill_contracts import NAMES
from core.texts import LETTERS
from hypothesis import given
from hypothesis import strategies as st
from vm.vm_room import Room, assert_fault, build, contract, go

from chainbill import codec
from chainbill.errors import Malformed
from chainbill.ids import is_object_id
from chainbill.limits import MAX_ITEMS
from chainbill.state.keys import row_key, table_prefix
from chainbill.vm import Context, ContractFault, ContractRefused, ContractRejected, compile_contract, describe, link
from chainbill.vm.bounds import MAX_VALUE_DEPTH, MAX_VALUE_SIZE, SCALAR_SIZE
from chainbill.vm.keys import quick_key, stored_key
from chainbill.vm.messages import FAULTS, INSTEAD, REJECTIONS
from chainbill.vm.testing import Harness
from chainbill.vm.values import FrozenList, FrozenMap, copy_in, copy_out, freeze

ROOT = Path(__file__).resolve().parents[2]
SOURCES = [ROOT / "contracts" / "chainbill_contracts" / f"{name}.py" for name in NAMES]
VM = sorted((ROOT / "chainbill" / "vm").glob("*.py"))

parts = st.one_of(st.text(max_size=8), st.integers(-2, 2**64))
values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-(2**63), 2**64 - 1), LETTERS, st.binary(max_size=20)),
    lambda inner: st.one_of(st.lists(inner, max_size=5), st.dictionaries(LETTERS, inner, max_size=5)),
    max_leaves=20,
)


# --- keys -------------------------------------------------------------------------------------------------------------
@given(st.one_of(parts, st.lists(parts, max_size=10)))
def test_the_quick_way_to_a_key_gives_the_same_bytes(key: Any) -> None:
    quick = quick_key(table_prefix("token", "row"), key)
    if quick is not None:
        assert quick == row_key("token", "row", key) == stored_key("token", "row", key)


@pytest.mark.parametrize("key", ["T123", 0, 7, ["a", 1], ["2026-01-01", "offer", "T1"]])
def test_usual_keys_take_the_quick_way(key: Any) -> None:
    assert quick_key(table_prefix("a", "b"), key) == row_key("a", "b", key)


# --- copies -----------------------------------------------------------------------------------------------------------
@given(values)
def test_copies_are_equal_separate_and_their_size_covers_the_encoding(value: Any) -> None:
    try:
        encoded = codec.encode(value, max_depth=MAX_VALUE_DEPTH)
    except Malformed:
        with pytest.raises(ContractFault):
            copy_in(value)
        return
    copied, size = copy_in(value)
    assert codec.encode(copied) == encoded
    assert size >= len(encoded)
    again, nodes = copy_out(copied)
    assert codec.encode(again) == encoded
    assert nodes >= 1
    for one in (copied, again):
        assert containers(one).isdisjoint(containers(value))


def containers(value: Any) -> set[int]:
    if isinstance(value, dict):
        return {id(value)}.union(*(containers(item) for item in value.values()))
    if isinstance(value, list):
        return {id(value)}.union(*(containers(item) for item in value))
    return set()


def test_a_value_that_the_machine_lets_out_fits_the_row_bound() -> None:
    for value in (
        ["x" * 1000] * 1_023,
        [b"x" * 1000] * 1_023,
        [2**64 - 1] * 43_000,
        {f"k{n}": -(2**63) for n in range(35_000)},
    ):
        _, size = copy_in(value)
        assert len(codec.encode(value)) <= size <= MAX_VALUE_SIZE
    for value in (["x" * 1000] * 1_025, "x" * MAX_VALUE_SIZE, [None] * 43_690):
        with pytest.raises(ContractFault) as caught:
            copy_in([value])
        assert caught.value.reason == "value_too_large"


def test_what_strict_decoding_would_refuse_is_never_stored() -> None:
    """security 18: rows of more than 200,000 items went in, and no node could read them again."""
    assert 2 * MAX_VALUE_SIZE // SCALAR_SIZE < MAX_ITEMS
    many = go("x = []", "for i in range(9999):\n    x += [None]", "y = []", "for i in range(21):\n    y += [x + []]")
    error = assert_fault('rows = own_table("row")\n\n\n' + many + '\n    rows.put("a", y)', "value_too_large")
    assert error.fields["line"] == 15


def test_constants_freeze_all_the_way_down_and_copy_out_as_ordinary_values() -> None:
    frozen = freeze({"a": [1, (2, [3])], "b": {"c": "d"}})
    assert type(frozen) is FrozenMap
    assert type(frozen["a"]) is FrozenList
    assert type(frozen["a"][1][1]) is FrozenList
    copied, _ = copy_in(frozen)
    assert copied == {"a": [1, [2, [3]]], "b": {"c": "d"}}
    assert type(copied) is dict
    assert type(copied["a"]) is list


# --- the harness ------------------------------------------------------------------------------------------------------
LEDGER = """
rows = own_table("row")
agenda = own_table("agenda")


@init
def start(amount):
    rows.put("all", {"amount": amount})


@call
def take(amount):
    row = rows.get("all")
    row["amount"] -= amount
    rows.put("all", row)
    emit("taken", {"amount": amount, "by": ctx.party, "id": new_id("X")})
    require(row["amount"] >= 0, "not_enough", {"left": row["amount"] + amount})
    return row["amount"]


@each_day("agenda")
def on_day(date, item, row):
    emit("day", {"date": date, "item": item})


def double(n):
    return n * 2
"""


def test_the_harness_runs_contracts_all_or_nothing() -> None:
    bench = Harness({"ledger": contract(LEDGER)}, Context(party="A"))
    bench.run("ledger", "start", {"amount": 10}, kind="init")
    assert bench.call("ledger", "take", {"amount": 4}) == 6
    with pytest.raises(ContractRefused) as caught:
        bench.as_party("B").call("ledger", "take", {"amount": 7})
    assert (caught.value.reason, caught.value.fields) == ("not_enough", {"left": 6})
    assert bench.table("ledger", "row") == {("all",): {"amount": 6}}
    assert [event[:2] for event in bench.events] == [("ledger", "taken")]
    assert bench.call("ledger", "take", {"amount": 6}) == 0
    assert [fields["by"] for _, _, fields in bench.events] == ["A", "B"]
    ids = [fields["id"] for _, _, fields in bench.events]
    assert len(set(ids)) == 2
    assert all(map(is_object_id, ids))


def test_the_harness_sets_up_rows_and_runs_helpers_and_days() -> None:
    bench = Harness({"ledger": contract(LEDGER)})
    bench.put_row("ledger", "row", "all", {"amount": 3})
    assert bench.call("ledger", "take", {"amount": 1}) == 2
    assert bench.function("ledger", "double")(4) == 8
    bench.at(today="2026-05-05").run(
        "ledger", "on_day", {"date": "2026-05-05", "item": ["a"], "row": {}}, kind="each_day"
    )
    assert bench.events[-1] == ("ledger", "day", {"date": "2026-05-05", "item": ["a"]})
    for contract_name, function in (("ledger", "on_day"), ("ledger", "double"), ("other", "x"), ("ledger", "none")):
        with pytest.raises(ContractFault) as caught:
            bench.call(contract_name, function, {})
        assert caught.value.reason == "unknown_function"
    with pytest.raises(ContractFault) as caught:
        bench.call("ledger", "take", {})
    assert caught.value.reason == "bad_arguments"


def test_the_prelude_says_when_there_is_no_harness() -> None:
    from chainbill.vm import prelude

    with pytest.raises(RuntimeError, match="Harness"):
        prelude.emit("a", {})


# --- links ------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("other", "trial", "reason"),
    [
        ('t = own_table("t")', 'r = read_table("other", "u")', "table_unknown"),
        ('t = own_table("t")', 'r = read_table("nobody", "t")', "table_unknown"),
        ('t = own_table("t")', 'r = read_table("core", "token")', "table_unknown"),
        ('t = own_table("t")', 'r = read_table("trial", "t")', "table_wrong"),
        ("@view\ndef f(a):\n    pass", '@call\ndef go():\n    invoke("other", "f")', "arguments_wrong"),
        ("def f():\n    pass", '@call\ndef go():\n    invoke("other", "f")', "invoke_not_allowed"),
        ('@internal("third")\ndef f():\n    pass', '@call\ndef go():\n    invoke("other", "f")', "invoke_not_allowed"),
        ("X = 1", '@call\ndef go():\n    invoke("other", "f")', "invoke_unknown"),
        ("X = 1", '@call\ndef go():\n    invoke("nobody", "f")', "invoke_unknown"),
    ],
)
def test_contracts_that_do_not_fit_together_are_refused_with_contract_and_line(
    other: str, trial: str, reason: str
) -> None:
    with pytest.raises(ContractRejected) as caught:
        build(other=other, trial=trial)
    assert caught.value.reason == reason
    assert caught.value.fields["contract"] == "trial"
    assert caught.value.fields["line"] == 3 + len(trial.split("\n"))
    assert caught.value.fields["zh"]


def test_the_tables_of_the_core_can_be_read() -> None:
    room = Room(
        'ranges = read_table("core", "range")\nheld = read_table("core", "holding")\n' + go("return ranges.scan([], 5)")
    )
    assert room.run() == []


def test_agendas_of_a_program_are_listed() -> None:
    assert build(LEDGER).agendas == {("trial", "agenda"): "on_day"}


# --- compiling --------------------------------------------------------------------------------------------------------
def test_compiling_is_alike_in_many_threads_and_leaves_the_process_as_it_was() -> None:
    source = contract(LEDGER)
    wanted = compile_contract("trial", source).guarded
    found: list[str] = []
    limit, stack = sys.getrecursionlimit(), threading.stack_size()
    threads = [
        threading.Thread(target=lambda: found.append(compile_contract("trial", source).guarded)) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [wanted] * 8
    assert (sys.getrecursionlimit(), threading.stack_size()) == (limit, stack)


def test_guarded_code_is_the_same_under_two_hash_seeds() -> None:
    program = (
        "import sys; from chainbill.vm import compile_contract; import hashlib, pathlib\n"
        "for path in sys.argv[1:]:\n"
        "    guarded = compile_contract(pathlib.Path(path).stem, pathlib.Path(path).read_text()).guarded\n"
        "    print(hashlib.sha256(guarded.encode()).hexdigest())\n"
    )
    command = [sys.executable, "-W", "error", "-c", program, *map(str, SOURCES)]
    runs = [
        subprocess.run(command, capture_output=True, text=True, check=True, env={"PYTHONHASHSEED": seed}).stdout
        for seed in ("1", "2")
    ]
    assert runs[0] == runs[1]
    assert len(runs[0].split()) == len(SOURCES)


# --- documents and the product's contracts ----------------------------------------------------------------------------
def test_every_reason_that_can_be_given_has_its_texts() -> None:
    source = "\n".join(path.read_text() for path in VM)
    rejections = set(re.findall(r"rejected\(\s*\"([a-z_]+)\"", source))
    assert rejections == set(REJECTIONS)
    faults = set(re.findall(r"fault\(\s*\"([a-z_]+)\"", source)) | set(re.findall(r"OutOfGas\(\"([a-z_]+)\"", source))
    faults |= set(re.findall(r"Error: \(\"([a-z_]+)\"", source))
    assert faults - {"not_allowed", "unknown_field"} <= set(FAULTS)  # these two only the harness can meet
    for texts in (*REJECTIONS.values(), *FAULTS.values(), *INSTEAD.values()):
        assert texts[0].isascii()
        assert re.search("[\u4e00-\u9fff]", texts[1])


def test_the_example_of_the_reference_is_a_contract() -> None:
    text = (ROOT / "docs" / "reference" / "contract-language.md").read_text()
    source = re.search(r"```python\n(.*?)```", text, re.S)
    assert source is not None
    program = link(
        {
            "deposit": compile_contract("deposit", source[1]),
            "party": compile_contract("party", contract('rows = own_table("party")')),
        }
    )
    assert ("deposit", "pay_in") in program.entries


def test_the_contracts_of_the_product_compile_link_and_describe_themselves() -> None:
    assert SOURCES
    compiled = {path.stem: compile_contract(path.stem, path.read_text()) for path in SOURCES}
    program = link(compiled)
    assert len(program.entries) > 40
    for contract_name, found in ((name, describe(item)) for name, item in compiled.items()):
        assert found["docstring"], contract_name
        assert all(function["docstring"] for function in found["functions"]), contract_name
