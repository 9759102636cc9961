"""A ledger in memory with the contracts of the product, real parties and keys, for tests and benchmarks."""

from __future__ import annotations

from typing import Any

from chainbill_contracts import genesis_init, listed_key, sources
from ledger.ledger_kit import CHAIN, key, validator_keys
from ledger.tiny_network import START_MS, TinyNetwork

from chainbill.crypto.keys import PrivateKey
from chainbill.ids import uscc_check_char
from chainbill.ledger.genesis import Genesis
from chainbill.ledger.programs import ProgramCache
from chainbill.ledger.validators import Validator, ValidatorSet

PROGRAMS = ProgramCache()


def uscc(number: int) -> str:
    """A unified social credit code with the right check character."""
    first = f"9131000{number:010d}"
    return first + uscc_check_char(first)


ANCHOR, S1, S2, S3 = (uscc(number) for number in (1, 101, 102, 103))
BANKS = tuple(uscc(number) for number in (201, 202, 203, 204))
KEYS: dict[str, PrivateKey] = {party: key(10 + n) for n, party in enumerate((ANCHOR, S1, S2, S3, *BANKS))}
CHECKERS: dict[str, PrivateKey] = {party: key(30 + n) for n, party in enumerate(KEYS)}
SUSPENDED = {"status": "suspended", "reason": "review", "authority": "", "number": "", "documents": ["5a" * 32]}


def member(party: str, *roles: str) -> dict[str, Any]:
    """One party of the genesis: one key with all capabilities, one that checks, one account."""
    bank = BANKS[0] if "bank" not in roles else party
    return {
        "id": party,
        "name_zh": f"公司{party[-3:]}",
        "name_en": f"Company {party[-3:]}",
        "roles": list(roles),
        "identifiers": [],
        "keys": [listed_key(KEYS[party].public.hex()), listed_key(CHECKERS[party].public.hex(), ["checker"])],
        "accounts": [{"currency": "CNY", "bank": bank, "alg": "sha256", "digest": "ab" * 32}],
        "sponsor": "" if "bank" in roles else BANKS[0],
        "paying_bank": BANKS[0] if "anchor" in roles else "",
        "policy": {"rules": []},
    }


def genesis() -> Genesis:
    """Four banks as validators, an anchor, three suppliers."""
    members = [member(bank, "bank") for bank in BANKS] + [member(ANCHOR, "anchor")]
    members += [member(supplier, "supplier") for supplier in (S1, S2, S3)]
    named = zip(validator_keys(), BANKS, strict=True)
    return Genesis(
        chain_id=CHAIN,
        time_ms=START_MS,
        validators=ValidatorSet.of([Validator(one.public, bank[-3:], bank, "") for one, bank in named]),
        contracts=tuple(sources().items()),
        init=genesis_init(members),
        zone_offset_minutes=480,
        clock="adjustable",
    )


class RealNetwork(TinyNetwork):
    """The product's contracts on a ledger in memory."""

    keys = KEYS

    def __init__(self) -> None:
        super().__init__(genesis(), PROGRAMS)

    def accepted_bill(self, face: int) -> tuple[str, str]:
        """A bill of ANCHOR that S1 accepted: (bill, token)."""
        issue = {
            "debtor": ANCHOR, "creditor": S1, "face": face, "currency": "CNY", "due_on": "2026-08-31", "invoices": [],
            "contract_no": "C-1", "delivered_on": "2026-02-01", "terms": {}, "reference": "",
        }  # fmt: skip
        bill = self.ok(S1, "bill", "issue", **issue)["bill"]
        self.ok(ANCHOR, "bill", "confirm", bill=bill)
        return bill, self.ok(S1, "bill", "accept", bill=bill)["token"]

    def standing(self, party: str, **changes: Any) -> None:
        """The sponsor's maker and checker order a status of a party, by default that it is suspended."""
        keys = [KEYS[BANKS[0]], CHECKERS[BANKS[0]]]
        receipt = self.run(BANKS[0], ("standing", "set_status", {"party": party, **SUSPENDED, **changes}), keys=keys)
        assert receipt.ok, receipt

    def pieces(self, token: str, count: int, amount: int) -> list[str]:
        """Cut `count` pieces of `amount` off a token of S1, at most 99 a transaction; the ids of the pieces."""
        pieces: list[str] = []
        while len(pieces) < count:
            here = min(99, count - len(pieces))
            made = self.ok(S1, "token", "split", token=token, amounts=[amount] * here)["tokens"]
            pieces += made[:here]
            token = made[here]
        return pieces
