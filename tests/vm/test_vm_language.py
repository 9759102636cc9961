"""What contracts mean: every construct once, in the machine and in plain Python alike."""

from __future__ import annotations

from typing import Any

import pytest
from vm.vm_room import Room, answer, assert_fault, assert_refused, build, contract, go, plain

from chainbill.crypto.keys import PrivateKey
from chainbill.statement import sign_statement, statement_hash
from chainbill.vm import Context, ContractFault, ContractRefused, OutOfGas, compile_contract, compiler, describe
from chainbill.vm.bounds import MAX_GUARDED_BYTES
from chainbill.vm.rules import STANDARD_RUN
from chainbill.vm.testing import Harness

MEANINGS: list[tuple[str, Any]] = [
    ("return 7 + 2 * 3 - 9 // 2 - 7 % 4", 6),
    ("return [-7 // 2, -7 % 2, 7 // -2, 7 % -2, -(3 - 5)]", [-4, 1, -4, -1, 2]),
    ('return "a" + "b"', "ab"),
    ('return b"a" + b"b"', b"ab"),
    ("return [1] + [2] + []", [1, 2]),
    ("a = (1, 2)\na += (3,)\nreturn a", [1, 2, 3]),
    ("return [1 < 2, 1 <= 1, 2 > 3, 2 >= 3, 1 == 1, 1 != 1]", [True, True, False, False, True, False]),
    ('return ["a" < "b", "é" > "e", b"a" < b"b", "a" == "a"]', [True, True, True, True]),
    ("x = 5\nreturn [0 < x <= 5, 0 < x < 5, 9 > x > 1 == True]"[:-9] + "]", [True, False, True]),
    ('return [1 in [1, 2], 3 in (1, 2), "a" in {"a": 1}, "bc" in "abcd", [1] in [[1]], "x" not in ("y",)]',
     [True, False, True, True, True, True]),
    ("return [None, True, 0 == 0 and 1 == 1, 1 == 2 or 3 == 3, not True]", [None, True, True, True, False]),
    ('return [0 or "x", "" or [], 1 and 2, None and 1]', ["x", [], 2, None]),
    ('return ["yes" if [] else "no", "yes" if {"a": 1} else "no"]', ["no", "yes"]),
    ("x = [1, 2, 3, 4]\nreturn [x[0], x[-1], x[2:], x[:2], x[1:3], x[:], x[5:]]",
     [1, 4, [3, 4], [1, 2], [2, 3], [1, 2, 3, 4], []]),
    ('x = "abc"\nreturn [x[0], x[-2:], len(x), len(b"ab"), len({"a": 1})]', ["a", "bc", 3, 2, 1]),
    ('x = b"abc"\nreturn x[0]', 97),
    ("return [min(3, 1), max(3, 1, 2), min([5, 4]), max((1, 2)), abs(-3), min(\"b\", \"a\")]", [1, 3, 4, 2, 3, "a"]),
    ('return [sorted([3, 1, 2]), sorted(("b", "a")), sorted({"z": 1, "y": 2}), sorted([])]',
     [[1, 2, 3], ["a", "b"], ["y", "z"], []]),
    ("a, b = 1, 2\na, b = b, a\nreturn [a, b]", [2, 1]),
    ("a, (b, c) = [1, (2, 3)]\nreturn [a, b, c]", [1, 2, 3]),
    ('r = {"a": 1, "l": [0]}\nr["a"] += 4\nr["l"][0] -= 1\nr["n"] = None\nr["l"] += [9]\nreturn r',
     {"a": 5, "l": [-1, 9], "n": None}),
    ('k = "key"\nr = {k: 1}\nr[k + "2"] = 2\nr[k] *= 7\nreturn r', {"key": 7, "key2": 2}),
    ("x = 100\nx -= 1\nx *= 2\nx //= 4\nx %= 10\nreturn x", 9),
    ('x = "a"\nx += "b"\nreturn x', "ab"),
    ("x = [1]\ny = x\ny += [2]\nreturn x", [1, 2]),
    ("x = [1]\ny = x\ny = y + [2]\nreturn x", [1]),
    ("t = 0\nfor i in range(9):\n    if i == 3:\n        continue\n    if i > 5:\n        break\n    t += i\nreturn t",
     12),
    ("t = []\nfor i in range(5, 0, -2):\n    t += [i]\nreturn t", [5, 3, 1]),
    ('t = []\nfor i, c in enumerate("ab", 5):\n    t += [i, c]\nreturn t', [5, "a", 6, "b"]),
    ("t = []\nfor p in enumerate([7]):\n    t += [p]\nreturn t", [[0, 7]]),
    ("t = 0\nfor a, b in [(1, 2), [3, 4]]:\n    t += a * b\nreturn t", 14),
    ("t = []\nfor i, (a, b) in enumerate([[1, 2]]):\n    t += [i, a, b]\nreturn t", [0, 1, 2]),
    ('d = {"i": 0}\nfor d["i"] in [4, 5]:\n    pass\nreturn d', {"i": 5}),
    ("if ctx.height == 1:\n    return 1\nelif ctx.height == 7:\n    return 2\nelse:\n    return 3", 2),
    ('return [add_days("2026-02-27", 2), add_months("2026-01-31", 1), days_between("2026-01-01", "2026-03-01")]',
     ["2026-03-01", "2026-02-28", 59]),
    ('return [weekday("2026-01-01"), days_30_360("2026-01-31", "2026-02-28"), is_date("2026-13-01"), date_of(0)]',
     [4, 28, False, "1970-01-01"]),
    ('return [currency_digits("CNY"), currency_digits("JPY"), currency_digits("XXQ")]', [2, 0, -1]),
    ('return [valid_uscc("91350100M000100Y43"), valid_lei("5493001KJTIIGC8Y1R12"), normalise_identifier(" ab-１ ")]',
     [True, True, "AB1"]),
    ('return [kind_of(1), kind_of(True), kind_of("a"), kind_of(b""), kind_of([]), kind_of({}), kind_of(None)]',
     ["int", "bool", "text", "bytes", "list", "map", "none"]),
    ('return digest({"b": 1, "a": [True, None]}) == digest({"a": [True, None], "b": 1})', True),
    ("pass", None),
    ("return", None),
]  # fmt: skip


@pytest.mark.parametrize(("statements", "meaning"), MEANINGS, ids=range(len(MEANINGS)))
def test_it_means_this_in_the_machine_and_in_python(statements: str, meaning: Any) -> None:
    body = go(statements)
    room = Room(body)
    bench = Harness({"trial": contract(body)}, room.context)
    assert room.run() == meaning
    assert bench.call("trial", "go") == meaning


def test_functions_take_arguments_by_place_and_by_name_in_the_order_written() -> None:
    body = """
    rows = own_table("row")


    @call
    def go():
        return take(next("a"), c=next("c"), b=next("b"))


    def next(name):
        emit("seen", {"name": name})
        return name


    def take(a, b, c):
        return [a, b, c]
    """
    room = Room(body)
    assert room.run() == ["a", "b", "c"]
    assert [fields["name"] for _, _, fields in room.events] == ["a", "c", "b"]


def test_both_sides_are_evaluated_once_and_left_first() -> None:
    body = """
    @call
    def go():
        a = say(1) + say(2) - say(3) * say(4)
        b = say(5) < say(6) <= say(7)
        c = [say(8), say(9)][0:say(1)] if False else {"k": say(8)}
        d = {"x": 1}
        d[name("x")] += say(9)
        c[name("y")] = say(10)
        return [a, b, min(say(11), say(12)), say(13) in [say(14)], c, d]


    def say(n):
        emit("n", {"n": n})
        return n


    def name(text):
        emit("n", {"n": text})
        return text
    """.replace("[say(8), say(9)][0:say(1)] if False else ", "")
    room = Room(body)
    bench = Harness({"trial": contract(body)}, room.context)
    assert room.run() == bench.call("trial", "go")
    assert room.events == bench.events
    assert [fields["n"] for _, _, fields in room.events] == [1, 2, 3, 4, 5, 6, 7, 8, "x", 9, 10, "y", 11, 12, 13, 14]


def test_tables_keep_and_scan_in_key_order() -> None:
    body = """
    rows = own_table("row")


    @call
    def go():
        for key in [["b", 2], ["b", 1], ["a", 10], ["a", "x"], ["b", 10]]:
            rows.put(key, {"key": key})
        rows.delete(["a", 10])
        rows.delete("nothing")
        return [rows.scan(["b"], 2), rows.scan([], 10), rows.has(["a", "x"]), rows.has("a"), rows.get("z")]
    """
    found = answer(body)
    assert found == plain(body)
    assert [key for key, _ in found[0]] == [["b", 1], ["b", 2]]
    assert [key for key, _ in found[1]] == [["a", "x"], ["b", 1], ["b", 2], ["b", 10]]
    assert found[2:] == [True, False, None]


def test_require_refuses_with_its_reason_and_details() -> None:
    checks = '    require(n < 5, WHY, {"n": n, "list": [1]})\n    require(n, "zero")\n    return n'
    body = f'WHY = "too_much"\n\n\n@call\ndef go(n):\n{checks}'
    assert answer(body, {"n": 4}) == 4
    assert assert_refused(body, "too_much", {"n": 9}).fields == {"n": 9, "list": [1]}
    assert assert_refused(body, "zero", {"n": 0}).fields == {}
    with pytest.raises(ContractRefused) as caught:
        plain(body, {"n": 9})
    assert (caught.value.reason, caught.value.fields) == ("too_much", {"n": 9, "list": [1]})


def test_details_are_made_even_when_they_are_not_needed_as_in_python() -> None:
    body = '@call\ndef go(m):\n    require(True, "never", {"x": m["missing"]})'
    assert_fault(body, "key_missing", {"m": {}}, line=3)
    assert_fault('@call\ndef go():\n    require(False, "no", 5)', "bad_details", line=3)


def test_ids_are_new_each_time_and_alike_in_both() -> None:
    body = go('return [new_id("T"), new_id("T"), new_id("B")]')
    first = answer(body)
    assert first == plain(body)
    assert len(set(first)) == 3
    assert [text[0] for text in first] == ["T", "T", "B"]


def test_the_context_is_what_the_run_was_given() -> None:
    texts = ["party", "today", "transaction", "chain_id", "network", "proposer", "clock", "caller"]
    fields = [*texts, "height", "time_ms", "gap_ms", "zone_offset_minutes", "signers", "recent_proposers"]
    body = go(f"return [{', '.join(f'ctx.{name}' for name in fields)}]")
    room = Room(body)
    room.context = Context(
        "P",
        3,
        5,
        "2026-05-05",
        7,
        "ab",
        ({"key": "k", "capabilities": ["maker"]},),
        "net",
        "a7" * 32,
        480,
        "pr",
        ("x", "y"),
        "adjustable",
    )
    expected = ["P", "2026-05-05", "ab", "net", "a7" * 32, "pr", "adjustable", "", 3, 5, 7, 480]
    expected += [[{"key": "k", "capabilities": ["maker"]}], ["x", "y"]]
    assert room.run() == expected
    assert Harness({"trial": contract(body)}, room.context).call("trial", "go") == expected


def test_a_whole_number_of_256_bits_works_inside() -> None:
    body = go(
        "x = 340282366920938463463374607431768211455",
        "y = x * x",
        "return [y // x == x, y % x, -y < 0, y > x, sorted([y, x])[0] == x]",
    )
    assert answer(body) == plain(body) == [True, 0, True, True, True]


def test_a_fault_names_contract_function_and_line_also_below() -> None:
    program_room = Room(
        trial="@call\ndef go(n):\n    x = 1\n    return helper(n)\n\n\ndef helper(n):\n    y = 5\n"
        '    return invoke("other", "part", y, n)',
        other='@internal("trial")\ndef part(a, b):\n    return (\n        a //\n        b\n    )',
    )
    assert program_room.run({"n": 5}) == 1
    with pytest.raises(ContractFault) as caught:
        program_room.run({"n": 0})
    assert caught.value.reason == "division_by_zero"
    assert caught.value.fields == {"contract": "other", "function": "part", "line": 3 + 3}
    with pytest.raises(ContractFault) as caught:
        program_room.run({"n": "a"})
    assert (caught.value.reason, caught.value.fields["line"]) == ("wrong_type", 6)


def test_describe_tells_functions_reasons_tables_and_topics() -> None:
    body = '''
    rows = own_table("row")
    theirs = read_table("other", "thing")


    @call
    def go(a, b):
        """Do it."""
        require(a, "no_a")
        helper(b)
        invoke("other", "take", a)


    @internal("other", "third")
    def quiet():
        pass


    def helper(b):
        require(b, "no_b")
        emit("happened", {})
    '''
    found = describe(compile_contract("trial", contract(body)))
    told = [{name: of[name] for name in of if name not in ("parameters", "results")} for of in found["functions"]]
    assert told == [
        {"name": "go", "kind": "call", "for": [], "arguments": ["a", "b"], "docstring": "Do it.",
         "reasons": ["no_a", "no_b"], "topics": ["happened"], "invokes": ["other.take"]},
        {"name": "quiet", "kind": "internal", "for": ["other", "third"], "arguments": [], "docstring": "",
         "reasons": [], "topics": [], "invokes": []},
    ]  # fmt: skip
    assert (found["tables"], found["reads"], found["reasons"], found["topics"]) == (
        ["row"],
        ["other.thing"],
        ["no_a", "no_b"],
        ["happened"],
    )


def test_the_guarded_code_is_the_same_every_time() -> None:
    body = contract(go("x = {}", 'for k in ["a", "b"]:\n    x[k] = len(k) + 1', "return x"))
    one, two = compile_contract("trial", body), compile_contract("trial", body)
    assert one.guarded == two.guarded
    assert one.code == two.code
    assert "m.gas" in one.guarded


SET = "@call\ndef go(sources, removed):\n    return set_problem(sources, removed)"
VIEW = contract("@view\ndef f():\n    return 1")


def test_statements_are_signed_for_network_contract_and_purpose() -> None:
    """The contract that runs reads them, also when another one invoked it; the machine and plain Python agree."""
    network, key = bytes.fromhex("a7" * 32), PrivateKey.from_seed(b"k" * 32)
    statement = {"amount": 5}
    given = "key, purpose, value, signature"
    reader = f"""@internal("party")
def check({given}):
    return [statement_hash(purpose, value), signed_by("ed25519", key, purpose, value, signature)]
"""
    caller = f'@call\ndef go({given}):\n    return invoke("finance", "check", {given})\n'
    room = Room(party=caller, finance=reader)
    room.context = Context(network=network.hex())
    plainly = Harness({"party": contract(caller), "finance": contract(reader)}, room.context)

    def check(signature: bytes, purpose: str = "bid") -> Any:
        arguments = {"key": key.public.hex(), "purpose": purpose, "value": statement, "signature": signature.hex()}
        found = room.run(arguments, name="party")
        assert plainly.call("party", "go", arguments) == found
        return found

    good = sign_statement(key, network, "finance", "bid", statement)
    expected = statement_hash(network, "finance", "bid", statement).hex()
    assert check(good) == [expected, True]
    assert check(sign_statement(key, bytes(32), "finance", "bid", statement)) == [expected, False]
    assert check(sign_statement(key, network, "party", "key", statement)) == [expected, False]
    assert check(sign_statement(key, network, "finance", "bid", {"amount": 6})) == [expected, False]
    for purpose in ("application", "", "BID"):
        with pytest.raises(ContractFault, match="bad_argument"):
            check(good, purpose)


@pytest.mark.parametrize(
    ("sources", "removed", "wanted"),
    [
        ({}, [], None),
        ({"new": VIEW}, [], None),
        ({"trial": VIEW}, [], None),
        ({"new": VIEW}, ["trial"], None),
        ({"new": "x"}, [], ("docstring_missing", "new", 1)),
        ({"core": VIEW}, [], ("contract_name", "core", 0)),
        ({"new": contract('@view\ndef f():\n    return invoke("none", "f")')}, [], ("invoke_unknown", "new", 6)),
        ({}, ["none"], ("contract_not_there", "none", 0)),
        ({"trial": VIEW}, ["trial"], ("contract_not_there", "trial", 0)),
        ({"new": VIEW}, ["trial", "trial"], ("contract_not_there", "trial", 0)),
        ({f"c{number}": VIEW for number in range(64)}, [], ("too_many_contracts", "trial", 0)),
        ({f"c{number}": VIEW for number in range(64)}, ["trial"], None),
    ],
)
def test_set_problem_tells_what_deployment_would_say(sources: Any, removed: Any, wanted: Any) -> None:
    arguments = {"sources": sources, "removed": removed}
    told = None if wanted is None else dict(zip(("problem", "contract", "line"), wanted, strict=True))
    assert answer(SET, arguments) == plain(SET, arguments) == told


def test_set_problem_is_paid_for_by_all_characters_of_the_set() -> None:
    used = []
    for count in (1, 2, 3):
        room = Room(SET)
        room.run({"sources": {f"c{number}": VIEW for number in range(count)}, "removed": []})
        used.append(room.meter.used)
    assert used[2] - used[1] == used[1] - used[0] > STANDARD_RUN.prices.gas_source_character * len(VIEW)


def test_what_is_examined_is_paid_for_before_the_next_source_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """One transaction had 43 sources of many statements compiled, seven seconds, and then its gas was used up."""
    read = []
    compiled = compiler.read_contract
    monkeypatch.setattr(compiler, "read_contract", lambda name, source: read.append(name) or compiled(name, source))
    source = VIEW + "".join([f"\n\n\ndef f{number}(a):\n    return a + a * a\n" for number in range(30)])
    sources = {f"c{number}": source for number in range(9)}
    characters = STANDARD_RUN.prices.gas_source_character * len(source) * len(sources)
    size = compile_contract("c0", source).size
    paid_for = 2 * STANDARD_RUN.prices.gas_guarded_byte * size
    gas = characters + paid_for + STANDARD_RUN.prices.gas_guarded_byte * size // 2
    room = Room(SET)
    read.clear()
    with pytest.raises(OutOfGas):
        room.run({"sources": sources, "removed": []}, gas_limit=gas)
    assert read == ["c0", "c1", "c2"]


def test_guarded_code_is_paid_for_before_python_compiles_it(monkeypatch: pytest.MonkeyPatch) -> None:
    program = compiler.link({"trial": compile_contract("trial", VIEW)})
    built: list[str] = []

    def counted(*given: Any, **named: Any) -> Any:
        built.append(given[1])
        return compile(*given, **named)

    monkeypatch.setattr(compiler, "compile", counted, raising=False)

    def spent(_: int) -> None:
        raise OutOfGas("out_of_gas", "the run has used all its gas")

    with pytest.raises(OutOfGas):
        program.examine({"new": VIEW}, pay=spent)
    assert built == []
    paid: list[int] = []
    assert program.examine({"new": VIEW}, pay=paid.append) is None
    assert (len(built), paid) == (1, [compile_contract("new", VIEW).size])


def test_a_source_that_is_refused_is_paid_for_too() -> None:
    """By its characters, and where its guarded code became too large by as much as was made of that."""
    program = compiler.link({"trial": compile_contract("trial", VIEW)})
    many = "".join([f"\n\n\ndef f{number}(a):\n    return a{' + a' * 30}\n" for number in range(190)])
    unknown = VIEW + "\n\n\ndef g():\n    return nobody\n"
    for source, problem, due in (
        ("x" * 50, "docstring_missing", 50),
        (unknown, "name_unknown", len(unknown)),
        (VIEW + many, "too_many_operations", MAX_GUARDED_BYTES),
    ):
        paid: list[int] = []
        found = program.examine({"new": source}, pay=paid.append)
        assert (found and found["problem"], sum(paid)) == (problem, due)


def test_a_signature_that_others_call_changes_together_with_them() -> None:
    """formats S7: each source was linked alone against the running program, so that no signature could change."""
    trial = go('return invoke("other", "f", 1)')
    program = build(other='@internal("trial")\ndef f(a):\n    return a', trial=trial)
    other = contract('@internal("trial")\ndef f(a, b):\n    return a + b')
    caller = contract(trial.replace('"f", 1', '"f", 1, 2'))
    assert program.examine({"other": other}) == {"problem": "arguments_wrong", "contract": "trial", "line": 6}
    assert program.examine({"trial": caller}) == {"problem": "arguments_wrong", "contract": "trial", "line": 6}
    assert program.examine({"other": other, "trial": caller}) is None
    assert program.examine({}, ["other"]) == {"problem": "invoke_unknown", "contract": "trial", "line": 6}
    assert program.examine({}, ["other", "trial"]) is None


def test_linked_order_is_the_general_part_then_what_is_invoked() -> None:
    program = build(
        a='@call\ndef go():\n    return invoke("b", "f")',
        b='@internal("a")\ndef f():\n    return invoke("c", "f")',
        c='@internal("b")\ndef f():\n    return 1',
        general="ONE = 1",
    )
    assert program.order == ("general", "c", "b", "a")
