"""Workbooks of payees made by hand to show one list and have another paid: refused, whatever their XML looks like."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from chainbill_cli.failure import Failure
from chainbill_cli.payees import payees_of_file
from openpyxl import Workbook

pytestmark = pytest.mark.untraced

PART = "xl/worksheets/sheet1.xml"
MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
MC = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'


def cell(place: str, said: str) -> str:
    return f'<c r="{place}" t="inlineStr"><is><t>{said}</t></is></c>'


HEAD = f'<row r="1">{cell("A1", "party")}{cell("B1", "amount")}</row>'
TWO = f'<row r="2">{cell("A2", "supplier2")}{cell("B2", "10.00")}</row>'
THREE = f'<row r="3">{cell("A3", "supplier3")}{cell("B3", "99.00")}</row>'
SEEN = [("supplier2", 1000), ("supplier3", 9900)]


def rows(*parts: str) -> str:
    return f"<sheetData>{HEAD}{''.join(parts)}</sheetData>"


def third(attributes: str) -> str:
    return rows(TWO, THREE.replace('<row r="3"', f"<row {attributes}"))


def book(inside: str, *, part: str = PART, encoding: str = "UTF-8", state: str = "visible") -> bytes:
    """A workbook whose sheet is this; part: where it is kept."""
    made, buffer = Workbook(), io.BytesIO()
    made.save(plain := io.BytesIO())
    sheet = f'<?xml version="1.0" encoding="{encoding}"?><worksheet {MAIN}>{inside}</worksheet>'.encode(encoding)
    with zipfile.ZipFile(plain) as old, zipfile.ZipFile(buffer, "w") as new:
        for one in old.infolist():
            content = old.read(one)
            if one.filename in ("[Content_Types].xml", "xl/_rels/workbook.xml.rels"):
                content = content.replace(PART.encode(), part.encode())
            if one.filename == "xl/workbook.xml":
                content = content.replace(b'state="visible"', f'state="{state}"'.encode())
            if one.filename != PART:
                new.writestr(one.filename, content)
        new.writestr(part, sheet)
    return buffer.getvalue()


def read(tmp_path: Path, content: bytes) -> list[tuple[str, int]]:
    path = tmp_path / "payees.xlsx"
    path.write_bytes(content)
    return [(one.party, one.amount) for one in payees_of_file(path, "CNY", str).payees]


def fault(tmp_path: Path, content: bytes) -> str:
    with pytest.raises(Failure) as caught:
        read(tmp_path, content)
    [found] = caught.value.problem["errors"]
    return str(found["detail"])


SHOWN = {
    "plain": rows(TWO, THREE), "nothing hidden": third('r="3" hidden="0" ht="15"'), "no numbers": third(""),
    "no places": rows(TWO, THREE).replace(' r="A3"', "").replace(' r="B3"', ""),
    "a hidden column that says nothing": f'<cols><col min="3" max="16384" hidden="1"/></cols>{rows(TWO, THREE)}',
    "merged blank cells": f'{rows(TWO, THREE)}<mergeCells><mergeCell ref="C1:D9"/></mergeCells>',
    "all shown but the rest": f'<sheetFormatPr zeroHeight="1"/>{rows(TWO, THREE)}'.replace(
        "<row ", '<row hidden="0" '
    ),
}  # fmt: skip


@pytest.mark.parametrize("inside", SHOWN.values(), ids=list(SHOWN))
def test_what_everybody_sees_is_read(tmp_path: Path, inside: str) -> None:
    assert read(tmp_path, book(inside)) == SEEN


HIDDEN = (
    'r="3" hidden="1"', 'r="3" hidden="true"', "r='3' hidden='1'", 'r="3" hidden = "1"', 'r="3" hidden="&#49;"',
    'hidden="1"', 'spans="a>b" r="3" hidden="1"', 'r="3" ht="0" customHeight="1"', 'r="3" ht="0.1"',
)  # fmt: skip


@pytest.mark.parametrize("attributes", HIDDEN)
def test_rows_are_hidden_however_the_file_says_it(tmp_path: Path, attributes: str) -> None:
    """attack: the mark was looked for by a pattern of bytes, which XML need not follow."""
    assert "1 lines are hidden" in fault(tmp_path, book(third(attributes)))


@pytest.mark.parametrize("said", [{"encoding": "UTF-16"}, {"part": "xl/other/s.xml"}])
def test_rows_are_hidden_wherever_the_file_keeps_them(tmp_path: Path, said: dict[str, str]) -> None:
    assert "1 lines are hidden" in fault(tmp_path, book(third('r="3" hidden="1"'), **said))


@pytest.mark.parametrize("said", ['zeroHeight="1"', 'defaultRowHeight="0"'])
def test_rows_are_hidden_where_all_are(tmp_path: Path, said: str) -> None:
    assert "lines are hidden" in fault(tmp_path, book(f"<sheetFormatPr {said}/>{rows(TWO, THREE)}"))


@pytest.mark.parametrize("state", ["hidden", "veryHidden"])
def test_a_hidden_sheet_pays_nobody(tmp_path: Path, state: str) -> None:
    assert "is hidden" in fault(tmp_path, book(rows(TWO), state=state))


@pytest.mark.parametrize("said", ['hidden="1"', 'width="0"'])
@pytest.mark.parametrize("headings", [True, False])
def test_a_hidden_column_is_not_read(tmp_path: Path, said: str, headings: bool) -> None:
    inside = rows(TWO) if headings else f"<sheetData>{TWO}</sheetData>"
    told = fault(tmp_path, book(f'<cols><col min="2" max="2" {said}/></cols>{inside}'))
    assert "the column " + ("amount" if headings else "10.00") in told


def test_values_below_merged_cells_are_not_read(tmp_path: Path) -> None:
    inside = f'{rows(TWO, THREE)}<mergeCells><mergeCell ref="A2:B3"/></mergeCells>'
    assert "below merged cells" in fault(tmp_path, book(inside))


def test_merged_cells_without_end_are_not_looked_through(tmp_path: Path) -> None:
    merged = '<mergeCell ref="C1:D100000"/>' * 20_000
    many = "".join(TWO.replace("2", str(number), 1).replace("A2", f"A{number}").replace("B2", f"B{number}")
                   for number in range(2, 500))  # fmt: skip
    assert "too many merged cells" in fault(tmp_path, book(f"{rows(many)}<mergeCells>{merged}</mergeCells>"))


TWICE = {
    "a row": rows(TWO, THREE.replace("3", "2")), "a cell": rows(TWO.replace("</row>", cell("B2", "99") + "</row>")),
    "a row before": rows(THREE, TWO), "a cell before": rows(f'<row r="2">{cell("B2", "1")}{cell("A2", "x")}</row>'),
    "a cell of another row": rows(TWO.replace("B2", "B3")), "two sheets of data": rows(TWO) + rows(THREE),
    "data elsewhere": f"<mc:AlternateContent {MC}><mc:Fallback>{rows(THREE)}</mc:Fallback></mc:AlternateContent>"
    + rows(TWO),
    "a row elsewhere": rows(TWO) + THREE, "what is no cell": rows(TWO.replace("<c ", "<x ").replace("</c>", "</x>")),
    "two texts": rows(TWO.replace("<t>10.00</t>", "<t>10.00</t><t>99.00</t>")),
    "a text beside runs": rows(TWO.replace("</is>", "<r><t>9</t></r></is>")),
    "two values": rows(TWO.replace("</is>", "</is><v>99</v>")),
    "another place": rows(TWO.replace('"B2"', '"b2"')),
}  # fmt: skip


@pytest.mark.parametrize("inside", TWICE.values(), ids=list(TWICE))
def test_what_spreadsheets_may_show_otherwise_is_not_read(tmp_path: Path, inside: str) -> None:
    """attack: one of two rows of a number was dropped, one of two cells of a place taken, without a word."""
    assert "spreadsheets differ" in fault(tmp_path, book(inside))


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("name", [PART, PART.upper()])
def test_two_parts_of_one_name(tmp_path: Path, name: str) -> None:
    """One reader takes the first, another the last."""
    content = io.BytesIO(book(rows(TWO)))
    with zipfile.ZipFile(content, "a") as packed:
        packed.writestr(name, f"<worksheet {MAIN}>{rows(THREE)}</worksheet>")
    assert "two parts of one name" in fault(tmp_path, content.getvalue())


def formatted(value: object, number_format: str) -> bytes:
    made, buffer = Workbook(), io.BytesIO()
    sheet = made.active
    assert sheet is not None
    for row in (["party", "share", "amount"], ["supplier2", 0.5, value]):
        sheet.append(row)
    sheet["B2"].number_format = "0%"  # a column that is not read
    sheet["C2"].number_format = number_format
    made.save(buffer)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("value", "number_format"),
    [
        (9_000_000, '"1,000.00"'), (9_000_000, ";;;"), (9_000_000, "0.00,,"), (9_000_000, '0!.0,"万"'), (5, '0"万"'),
        (5, '0"00"'), (5, "0\\0"), (5, "0*0"), (5, '"三百"'), (5, r"0\.00"), (0.5, "0.00%"), (0.5, "# ?/?"),
        (500, "0.00E+00"), (500.4, "0"), (500.4, "#,##0"), (5, "-0"), (5, '[<9]0;"7"'), ("5", '@"0"'), ("5", ";;;"),
        ("5", '0;0;0;"7"'),
    ],
)  # fmt: skip
def test_a_number_format_that_shows_something_else_is_told(tmp_path: Path, value: object, number_format: str) -> None:
    """A list that shows 1,000.00 had 9,000,000.00 transferred."""
    assert "number format" in fault(tmp_path, formatted(value, number_format))


def test_a_heading_that_shows_something_else_is_told(tmp_path: Path) -> None:
    """The column that is read would be called another one."""
    made, buffer = Workbook(), io.BytesIO()
    sheet = made.active
    assert sheet is not None
    for row in (["party", "amount", "price"], ["supplier2", 5, 9]):
        sheet.append(row)
    sheet["B1"].number_format = ';;;"price"'
    made.save(buffer)
    assert "amount" in fault(tmp_path, buffer.getvalue())


@pytest.mark.parametrize(
    ("value", "number_format", "minor"),
    [
        (500.4, "General", 50040), (500.4, "0.00", 50040), (500, "0", 50000), (1234.5, "#,##0.00", 123450),
        (500.4, '#,##0.00"元"', 50040), (500.4, '"¥"#,##0.00', 50040), (500.4, "[$￥-804]#,##0.00", 50040),
        (500.4, '_ * #,##0.00_ ;_ * -#,##0.00_ ;_ * "-"??_ ;_ @_ ', 50040), (500.4, 'General"元"', 50040),
        (500.4, "#,##0.00_);[Red]\\(#,##0.00\\)", 50040), ("500.40", "@", 50040), ("500.40", "0", 50040),
    ],
)  # fmt: skip
def test_usual_number_formats_are_read(tmp_path: Path, value: object, number_format: str, minor: int) -> None:
    """Two decimals, groups of three, accounting, currency."""
    assert read(tmp_path, formatted(value, number_format)) == [("supplier2", minor)]
