"""Filters that take words of the ledger: which words each knows, so that a misspelt one is no empty list.

The statuses are those of docs/reference/state.md; several go with commas.
"""

from __future__ import annotations

from starlette.datastructures import QueryParams

from chainbill_node.rest.filter_words import ONE_WORD, WORDS
from chainbill_node.rest.problems import parameter_problem


def check_words(path: str, query: QueryParams) -> None:
    """Refuse a filter's word that no object can have; Problem bad_parameter (400) names those it can."""
    for name, text in query.multi_items():
        known = WORDS.get((path, name))
        words = [text] if path in ONE_WORD else text.split(",")
        if known is not None and not set(words) <= set(known):
            raise parameter_problem(name, "parameter_choice", known=tuple(known))
