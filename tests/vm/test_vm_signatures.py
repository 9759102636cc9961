"""What a contract's code says of its arguments and results: read off the tree, for clients and documents.

"What the documents lack" of formats: types of contract arguments and results.
"""

from __future__ import annotations

from typing import Any

from chainbill_contracts import sources

from chainbill.vm import compile_contract, describe
from chainbill.vm.linker import GENERAL
from chainbill.vm.signatures import arguments_of, results_of

GENERAL_PART = '''"""Shared."""
from chainbill.vm.prelude import *

LONGEST = 20


def require_title(title):
    """A title of at most LONGEST characters; it may be empty."""
    require(kind_of(title) == "text" and len(title) <= LONGEST, "title_not_valid")


def told(book):
    """What is answered of a book."""
    return {"book": book, "title": book["title"]}
'''

CONTRACT = '''"""A contract for tests."""
from chainbill.vm.prelude import *
from chainbill_contracts.general import require_title, told

books = own_table("book")
loans = own_table("loan")


@call
def lend(book, title, days, until, choice, terms, marks, unknown):
    """Lend a book."""
    require_title(title)
    require(books.has(book), "book_unknown")
    require(days > 0, "days_not_valid")
    until = until if until != "" else ctx.today
    require_known(choice=choice)
    limit = terms["limit"]
    for mark in marks:
        require(kind_of(mark) == "text", "mark_not_valid")
    if choice == "no":
        return refuse(book)
    answer = {"book": book, "until": until}
    return answer


def require_known(choice):
    """A choice that there is."""
    require(choice in ("yes", "no"), "choice_unknown")


def refuse(book):
    loans.put([book, "x"], {"status": "refused"})
    return {"book": book, "status": "refused"}


@view
def on_loan(book, person):
    row = loans.get([book, person])
    return row


@call
def look_at(book):
    row = books.get(book)
    if row is None:
        return {"book": book, "unknown": True}
    return told(row)
'''


def facts(function: str) -> dict[str, dict[str, Any]]:
    compiled, general = compile_contract("library", CONTRACT), compile_contract(GENERAL, GENERAL_PART)
    return {one.pop("name"): one for one in arguments_of(compiled, general, function)}


def known(**changes: Any) -> dict[str, Any]:
    return {"kinds": [], "words": [], "members": [], "row_of": [], "checks": [], **changes}


def test_arguments_are_what_the_code_asks_for() -> None:
    found = facts("lend")
    assert found["book"] == known(kinds=["text"], row_of=["library.book"])
    assert found["title"] == known(kinds=["text"], checks=["A title of at most 20 characters"])
    assert found["days"] == known(kinds=["int"])
    assert found["until"] == known(kinds=["text"])
    assert found["choice"] == known(kinds=["text"], words=["no", "yes"], checks=["A choice that there is"])
    assert found["terms"] == known(kinds=["map"], members=["limit"])
    assert found["marks"] == known(kinds=["list"])
    assert found["unknown"] == known(), "of what nothing is known, nothing is said"


def test_parts_of_a_key_are_texts() -> None:
    assert facts("on_loan") == {"book": known(kinds=["text"]), "person": known(kinds=["text"])}


def test_results_are_the_members_of_the_maps_that_are_returned() -> None:
    compiled, general = compile_contract("library", CONTRACT), compile_contract(GENERAL, GENERAL_PART)
    assert results_of(compiled, general, "lend") == ["book", "status", "until"]
    assert results_of(compiled, general, "look_at") == ["book", "title", "unknown"], "also of the general part"
    assert results_of(compiled, None, "look_at") is None
    assert results_of(compiled, general, "on_loan") is None


def test_nearly_every_argument_of_the_acts_has_a_kind() -> None:
    code = sources()
    general = compile_contract(GENERAL, code[GENERAL])
    told = {name: describe(compile_contract(name, source), general) for name, source in code.items()}
    acts = [(name, one) for name, facts in told.items() for one in facts["functions"] if one["kind"] == "call"]
    arguments = [(name, act["name"], one) for name, act in acts for one in act["parameters"]]
    unknown = [(*names, one["name"]) for *names, one in arguments if not one["kinds"]]
    assert len(arguments) > 80
    assert len(unknown) * 10 < len(arguments), unknown
    [face] = [one for contract, act, one in arguments if (contract, act, one["name"]) == ("bill", "issue", "face")]
    assert face["kinds"] == ["int"]
    assert face["checks"]
