"""A file of payees as a whole: parties, amounts in minor units, the control total, or everything that is wrong."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeVar

from chainbill_cli.failure import Exit, Failure, fail
from chainbill_cli.file_kinds import kind_of
from chainbill_cli.given_files import PAYEES_BYTES, given_bytes
from chainbill_cli.half_width import half_width
from chainbill_cli.payees.columns import Line, Table, table_of
from chainbill_cli.payees.csv_file import rows_of_text
from chainbill_cli.payees.rows import BadRow
from chainbill_cli.payees.workbook import OLD_SIGNATURE, SIGNATURE, WORKBOOKS, sheet_of_workbook
from chainbill_cli.texts import text
from chainbill_cli.values import positive_amount

Found = TypeVar("Found")

MOST_FAULTS = 50
"""How many are told; of more only the number."""
DATE = re.compile(
    r"\d{1,4}[-/年]\d{1,2}(?:[-/月]\d{1,4}日?)?(?: \d\d:.*)?|\d{1,4}\.\d{1,2}\.\d{1,4}|\d{1,2}月\d{1,2}日"
    r"|\d{1,2}-[A-Za-z]{3,9}(?:-\d{2,4})?|[A-Za-z]{3,9}-\d\d|\d{1,2}:\d\d(?::.*)?"
)
"""A date or a time, as spreadsheets write them."""
SCIENTIFIC = re.compile(r"[-+]?\d+(\.\d+)?[eE][-+]?\d+")
SIGN = re.compile(r"(?P<before>[^\d(]*)(?P<number>\d[\d,]*(\.\d+)?)(?P<after>\D*)")
NEGATIVE = re.compile(r"-.*\d.*|\(.*\d.*\)|.*\d-")
COMMA_OF_THREE = re.compile(r"\d{1,3},\d{3}")


@dataclass(frozen=True, slots=True)
class Payee:
    """Whom to pay and how much, in minor units; `line` of the file."""

    line: int
    party: str
    amount: int


@dataclass(frozen=True, slots=True)
class Payees:
    """All payees of a file. unread: headings of its columns that were not read. twice: parties on several lines."""

    path: str
    payees: tuple[Payee, ...]
    unread: tuple[str, ...]

    @property
    def twice(self) -> dict[str, list[int]]:
        """The lines of each party that the file names more than once."""
        counts = Counter(one.party for one in self.payees)
        return {
            party: [one.line for one in self.payees if one.party == party]
            for party, count in counts.items()
            if count > 1
        }


def payees_of_file(path: Path, currency: str, party_id: Callable[[str], str]) -> Payees:
    """The payees of a file; a failure that lists everything wrong with it, each with its line.

    party_id: the id of a party as it was typed, or a Failure.
    """
    name = str(path)
    try:
        table, separator = _table(
            given_bytes(path, PAYEES_BYTES), currency, called_workbook=path.suffix.lower() in WORKBOOKS
        )
    except BadRow as bad:
        raise _refused(name, [bad]) from bad
    found: list[Payee] = []
    wrong = list(table.wrong)
    for line in table.lines:
        amount = _tried(wrong, line, partial(_amount, line, currency, separator))
        party = _tried(wrong, line, partial(_party, line, party_id))
        if amount is not None and party is not None:
            found.append(Payee(line.line, party, amount))
    if wrong:
        raise _refused(name, sorted(wrong, key=lambda bad: bad.line))
    return Payees(name, tuple(found), table.unread)


def _table(content: bytes, currency: str, *, called_workbook: bool) -> tuple[Table, str]:
    if content.startswith(OLD_SIGNATURE):
        raise BadRow(0, text("payees.old_workbook"))
    if content.startswith(SIGNATURE):
        sheet = sheet_of_workbook(content)
        return table_of(sheet.rows, currency, computed=True, hidden=sheet.hidden), ""
    found = kind_of(content)
    if found:
        raise BadRow(0, text("payees.other_format", found=found), of_columns=True)
    if called_workbook:
        raise BadRow(0, text("payees.no_workbook"))
    rows, separator = rows_of_text(content)
    return table_of(rows, currency), separator


def _tried(wrong: list[BadRow], line: Line, find: Callable[[], Found]) -> Found | None:
    """What was found, or None and one more finding."""
    try:
        return find()
    except BadRow as bad:
        wrong.append(bad)
    except Failure as failure:
        said = [str(failure.problem[part]) for part in ("detail", "hint") if failure.problem.get(part)]
        wrong.append(BadRow(line.line, text("root.semicolon").join(said)))
    return None


def _amount(line: Line, currency: str, separator: str) -> int:
    """Minor units. What a spreadsheet may have made of an amount is asked back, never guessed."""
    typed = half_width(line.amount)
    if line.currency and half_width(line.currency).upper() != currency:
        raise BadRow(line.line, text("payees.currency", found=line.currency, wanted=currency))
    if SCIENTIFIC.fullmatch(typed):
        raise BadRow(line.line, text("payees.scientific", value=typed))
    if DATE.fullmatch(typed):
        raise BadRow(line.line, text("payees.date", value=typed))
    if NEGATIVE.fullmatch(typed):
        raise BadRow(line.line, text("payees.negative", value=typed))
    if separator == ";" and COMMA_OF_THREE.fullmatch(typed):
        # between semicolons a comma may be the decimal point of the spreadsheet's country
        raise BadRow(line.line, text("payees.comma", value=typed, whole=typed.replace(",", "")))
    sign = SIGN.fullmatch(typed)
    if sign and (sign["before"].strip() or sign["after"].strip()) and not _large(sign["after"]):
        raise BadRow(line.line, text("payees.sign", value=line.amount, number=sign["number"]))
    return positive_amount(typed, currency)


def _large(unit: str) -> bool:
    """Whether what follows a number multiplies it: then it is told so with the figure written out."""
    return unit.strip()[:1] in set("千百万萬亿億kKwWmM")


def _party(line: Line, party_id: Callable[[str], str]) -> str:
    typed = half_width(line.party)
    if SCIENTIFIC.fullmatch(typed):
        raise BadRow(line.line, text("payees.number_as_party", value=typed))
    return party_id(typed)


def _refused(path: str, wrong: list[BadRow]) -> Failure:
    """All that is wrong with a file, each with file and line."""
    hint = text("payees.hint" if all(bad.of_columns for bad in wrong) else "payees.mend_lines")
    failure = fail(Exit.USAGE, "payees.wrong", path=path, count=len(wrong), hint=hint)
    told = wrong[:MOST_FAULTS]
    failure.problem["errors"] = [_finding(path, bad) for bad in told]
    if len(wrong) > len(told):
        failure.problem["errors"].append({"detail": text("payees.more", count=len(wrong) - len(told))})
    return failure


def _finding(path: str, bad: BadRow) -> dict[str, object]:
    where = f"{path}:{bad.line}" if bad.line else path
    return {"parameter": where, "line": bad.line, "detail": bad.said}
