"""Pages of a list, against the plain list: every way in which six candidates show or not, at small bounds."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest
from chainbill_node.rest import lists
from chainbill_node.rest.lists import Entry, Listing, list_body
from chainbill_node.rest.totals import Totals

NAMES = "abcdef"


class Candidates:
    """Of which some show; knows which were looked at."""

    def __init__(self, shows: tuple[bool, ...]) -> None:
        self.showing = [name for name, one in zip(NAMES, shows, strict=True) if one]
        self.looked: set[str] = set()

    def names(self, after: str) -> Iterator[str]:
        return (name for name in NAMES if name > after)

    def show(self, name: str) -> Entry | None:
        self.looked.add(name)
        return Entry(partial(str, name), "CNY", ord(name)) if name in self.showing else None

    @property
    def totals(self) -> Totals:
        return Totals(len(self.showing), self.sums)

    @property
    def sums(self) -> dict[str, int]:
        return {"CNY": sum(map(ord, self.showing))} if self.showing else {}


def pages(candidates: Candidates, limit: int, *, kept: bool) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    while not found or found[-1]["next"] is not None:
        assert len(found) < 20
        cursor = found[-1]["next"] if found else None
        listing = Listing(limit, "", cursor, lambda one: one)  # type: ignore[arg-type,return-value]
        found.append(list_body(listing, 1, candidates.names, candidates.show, candidates.totals if kept else None))
    return found


@pytest.mark.parametrize("bound", [1, 2, 3, 100])
@pytest.mark.parametrize("kept", [True, False], ids=["sums are kept", "it is counted"])
def test_pages_are_the_list_and_end_with_it(monkeypatch: pytest.MonkeyPatch, bound: int, *, kept: bool) -> None:
    """Where the whole is counted there is a next page if and only if something is left that shows, and with kept sums
    nothing behind that is even looked at."""
    monkeypatch.setattr(lists, "MAX_EXAMINED", bound)
    for shows, limit in itertools.product(itertools.product((False, True), repeat=len(NAMES)), (1, 2, 3, 7)):
        candidates = Candidates(shows)
        found = pages(candidates, limit, kept=kept)
        assert [name for page in found for name in page["data"]] == candidates.showing
        assert all(len(page["data"]) <= limit for page in found)
        shown = 0
        for page in found:
            shown += len(page["data"])
            if page.get("count_complete", True):
                assert (page["count"], page["sum"]) == (len(candidates.showing), candidates.sums)
                assert (page["next"] is None) is (shown == page["count"])
            else:
                assert page["next"] is not None
        if kept:
            assert all(name <= max(candidates.showing, default="") for name in candidates.looked)


def test_a_text_of_one_to_128_signs_may_be_a_key_and_no_other() -> None:
    for text in ("a", "票", "b" * lists.MAX_KEY_TEXT):
        assert lists.may_be_key([text, 7])
    for text in ("", "b" * (lists.MAX_KEY_TEXT + 1), "\ud800"):
        assert not lists.may_be_key(["a", text])
