"""A tiny book of bills for tests: writes the rows that the contracts would write, without any contract.

Rows are kept with the height at which they changed, so that the book can be read at any of its heights.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from chainbill.ledger.rules import STANDARD_RULES
from chainbill.protocols import PROTOCOL_1

Row = dict[str, Any]
Key = tuple[str, str, tuple[str | int, ...]]

ANCHOR = "91350211M000100Y43"
SUPPLIERS = tuple(f"SUPPLIER{number}" for number in range(1, 7))
BANKS = ("BANK1", "BANK2", "BANK3")


class BillBook:
    """Bills, tokens, hops and parties over heights."""

    def __init__(self) -> None:
        self.height = 1
        self.made = 0
        self.rows: dict[Key, list[tuple[int, Row | None]]] = {}
        self.puts = 0
        self.put("core", "rules", "active", STANDARD_RULES.row())
        self.put("core", "protocol", "active", {"version": 1, "digest": PROTOCOL_1.digest, "from": 0})

    # rows

    def put(self, contract: str, table: str, key: str | int | tuple[str | int, ...], row: Row | None) -> None:
        parts = key if isinstance(key, tuple) else (key,)
        self.rows.setdefault((contract, table, parts), []).append((self.height, row))
        self.puts += 1

    def get(self, contract: str, table: str, key: Any, at: int | None = None) -> Row | None:
        parts = tuple(key) if isinstance(key, (tuple, list)) else (key,)
        height = self.height if at is None else at
        current = None
        for since, row in self.rows.get((contract, table, parts), []):
            if since <= height:
                current = row
        return current

    def scan(self, contract: str, table: str, at: int | None = None) -> Iterator[tuple[tuple[str | int, ...], Row]]:
        for owner, name, parts in sorted(self.rows, key=lambda key: (key[0], key[1], [str(part) for part in key[2]])):
            if (owner, name) == (contract, table):
                row = self.get(contract, table, parts, at)
                if row is not None:
                    yield parts, row

    def next_height(self) -> int:
        self.height += 1
        return self.height

    def _id(self, letter: str) -> str:
        self.made += 1
        return f"{letter}{self.made:017d}"

    def change(self, table: str, key: str, **fields: Any) -> Row:
        row = {**(self.get(table, table, key) or {}), **fields}
        self.put(table, table, key, row)
        return row

    # parties

    def party(self, party: str, *roles: str, key: str = "", sponsor: str = "", **fields: Any) -> str:
        row = {
            "id": party, "names": [{"en": f"{party} Ltd", "zh": f"{party}公司", "from": "2026-01-01"}],
            "roles": list(roles), "status": "active", "sponsor": sponsor, "paying_bank": "", "identifiers": [],
            "policy": {}, "since": "2026-01-01", **fields,
        }  # fmt: skip
        self.put("party", "party", party, row)
        if key:
            self.put(
                "party", "key", key,
                {"party": party, "capabilities": ["maker", "checker", "admin"], "status": "active", "since": 1},
            )  # fmt: skip
        return party

    # bills and tokens

    def draft(self, debtor: str, creditor: str, face: int, currency: str = "CNY", **fields: Any) -> str:
        bill = self._id("B")
        row = {
            "id": bill, "debtor": debtor, "creditor": creditor, "initiator": creditor, "paying_bank": "", "face": face,
            "currency": currency, "issued_on": "2026-01-05", "due_on": "2026-05-05", "pay_on": "2026-05-06",
            "pay_on_final": True, "status": "pending_confirm", "settled": 0, "diluted": 0, "void": 0,
            "invoices": [], "terms": {}, "contract_no": "", "delivered_on": "", "expires_on": "2026-01-15",
            "confirmed_on": "", "accepted_on": "", "root_token": "",
            "created": {"height": self.height, "transaction": "ab" * 32}, **fields,
        }  # fmt: skip
        self.put("bill", "bill", bill, row)
        return bill

    def issue(self, debtor: str, creditor: str, face: int, currency: str = "CNY", **fields: Any) -> str:
        """Make an accepted bill and give its root token."""
        bill = self.draft(debtor, creditor, face, currency, **fields)
        token = self._token(bill, 0, face, creditor, 1, 0, "", currency)
        self._hop(token, "issue", debtor, creditor, 1, 0)
        self.change("bill", bill, status="active", root_token=token, accepted_on="2026-01-06")
        return token

    def token(self, token: str) -> Row:
        row = self.get("token", "token", token)
        assert row is not None
        return row

    def _token(
        self, bill: str, lo: int, hi: int, holder: str, tier: int, financed: int, parent: str, currency: str
    ) -> str:
        token = self._id("T")
        self.put("token", "token", token, {
            "id": token, "bill": bill, "currency": currency, "lo": lo, "hi": hi, "holder": holder, "offered_to": "",
            "tier": tier, "financed_tier": financed, "parent": parent, "financing": "", "status": "live", "locks": [],
            "born": self.height, "ended": 0, "reversed_at": 0, "claim": "none",
        })  # fmt: skip
        return token

    def _hop(
        self, token: str, kind: str, giver: str, taker: str, tier: int, financed: int, price: Row | None = None
    ) -> None:
        row = self.token(token)
        self.put("token", "hop", token, {
            "bill": row["bill"], "token": token, "kind": kind, "from": giver, "to": taker, "lo": row["lo"],
            "hi": row["hi"], "tier": tier, "financed_tier": financed, "height": self.height,
            "transaction": "cd" * 32, "date": "2026-01-07", "price": price or {},
        })  # fmt: skip

    def _end(self, token: str, status: str) -> None:
        self.change_token(token, status=status, ended=self.height)

    def change_token(self, token: str, **fields: Any) -> None:
        self.put("token", "token", token, {**self.token(token), **fields})

    def cut(self, token: str, amount: int) -> tuple[str, str]:
        """Cut off the first ``amount`` cents; give the piece and the rest ("" when nothing remains)."""
        row = self.token(token)
        if amount == row["hi"] - row["lo"]:
            return token, ""
        middle = row["lo"] + amount
        tail = (row["holder"], row["tier"], row["financed_tier"], token, row["currency"])
        piece = self._token(row["bill"], row["lo"], middle, *tail)
        rest = self._token(row["bill"], middle, row["hi"], *tail)
        self._end(token, "split")
        return piece, rest

    def offer(self, token: str, to: str, amount: int) -> tuple[str, str]:
        piece, rest = self.cut(token, amount)
        self.change_token(piece, offered_to=to, locks=[{"kind": "offered", "ref": "", "since": "", "until": ""}])
        return piece, rest

    def reject(self, token: str) -> None:
        self.change_token(token, offered_to="", locks=[])

    def accept(self, token: str) -> str:
        row = self.token(token)
        return self._move(token, "transfer", row["offered_to"], row["tier"] + 1, 0)

    def pay(self, token: str, to: str, amount: int) -> tuple[str, str]:
        """Offer and accept; give the recipient's token and the rest."""
        piece, rest = self.offer(token, to, amount)
        return self.accept(piece), rest

    def give_back(self, token: str) -> str:
        """Return a whole token to whom it came from, who accepts."""
        hop = self.get("token", "hop", token)
        assert hop is not None
        row = self.token(token)
        made = self._move(token, "return", hop["from"], row["tier"] - 1, 0)
        self.put("token", "hop", made, {**(self.get("token", "hop", made) or {}), "undoes": token})
        return made

    def finance(self, token: str, bank: str, amount: int, rate: int, days: int, fee: int = 0) -> tuple[str, str]:
        """Finance the first ``amount`` cents; give the bank's token and the rest."""
        piece, rest = self.cut(token, amount)
        row = self.token(piece)
        interest = (amount * rate * days * 2 + 360 * 10**6) // (2 * 360 * 10**6)
        price = {
            "rate": rate, "days": days, "interest": interest, "fee": fee, "net": amount - interest - fee,
            "basis": "act/360", "recourse": False,
        }  # fmt: skip
        made = self._move(piece, "finance", bank, row["tier"], row["tier"], price)
        return made, rest

    def sell_on(self, token: str, bank: str) -> str:
        row = self.token(token)
        return self._move(token, "sale", bank, row["tier"], row["financed_tier"], {"rate": 20000, "days": 10})

    def _move(self, token: str, kind: str, to: str, tier: int, financed: int, price: Row | None = None) -> str:
        row = self.token(token)
        self._end(token, "moved")
        self.change_token(token, locks=[])
        made = self._token(row["bill"], row["lo"], row["hi"], to, tier, financed, token, row["currency"])
        self._hop(made, kind, row["holder"], to, tier, financed, price)
        return made

    def leaf(self, token: str, status: str) -> None:
        """Settle, dilute or void a whole live token."""
        row = self.token(token)
        amount = row["hi"] - row["lo"]
        self.change_token(token, status=status, ended=self.height)
        bill = self.get("bill", "bill", row["bill"])
        assert bill is not None
        self.change("bill", row["bill"], **{status: bill[status] + amount})

    def reverse(self, token: str) -> str:
        """Take the settlement of a token back; give the live token of its cents."""
        row = self.token(token)
        amount = row["hi"] - row["lo"]
        self.change_token(token, status="reversed", reversed_at=self.height)
        bill = self.get("bill", "bill", row["bill"])
        assert bill is not None
        self.change("bill", row["bill"], settled=bill["settled"] - amount)
        tail = (row["holder"], row["tier"], row["financed_tier"], token, row["currency"])
        return self._token(row["bill"], row["lo"], row["hi"], *tail)

    def join(self, above: str, pieces: tuple[str, ...]) -> str:
        """Make one token, below ``above``, of the pieces that it was cut into; its cents are those of ``above``."""
        for piece in pieces:
            self._end(piece, "moved")
        row = self.token(above)
        tail = (row["holder"], row["tier"], row["financed_tier"], above, row["currency"])
        return self._token(row["bill"], row["lo"], row["hi"], *tail)

    def live(self, bill: str | None = None) -> list[str]:
        return [
            str(row["id"]) for _, row in self.scan("token", "token")
            if row["status"] == "live" and (bill is None or row["bill"] == bill)
        ]  # fmt: skip

    # views

    def facts(self, bill: str, at: int | None = None) -> Any:
        from chainbill_node.trace.lineage import BillFacts

        row = self.get("bill", "bill", bill, at)
        assert row is not None
        tokens = {str(item["id"]): item for _, item in self.scan("token", "token", at) if item["bill"] == bill}
        hops = {str(item["token"]): item for _, item in self.scan("token", "hop", at) if item["bill"] == bill}
        return BillFacts(row, tokens, hops)


def is_bank(party: str) -> bool:
    return party.startswith("BANK")


def no_names(party: str) -> tuple[str, str]:
    return "", ""


def penetration_example() -> tuple[BillBook, str]:
    """The worked example of docs/reference/rest.md: one bill of 1,000,000.00 over three tiers."""
    book = BillBook()
    s1, s2, s3, s4 = SUPPLIERS[:4]
    root = book.issue(ANCHOR, s1, 100_000_000, paying_bank="BANK3")
    bill = str(book.token(root)["bill"])
    book.next_height()
    second, rest = book.pay(root, s2, 60_000_000)
    book.next_height()
    book.finance(rest, BANKS[0], 15_000_000, 30_000, 90)
    book.next_height()
    third, rest = book.pay(second, s3, 20_000_000)
    offered, rest = book.offer(rest, s4, 5_000_000)
    book.next_height()
    book.reject(offered)
    book.next_height()
    book.finance(rest, BANKS[1], 30_000_000, 40_000, 90)
    book.next_height()
    book.finance(third, BANKS[0], 10_000_000, 60_000, 30)
    return book, bill
