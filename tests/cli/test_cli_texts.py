"""Every text is there in English and Chinese, and every key that the program uses is a text."""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import chainbill_cli
import pytest
from chainbill_cli import commands, shapes, texts
from chainbill_cli.acts import ACTS
from chainbill_cli.output import Column
from chainbill_cli.texts import AREAS, choose_language, enumerated, has_text, set_language, text, texts_of
from chainbill_contracts.declared_rows import rows

SOURCES = sorted(Path(chainbill_cli.__file__).parent.rglob("*.py"))
CHINESE = re.compile(r"[\u4e00-\u9fff]")
SAME_IN_BOTH = {"doctor.python", "doctor.package_fix", "doctor.key_mode_fix", "doctor.node_still", "network.bad_file",
                "root.colon", "root.semicolon", "root.list_comma", "column.version", "column.python", "error.bad_value",
                "doctor.node_fix", "act.named", "root.comma", "root.brackets",
                "error.guess_first", "product.in_member"}  # fmt: skip


def fields_of(line: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(line) if name}


@pytest.mark.parametrize("area", AREAS)
def test_both_languages(area: str) -> None:
    for key, (english, chinese) in texts_of(area).items():
        assert key.startswith(f"{area}."), key
        assert english.strip(), key
        assert chinese.strip(), key
        assert fields_of(english) == fields_of(chinese), key
        assert not CHINESE.search(english) or key in {"bill.opt_invoice", "root.program"} or "数电票" in english, key
        if key not in SAME_IN_BOTH:
            assert CHINESE.search(chinese), key


def test_no_area_bears_the_name_of_a_function_beside_it() -> None:
    """The texts of labels, once loaded, stood where others import the function `label`."""
    beside = ast.parse(Path(texts.__file__).read_text(encoding="utf-8"))
    assert not {one.name for one in beside.body if isinstance(one, ast.FunctionDef)} & set(AREAS)


KEY = re.compile(r'"((?:' + "|".join(AREAS) + r')\.[a-z_0-9]+)"')
NOT_KEYS = {"localnet.json", "network.json", "node.pid", "node.log", "party.identifiers"}


def test_every_key_used_is_a_text() -> None:
    missing: list[str] = []
    for source in SOURCES:
        if source.parent.name == "texts":
            continue
        keys = set(KEY.findall(source.read_text(encoding="utf-8"))) - NOT_KEYS - set(ACTS)
        missing += [f"{source.name}: {key}" for key in keys if not (has_text(key) or begins_texts(key))]
    assert not missing


def begins_texts(key: str) -> bool:
    """Whether a key ends in `_` and texts go on from there: `value.answer_` with `value.answer_yes`."""
    return key.endswith("_") and any(one.startswith(key) for one in texts_of(key.partition(".")[0]))


def test_every_text_is_used() -> None:
    everything = "".join(path.read_text(encoding="utf-8") for path in SOURCES if path.parent.name != "texts")
    by_name = re.compile(r"^(column|value|root|doctor|trace|preview|node|cause|detail|metavar|act|read|mend)\.")
    unused = [
        key for area in AREAS for key in texts_of(area) if not by_name.match(key) and f'"{key}"' not in everything
    ]
    assert not unused


@pytest.mark.parametrize(
    ("arguments", "environment", "expected"),
    [
        ([], {}, "en"),
        ([], {"LANG": "zh_CN.UTF-8"}, "zh"),
        ([], {"LANG": "de_DE.UTF-8"}, "en"),
        ([], {"LANG": "zh_CN.UTF-8", "CHAINBILL_LANG": "en"}, "en"),
        (["bill", "list", "--lang", "zh"], {"LANG": "en_US"}, "zh"),
        (["--lang=en", "bill"], {"LANG": "zh_CN"}, "en"),
    ],
)
def test_language(arguments: list[str], environment: dict[str, str], expected: str) -> None:
    assert choose_language(arguments, environment) == expected


def test_text_in_language() -> None:
    set_language("zh")
    assert text("value.yes") == "是"
    set_language("en")
    assert text("error.missing", what="X") == "missing: X"


def declared() -> Iterator[Column]:
    """The columns of the constants of all commands."""
    found = [
        importlib.import_module(f"{commands.__name__}.{one.name}") for one in pkgutil.iter_modules(commands.__path__)
    ]
    for module in (shapes, *found):
        for value in vars(module).values():
            for one in value if isinstance(value, tuple | list) else (value,):
                if isinstance(one, Column):
                    yield one


def test_lists_are_parted_as_the_language_parts_them() -> None:
    set_language("zh")
    assert enumerated(["bank1", 2]) == "bank1、2"
    set_language("en")
    assert enumerated(["bank1", 2]) == "bank1, 2"


def test_every_column_has_a_heading_in_words() -> None:
    """`party show` of a bank had a row named `successor.successor`."""
    lacking = {one.path for one in declared() if not has_text(one.heading or f"column.{one.path.replace('.', '_')}")}
    assert not lacking, "their labels go into texts/column.py"


def test_what_may_become_of_a_payment_has_words() -> None:
    """`bill payment` of what was set aside for an insolvent party ended with an internal fault before it asked."""
    words = {word for step in rows()["settlement/payment"].steps for word in (step.before, step.after)}
    assert "set_aside" in words
    assert not [word for word in words if not has_text(f"value.{word}")]
