"""Texts for property tests: of allowed code points (`LETTERS`, may be in any form), and valid ones (`TEXTS`)."""

from __future__ import annotations

import unicodedata

from hypothesis import strategies as st

from chainbill.text_rule import first_refused


def kept(text: str) -> str:
    """The text without the code points that the rule refuses."""
    return "".join([one for one in text if first_refused(one) is None])


def valid(text: str) -> str:
    """The text as the ledger may hold it."""
    return unicodedata.normalize("NFC", kept(text))


LETTERS = st.text(max_size=40).map(kept)
TEXTS = st.text(max_size=40).map(valid)
