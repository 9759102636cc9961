"""One read: the ledger at one height as one reader sees it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from starlette.responses import Response

from chainbill.currencies import MINOR_DIGITS
from chainbill.dates import date_of
from chainbill_node.rest.access import Viewer, asked_beside, named_parties, sight_of
from chainbill_node.rest.lists import MAX_READ, every, from_index, may_be_key
from chainbill_node.rest.parts import TokensOfBill, has_part
from chainbill_node.rest.ports import NodePort
from chainbill_node.rest.problems import Problem, not_found, plain_json
from chainbill_node.rest.replies import PLAIN, Reply
from chainbill_node.storage.ledger_reader import KeyPart, Reader
from chainbill_node.trace.lineage import EVERYTHING, BillFacts, Lineage, Sight, lineage_of
from chainbill_node.trace.shapes import Row, Shape, names_of, token_shape

KEPT_TOKENS = 5_000
"""Tokens of lineages that one request keeps beside the one in use: some 1.5 kB each."""


class KeptLineages:
    """Lineages that one request keeps: of those used last as many as have KEPT_TOKENS tokens; a bill without any counts
    for one. The sum goes with them: adding it up for each bill of thousands held the interpreter for many seconds."""

    def __init__(self) -> None:
        self._of: dict[str, Lineage] = {}
        self._tokens = 0

    def take(self, bill_id: str) -> Lineage | None:
        """Give the lineage of a bill, which is kept no more until it is put back; None where it is not here."""
        found = self._of.pop(bill_id, None)
        if found is not None:
            self._tokens -= _weight(found)
        return found

    def keep(self, bill_id: str, lineage: Lineage) -> None:
        """Keep a lineage as the one used last; those that were not used for longest give way."""
        while self._of and self._tokens + _weight(lineage) > KEPT_TOKENS:
            self.take(next(iter(self._of)))
        self._of[bill_id] = lineage
        self._tokens += _weight(lineage)


def _weight(lineage: Lineage) -> int:
    return max(1, len(lineage.facts.tokens))


class View:
    """The ledger at one height for one viewer; keeps what it has read for as long as one request takes."""

    by_value = False
    """Whether receipts count by value date (rest.valued_view) and not by when they were recorded."""

    evenly = False
    """Whether one thing is asked for by its name: then a row costs the same whether it is there or not."""

    def __init__(self, node: NodePort, reader: Reader, viewer: Viewer, reply: Reply = PLAIN) -> None:
        self.node = node
        self.reader = reader
        self.viewer = viewer
        self._reply = reply
        self._lineages = KeptLineages()
        self._sights: dict[str, Sight | None] = {}
        self._at_hand: TokensOfBill | None = None
        self._parties: dict[str, Row | None] = {}
        self._pay_as: dict[str, tuple[str, ...]] = {}
        self._paid_by: frozenset[tuple[str, str]] | None = None
        self._counted: set[str] = set()
        self._tokens_read = 0
        self._tokens_sighted = 0

    @property
    def height(self) -> int:
        """The height that is read."""
        return self.reader.height

    @property
    def day(self) -> str:
        """The day that figures are of: that of the height."""
        return str(self.date_of_height(self.height) or self.as_of()["date"])

    @property
    def known(self) -> View:
        """Where receipts are known, and whom they show to: here."""
        return self

    # answering

    def as_of(self) -> dict[str, Any]:
        """Give the height, its date in the network's zone, its block id and the state root after it."""
        genesis, header = self.node.genesis, self.reader.header(self.height)
        time_ms = header.time_ms if header else genesis.time_ms
        app_hash = self.reader.app_hash_at(self.height)
        return {
            "height": self.height,
            "date": date_of(time_ms, genesis.zone_offset_minutes),
            "block_id": (header.id if header else genesis.hash).hex(),
            "app_hash": app_hash.hex() if app_hash is not None else None,
        }

    def answer(self, body: Mapping[str, Any], status: int = 200) -> Response:
        """Answer with JSON that says which height it is true at."""
        content = plain_json({**body, "as_of": self.as_of()})
        return self._reply.response(content, "application/json", {"Chainbill-Height": str(self.height)}, status)

    def text(self, content: str, media_type: str, name: str) -> Response:
        """Answer with a text file to keep."""
        disposition = f'attachment; filename="{name}"'
        headers = {"Chainbill-Height": str(self.height), "Content-Disposition": disposition}
        return self._reply.response(content.encode(), media_type, headers)

    def date_of_height(self, height: int) -> str | None:
        """Give the date of a block in the network's zone, None where it is no longer held."""
        header = self.reader.header(height)
        return date_of(header.time_ms, self.node.genesis.zone_offset_minutes) if header else None

    # rows

    def row(self, contract: str, table: str, key: KeyPart | Sequence[KeyPart]) -> Row | None:
        """Give a row, None where there is none or the key cannot be one."""
        parts = (key,) if isinstance(key, (str, int)) else key
        if not may_be_key(parts):
            return None
        read = self.reader.get_evenly if self.evenly else self.reader.get
        found: Row | None = read(contract, table, key)
        return found

    def is_key(self, parts: Sequence[KeyPart]) -> bool:
        """Say whether text from outside can be part of a row's key."""
        return may_be_key(parts)

    def party(self, party: str) -> Row | None:
        """Give a party row."""
        if party not in self._parties:
            self._parties[party] = self.row("party", "party", party)
        return self._parties[party]

    def currencies(self) -> dict[str, int]:
        """Minor digits of what is on the ledger: those of ISO 4217, and what the network takes or took beside."""
        rules = self.row("core", "rules", "active") or {}
        return {**MINOR_DIGITS, **rules.get("withdrawn", {}), **rules.get("currencies", {})}

    def is_bank(self, party: str) -> bool:
        """Say whether a party is a bank."""
        row = self.party(party)
        return row is not None and "bank" in row.get("roles", ())

    def name_of(self, party: str) -> tuple[str, str]:
        """Give the (English, Chinese) name of a party."""
        return names_of(self.party(party))

    # bills

    def bill(self, bill_id: str) -> Row:
        """Give a bill that the viewer may see; Problem not_found (404).

        First the viewer's part in it is looked for: one that is hidden costs what one that is not there costs.
        """
        row = self.row("bill", "bill", bill_id) if self.has_part(bill_id) else None
        if row is None or self.sight(bill_id) is None:
            raise not_found("bill", bill_id, self.height)
        return row

    def token(self, token_id: str) -> Row:
        """Give a token that the viewer may see; Problem not_found (404). Hidden ones likewise."""
        known = self.is_key((token_id,))
        row: Row | None = self.reader.get_evenly("token", "token", token_id) if known else None
        if self.has_part(token_id if row is None else str(row["bill"])) and row is not None:
            sight = self.sight(str(row["bill"]))
            if sight is not None and sight.sees(token_id):
                return row
        raise not_found("token", token_id, self.height)

    def has_part(self, bill_id: str) -> bool:
        """Say whether the viewer may have a part in a bill: without a row of it, and the same work for every id."""
        if self.viewer.everything or not self.is_key((bill_id,)):
            return self.viewer.everything
        parties = sorted(self.viewer.reads_for(bill_id))
        pay_as = [bank for one in parties for bank in self.pays_as(one)]
        return has_part(self.reader, bill_id, parties, filter(self.is_bank, parties), pay_as)

    def sees_bill(self, bill: Row) -> bool:
        """Say whether the viewer sees anything of a bill."""
        return self.viewer.everything or self.sight(str(bill["id"])) is not None

    def sees_token(self, token: Row) -> bool:
        """Say whether the viewer sees a token."""
        if self.viewer.everything:
            return True
        if not self.viewer.reads_for(str(token["bill"])).isdisjoint({token["holder"], token["offered_to"]}):
            return True
        sight = self.sight(str(token["bill"]))
        return sight is not None and sight.sees(str(token["id"]))

    def shown_token(self, token: Row) -> Shape:
        """Show a token that the viewer may see, as far as it may see it."""
        return token_shape(token, with_offer=self.sees_offer(token))

    def sees_offer(self, token: Row) -> bool:
        """Say whether a token that the viewer may see shows it to whom it is offered and how it is locked."""
        return (self.sight(str(token["bill"])) or EVERYTHING).sees_offer(token)

    def sees_part_of(self, bill: Row, party: str) -> bool:
        """Say whether the viewer sees a bill, and that a party has a part in it."""
        if self.viewer.everything:
            return True
        bill_id = str(bill["id"])
        sight = self.sight(bill_id)
        if sight is None:
            return False
        if party in self.viewer.reads_for(bill_id) or party in named_parties(bill):
            return True
        return sight.sees_part_of(self.lineage(bill_id), party)

    def lineage(self, bill_id: str) -> Lineage:
        """Read a bill with all its tokens; Problem trace_too_large (400)."""
        found = self._lineages.take(bill_id) or self._read_lineage(bill_id)
        self._lineages.keep(bill_id, found)
        return found

    def _read_lineage(self, bill_id: str) -> Lineage:
        bill = self.reader.get("bill", "bill", bill_id)
        if bill is None:
            raise not_found("bill", bill_id, self.height)
        again = bill_id in self._counted
        self._counted.add(bill_id)
        at_hand = self._at_hand.rows if self._at_hand is not None and self._at_hand.bill == bill_id else {}
        tokens: dict[str, Row] = {}
        hops: dict[str, Row] = {}
        for token_id in from_index(self.reader, "token.bill", (bill_id,))(""):
            self._tokens_read += not again
            _bounded(self._tokens_read)
            token = at_hand.get(token_id) or self.reader.get("token", "token", token_id)
            if token is None:
                continue
            tokens[token_id] = token
            hop = self.reader.get("token", "hop", token_id)
            if hop is not None:
                hops[token_id] = hop
        return lineage_of(BillFacts(bill, tokens, hops))

    def sight(self, bill_id: str) -> Sight | None:
        """Give what the viewer sees of a bill, None for nothing; its own tokens are read, not the whole bill.

        Problem trace_too_large (400).
        """
        if self.viewer.everything:
            return EVERYTHING
        if bill_id not in self._sights:
            self._sights[bill_id] = self._sight_of(bill_id)
        return self._sights[bill_id]

    def _sight_of(self, bill_id: str) -> Sight | None:
        bill = self.row("bill", "bill", bill_id)
        if bill is None:
            return None
        self._at_hand = TokensOfBill(self.reader, bill_id, self._count_sighted)
        return sight_of(
            self.viewer, bill, self._at_hand, requests=self._asked_to_finance(bill_id),
            joints=self._asked_jointly(bill_id), pledges=self._pledged(bill_id), guarantees=self._guaranteed(bill_id),
            paying_bank=self.paying_bank(bill),
        )  # fmt: skip

    def _count_sighted(self) -> None:
        self._tokens_sighted += 1
        _bounded(self._tokens_sighted)

    def paying_bank(self, bill: Row) -> str:
        """Give the bank that pays a bill now: the one it was confirmed with, or its successor; "" before."""
        return self.successor_of(str(bill.get("paying_bank") or ""))

    def successor_of(self, bank: str) -> str:
        """Give the bank that stands in a bank's place now: itself, or its successor."""
        row = self.row("succession", "successor", bank)
        return str(row["successor"]) if row else bank

    def pays_as(self, bank: str) -> tuple[str, ...]:
        """Give the bank and those in whose place it pays; nothing once another stands in its own."""
        if bank not in self._pay_as:
            stands = self.successor_of(bank) == bank
            row = self.row("succession", "predecessor", bank) if stands else None
            self._pay_as[bank] = (bank, *(row["banks"] if row else ())) if stands else ()
        return self._pay_as[bank]

    def _asked_to_finance(self, bill_id: str) -> list[Row]:
        """Give the financing requests for tokens of a bill that went to one of the parties read for."""
        return self._asked_of_banks("request.part", ("finance", "request"), bill_id)

    def _asked_jointly(self, bill_id: str) -> list[Row]:
        """Give what was asked about a bill of banks read for."""
        return self._asked_of_banks("joint.part", ("bill", "joint"), bill_id)

    def _pledged(self, bill_id: str) -> list[Row]:
        """Give the pledges of cents of a bill to banks read for."""
        return self._asked_of_banks("pledge.part", ("pledge", "pledge"), bill_id)

    def _guaranteed(self, bill_id: str) -> list[Row]:
        """Give the guarantees of a bill by parties read for, or by those whose account one of them keeps."""
        names = {
            name
            for party in self.viewer.reads_for(bill_id)
            for name in every(from_index(self.reader, "guarantee.part", (party, bill_id)))
        }
        rows = (self.reader.get("guarantee", "guarantee", name.split("/", 1)) for name in sorted(names))
        return [row for row in rows if row is not None]

    def _asked_of_banks(self, index: str, table: tuple[str, str], bill_id: str) -> list[Row]:
        found: list[Row] = []
        for bank in sorted(filter(self.is_bank, self.viewer.reads_for(bill_id))):
            rows = (self.reader.get(*table, name) for name in every(from_index(self.reader, index, (bank, bill_id))))
            found += [row for row in rows if row is not None]
        return found

    def found_by(self, party: str | None) -> bool:
        """Say whether a list may be looked for among what a party has: all that is the viewer's to read. Of others' it
        would tell by its cost how much there is, so what the viewer has a part in is looked through instead.
        """
        return party is not None and self.viewer.reads_all_of(party)

    def own_bills(self) -> set[str]:
        """Give the bills in which the parties read for have a part."""
        return self.concerned_bills(sorted(self.viewer.reads_for()))

    def concerned_bills(self, parties: Sequence[str]) -> set[str]:
        """Give the bills that name the parties, that they hold or were offered tokens of, may finance or will pay."""
        found: set[str] = set()
        for party in parties:
            found.update(self._bills_of(party))
        return found

    def paid_by(self) -> frozenset[tuple[str, str]]:
        """Give the receipts, as (bank, reference), from which those were paid for whom the viewer reads their bills."""
        if self._paid_by is None:
            names = (
                name
                for party in sorted(self.viewer.reads_for())
                for name in every(from_index(self.reader, "payment.party", (party,)))
                if party in self.viewer.reads_for(name.split("/", 1)[0])
            )
            rows = (self.reader.get("settlement", "payment", name.split("/", 1)) for name in names)
            self._paid_by = frozenset((str(row["bank"]), str(row["reference"])) for row in rows if row is not None)
        return self._paid_by

    def _bills_of(self, party: str) -> Iterator[str]:
        """Entries of an index stay when a row changes, and may be younger than the height: the row decides."""
        for field in ("debtor", "creditor"):
            yield from (str(bill["id"]) for bill in self.filed("bill", "bill", field, party))
        for field in ("holder", "offered_to"):
            yield from (str(token["bill"]) for token in self.filed("token", "token", field, party))
        for index in ("guarantee.guarantor", "guarantee.bank"):
            yield from (name.split("/", 1)[1] for name in every(from_index(self.reader, index, (party,))))
        if not self.is_bank(party):
            return
        yield from (str(request["bill"]) for request in self.filed("finance", "request", "bank", party))
        for pledge in self.filed("pledge", "pledge", "pledgee", party):
            yield from (str(one["bill"]) for one in pledge["ranges"] if pledge["tokens"])
        names = every(from_index(self.reader, "joint.asked", (party,)))
        joints = (self.reader.get("bill", "joint", name) for name in names)
        yield from (str(row["bill"]) for row in joints if row is not None and asked_beside(frozenset({party}), row))
        for bank in self.pays_as(party):
            yield from (str(bill["id"]) for bill in self.filed("bill", "bill", "paying_bank", bank))

    def filed(self, contract: str, table: str, field: str, party: str) -> Iterator[Row]:
        """Give the rows whose field names a party at this height; field "bank" of a request is one of its banks."""
        for name in every(from_index(self.reader, f"{table}.{field}", (party,))):
            row = self.reader.get(contract, table, name)
            if row is not None and (row.get(field) == party or party in row.get(f"{field}s", ())):
                yield row


def _bounded(read: int) -> None:
    if read > MAX_READ:
        raise Problem(400, "trace_too_large", fields={"limit": MAX_READ})
