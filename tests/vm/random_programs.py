"""Random contracts, generated from the grammar: typed, so that most run to success, with a little mischief.

A program is two contracts, "party" (everything) and "finance" (what the first invokes; both names have statements of
their own), the general part that both import from, and arguments to run it with.
Types: i whole number, b boolean, s text, y bytes, l list of numbers, t list of texts, m map with the fields of FIELDS.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any

FIELDS = {"a": "i", "s": "s", "l": "l", "t": "t", "in": "b"}
TYPES = "ibsltmy"
TEXTS = ["", "a", "b", "live", "active", "应收", "2026-03-31", "T1", "CNY", "é"]
HELPERS = {"h_i": ("i", "is"), "h_l": ("l", "lim"), "h_m": ("m", "sib"), "h_s": ("s", "bti"), "h_none": ("", "ml")}
GENERAL_HELPERS = {"g_i": ("i", "il"), "g_s": ("s", "ms"), "g_l": ("l", "li")}
SIGNATURES = {**HELPERS, **GENERAL_HELPERS}
OTHERS = {"number": ("i", "ls"), "change": ("m", "mi"), "look": ("s", "s")}
CONSTANTS = {"N": "i", "NAME": "s", "ITEMS": "l", "WORDS": "t", "YES": "b", "RAW": "y"}
IMPORTED = {"G_N": "i", "G_NAME": "s", "G_ITEMS": "l", "G_WORDS": "t"}
IMPORT = f"from chainbill_contracts.general import {', '.join([*IMPORTED, *GENERAL_HELPERS])}"
KINDS_OF_MISCHIEF = 0.012


@dataclass(frozen=True)
class RandomProgram:
    """Sources by contract name, and the runs to do: (contract, function, kind, arguments)."""

    sources: dict[str, str]
    runs: list[tuple[str, str, str, dict[str, Any]]]


class Generator:
    """Writes one function after the other; every choice comes from the seed."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.lines: list[str] = []
        self.depth = 1
        self.scope: dict[str, str] = {}
        self.answer = ""
        self.loops = 0
        self.helpers: list[str] = []
        self.is_view = False
        self.invokes = False
        self.imports = False
        self.counter = 0
        self.purpose = ""

    # --- expressions --------------------------------------------------------------------------------------------------
    def e(self, kind: str, depth: int = 3) -> str:
        """Return an expression of a type."""
        if self.random.random() < KINDS_OF_MISCHIEF:
            kind = self.random.choice(TYPES)
        names = [name for name, of in self.scope.items() if of == kind]
        if names and self.random.random() < (0.45 if depth else 0.8):
            return self.random.choice(names)
        if depth <= 0 or self.random.random() < 0.15:
            return self.literal(kind)
        makers: dict[str, list[Callable[[int], str]]] = {
            "i": [self.arithmetic, self.arithmetic, self.whole, self.whole, self.field("i"), self.index],
            "b": [self.compare, self.compare, self.boolean, self.membership, self.field("b")],
            "s": [self.text, self.text, self.field("s"), self.context],
            "l": [self.list_of("i"), self.joined("l"), self.cut("l"), self.field("l"), self.ordered("l")],
            "t": [self.list_of("s"), self.joined("t"), self.cut("t"), self.field("t"), self.ordered("t")],
            "m": [self.map],
            "y": [self.joined("y"), self.cut("y")],
        }
        if self.random.random() < 0.18:
            return self.any_of(kind, depth - 1)
        return self.random.choice(makers[kind])(depth - 1)

    def literal(self, kind: str) -> str:
        pick = self.random.choice
        imported = [name for name, of in IMPORTED.items() if of == kind]
        if imported and self.imports and self.random.random() < 0.2:
            return imported[0] if kind in "is" else f"{imported[0]}[:]"
        if kind == "i":
            return pick(["0", "1", "2", "7", "-3", "100", "9007199254740991", "N", str(self.random.randrange(-50, 50))])
        if kind == "b":
            return pick(["True", "False", "YES"])
        if kind == "s":
            return pick([f'"{pick(TEXTS)}"', "NAME"])
        if kind == "y":
            return pick(['b"ab"', 'b""', "RAW"])
        if kind == "l":
            return pick(["[]", "[1]", "[3, 1, 2]", "ITEMS[:]", "[0, 0]"])
        if kind == "t":
            return pick(["[]", '["a"]', '["b", "a"]', "WORDS[:]"])
        return '{"a": 1, "s": "x", "l": [2, 1], "t": ["q"], "in": True}'

    def any_of(self, kind: str, depth: int) -> str:
        """Return what goes for every type: a choice, a call, an answer of another contract."""
        options = [f"({self.e(kind, depth)} if {self.e('b', depth)} else {self.e(kind, depth)})"]
        options += [self.call_of(name, depth) for name in self.helpers if SIGNATURES[name][0] == kind]
        if self.invokes:
            options += [self.invoke_of(name, depth) for name, (of, _) in OTHERS.items() if of == kind]
        return self.random.choice(options)

    def call_of(self, name: str, depth: int) -> str:
        arguments = [self.e(kind, depth) for kind in SIGNATURES[name][1]]
        by_name = self.random.randrange(len(arguments) + 1)
        named = [f"p{number}={arguments[number]}" for number in range(by_name, len(arguments))]
        self.random.shuffle(named)
        return f"{name}({', '.join(arguments[:by_name] + named)})"

    def invoke_of(self, name: str, depth: int) -> str:
        return f'invoke("finance", "{name}", {", ".join(self.e(kind, depth) for kind in OTHERS[name][1])})'

    def arithmetic(self, depth: int) -> str:
        operator = self.random.choice(["+", "-", "*", "+", "-", "//", "%"])
        right = self.random.choice(["2", "3", "-7", "100"]) if operator in "//%" else self.e("i", depth)
        return f"({self.e('i', depth)} {operator} {right})"

    def whole(self, depth: int) -> str:
        date = f'add_days("2026-01-31", {self.random.randrange(-400, 400)})'
        return self.random.choice(
            [
                f"len({self.e(self.random.choice('ltsmy'), depth)})",
                f"min({self.e('i', depth)}, {self.e('i', depth)})",
                f"max({self.e('i', depth)}, {self.e('i', depth)}, {self.e('i', depth)})",
                f"max([{self.e('i', depth)}, {self.e('i', depth)}])",
                f"abs({self.e('i', depth)})",
                f"-{self.e('i', depth)}",
                f"days_between({date}, ctx.today)",
                f"days_30_360(ctx.today, {date})",
                f"weekday({date})",
                f"currency_digits({self.e('s', 0)})",
                *(f"ctx.{name}" for name in ("height", "gap_ms", "time_ms", "zone_offset_minutes")),
                'b"abc"[:2][1]' if depth < 0 else "RAW[1]",
            ]
        )

    def name_of(self, kind: str) -> str:
        """Return a local name or constant of a type."""
        return self.random.choice([name for name, of in {**self.scope, **CONSTANTS}.items() if of == kind])

    def index(self, depth: int) -> str:
        items = self.name_of("l")
        return (
            f"{items}[{self.random.choice(['0', '-1', '1'])}]"
            if self.random.random() < 0.3
            else f"ITEMS[{self.e('i', depth)} % 3]"
        )

    def field(self, kind: str) -> Callable[[int], str]:
        def make(depth: int) -> str:
            maps = [name for name, of in self.scope.items() if of == "m"]
            if not maps:
                return self.literal(kind)
            name = self.random.choice([key for key, of in FIELDS.items() if of == kind])
            return f'{self.random.choice(maps)}["{name}"]'

        return make

    def compare(self, depth: int) -> str:
        kind = self.random.choice("iissltmby")
        order = ["==", "!="] if kind in "ltmb" else ["==", "!=", "<", "<=", ">", ">="]
        left, right = self.e(kind, depth), self.e(kind, depth)
        if kind == "i" and self.random.random() < 0.25:
            return f"({left} {self.random.choice(order)} {right} {self.random.choice(order)} {self.e('i', depth)})"
        return f"({left} {self.random.choice(order)} {right})"

    def boolean(self, depth: int) -> str:
        one, other = self.e("b", depth), self.e("b", depth)
        key = self.key(depth)
        return self.random.choice(
            [
                f"(not {one})",
                f"({one} and {other})",
                f"({one} or {other})",
                f"({one} and {other} or {self.e('b', depth)})",
                f"rows.has({key})",
                f"(rows.get({key}) is None)",
                f"(rows.get({key}) is not None)",
                f"is_date({self.e('s', depth)})",
                'valid_uscc("91350211M000100Y43")',
                '(set_problem({"new": NAME}, [NAME]) is None)',
                "valid_lei(NAME)",
                self.signed(),
                f"shown.has({key})",
            ]
        )

    def membership(self, depth: int) -> str:
        operator = self.random.choice(["in", "not in"])
        return self.random.choice(
            [
                f"({self.e('i', depth)} {operator} {self.e('l', depth)})",
                f"({self.e('s', depth)} {operator} {self.e('t', depth)})",
                f'({self.e("s", depth)} {operator} ("live", "active", "due"))',
                f"({self.e('i', depth)} {operator} (1, 2, 3))",
                f"({self.e('s', depth)} {operator} {self.e('s', depth)})",
                f'("a" {operator} {self.e("m", depth)})',
                f"({self.e('l', depth)} {operator} [{self.e('l', depth)}, [1]])",
            ]
        )

    def text(self, depth: int) -> str:
        return self.random.choice(
            [
                f"({self.e('s', depth)} + {self.e('s', depth)})",
                f"{self.random.choice(['NAME', 'ctx.today', 'ctx.party'])}[{self.random.choice(['', '1', '-2'])}:3]",
                f"digest({self.e(self.random.choice(TYPES), depth)})",
                self.stated(depth),
                f"kind_of({self.e(self.random.choice(TYPES), depth)})",
                f"normalise_identifier({self.e('s', depth)})",
                f'add_days("2026-02-28", {self.random.randrange(-99, 99)})',
                f'add_months("2026-01-31", {self.random.randrange(-30, 30)})',
                "date_of(ctx.time_ms)",
                f"min({self.e('s', depth)}, {self.e('s', depth)})",
                "WORDS[1]",
                "ctx.today" if self.is_view else 'new_id("T")',
                "ctx.chain_id" if self.is_view else 'new_id("N")',
            ]
        )

    def signed(self) -> str:
        """Return a look at a signature; the general part runs for contracts that have no purpose in common."""
        if not self.purpose:
            return "valid_lei(NAME)"
        return f'signed_by("ed25519", "{"0" * 64}", "{self.purpose}", {self.e("i", 0)}, "{"0" * 128}")'

    def stated(self, depth: int) -> str:
        value = self.e(self.random.choice(TYPES), depth)
        return f'statement_hash("{self.purpose}", {value})' if self.purpose else f"digest({value})"

    def context(self, _: int) -> str:
        names = ["party", "today", "transaction", "chain_id", "network", "proposer", "clock", "clock", "caller"]
        return "ctx." + self.random.choice(names)

    def list_of(self, kind: str) -> Callable[[int], str]:
        return lambda depth: "[" + ", ".join(self.e(kind, depth) for _ in range(self.random.randrange(1, 4))) + "]"

    def joined(self, kind: str) -> Callable[[int], str]:
        return lambda depth: f"({self.e(kind, depth)} + {self.e(kind, depth)})"

    def cut(self, kind: str) -> Callable[[int], str]:
        def make(depth: int) -> str:
            ends = [self.random.choice(["", "0", "1", "-1", "N", self.e("i", 0)]) for _ in range(2)]
            return f"{self.name_of(kind)}[{':'.join(ends)}]"

        return make

    def ordered(self, kind: str) -> Callable[[int], str]:
        def make(depth: int) -> str:
            if kind == "t":
                return self.random.choice(
                    [f"sorted({self.e('t', depth)})", f"sorted({self.e('m', depth)})", "ctx.recent_proposers"]
                )
            return f"sorted({self.e('l', depth)})"

        return make

    def map(self, depth: int) -> str:
        fields = ", ".join(f'"{name}": {self.e(kind, depth)}' for name, kind in FIELDS.items())
        return "{" + fields + "}"

    def key(self, depth: int) -> str:
        if self.random.random() < 0.7:
            return self.random.choice(['"a"', "1", "NAME"])
        number = f"{self.random.randrange(4)}"
        return self.random.choice(
            [f'"{self.random.choice(TEXTS)}"', number, f'["k", {number}]', self.e("s", 0), "[NAME, 1]"]
        )

    # --- statements ---------------------------------------------------------------------------------------------------
    def add(self, line: str) -> None:
        self.lines.append("    " * self.depth + line)

    def new_name(self) -> str:
        self.counter += 1
        return f"x{self.counter}"

    def block(self, size: int) -> None:
        """Write a block of its own: names made in it are not used after it."""
        before = dict(self.scope)
        written = len(self.lines)
        self.depth += 1
        for _ in range(self.random.randrange(1, max(size, 1) + 1)):
            self.statement(size - 1)
        if len(self.lines) == written:
            self.add("pass")
        self.depth -= 1
        self.scope = before

    def statement(self, size: int) -> None:
        options = [
            self.assign,
            self.assign,
            self.augment,
            self.alias,
            self.store,
            self.tuple_assign,
            self.effect,
            self.read,
        ]
        if size > 0:
            options += [self.branch, self.loop, self.loop]
        self.random.choice(options)(size)

    def assign(self, _: int) -> None:
        kind = self.random.choice(TYPES)
        same = [name for name, of in self.scope.items() if of == kind and not name.startswith("k")]
        name = self.random.choice(same) if same and self.random.random() < 0.4 else self.new_name()
        self.add(f"{name} = {self.e(kind)}")
        self.scope[name] = kind

    def augment(self, _: int) -> None:
        kind = self.random.choice("iiislty")
        names = [name for name, of in self.scope.items() if of == kind and not name.startswith("k")]
        operator = self.random.choice(["+=", "-=", "*=", "//=", "%="]) if kind == "i" else "+="
        value = self.random.choice(["2", "-3"]) if operator in ("//=", "%=") else self.e(kind, 2)
        if operator == "*=":
            value = self.random.choice(["2", "-1", "10"])
        if names:
            self.add(f"{self.random.choice(names)} {operator} {value}")

    def store(self, _: int) -> None:
        maps = [name for name, of in self.scope.items() if of == "m"]
        lists = [name for name, of in self.scope.items() if of == "l"]
        if maps:
            name = self.random.choice(list(FIELDS))
            place = f'{self.random.choice(maps)}["{name}"]'
            if FIELDS[name] in "ils" and self.random.random() < 0.5:
                self.add(f"{place} += {self.e(FIELDS[name], 2)}")
            else:
                self.add(f"{place} = {self.e(FIELDS[name], 2)}")
        if lists and self.random.random() < 0.3:
            name = self.random.choice(lists)
            index = self.random.choice(["0", "-1", f"len({name}) - 1"])
            self.add(f"if len({name}) > 0:")
            self.add(f"    {name}[{index}] {self.random.choice(['=', '+='])} {self.e('i', 1)}")

    def alias(self, _: int) -> None:
        """Give a list or map a second name and change it under that."""
        found = [(name, of) for name, of in self.scope.items() if of in "lm"]
        if found:
            name, kind = self.random.choice(found)
            other = self.new_name()
            self.add(f"{other} = {name}")
            self.add(f"{other} += {self.e('l', 1)}" if kind == "l" else f'{other}["l"] += {self.e("l", 1)}')
            self.scope[other] = kind

    def show(self) -> None:
        """Make everything that can be seen at the end of a function an event."""
        fields = [f'"{name}": {name}' for name in self.scope]
        if not self.is_view:
            if self.random.random() < 0.25:
                self.add(f"rows.delete({self.key(0)})")
            fields += ['"id": new_id("Z")', '"rows": rows.scan([], 50)']
            self.add(f'emit("end", {{{", ".join(fields)}}})')

    def tuple_assign(self, _: int) -> None:
        one, other, third = self.new_name(), self.new_name(), self.new_name()
        kinds = [self.random.choice(TYPES) for _ in range(3)]
        form = self.random.randrange(4)
        if form == 0:
            self.add(f"{one}, {other} = {self.e(kinds[0], 2)}, {self.e(kinds[1], 2)}")
            self.scope |= {one: kinds[0], other: kinds[1]}
        elif form == 1:
            self.add(
                f"{one}, ({other}, {third}) = [{self.e(kinds[0], 1)}, ({self.e(kinds[1], 1)}, {self.e(kinds[2], 1)})]"
            )
            self.scope |= {one: kinds[0], other: kinds[1], third: kinds[2]}
        elif form == 2:
            self.add(f"{one} = ({self.e('i', 1)}, {self.e('i', 1)}, {self.e('i', 1)})")
            self.add(f"{one} += ({self.e('i', 1)},)")
            self.add(f"{other} = {one}[{self.random.randrange(4)}]")
            self.scope |= {other: "i"}
        else:
            names = [name for name, of in self.scope.items() if of == "i" and not name.startswith("k")]
            if len(names) > 1:
                one, other = self.random.sample(names, 2)
                self.add(f"{one}, {other} = {other}, {one}")

    def effect(self, _: int) -> None:
        options = ["pass"]
        if not self.is_view:
            options += [
                f"rows.put({self.key(1)}, {self.e('m', 2)})",
                f"rows.put({self.key(1)}, {self.e('m', 2)})",
                f"rows.delete({self.key(1)})",
                f"rows.delete({self.key(1)})",
                f"agenda.put([add_days(ctx.today, {self.random.randrange(1, 9)}), {self.e('s', 1)}], {self.e('m', 1)})",
                f'emit("topic", {self.e("m", 2)})',
                f'emit("other", {{"v": {self.e(self.random.choice(TYPES), 2)}, NAME: {self.e("i", 0)}}})',
            ]
            options += [self.call_of(name, 1) for name in self.helpers]
        if self.invokes:
            options.append(self.invoke_of("change" if not self.is_view else "look", 1))
        options.append(f'require({self.e("b", 1)} or True, "never")')
        options.append(f'require(len({self.e("l", 1)}) < 60, "too_long", {{"n": {self.e("i", 1)}}})')
        if self.random.random() < 0.06:
            options = [f'require({self.e("b", 2)}, "no", {{"why": {self.e("s", 1)}}})']
        self.add(self.random.choice(options))

    def read(self, _: int) -> None:
        name = self.new_name()
        if self.random.random() < 0.3:
            found = self.new_name()
            self.add(f"{name} = 0")
            table = self.random.choice(["rows", "shown"])
            leading = self.random.choice(["[]", "[NAME]", "[1]"])
            self.add(f"for {found} in {table}.scan({leading}, {self.random.randrange(1, 6)}):")
            self.add(f"    {name} += len({found}[0])")
            self.scope[name] = "i"
            return
        self.add(f"{name} = rows.get({self.key(1)})")
        self.add(f"if {name} is None:")
        self.add(f"    {name} = {self.literal('m')}")
        if self.random.random() < 0.4:
            self.add(f'{name}["l"] += [9]')
        self.scope[name] = "m"

    def branch(self, size: int) -> None:
        self.add(f"if {self.e('b')}:")
        self.block(size)
        if self.random.random() < 0.4:
            self.add(f"elif {self.e('b')}:")
            self.block(size)
        if self.random.random() < 0.5:
            self.add("else:")
            self.block(size)
        if self.answer and self.random.random() < 0.1:
            self.add(f"if {self.e('b', 1)} and {self.e('b', 1)}:")
            self.add(f"    return {self.e(self.answer, 2)}")

    def loop(self, size: int) -> None:
        one, other = f"k{self.new_name()}", f"k{self.new_name()}"
        before = dict(self.scope)
        form = self.random.randrange(7)
        if form == 0:
            self.add(f"for {one} in range({self.random.choice(['3', '1, 4', '5, 0, -2', 'len(NAME)'])}):")
            self.scope[one] = "i"
        elif form == 1:
            self.add(f"for {one} in {self.random.choice(['ITEMS', 'ITEMS[:2]', 'sorted(ITEMS)', '(1, 2)'])}:")
            self.scope[one] = "i"
        elif form == 2:
            items = self.random.choice(["WORDS", "WORDS, 1", "sorted(WORDS)", "NAME"])
            self.add(f"for {one}, {other} in enumerate({items}):")
            self.scope |= {one: "i", other: "s"}
        elif form == 3:
            self.add(f"for {one} in sorted({self.e('m', 1)}):")
            self.scope[one] = "s"
        elif form == 4:
            self.add(f'for {one}, {other} in [(1, "a"), [2, {self.e("s", 1)}]]:')
            self.scope |= {one: "i", other: "s"}
        elif form == 5:
            self.add(f"for {one} in {self.random.choice([self.name_of('l') + '[:4]', '[2, 1]', self.e('l', 1)])}:")
            self.scope[one] = "i"
        else:
            self.add(f"for {one} in {self.random.choice(['NAME', 'WORDS', 'ctx.recent_proposers'])}:")
            self.scope[one] = "s"
        self.loops += 1
        self.block(size)
        if self.random.random() < 0.35:
            self.add(f"    if {self.e('b', 1)}:")
            self.add("        " + self.random.choice(["break", "continue"]))
            if self.random.random() < 0.5:
                self.add(f"    {self.new_name()} = {self.e('i', 1)}")
        self.loops -= 1
        self.scope = before

    # --- functions ----------------------------------------------------------------------------------------------------
    def function(
        self,
        head: str,
        parameters: dict[str, str],
        answer: str,
        size: int,
        *,
        is_view: bool = False,
        begin: tuple[str, ...] = (),
    ) -> None:
        self.scope, self.answer, self.is_view, self.depth = dict(parameters), answer, is_view, 1
        self.lines += ["", "", *head.split("\n")]
        if self.random.random() < 0.3:
            self.add('"""Say something."""')
        for line in begin:
            self.add(line)
        for _ in range(size):
            self.statement(2)
        self.show()
        if not answer:
            self.add("pass")
        if answer:
            self.add(f"return {self.e(answer, 2)}")
        elif self.random.random() < 0.5:
            self.add("return")


GENERAL_DECLARATIONS = ['rows = read_table("party", "row")', 'shown = read_table("finance", "row")']
DECLARATIONS = ['rows = own_table("row")', 'agenda = own_table("agenda")', 'shown = read_table("finance", "row")']


def constants(random: Random) -> list[str]:
    """Return constants of every kind, some made by arithmetic."""
    return [
        f"N = {random.randrange(0, 9)} + 2 * 3 - 4 // 3 % 5",
        f'NAME = "{random.choice(["first", "应收账款", "B77"])}"',
        f"ITEMS = [{random.randrange(9)}, -{random.randrange(9)}, N]",
        'WORDS = ["w", NAME, "live"]',
        "YES = True",
        'RAW = b"xyz"',
        'SHAPE = {"pair": (1, "a"), "none": None}',
    ]


def random_program(seed: int) -> RandomProgram:
    """Return the program of a seed."""
    g = Generator(seed)
    general = random_general_part(g)
    g.imports, g.purpose = True, "key"
    g.helpers = list(GENERAL_HELPERS)
    g.lines = [
        '"""A random contract."""',
        "from chainbill.vm.prelude import *",
        IMPORT,
        "",
        *constants(g.random),
        *DECLARATIONS,
    ]
    g.invokes = True
    for name, (answer, parameters) in HELPERS.items():
        names = {f"p{number}": kind for number, kind in enumerate(parameters)}
        g.function(f"def {name}({', '.join(names)}):", names, answer, g.random.randrange(1, 3))
        g.helpers.append(name)
    rows = tuple(f"rows.put({key}, {g.literal('m')})" for key in ('"a"', "1", "NAME"))  # what later runs find
    g.function("@init\ndef start():", {}, "", 2, begin=rows)
    g.function(
        "@call\ndef go(a, b, c):", {"a": "i", "b": "s", "c": "m"}, g.random.choice(TYPES), g.random.randrange(3, 7)
    )
    g.function("@migrate\ndef change():", {}, "i", 1)
    g.function('@each_day("agenda")\ndef on_day(date, item, row):', {"date": "s", "row": "m"}, "", 2)
    g.helpers = list(GENERAL_HELPERS)
    g.invokes = False
    g.function("@view\ndef ask(a):", {"a": "s"}, g.random.choice(TYPES), 2, is_view=True)
    first = "\n".join(g.lines) + "\n"

    g.purpose = "bid"
    g.lines = ['"""What the first one invokes."""', "from chainbill.vm.prelude import *", IMPORT, ""]
    g.lines += constants(g.random)
    g.lines += [*DECLARATIONS[:2], 'shown = own_table("shown")']
    for name, (answer, parameters) in OTHERS.items():
        names = {f"p{number}": kind for number, kind in enumerate(parameters)}
        head = "@view" if name == "look" else '@internal("party")'
        g.function(f"{head}\ndef {name}({', '.join(names)}):", names, answer, 2, is_view=name == "look")
    other = "\n".join(g.lines) + "\n"

    row = {"a": g.random.randrange(-9, 9), "s": g.random.choice(TEXTS), "l": [3, 1], "t": ["a"], "in": False}
    go = {"a": g.random.randrange(-99, 99), "b": g.random.choice(TEXTS), "c": row}
    runs = [
        ("party", "start", "init", {}),
        ("party", "go", "call", go),
        ("party", "go", "call", {**go, "a": 5, "b": "live"}),
        ("party", "ask", "view", {"a": g.random.choice(TEXTS)}),
        ("party", "on_day", "each_day", {"date": "2026-01-01", "item": ["x"], "row": row}),
        ("party", "change", "migrate", {}),
    ]
    return RandomProgram({"party": first, "general": general, "finance": other}, runs)


def random_general_part(g: Generator) -> str:
    """Return the source of a general part: constants, and helpers that look and compute."""
    g.lines = ['"""What both share."""', "from chainbill.vm.prelude import *", "", *constants(g.random)]
    g.lines += ["G_N = N * 2", 'G_NAME = "総則"', "G_ITEMS = [4, N]", 'G_WORDS = [NAME, "due"]', *GENERAL_DECLARATIONS]
    for name, (answer, parameters) in GENERAL_HELPERS.items():
        names = {f"p{number}": kind for number, kind in enumerate(parameters)}
        g.function(f"def {name}({', '.join(names)}):", names, answer, 2, is_view=True)
        g.helpers.append(name)
    return "\n".join(g.lines) + "\n"
