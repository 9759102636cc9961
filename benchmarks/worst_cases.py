"""The worst input found for everything that a contract can write: what `gas_prices.py` measures and the tests count.

Each case is a contract: `before` runs once, then `turn` again and again until the gas is used up; a case without a turn
is one transaction, tried again and again. `of` says what it is the worst case of; tests/vm/test_vm_prices.py fails for
whatever the language has and no case is of, and for a case whose code lacks it.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from chainbill.codec import encode
from chainbill.state.keys import row_key
from chainbill.state.rows import pack
from chainbill.vm.values import Value

HEAD = '"""A worst case."""\nfrom chainbill.vm.prelude import *\n\nrows = own_table("row")\nitems = own_table("item")\n'
CONTRACT = "finance"  # its statements have a purpose
OTHER = (
    '"""Another contract."""\nfrom chainbill.vm.prelude import *\n\n\n'
    "@view\ndef echo(x):\n    return x\n\n\n@view\ndef none():\n    return None\n"
)
EARLIER = 600
KEY = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
WIDE = "\\u1161"  # a text of these has to be normalised to know that it is in normal form


@dataclass(frozen=True)
class Case:
    """One contract that keeps the machine as busy as it can for its gas."""

    name: str
    of: tuple[str, ...]
    turn: str = ""
    before: str = ""
    helpers: str = ""
    args: dict[str, Value] = field(default_factory=dict)

    @property
    def source(self) -> str:
        """The contract; its function is `go`."""
        body = self.before.splitlines()
        if self.turn:
            body += ["for i in range(100000000):", *[f"    {line}" for line in self.turn.splitlines()]]
        lines = "".join(f"    {line}\n" for line in body)
        head = f"@call\ndef go({', '.join(self.args)}):\n"
        return HEAD + "\n\n" + head + lines + self.helpers


def _grown(name: str, item: str, doublings: int) -> str:
    return f"{name} = {item}\nfor n in range({doublings}):\n    {name} += {name}\n"


_TEXT = _grown("t", '"aaaaaaaaaaaaaaaa"', 13)
_HALF = _grown("t", '"aaaaaaaaaaaaaaaa"', 12)
_WIDE = _grown("w", f'"{WIDE}"', 15)
_NUMBERS = "y = []\nfor n in range(9000):\n    y += [n * 7 % 1000]\n"
_NONES = _grown("y", "[None]", 13)
_MAPS = _grown("y", "[{}]", 8) + "y = y + []\n"
_MANY_MAPS = "y = []\nfor n in range(900):\n    y += [{}]\n"
_FIELDS = "d = {}\nfor n in range(900):\n    d[new_id('T')] = n\n"
_TEXTS = "y = []\nfor n in range(9000):\n    y += [new_id('T')]\n"
_LONG_TEXTS = _HALF + 'y = []\nfor n in range(200):\n    y += [t + "b"]\n'
_DATES = "u = []\nfor n in range(9000):\n    u += [add_days('2026-01-01', n)]\n"
_PLAIN = "u = []\nfor n in range(9000):\n    u += [new_id('T')[:10]]\n"
_SOURCE = 's = \'"""A."""\\nfrom chainbill.vm.prelude import *\\n\'\n'
_EMPTY_LISTS = "y = []\nfor n in range(4000):\n    y += [[]]\nv = y[:]\n"
_DELETED = "for n in range(900):\n    rows.put(n, 1)\n    rows.delete(n)"
_SIGNATURE = f'k = "{KEY}"\ns = "{"0" * 126}00"\n'
_BIG = "340282366920938463463374607431768211455"


def _row(value: str) -> str:
    return value + 'rows.put("x", y)\n'


CASES = (
    # --- statements -----------------------------------------------------------------------------------------------
    Case("empty loop", ("statement for", "statement turn", "statement other", "node NameTarget"), "pass"),
    Case("continue", ("statement other",), "continue"),
    Case("loop of loops", ("statement for", "builtin range"), "for j in range(1):\n    break"),
    Case("range of three", ("guard span", "builtin range"), "for j in range(0, 2, 2):\n    pass"),
    Case("enumerate", ("builtin enumerate", "guard items"), "for a, b in enumerate(y):\n    break", "y = (1,)"),
    Case("enumerate from", ("guard numbered",), "for a, b in enumerate(y, 5):\n    break", "y = (1,)"),
    Case("a text gone through", ("guard items",), "for c in w:\n    pass", _WIDE),
    Case("if", ("statement if",), "if i:\n    pass\nelse:\n    pass"),
    Case("elif", ("statement if",), "if i < 0:\n    pass\nelif i < 1:\n    pass\nelif i < 2:\n    pass"),
    Case("assign", ("statement assign", "node Literal"), "x = 1"),
    Case("unpack", ("node TupleTarget", "guard parts"), "a, b = y", "y = [1, 2]"),
    Case("unpack inside", ("node TupleTarget",), "a, (b, c) = y", "y = [1, (2, 3)]"),
    Case("augment a number", ("statement augment",), "x += 1", "x = 0"),
    Case("augment an item", ("node ItemTarget", "node Item"), 'd["a"] += 1', 'd = {"a": 1}'),
    Case("augment a place", ("guard put_item",), "d[k] += 1", "d = [1]\nk = 0"),
    Case("set a place", ("guard put_item",), "d[k] = 1", "d = [1]\nk = 0"),
    Case("fill a map", ("guard put_item",), "d = {}\nfor k in y:\n    d[k] = k", _TEXTS),
    Case(
        "own call", ("statement own_call", "statement function", "statement return"),
        "f()", helpers="\n\ndef f():\n    pass\n",
    ),
    Case(
        "own call of many", ("statement do",),
        "f(1, 2, 3, 4, 5, 6)", helpers="\n\ndef f(a, b, c, d, e, g):\n    return a\n",
    ),
    Case("require", ("statement require",), 'require(True, "no")'),
    Case("require with details", ("statement require",), 'require(True, "no", {"a": i})'),
    # --- operators ------------------------------------------------------------------------------------------------
    Case(
        "arithmetic", ("node Arithmetic", "op +", "op -", "op *", "op %", "statement operand"),
        "x = x * 3 % 1000003 + 5 - 2", "x = 1",
    ),
    Case("large numbers", ("op *", "op //"), "z = x * x // 7", f"x = {_BIG}"),
    Case("large remainders", ("op %",), "z = x * x % w", f"x = {_BIG}\nw = {_BIG} - 3"),
    Case("negate", ("node Negate", "node Name"), "z = -x", f"x = {_BIG} * {_BIG}"),
    Case("and, or", ("node BoolOperation",), "z = i and x or i and x", "x = 0"),
    Case("not", ("node Not",), "z = not not not i"),
    Case("choice", ("node Choice",), "z = 1 if i else 2"),
    Case("is None", ("node IsNone", "op is", "op is not"), "z = i is None\nz = i is not None"),
    Case("equal numbers", ("node Comparison", "op ==", "op !="), "z = x == i\nz = x != i", "x = 5"),
    Case("compared numbers", ("op <", "op <=", "op >", "op >="), "z = 1 < i <= x > 0 >= i", f"x = {_BIG}"),
    Case("equal long texts", ("guard same",), "z = t == u", _TEXT + 'u = t + ""'),
    Case("equal texts", ("guard same",), "z = t == u", 't = "' + "a" * 510 + '"\nu = t[:1] + t[1:]'),
    Case("equal lists", ("guard same",), "z = v == y", _NUMBERS + "v = y[:]"),
    Case("equal lists of lists", ("guard same",), "z = v == y", _EMPTY_LISTS),
    Case(
        "maps that differ at once", ("guard same",),
        "z = d == e", _FIELDS + 'e = {}\nfor n in sorted(d):\n    e[n] = -1',
    ),
    Case(
        "maps of other keys", ("guard same",),
        "z = d == e", _FIELDS + "e = {}\nfor n in sorted(d):\n    e[new_id('T')] = 1",
    ),
    Case("long texts in order", ("guard before",), "z = t < u", _TEXT + 'u = t + ""'),
    Case(
        "short texts in order", ("guard before",),
        "z = t < u", 't = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" + ""\nu = t + "b"',
    ),
    Case("in a long text", ("guard holds", "op in"), 'z = "ab" in t', _TEXT),
    Case("in the worst text", ("guard holds", "op not in"), "z = u not in t", _TEXT + 'u = t[:60000] + "b"'),
    Case(
        "in a text of two letters", ("guard holds",),
        "z = u in t", _grown("t", '"aaaaaaaaaaaaaaab"', 13) + 'u = "aaaaaaaaaaaaaaaa"',
    ),
    Case("in a list", ("guard holds",), "z = -5 in y", _NUMBERS),
    Case("in a list of texts", ("guard holds",), 'z = "T" in y', _TEXTS),
    Case("in a map", ("guard holds",), "z = k in d", 'd = {"a": 1}\nk = "b"'),
    Case("in literals", ("op in",), 'z = x in ("aaaaaaaaaa", "aaaaaaaaab", "aaaaaaaaac")', 'x = "aaaaaaaaad"'),
    Case(
        "in long literals", ("guard holds",),
        "z = x in (" + ", ".join(f'"{"a" * 300}{n}"' for n in range(4)) + ")", f'x = "{"a" * 300}" + "9"',
    ),
    Case("join texts", ("guard add",), 'z = t + "b"', _HALF),
    Case("join wide texts", ("guard add",), 'z = w + "b"', _WIDE),
    Case("join short texts", ("guard add",), "z = t + t", 't = "a"'),
    Case("join lists", ("guard add",), "z = y + y", "y = []\nfor n in range(4500):\n    y += [n]"),
    Case("join tuples", ("guard add",), "z = y + y", "y = (1, 2, 3)"),
    Case("grow a list", ("guard extend",), "d = []\nd += [1]"),
    Case("grow a long list", ("guard extend",), "d = []\nd += y", _NUMBERS),
    Case("slice a text", ("node Slice", "guard cut"), "z = t[1:]", _TEXT),
    Case("slice a wide text", ("guard cut",), "z = w[1:]", _WIDE),
    Case("slice shortly", ("guard cut",), "z = t[1:2]", 't = "abcdef"'),
    Case("slice a list", ("guard cut",), "z = y[:]", _NUMBERS),
    Case("an item by number", ("node Item",), "z = y[k]", "y = [1]\nk = 0"),
    Case("an item by a long key", ("node Item",), "z = d[k]", f'k = "{"k" * 500}"\nd = {{k: 1}}\nk = k[:1] + k[1:]'),
    Case("lists", ("node ListOf",), "z = [[], [], [], []]"),
    Case("a long list", ("node ListOf",), "z = [1, 2, 3, 4, 5, 6, 7, 8, 9, i]"),
    Case("tuples", ("node TupleOf",), "a, b, c = (1, 2, 3)"),
    Case("maps", ("node MapOf",), 'z = {"a": {}, "b": {}}'),
    Case("a map of made keys", ("node MapOf",), 'z = {k: 1, l: 2}', 'k = "a" + ""\nl = "b" + ""'),
    Case("context", ("node ContextField",), "z = ctx.party\nz = ctx.caller"),
    Case("context lists", ("host context_list",), "z = ctx.signers"),
    Case("long context lists", ("host context_list",), "z = ctx.recent_proposers"),
    # --- builtins -------------------------------------------------------------------------------------------------
    Case("len", ("builtin len",), "z = len(y)", "y = []"),
    Case("abs", ("builtin abs", "guard absolute"), "z = abs(x)", f"x = -{_BIG}"),
    Case("min of two", ("builtin min",), "z = min(x, i)", "x = 5"),
    Case(
        "max of many", ("builtin max", "guard extreme"),
        "z = max(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, i)",
    ),
    Case("max of two texts", ("guard extreme",), 'z = max(t, "b")', 't = "a"'),
    Case("min of a list", ("guard extreme",), "z = min(y)", _NUMBERS),
    Case("max of long texts", ("guard extreme",), "z = max(y)", _LONG_TEXTS),
    Case("sorted numbers", ("builtin sorted", "guard ordered"), "z = sorted(y)", _NUMBERS),
    Case("sorted texts", ("guard ordered",), "z = sorted(y)", _TEXTS),
    Case("sorted long texts", ("guard ordered",), "z = sorted(y)", _LONG_TEXTS),
    Case("sorted maps", ("guard ordered",), "z = sorted(d)", _FIELDS),
    Case("sorted pairs", ("guard ordered",), "z = sorted(w)", _NUMBERS + "w = []\nfor n in y:\n    w += [[1, n]]"),
    Case(
        "sorted long lists", ("guard ordered",),
        "z = sorted(w)", _NUMBERS + "y = y[:500]\nw = []\nfor n in range(99):\n    w += [y + [n * 7 % 99]]",
    ),
    Case(
        "sorted lists, one of them long", ("guard ordered",),
        "z = sorted(w)", _NUMBERS + "w = [y]\nfor n in range(4000):\n    w += [[1]]",
    ),
    Case("sort one", ("guard ordered",), "z = sorted(y)", "y = [1]"),
    # --- functions ------------------------------------------------------------------------------------------------
    Case("new_id", ("native new_id",), 'z = new_id("T")'),
    Case("add_days", ("native add_days",), 'z = add_days("2026-01-01", i % 1000000)'),
    Case("add_months", ("native add_months",), 'z = add_months("2026-01-31", i % 10000)'),
    Case("days_between", ("native days_between",), 'z = days_between("2026-01-01", u[i % 9000])', _DATES),
    Case("days_30_360", ("native days_30_360",), 'z = days_30_360("2026-01-31", "2027-01-31")'),
    Case("weekday", ("native weekday",), "z = weekday(u[i % 9000])", _DATES),
    Case("date_of", ("native date_of",), "z = date_of(i * 86400000)"),
    Case("is_date", ("native is_date",), "z = is_date(u[i % 9000])", _DATES),
    Case("is_date of none", ("native is_date",), "z = is_date(u[i % 9000])", _PLAIN),
    Case("kind_of", ("native kind_of",), "z = kind_of(y)", "y = {}"),
    Case("valid_uscc", ("native valid_uscc",), 'z = valid_uscc("91350100M000100Y43")'),
    Case("valid_lei", ("native valid_lei",), 'z = valid_lei("5493001KJTIIGC8Y1R12")'),
    Case("normalise", ("native normalise_identifier",), "z = normalise_identifier(t)", _grown("t", '"ａ"', 8)),
    Case(
        "normalise what expands", ("native normalise_identifier",),
        "z = normalise_identifier(t)", _grown("t", '"ﷺ"', 8),
    ),
    Case(
        "normalise what decomposes", ("native normalise_identifier",),
        "z = normalise_identifier(t)", _grown("t", '"\\u1f82"', 8),
    ),
    Case("normalise ASCII", ("native normalise_identifier",), "z = normalise_identifier(t)", _grown("t", '"a"', 8)),
    Case("currency_digits", ("native currency_digits",), 'z = currency_digits("XXQ")'),
    Case("digest", ("native digest",), 'z = digest("a")'),
    Case("digest of a long text", ("native digest",), "z = digest(t)", _TEXT),
    Case("digest of a wide text", ("native digest",), "z = digest(w)", _WIDE),
    Case("digest of many nothings", ("native digest",), "z = digest(y)", _NONES),
    Case("digest of many maps", ("native digest",), "z = digest(y)", _MANY_MAPS),
    Case("digest of a map", ("native digest",), "z = digest(d)", _FIELDS),
    Case("statement_hash", ("native statement_hash",), 'z = statement_hash("bid", "a")'),
    Case("statement_hash of many nothings", ("native statement_hash",), 'z = statement_hash("bid", y)', _NONES),
    Case("statement_hash of many maps", ("native statement_hash",), 'z = statement_hash("bid", y)', _MANY_MAPS),
    Case("statement_hash of a wide text", ("native statement_hash",), 'z = statement_hash("bid", w)', _WIDE),
    Case("signed_by", ("native signed_by",), 'z = signed_by("ed25519", k, "bid", 1, s)', _SIGNATURE),
    Case(
        "signed_by of many maps", ("native signed_by",),
        'z = signed_by("ed25519", k, "bid", y, s)', _SIGNATURE + _MANY_MAPS,
    ),
    Case("set_problem", ("native set_problem",), 'z = set_problem({"a": "x"}, [])'),
    Case(
        "set_problem of one function", ("native set_problem",), 'z = set_problem({"a": s}, [])',
        _SOURCE + "s += '\\n\\n@call\\ndef go():\\n    return [1 + 2, -3 * 4, [5], {\"a\": 6}]\\n'",
    ),
    Case(
        "set_problem of many functions", ("native set_problem",), 'z = set_problem({"a": s}, [])',
        _SOURCE + "for n in range(190):\n"
        "    s += '\\ndef f' + new_id('T') + '(a):\\n    return a[0][a[1]] + a * a - [a][0] // 5\\n'",
    ),
    Case(
        "set_problem of a source that is refused", ("native set_problem",), 'z = set_problem({"a": s}, [])',
        _SOURCE + "for n in range(190):\n"
        "    s += '\\ndef f' + new_id('T') + '(a):\\n    return a[0][a[1]] + a * a - [{\"b\": a}][0] // 5\\n'\n"
        "s += 'def g():\\n    return x'",
    ),
    Case(
        "set_problem of many statements", ("native set_problem",), 'z = set_problem({"a": s}, [])',
        _SOURCE + _grown("c", "'    a = a + a[a]\\n'", 10) + "s += '\\n\\ndef f(a):\\n' + c",
    ),
    Case(
        "set_problem of too many statements", ("native set_problem",), 'z = set_problem({"a": s}, [])',
        _SOURCE + _grown("c", "'    a = a + a[a]\\n'", 11) + "s += '\\n\\ndef f(a):\\n' + c",
    ),
    Case(
        "set_problem of more sources than there is gas for", ("native set_problem",),
        before=_SOURCE + _grown("c", "'    a = a + a[a]\\n'", 10) + "s += '\\n\\ndef f(a):\\n' + c\nd = {}\n"
        "for k in 'abcdefghij':\n    d[k] = s\nz = set_problem(d, [])",
    ),
    # --- tables, events, calls ------------------------------------------------------------------------------------
    Case("get nothing", ("host get", "node TableCall"), "z = rows.get(i)"),
    Case("get by a list", ("host get",), 'z = rows.get(["abc", 5, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"])'),
    Case("get by a long list", ("host get",), "z = rows.get([k, k, 1, 2, 3, 4, 5, 6])", f'k = "{"应" * 60}"'),
    Case("get a small row", ("host get",), 'z = rows.get("x")', 'rows.put("x", {"a": 1})'),
    Case("get many nothings", ("host get",), 'z = rows.get("x")', _row(_NONES)),
    Case("get many maps", ("host get",), 'z = rows.get("x")', _row(_MANY_MAPS)),
    Case("get new rows of a block before", ("host get",), "z = items.get(i % 600)"),
    Case("has", ("host has",), "z = rows.has(i)"),
    Case("has many maps", ("host has",), 'z = rows.has("x")', _row(_MANY_MAPS)),
    Case("put", ("host put",), 'rows.put("a", {"a": 1, "b": "x"})'),
    Case("put new rows", ("host put",), "rows.put(i, 1)"),
    Case("put by a long list", ("host put",), "rows.put([k, k, 1, 2, 3, 4, 5, i], 1)", f'k = "{"应" * 60}"'),
    Case("put many nothings", ("host put",), 'rows.put("a", y)', _NONES),
    Case("put many maps", ("host put",), 'rows.put("a", y)', _MANY_MAPS),
    Case("put a wide text", ("host put",), 'rows.put("a", w)', _WIDE),
    Case("put over rows of a block before", ("host put",), "items.put(i % 600, 1)"),
    Case("delete", ("host delete",), "rows.delete(i)"),
    Case("delete rows of a block before", ("host delete",), "items.delete(i % 600)"),
    Case("scan nothing", ("host scan",), 'z = rows.scan(["a", 1], 1)'),
    Case(
        "scan one of many written", ("host scan",),
        "z = rows.scan([], 1)", "for n in range(9000):\n    rows.put(n, 1)\nz = rows.scan([], 1)",
    ),
    Case("scan many", ("host scan",), "z = rows.scan([], 1000)", "for n in range(1000):\n    rows.put(n, 1)"),
    Case(
        "scan many maps", ("host scan",),
        "z = rows.scan([], 10)", _MANY_MAPS + "for n in range(10):\n    rows.put(n, y)",
    ),
    Case("scan past deleted rows", ("host scan",), "z = rows.scan([], 1)", _DELETED),
    Case(
        "scan past deleted rows of a block before", ("host scan",),
        "z = items.scan([], 1)", "for n in range(400):\n    items.delete(n)",
    ),
    Case("scan rows of a block before", ("host scan",), "z = items.scan([], 100)"),
    Case("write and scan", ("host scan",), "rows.put(i, 1)\nz = rows.scan([i], 1)"),
    Case("emit", ("statement emit", "host emit"), 'emit("a", {"a": 1})'),
    Case("emit nothing", ("host emit",), 'emit("a", {})'),
    Case("emit many nothings", ("host emit",), 'emit("a", {"a": y})', _grown("y", "[None]", 11)),
    Case("emit many maps", ("host emit",), 'emit("a", {"a": y})', _MAPS),
    Case("emit wide texts", ("host emit",), 'emit("a", {"a": w})', _WIDE),
    Case("invoke", ("host invoke", "node Invoke"), 'z = invoke("other", "none")'),
    Case("invoke with many maps", ("host invoke",), 'z = invoke("other", "echo", y)', _MANY_MAPS),
    Case("invoke with many nothings", ("host invoke",), 'z = invoke("other", "echo", y)', _NONES),
    # --- what ends a transaction: one each ------------------------------------------------------------------------
    Case(
        "emit what is too large", ("once too large",),
        before=_NONES + 'y = y + []\nemit("a", {"a": [y, y, y, y, y, y]})',
    ),
    Case("return what is too large", ("once too large",), before=_NONES + "return [y, y, y, y, y, y]"),
    Case("return what is deep", ("once too deep",), before="y = []\nfor n in range(20):\n    y = [y, y]\nreturn y"),
    Case(
        "digest what is no text in normal form", ("once not NFC",),
        before=_WIDE + 'z = digest([w, w, w, "e" + k])', args={"k": "\u0301"},
    ),
    Case("refuse with details", ("guard refuse",), before='require(False, "no", {"a": y})', args={"y": [{}] * 900}),
    Case("arguments", ("once arguments",), before="pass", args={"y": [{}] * 1_900}),
    Case("arguments of a text", ("once arguments",), before="pass", args={"y": "\u1161" * 20_000}),
    Case("a wrong kind", ("guard wrong",), before="z = y == 1", args={"y": [{}] * 900}),
    Case("no number", ("guard no_number",), before="z = 1 - y", args={"y": "a"}),
    Case("a wrong key", ("guard wrong_key",), before="z = {y: 1}", args={"y": 1}),
    Case("a number too large", ("guard too_large",), before=f"z = {_BIG} * {_BIG}\nz = z * z"),
    Case("gas used up at once", ("guard spent",), before="for i in range(100000000):\n    pass"),
)  # fmt: skip


def earlier_rows() -> dict[bytes, bytes]:
    """Stored rows that an earlier block left in table `item`: EARLIER of 200 maps each, not yet decoded."""
    packed = pack(1, b"", encode([{}] * 200))
    return {row_key(CONTRACT, "item", number): packed for number in range(EARLIER)}
