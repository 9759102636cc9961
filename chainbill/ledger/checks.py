"""The core checks: what every transaction must leave true, and the rows that the core derives itself.

After the calls of a transaction, over exactly the rows they changed (so it costs what the change costs, not what the
bill costs):

1. Conservation: per bill, the leaves that ended and the leaves that were made cover the same cents, each once. The only
   exception is a bill's acceptance, which makes [0, face).
2. Fields that never change, lineage, heights (`token_rules`); of any row, whatever it is of, when it was `created`.
3. Rows that are the core's own are left alone; agenda items lie in the future; no row asks for calls any more.

Then `core/range` and `core/holding` follow from the same changes: no contract can get them wrong.
"""

from __future__ import annotations

from collections.abc import Container, Iterable
from typing import Any

from chainbill.dates import is_date
from chainbill.errors import Reason
from chainbill.ledger import core_rows
from chainbill.ledger.governed_rows import (
    check_clock,
    check_contract_set,
    check_protocol,
    keep_protocol,
    validator_set,
)
from chainbill.ledger.holdings import SHARES, HoldingChange, token_shares
from chainbill.ledger.rule_changes import active_from, check_change
from chainbill.ledger.tiling import same_cents
from chainbill.ledger.token_rules import (
    FIGURES,
    LEAVES,
    LIVE,
    REVERSED,
    SETTLED,
    Row,
    broken,
    check_bill,
    check_created,
    check_financing,
    check_parent,
    check_reversed,
    check_token,
)
from chainbill.state.overlay import Overlay

TEXT_TAG = 2
Change = tuple[bytes, Any, Any]


class CoreChecks:
    """The checks for one block: its height, its local date, and the agenda tables of the contracts that run."""

    def __init__(
        self, overlay: Overlay, height: int, today: str, agendas: Iterable[bytes], *, adjustable_clock: bool
    ) -> None:
        self._overlay = overlay
        self._height = height
        self._today = today
        self._agendas = tuple(agendas)
        self._adjustable_clock = adjustable_clock
        self._watched = (
            core_rows.TOKENS,
            core_rows.BILLS,
            core_rows.GOVERNANCE,
            core_rows.ASKED,
            *SHARES,
            *self._agendas,
        )

    def run(self) -> None:
        """Check what changed since the last savepoint and derive the core's rows from it, or raise Refused."""
        tokens: list[Change] = []
        bills: list[Change] = []
        holdings = HoldingChange(self._overlay)
        for key, (old, new) in self._overlay.changed().items():
            check_created(old, new)
            if not key.startswith(self._watched):
                continue
            if key.startswith(core_rows.TOKENS):
                tokens.append((key, old, new))
            elif key.startswith(core_rows.BILLS):
                bills.append((key, old, new))
            elif key.startswith(core_rows.GOVERNANCE):
                self._check_governance(key, old, new)
            elif key.startswith(core_rows.ASKED):
                raise broken(Reason.CORE_ROW_FIXED, "what an approval asks for is run at once, or never")
            else:
                for table in SHARES:
                    if key.startswith(table):
                        holdings.add_row(table, old, new)
            if key.startswith(self._agendas):
                self._check_agenda(key, old, new)
        accepted = {new["id"] for key, old, new in bills if check_bill(key, old, new)}
        if tokens or bills:
            change = _TokenChange(self._overlay, self._height, tokens, accepted, holdings)
            change.run()
            for _, old, new in bills:
                change.check_figures(old, new)
            change.check_no_figure_is_missing()
        holdings.write()

    def _check_agenda(self, key: bytes, old: Any, new: Any) -> None:
        if old is not None or new is None:
            return
        date = _first_text(key)
        if not is_date(date) or date <= self._today:
            raise broken(Reason.CORE_AGENDA_DATE, "an agenda item lies on a later day", date=date)

    def _check_governance(self, key: bytes, old: Any, new: Any) -> None:
        """Rows that the core acts on by itself: a wrong one would stop every node."""
        if key.startswith(core_rows.CONTRACTS):
            raise broken(Reason.CORE_ROW_FIXED, "only the core changes the contracts that run")
        if key.startswith(core_rows.CONTRACT_SETS) and new is not None:
            check_contract_set(key, new, self._height)
        elif key.startswith(core_rows.NEXT_RULES) and new is not None:
            if active_from(key) <= self._height:
                raise broken(Reason.CORE_ROW_SCHEMA, "rules change at a later height")
            check_change(new, self._rule_names())
        elif key.startswith(core_rows.RULE_CHANGES) and new is not None:
            check_change(new, self._rule_names())
        elif key.startswith(core_rows.PROTOCOL_CHANGES) and new is not None:
            check_protocol(self._overlay, new)
        elif key == core_rows.DECIDED_PROTOCOL:
            keep_protocol(self._overlay, new, self._height)
        elif key.startswith(core_rows.VALIDATORS):
            validator_set(self._overlay)
        elif key == core_rows.CLOCK_OFFSET:
            check_clock(old, new, adjustable=self._adjustable_clock)

    def _rule_names(self) -> Container[str]:
        found: dict[str, Any] = self._overlay.get(core_rows.RULES)["rules"]
        return found


def _first_text(key: bytes) -> str:
    """The first part of an encoded key if it is a text, else ""."""
    start = key.index(0, key.index(0) + 1) + 1
    return key[start + 1 : key.index(0, start)].decode("utf-8") if key[start] == TEXT_TAG else ""


class _TokenChange:
    """One transaction's change of tokens."""

    def __init__(
        self, overlay: Overlay, height: int, tokens: list[Change], accepted: set[str], holdings: HoldingChange
    ) -> None:
        self._overlay = overlay
        self._height = height
        self._tokens = tokens
        self._accepted = accepted
        self._bills: dict[str, Row] = {}
        self._ended: dict[str, list[Row]] = {}
        self._made: dict[str, list[Row]] = {}
        self._holdings = holdings
        self._new: dict[str, Row] = {}
        self._reversed: list[Row] = []
        self._rows: dict[str, Row] = {}
        self._figures: dict[str, dict[str, int]] = {}

    def run(self) -> None:
        """Check the tokens, derive the ranges, and count what holdings change."""
        for key, old, new in self._tokens:
            check_token(key, old, new, self._height)
            self._rows[new["id"]] = new
            if old is None:
                self._new[new["id"]] = new
            self._sort(old, new)
        for token in self._new.values():
            self._check_lineage(token)
        if self._reversed:
            self._check_reversals()
        for bill in sorted({*self._ended, *self._made, *self._accepted}):
            self._check_tiling(bill)
            self._derive_ranges(bill)

    def _sort(self, old: Row | None, new: Row) -> None:
        was_leaf = old is not None and old["status"] in LEAVES
        is_leaf = new["status"] in LEAVES
        if was_leaf and not is_leaf:
            self._ended.setdefault(new["bill"], []).append(new)
        elif is_leaf and not was_leaf:
            self._made.setdefault(new["bill"], []).append(new)
        if is_leaf and new["status"] != LIVE and (old is None or old["status"] == LIVE):
            figures = self._figures.setdefault(new["bill"], dict.fromkeys(FIGURES, 0))
            figures[new["status"]] += new["hi"] - new["lo"]
        elif was_leaf and new["status"] == REVERSED:
            figures = self._figures.setdefault(new["bill"], dict.fromkeys(FIGURES, 0))
            figures[SETTLED] -= new["hi"] - new["lo"]
            self._reversed.append(new)
        lived = old is not None and old["status"] == LIVE
        lives = new["status"] == LIVE
        if lived != lives:
            self._holdings.add(token_shares(new, self._bill(new["bill"])["debtor"]), 1 if lives else -1)

    def _bill(self, bill_id: str) -> Row:
        row = self._bills.get(bill_id)
        if row is None:
            found = self._overlay.get(core_rows.bill_key(bill_id))
            if type(found) is not dict:
                raise broken(Reason.CORE_CONSERVATION, "a token belongs to a bill", bill=bill_id)
            row = self._bills[bill_id] = found
        return row

    def _token(self, token_id: str) -> Row | None:
        row = self._rows.get(token_id)
        return self._overlay.get(core_rows.token_key(token_id)) if row is None else row

    def _check_lineage(self, token: Row) -> None:
        bill = self._bill(token["bill"])
        if token["currency"] != bill["currency"]:
            raise broken(Reason.CORE_ROW_SCHEMA, "a token has its bill's currency", token=token["id"])
        if not token["parent"] and bill["id"] not in self._accepted:
            raise broken(Reason.CORE_CONSERVATION, "only acceptance makes a token without a parent", token=token["id"])
        parent = self._token(token["parent"]) if token["parent"] else None
        check_parent(token, parent, bill)
        financing = token["financing"]
        if financing and (parent is None or parent["financing"] != financing):
            check_financing(token, self._token(financing))
        seen = {token["id"]}
        while parent is not None and parent["id"] in self._new:
            if parent["id"] in seen:
                raise broken(Reason.CORE_CONSERVATION, "a token is not its own ancestor", token=token["id"])
            seen.add(parent["id"])
            parent = self._new.get(parent["parent"])

    def _check_reversals(self) -> None:
        children: dict[str, list[Row]] = {}
        for token in self._new.values():
            children.setdefault(token["parent"], []).append(token)
        for token in self._reversed:
            found = children.get(token["id"], [])
            check_reversed(token, found[0] if len(found) == 1 else None)

    def _check_tiling(self, bill_id: str) -> None:
        ended = [(row["lo"], row["hi"]) for row in self._ended.get(bill_id, ())]
        if bill_id in self._accepted:
            if self._overlay.get(core_rows.range_key(bill_id, 0)) is not None:
                raise broken(Reason.CORE_CONSERVATION, "a bill is accepted once", bill=bill_id)
            ended.append((0, self._bill(bill_id)["face"]))
        made = [(row["lo"], row["hi"]) for row in self._made.get(bill_id, ())]
        if not same_cents(ended, made):
            raise broken(Reason.CORE_CONSERVATION, "the ranges made are not the ranges ended", bill=bill_id)

    def check_figures(self, old: Row | None, new: Row) -> None:
        """Refused unless the sums that a bill's row states moved as its leaves did."""
        moved = self._figures.pop(new["id"], None)
        for name in FIGURES:
            before = 0 if old is None else old.get(name, 0)
            wanted = before + (0 if moved is None else moved[name])
            if name in new and (type(new[name]) is not int or new[name] != wanted):
                raise broken(Reason.CORE_CONSERVATION, f"{name} of a bill is the sum of its leaves", bill=new["id"])

    def check_no_figure_is_missing(self) -> None:
        """Refused if leaves were settled, diluted or voided behind the back of a bill that states such sums."""
        for bill_id in self._figures:
            if any(name in self._bill(bill_id) for name in FIGURES):
                raise broken(Reason.CORE_CONSERVATION, "a bill states the sums of its leaves", bill=bill_id)

    def _derive_ranges(self, bill_id: str) -> None:
        """Write the ranges of a bill's leaves: those that were made, and none where one ended and none begins.

        [0, 100) is cut at 40: the range at 0 ends at 40 now, one at 40 is new. Joined again, the one at 40 goes.
        """
        made = self._made.get(bill_id, ())
        starts = {row["lo"] for row in made}
        for row in self._ended.get(bill_id, ()):
            if row["lo"] not in starts:
                self._overlay.delete(core_rows.range_key(bill_id, row["lo"]))
        for row in made:
            self._overlay.put_checked(core_rows.range_key(bill_id, row["lo"]), [row["hi"], row["id"]])
