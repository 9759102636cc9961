"""The shape of errors: reasons are unique, and an error says what it knows."""

from __future__ import annotations

import pytest

from chainbill.errors import ChainbillError, InternalFault, Malformed, Reason, Refused


def test_an_error_carries_reason_detail_and_fields() -> None:
    error = Refused(Reason.SHAPE_WRONG, "because", {"bill": "B1"}, amount=5)
    assert (error.reason, error.detail, error.fields) == ("shape_wrong", "because", {"bill": "B1", "amount": 5})
    assert type(error.reason) is str
    assert str(error) == "shape_wrong: because"
    assert str(Refused("own_reason")) == "own_reason"


@pytest.mark.parametrize("kind", [Malformed, Refused, InternalFault])
def test_kinds(kind: type[ChainbillError]) -> None:
    assert issubclass(kind, ChainbillError)
    with pytest.raises(kind, match=r"^shape_wrong$"):
        raise kind(Reason.SHAPE_WRONG)


def test_reasons_are_their_names() -> None:
    assert all(reason.value == reason.name.lower() for reason in Reason)
