"""Filters that take words of the ledger: which words each knows, so that a misspelt one is no empty list.

The statuses are those of docs/reference/state.md; several go with commas.
"""

from __future__ import annotations

from chainbill_contracts.declared_reads import word_filters
from starlette.datastructures import QueryParams

from chainbill_node.rest.problems import parameter_problem

_FILTERS = word_filters()


def check_words(path: str, query: QueryParams) -> None:
    """Refuse a filter's word that no object can have; Problem bad_parameter (400) names those it can."""
    for name, text in query.multi_items():
        told = _FILTERS.get((path, name))
        words = {text} if told is not None and told.one else set(text.split(","))
        if told is not None and not words <= set(told.words):
            raise parameter_problem(name, "parameter_choice", known=told.words)
