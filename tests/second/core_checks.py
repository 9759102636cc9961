"""What the core refuses, and the rows that it derives. Written from core-checks.md, "Cents", "Rows of the core"."""

from __future__ import annotations

from itertools import pairwise

from second.amounts import MAX_AMOUNT
from second.refused import must

CONSERVATION, FIXED, SCHEMA = "core_conservation", "core_row_fixed", "core_row_schema"
LEAVES = ("live", "settled", "diluted", "void")
STATUSES = (*LEAVES, "split", "moved", "reversed")
ACCEPTED = ("active", "due", "overdue", "settled", "void")
OWED = ("instructed", "returned", "set_aside")

Key = tuple[str, str, tuple[str | int, ...]]
Row = dict[str, object]
Rows = dict[Key, Row]
Share = tuple[tuple[str, str, str], int]


def derive(height: int, today: str, before: dict[Key, object], writes: dict[Key, object]) -> dict[Key, object]:
    """The rows of the core after a unit with these writes, or the reason for which it has no effect."""
    unit = _Unit(height, today, before, writes)
    unit.check_rows()
    unit.check_conservation()
    return unit.derived()


def _whole(value: object, least: int, most: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most


def _is_set(parts: tuple[str | int, ...], row: object) -> bool:
    """{"contracts": [{"name", "hash"}, …], "removed": [name, …]} with 1 to 64 names, each once."""
    if len(parts) != 2 or not isinstance(parts[1], str) or not isinstance(row, dict):
        return False
    contracts, removed = row.get("contracts"), row.get("removed")
    if not isinstance(contracts, list) or not isinstance(removed, list):
        return False
    if not all(isinstance(entry, dict) and set(entry) == {"name", "hash"} for entry in contracts):
        return False
    names = [entry["name"] for entry in contracts] + removed
    return 1 <= len(names) <= 64 and all(isinstance(n, str) for n in names) and len(set(names)) == len(names)


def _number(row: Row, name: str) -> int:
    value = row[name]
    assert isinstance(value, int)
    return value


class _Unit:
    def __init__(self, height: int, today: str, before: dict[Key, object], writes: dict[Key, object]) -> None:
        self.height = height
        self.today = today
        self.before = before
        self.writes = {key: row for key, row in writes.items() if before.get(key) != row}
        self.after = {key: row for key, row in (before | writes).items() if row is not None}

    def row(self, rows: dict[Key, object], contract: str, table: str, part: object) -> Row | None:
        found = rows.get((contract, table, (str(part),)))
        return found if isinstance(found, dict) else None

    def changes(self, contract: str, table: str) -> list[tuple[str | int, object, object]]:
        keys = [key for key in self.writes if key[:2] == (contract, table)]
        return [(key[2][0], self.before.get(key), self.writes[key]) for key in keys]

    def tokens(self, rows: dict[Key, object], bill: str) -> dict[str, Row]:
        found = {str(key[2][0]): row for key, row in rows.items() if key[:2] == ("token", "token")}
        return {name: row for name, row in found.items() if isinstance(row, dict) and row["bill"] == bill}

    def check_rows(self) -> None:
        for contract, table, parts in self.writes:
            must(contract != "core" and (contract, table) != ("governance", "contract"), FIXED, "the core's own")
            must((contract, table) != ("approval", "run"), FIXED, "an approval's calls")
            must(table != "agenda" or str(parts[0]) > self.today, "core_agenda_date")
        for key, row in self.writes.items():
            self._check_created(self.before.get(key), row)
            if row is not None and key[:2] in (("governance", "contract_set"), ("governance", "rules_next")):
                must(_whole(key[2][0], self.height + 1, 2**63 - 1), SCHEMA, "a later height")
                must(key[1] != "contract_set" or _is_set(key[2], row), SCHEMA, "a set of contracts")
        for id_, old, new in self.changes("bill", "bill"):
            self._check_bill(id_, old, new)
        for id_, old, new in self.changes("token", "token"):
            self._check_token(id_, old, new)
        for _, _, new in self.changes("settlement", "payment"):
            self._check_payment(new)

    def _check_created(self, old: object, new: object) -> None:
        if isinstance(old, dict) and "created" in old and new is not None:
            must(isinstance(new, dict) and new.get("created") == old["created"], FIXED, "an id is given once")

    def _check_bill(self, id_: str | int, old: object, new: object) -> None:
        must(new is not None, FIXED, "nothing is deleted")
        must(isinstance(new, dict), SCHEMA)
        assert isinstance(new, dict)
        must(all(isinstance(new.get(name), str) for name in ("id", "debtor", "currency", "status")), SCHEMA)
        must(new["id"] == id_ and _whole(new.get("face"), 1, MAX_AMOUNT), SCHEMA)
        for name in ("settled", "diluted", "void"):
            must(name not in new or _whole(new[name], 0, MAX_AMOUNT), SCHEMA, name)
        if not isinstance(old, dict):
            must(new["status"] not in ACCEPTED, SCHEMA, "begins unaccepted")
            return
        must(all(old[name] == new[name] for name in ("id", "debtor", "currency", "face")), FIXED)
        if (old["status"] in ACCEPTED) != (new["status"] in ACCEPTED):
            must((old["status"], new["status"]) == ("pending_accept", "active"), CONSERVATION, "acceptance")

    def _check_token(self, id_: str | int, old: object, new: object) -> None:
        must(new is not None, FIXED, "nothing is deleted")
        must(isinstance(new, dict), SCHEMA)
        assert isinstance(new, dict)
        texts = ("id", "bill", "currency", "parent", "holder", "financing", "status")
        must(all(isinstance(new.get(name), str) for name in texts), SCHEMA)
        must(new["id"] == id_ and new["holder"] and new["status"] in STATUSES, SCHEMA)
        must(all(_whole(new.get(name), 0, MAX_AMOUNT) for name in ("lo", "hi")) and new["lo"] < new["hi"], SCHEMA)
        must(all(_whole(new.get(name), 0, 2**63 - 1) for name in ("born", "ended", "reversed_at")), SCHEMA)
        bill = self.row(self.after, "bill", "bill", new["bill"])
        must(bill is not None and bill["currency"] == new["currency"], SCHEMA, "the bill's currency")
        if isinstance(old, dict):
            self._check_token_change(old, new)
        else:
            must(new["status"] != "reversed" and new["born"] == self.height and new["reversed_at"] == 0, SCHEMA)
            must(new["ended"] == (0 if new["status"] == "live" else self.height), SCHEMA, "ended")
            self._check_parent(new)
            self._check_financing(new)

    def _check_token_change(self, old: Row, new: Row) -> None:
        fixed = ("id", "bill", "currency", "lo", "hi", "holder", "parent", "financing", "born")
        must(all(old[name] == new[name] for name in fixed), FIXED)
        if old["status"] == new["status"]:
            must(old["ended"] == new["ended"] and old["reversed_at"] == new["reversed_at"], FIXED, "heights")
            return
        reversal = (old["status"], new["status"]) == ("settled", "reversed")
        must(reversal or (old["status"] == "live" and new["status"] != "reversed"), FIXED, "status")
        if reversal:
            must(new["ended"] == old["ended"], FIXED, "ended stays")
            must(new["reversed_at"] == self.height, SCHEMA, "reversed_at")
        else:
            must(new["ended"] == self.height and new["reversed_at"] == 0, SCHEMA, "ended")

    def _covering(self, token: Row, other: object) -> Row | None:
        found = self.row(self.after, "token", "token", other)
        if found is None or found["bill"] != token["bill"]:
            return None
        covers = _number(found, "lo") <= _number(token, "lo") and _number(token, "hi") <= _number(found, "hi")
        return found if covers else None

    def _check_parent(self, token: Row) -> None:
        if token["parent"] == "":
            must(self._accepted_now(str(token["bill"])), CONSERVATION, "only acceptance makes one without a parent")
            return
        seen, at = {token["id"]}, self._covering(token, token["parent"])
        must(at is not None, CONSERVATION, "the parent covers it")
        while at is not None and at["parent"] != "":
            must(at["id"] not in seen, CONSERVATION, "no circle")
            seen.add(at["id"])
            at = self.row(self.after, "token", "token", at["parent"])

    def _check_financing(self, token: Row) -> None:
        made = token["financing"]
        parent = self.row(self.after, "token", "token", token["parent"])
        if made in ("", token["id"]) or (parent is not None and made == parent["financing"]):
            return
        other = self._covering(token, made)
        must(other is not None and other["financing"] == made, SCHEMA, "financing")

    def _check_payment(self, new: object) -> None:
        if isinstance(new, dict) and new.get("status") in OWED:
            must(all(isinstance(new.get(n), str) and new[n] for n in ("party", "bank", "currency")), SCHEMA)
            must(_whole(new.get("amount"), 1, MAX_AMOUNT), SCHEMA, "amount")

    def _accepted_now(self, bill: str) -> bool:
        old, new = self.row(self.before, "bill", "bill", bill), self.row(self.after, "bill", "bill", bill)
        return old is not None and new is not None and (old["status"], new["status"]) == ("pending_accept", "active")

    def _touched(self) -> list[str]:
        bills = {str(id_) for id_, _, _ in self.changes("bill", "bill")}
        bills |= {str(new["bill"]) for _, _, new in self.changes("token", "token") if isinstance(new, dict)}
        return sorted(bills)

    def _leaves(self, bill: str) -> tuple[list[Row], list[Row]]:
        """Leaves that ended in the unit, and leaves that it made."""
        old, new = self.tokens(self.before, bill), self.tokens(self.after, bill)
        was = {name for name, row in old.items() if row["status"] in LEAVES}
        is_ = {name for name, row in new.items() if row["status"] in LEAVES}
        return [old[name] for name in sorted(was - is_)], [new[name] for name in sorted(is_ - was)]

    def check_conservation(self) -> None:
        for bill in self._touched():
            row = self.row(self.after, "bill", "bill", bill)
            assert row is not None
            ended, made = ([(_number(t, "lo"), _number(t, "hi")) for t in half] for half in self._leaves(bill))
            if self._accepted_now(bill):
                ended.append((0, _number(row, "face")))
            must(_cover(ended) == _cover(made), CONSERVATION, bill)
            tokens = self.tokens(self.after, bill)
            for name in ("settled", "diluted", "void"):
                leaves = sum(_number(t, "hi") - _number(t, "lo") for t in tokens.values() if t["status"] == name)
                must(name not in row or row[name] == leaves, CONSERVATION, name)
            self._check_reversals(tokens)

    def _check_reversals(self, tokens: dict[str, Row]) -> None:
        for name, token in tokens.items():
            old = self.before.get(("token", "token", (name,)))
            if token["status"] == "reversed" and isinstance(old, dict) and old["status"] != "reversed":
                children = [t for t in tokens.values() if t["parent"] == name and t["born"] == self.height]
                must(len(children) == 1, CONSERVATION, "exactly one child")
                child = children[0]
                must(all(child[f] == token[f] for f in ("lo", "hi", "holder")), CONSERVATION, "cents and holder")
                must(child["status"] in ("live", "split", "moved"), CONSERVATION, "live or passed on")

    def _shares(self, rows: dict[Key, object], key: Key) -> list[Share]:
        row = rows.get(key)
        if not isinstance(row, dict):
            return []
        if key[:2] == ("token", "token") and row["status"] == "live":
            bill = self.row(self.after, "bill", "bill", row["bill"])
            assert bill is not None
            cents, currency = _number(row, "hi") - _number(row, "lo"), str(row["currency"])
            return [
                ((str(row["holder"]), currency, "holder"), cents),
                ((str(bill["debtor"]), currency, "debtor"), cents),
            ]
        if key[:2] == ("settlement", "payment") and row["status"] in OWED:
            amount, currency = _number(row, "amount"), str(row["currency"])
            return [
                ((str(row["party"]), currency, "payee_open"), amount),
                ((str(row["bank"]), currency, "paying_bank_open"), amount),
            ]
        return []

    def derived(self) -> dict[Key, object]:
        found: dict[Key, object] = {}
        for bill in self._touched():
            ended, made = self._leaves(bill)
            for token in ended:
                found["core", "range", (bill, _number(token, "lo"))] = None
            for token in made:
                found["core", "range", (bill, _number(token, "lo"))] = [token["hi"], token["id"]]
        changes: dict[tuple[str, str, str], list[int]] = {}
        for key in self.writes:
            for sign, rows in ((-1, self.before), (1, self.after)):
                for share, amount in self._shares(rows, key):
                    count_sum = changes.setdefault(share, [0, 0])
                    count_sum[0] += sign
                    count_sum[1] += sign * amount
        for share, (count, amount) in changes.items():
            old = self.before.get(("core", "holding", share), [0, 0])
            assert isinstance(old, list)
            new = [old[0] + count, old[1] + amount]
            must(new[1] <= MAX_AMOUNT, "core_holdings", share[0])
            found["core", "holding", share] = new if new[0] else None
        for (party, currency, role), (_, grown) in changes.items():
            if role == "holder" and grown > 0:
                both = [("core", "holding", (party, currency, one)) for one in ("holder", "payee_open")]
                sums = [found[place] if place in found else self.before.get(place) for place in both]
                must(sum(row[1] for row in sums if isinstance(row, list)) <= MAX_AMOUNT, "core_holdings", party)
        return {key: row for key, row in found.items() if self.before.get(key) != row}


def _cover(ranges: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The cents that ranges cover, joined; each cent once."""
    found: list[tuple[int, int]] = []
    for lo, hi in sorted(ranges):
        if found and found[-1][1] == lo:
            found[-1] = (found[-1][0], hi)
        else:
            found.append((lo, hi))
    must(all(a[1] <= b[0] for a, b in pairwise(found)), CONSERVATION, "a cent twice")
    return found
