"""What can go wrong with a contract: it is refused when deployed, or its run ends without effect."""

from __future__ import annotations

from chainbill.errors import Refused

__all__ = ["ContractFault", "ContractRefused", "ContractRejected", "OutOfGas"]


class ContractRejected(Refused):
    """The source of a contract is outside the language; fields: contract, line (1-based, 0 if none), en, zh."""


class ContractRefused(Refused):
    """A `require` of a contract said no; the reason is the contract's own, fields are its details."""


class ContractFault(Refused):
    """Contract code did something that has no meaning (a key that is not there, a sum of text and number).

    Fields: contract, function, line. The transaction has no effect.
    """


class OutOfGas(Refused):
    """The run used more than it may: steps, memory, writes or events. The transaction has no effect."""
