"""Files of payees: strict by headings or by exactly two columns, in the forms that spreadsheets write."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from chainbill_cli import preview as previews
from chainbill_cli.failure import Failure
from chainbill_cli.payees import payees_of_file
from chainbill_cli.payees.csv_file import separator_of
from chainbill_cli.payees.packed import LARGEST_UNPACKED, check_packed
from chainbill_cli.payees.rows import LAST_LINE, MOST_ROWS
from chainbill_cli.payees.workbook import cell_text
from cli.cli_desk import Desk, accepted_bill
from cli.cli_fakes import TOKEN, FakeNode, Shell, bill, ok, token
from openpyxl import Workbook

pytestmark = pytest.mark.untraced

KNOWN = {"supplier2": "P2", "supplier3": "P3", "供应商二": "P2"}


def party_id(typed: str) -> str:
    if typed not in KNOWN:
        raise Failure(2, {"detail": f"{typed} is unknown"})  # type: ignore[arg-type]
    return KNOWN[typed]


def test_what_is_wrong_with_a_line_comes_with_its_next_step(desk: Desk, tmp_path: Path) -> None:
    """use: of a registered name a file was told only that it is unknown, where `--to` says whose it is."""
    _, root = accepted_bill(desk)
    name = desk.json("supplier1", "party", "show", "supplier2")["names"][-1]["zh"]
    path = tmp_path / "payees.csv"
    path.write_text(f"{name},5.00\nsupplier3,5.001\nsuplier3,1.00\n", encoding="utf-8")
    told = desk.json("supplier1", "token", "transfer", root, "--payees", str(path), "--lang", "zh", expect=2)
    whose, digits, close = (one["detail"] for one in told["errors"])
    assert "这是 supplier2" in whose
    assert "的登记名称" in whose
    assert "请去掉多余的小数位" in digits
    assert "supplier3" in close
    assert "chainbill party list" in close


def read(tmp_path: Path, content: bytes | str, currency: str = "CNY") -> list[tuple[str, int]]:
    path = tmp_path / "payees.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return [(one.party, one.amount) for one in payees_of_file(path, currency, party_id).payees]


def faults(tmp_path: Path, content: bytes | str, currency: str = "CNY") -> list[tuple[int, str]]:
    with pytest.raises(Failure) as caught:
        read(tmp_path, content, currency)
    return [(one["line"], one["detail"]) for one in caught.value.problem["errors"]]


@pytest.mark.parametrize(("content", "mend"), [
    ("supplier2,-5\nsupplier3,1e3\n", "correct the file"),
    ("party,amount,currency\nsupplier2,5,EUR\n", "correct the file"),
    ("supplier2,1,500.00\n", "stands in quotes"), ("supplier2 500\n", "two columns"), ("", "two columns"),
])  # fmt: skip
def test_the_remedy_is_of_what_is_wrong(tmp_path: Path, content: str, mend: str) -> None:
    """use: an amount below zero was answered with advice about columns and commas."""
    with pytest.raises(Failure) as caught:
        read(tmp_path, content)
    assert mend in caught.value.problem["hint"]


TWO = [("P2", 150_000), ("P3", 100)]


@pytest.mark.parametrize(
    "content",
    [
        'supplier2,"1,500.00"\nsupplier3,1\n',
        "supplier2,1500.00\r\nsupplier3,1.00\r\n",
        "supplier2;1500.00\nsupplier3;1\n",
        "supplier2;1,500.00\nsupplier3;1\n",
        "supplier2\t1,500.00\nsupplier3\t1.00\n",
        "supplier2,1500,,\n\n,,\nsupplier3,1\n",
        "收款人,金额（元）\nsupplier2,1500\nsupplier3,1\n",
        "Amount (CNY),Note,Party\n1500,a,supplier2\n1.00,,supplier3\n",
        'party,amount,tax\nsupplier2,1500.00,0.60\nsupplier3,1,"2,026.00"\n',
        "party,currency,amount\nsupplier2,CNY,1500\nsupplier3,cny,1\n",
        '="supplier2",1500\n\'supplier3,1\n',
        "ｓｕｐｐｌｉｅｒ２,１５００．００\nsupplier3,１\n",
        "供应商二,1500\nsupplier3,1\n".encode("gb18030"),
        "收款方\t金额\nsupplier2\t1500\nsupplier3\t1\n".encode("utf-16"),
        b"\xfe\xff" + "supplier2\t1500\nsupplier3\t1\n".encode("utf-16-be"),
        "supplier2,1500\nsupplier3,1\n".encode("utf-16-le"),
        "supplier2,1500\nsupplier3,1\n".encode("utf-16-be"),
        "\ufeffparty,amount\nsupplier2,1500\nsupplier3,1\n".encode(),
        '"收款\n方",金额\n'.replace("\n方", "方") + "supplier2,1500\nsupplier3,1\n",
    ],
)
def test_use_1_payees_are_read_as_they_stand(tmp_path: Path, content: bytes | str) -> None:
    assert read(tmp_path, content) == TWO


@pytest.mark.parametrize(
    ("content", "found"),
    [
        # 500.00 was offered
        ("supplier2,1,500.00\n", [(1, "3 cells")]),
        ("party,amount\nsupplier2,1,500.00\n", [(2, "3 cells")]),
        # 2,026.00 was offered
        ("supplier2,1.00,2026\n", [(1, "3 cells")]),
        # the blank cell was dropped, so that the note was the amount
        ("supplier2,,5\n", [(1, "3 cells")]),
        ("party,amount,note\nsupplier2,,5\n", [(2, "no amount")]),
        (",5\nsupplier2,5\n", [(1, "no payee")]),
        # every fault at once, each with its line
        (
            "party,amount\nsupplier2,x\n\nnobody,1\nsupplier3,0\nsupplier2\n",
            [(2, "not an amount"), (4, "nobody is unknown"), (5, "more than zero"), (6, "no amount")],
        ),
        ("nobody,x\n", [(1, "not an amount"), (1, "nobody is unknown")]),
        # headings that do not say it
        ("party,sum\nsupplier2,1\n", [(1, "no column says how much")]),
        ("收款方,金额（万元）\nsupplier2,1\n", [(1, "no column says how much")]),
        ("name,amount\nsupplier2,1\n", [(1, "no column says whom")]),
        ("party,amount,金额\nsupplier2,1,2\n", [(1, "two columns mean the same")]),
        ("party,amount (USD)\nsupplier2,1\n", [(1, "no column says how much")]),
        # two headings that nobody knows were read as a payee
        ("name,sum\nsupplier2,1\n", [(1, "headings are not known: name | sum")]),
        ("供应商\t数额\nsupplier2\t1\n", [(1, "Known for whom to pay: party, payee")]),
        ("", [(0, "no payee")]),
        ("party,amount\n", [(0, "no payee")]),
        # what a spreadsheet made of it is asked back
        ("supplier2,1.5E+06\n", [(1, "write it out")]),
        ("9.131E+17,1\n", [(1, "15 digits")]),
        ("supplier2,2026-05-01\n", [(1, "a date")]),
        ("supplier2,5月1日\n", [(1, "a date")]),
        ("supplier2,1-May\n", [(1, "a date")]),
        ("supplier2,1/5/2026\n", [(1, "a date")]),
        ("supplier2;1,500\n", [(1, "decimal point")]),
        ('supplier2,"1.500,00"\n', [(1, "not an amount")]),
        ("supplier2,¥500.00\n", [(1, "is 500.00 meant")]),
        ("supplier2,500.00元\n", [(1, "is 500.00 meant")]),
        ("supplier2,10万\n", [(1, "100,000.00")]),
        ("supplier2,-5\nsupplier2,(5.00)\n", [(1, "negative"), (2, "negative")]),
        ("supplier2,5.001\n", [(1, "2 digits")]),
        ("supplier2,10²\n", [(1, "10²")]),
        ("party,amount,currency\nsupplier2,5,USD\n", [(2, "in USD")]),
        ('supplier2,"5\nsupplier3,1\n', [(1, "not closed")]),
        (b"\xff\xff\xff\xff", [(0, "no text")]),
        (b"\xd0\xcf\x11\xe0 old", [(0, "Excel 97")]),
        (b"PK\x03\x04 torn", [(0, "no workbook")]),
    ],
)  # fmt: skip
def test_use_1_what_is_wrong_is_said_with_its_line(
    tmp_path: Path, content: bytes | str, found: list[tuple[int, str]]
) -> None:
    told = faults(tmp_path, content)
    assert [line for line, _ in told] == [line for line, _ in found]
    for (_, said), (_, part) in zip(told, found, strict=True):
        assert part in said


def sheet(rows: list[list[Any]], *more: list[list[Any]]) -> bytes:
    book = Workbook()
    for number, content in enumerate((rows, *more)):
        page = book.active if number == 0 else book.create_sheet(f"more{number}")
        assert page is not None
        for row in content:
            page.append(row)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def test_use_1_a_workbook(tmp_path: Path) -> None:
    assert (
        read(tmp_path, sheet([["收款方", "备注", "金额"], ["supplier2", "x", 1500], ["supplier3", None, 1.0]])) == TWO
    )
    assert read(tmp_path, sheet([["supplier2", 500.1]], [])) == [("P2", 50_010)]
    assert [cell_text(one) for one in (0.1 + 0.2, 1.1 * 3, -0.7 + 0.1)] == ["0.3", "3.3", "-0.6"]
    assert [cell_text(one) for one in (912_345_678_901.1234, 1e10 + 0.01)] == ["912345678901.1234", "10000000000.01"]
    assert faults(tmp_path, sheet([["supplier2", 1]], [["supplier3", 1]])) == [
        (0, "several sheets have values: Sheet, more1; keep the one that is meant")
    ]
    told = faults(
        tmp_path,
        sheet([["supplier2", date(2026, 5, 1)], [913101000000000064, 5], ["supplier2", True], ["supplier2", 0.125]]),
    )
    assert [line for line, _ in told] == [1, 2, 3, 4]
    for (_, said), part in zip(told, ("a date", "15 digits", "TRUE", "2 digits"), strict=True):
        assert part in said


def test_use_1_lines_that_a_filter_has_hidden_are_not_paid_unseen(tmp_path: Path) -> None:
    book, buffer = Workbook(), io.BytesIO()
    page = book.active
    assert page is not None
    for row in (["party", "amount"], ["supplier2", 1], ["supplier3", 2], ["supplier2", 3]):
        page.append(row)
    page.row_dimensions[3].hidden = page.row_dimensions[4].hidden = page.row_dimensions[9].hidden = True
    book.save(buffer)
    [(line, said)] = faults(tmp_path, buffer.getvalue())
    assert line == 3
    assert "2 lines are hidden" in said
    page.row_dimensions[3].hidden = page.row_dimensions[4].hidden = False
    book.save(buffer := io.BytesIO())
    assert read(tmp_path, buffer.getvalue()) == [("P2", 100), ("P3", 200), ("P2", 300)]


def test_use_1_a_workbook_that_unpacks_to_gigabytes_is_not_unpacked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/worksheets/sheet1.xml", bytes(LARGEST_UNPACKED + 1))
    monkeypatch.setattr("openpyxl.load_workbook", lambda *_, **__: pytest.fail("it was opened"))
    assert len(buffer.getvalue()) < 1024**2
    assert [part for _, part in faults(tmp_path, buffer.getvalue())] == ["the workbook unpacks to more than 64 MB"]


def test_use_1_entities_of_a_workbook_are_not_expanded(tmp_path: Path) -> None:
    book, buffer = sheet([["supplier2", 1]]), io.BytesIO()
    bomb = b'<!DOCTYPE a [<!ENTITY b "' + b"5" * 1000 + b'"><!ENTITY c "' + b"&b;" * 1000 + b'">]>'
    with zipfile.ZipFile(io.BytesIO(book)) as old, zipfile.ZipFile(buffer, "w") as new:
        for one in old.infolist():
            content = old.read(one)
            if one.filename == "xl/worksheets/sheet1.xml":
                content = bomb + content.replace(b"<v>1</v>", b"<v>&c;</v>")
            new.writestr(one.filename, content)
    assert faults(tmp_path, buffer.getvalue())[0][1].startswith("this is no workbook")


def changed(name: str, change: Callable[[bytes], bytes], **more: bytes) -> bytes:
    """A workbook of two payees with another text in one of its parts, and further parts."""
    book, buffer = sheet([["party", "amount"], ["supplier2", 1500], ["supplier3", 1]]), io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book)) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        for one in old.infolist():
            new.writestr(one.filename, change(old.read(one)) if one.filename == name else old.read(one))
        if name not in old.namelist():
            new.writestr(name, change(b""))
        for part, content in more.items():
            new.writestr(f"xl/worksheets/{part}.xml", content)
    return buffer.getvalue()


SHEET = "xl/worksheets/sheet1.xml"


@pytest.mark.parametrize("row", [LAST_LINE + 1, 1_048_577, 10**12])
def test_a_workbook_that_names_a_far_row_is_not_counted_through(tmp_path: Path, row: int) -> None:
    """5 KB, and the command never ended: the rows between are made up one by one."""
    far = changed(SHEET, lambda said: said.replace(b'r="3"', b'r="%d"' % row).replace(b'3"', b'%d"' % row))
    [(line, said)] = faults(tmp_path, far)
    assert line == 0
    assert "goes on behind row" in said


@pytest.mark.parametrize(
    ("name", "part", "told"),
    [
        (SHEET, b"<c/>", "more than 500000 marks"),
        (SHEET, b"<row/>", "more than 500000 marks"),
        ("xl/sharedStrings.xml", b"<si/>", "more than 200000 marks"),
        ("xl/styles.xml", b"<font/>", "more than 50000 marks"),
        ("xl/theme/theme1.xml", b"<a/>", "more than 50000 marks"),
    ],
)
def test_a_workbook_of_nothing_but_tags_is_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, part: bytes, told: str
) -> None:
    """60 KB that unpack to 60 MB, below the bound of bytes, kept the reader busy for minutes."""
    monkeypatch.setattr("openpyxl.load_workbook", lambda *_, **__: pytest.fail("it was opened"))
    [(line, said)] = faults(tmp_path, changed(name, lambda _: part * (7_000_000 // len(part))))
    assert line == 0
    assert told in said


def test_as_long_a_list_as_may_be_is_opened() -> None:
    """The bound of tags lets through what the bound of rows does, with eight cells a line."""
    row = b'<row r="1">' + b'<c r="A1" t="inlineStr"><is><t>1</t></is></c>' * 8 + b"</row>"
    check_packed(changed(SHEET, lambda _: row * (MOST_ROWS - 1)))


@pytest.mark.parametrize(
    ("content", "line", "told"),
    [
        (b"\n" * (LAST_LINE + 1), 0, "goes on behind row"),
        (b",\n" * (LAST_LINE + 1), 0, "goes on behind row"),
        (b"party,amount\n" + b"x," * 101 + b"x", 2, "more than 100 columns"),
        (b"party,amount\nsupplier2," + b"1" * 257, 2, "a cell of 257 characters"),
        (b"party,amount\nsupplier2,(" + b"1" * 100_000, 2, "a cell of 100001 characters"),
        (b"party,amount\nsupplier2,x1" + b"-" * 100_000 + b"(1", 2, "a cell of 100004 characters"),
    ],
)
def test_a_text_that_takes_long_to_judge_is_not_judged(tmp_path: Path, content: bytes, line: int, told: str) -> None:
    """Eight MB of blank lines took half a minute, one open bracket before digits the square of their number."""
    [(found, said)] = faults(tmp_path, content)
    assert found == line
    assert told in said


def test_what_separates_cells_stands_outside_quotes() -> None:
    for content, separator in (
        ('"a;b",1', ","), ('"a"";b",1', ","), ('"a""";1', ";"), ('""\t1', "\t"), ('x"y;z', ","), ("", ","),
        ('"' * 1_000_001 + ";", ","), ('"' * 1_000_000 + ";", ";"),
    ):  # fmt: skip
        assert separator_of(content) == separator, content[:20]


def test_use_1_json_names_file_and_line_of_every_fault(shell: Shell, node: FakeNode, tmp_path: Path) -> None:
    node.answers[f"GET /v1/tokens/{TOKEN}"] = ok(token())
    path = tmp_path / "payees.csv"
    path.write_text("supplier2,x\nnobody,1\n")
    told = shell.run("token", "transfer", TOKEN, "--payees", str(path), "-o", "json", expect=2)
    assert (told["code"], told["count"]) == ("wrong", 2)
    assert [(one["parameter"], one["line"]) for one in told["errors"]] == [(f"{path}:1", 1), (f"{path}:2", 2)]
    assert f"{path}:2: nobody" in shell.err
    shell.run("--lang", "zh", "token", "transfer", TOKEN, "--payees", str(path), expect=2)
    assert "有 2 处有误" in shell.err
    assert not node.transactions


def test_use_1_more_payees_than_one_transfer_takes(shell: Shell, node: FakeNode, tmp_path: Path) -> None:
    node.answers[f"GET /v1/tokens/{TOKEN}"] = ok(token())
    path = tmp_path / "payees.csv"
    path.write_text("supplier2,0.01\n" * 200)
    shell.run("token", "transfer", TOKEN, "--payees", str(path))
    assert len(node.call[2]["recipients"]) == 200
    path.write_text("supplier2,0.01\n" * 201)
    shell.run("token", "transfer", TOKEN, "--payees", str(path), expect=2)
    assert "201 payees, and one transfer takes 200" in shell.err
    assert len(node.transactions) == 1


def test_use_1_the_preview_has_a_control_total(
    shell: Shell, node: FakeNode, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chainbill_cli.commands.token.asks", lambda _: True)
    monkeypatch.setattr(previews, "asks", lambda _: True)
    monkeypatch.setattr(previews, "confirm", lambda *_, **__: True)
    node.answers[f"GET /v1/tokens/{TOKEN}"] = ok(token())
    node.answers["GET /v1/bills/" + bill()["id"]] = ok(bill())
    path = tmp_path / "payees.csv"
    path.write_text("party,tax,amount\nsupplier2,9,1.00\nbank1,9,2.00\nsupplier2,9,3.50\n")
    shell.run("token", "transfer", TOKEN, "--payees", str(path))
    for line in (
        "payments: 3",
        "total: 6.50 CNY",
        "columns not read: tax",
        "Company supplier2 (lines 2, 4)",
        ": 993.50 CNY",
    ):
        assert line in shell.err
    shell.run("token", "transfer", TOKEN, "--payees", str(path), "--total", "6.51", expect=2)
    assert "6.50 CNY" in shell.err
    shell.run("token", "transfer", TOKEN, "--payees", str(path), "--total", "6.50")
    assert len(node.transactions) == 2


CASES = {
    "c1 a column behind the amount": (b"party,amount,tax\r\n%s,10.00,0.60\r\n", 1_000),
    "c2 GB18030": ("收款人,名称,金额\r\n%s,二级供应,1.00\r\n".encode("gb18030"), 100),
    "c3 tab, UTF-16": ("party\tamount\r\n%s\t1.00\r\n".encode("utf-16"), 100),
}


@pytest.mark.parametrize("case", CASES)
def test_use_1_the_cases_on_the_real_ledger(desk: Desk, tmp_path: Path, case: str) -> None:
    content, amount = CASES[case]
    _, root = accepted_bill(desk)
    path = tmp_path / "payees.csv"
    wide = case.startswith("c3")
    path.write_bytes(content.replace("%s".encode("utf-16-le") if wide else b"%s",
                                     "supplier2".encode("utf-16-le") if wide else b"supplier2"))  # fmt: skip
    answer = desk.json("supplier1", "token", "transfer", root, "--payees", str(path))
    assert [one["amount"] for one in answer["tokens"]] == [amount]


def test_what_is_called_a_workbook_is_one(tmp_path: Path) -> None:
    path = tmp_path / "payees.XLSX"
    path.write_text("supplier2,5\n")
    with pytest.raises(Failure) as caught:
        payees_of_file(path, "CNY", party_id)
    [fault] = caught.value.problem["errors"]
    assert "no workbook" in fault["detail"]


@pytest.mark.parametrize(("content", "kind"), [
    (b'<?xml version="1.0"?>\n<Invoice>\n<a>1</a>\n</Invoice>\n', "XML"),
    ("<Invoice>\n</Invoice>".encode("utf-16"), "XML"),
    (b"\n<!DOCTYPE HTML>\n<html><table>", "HTML"),
    (b"%PDF-1.7\n1 0 obj\n<<>>\n", "PDF"),
    (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "PNG"),
    (b"\xff\xd8\xff\xe0\0\x10JFIF", "JPEG"),
    (b'{\n"payees": [\n["supplier2", "5.00"]\n]}', "JSON"),
    (b'[\n  {"party": "supplier2",\n "amount": "5.00"}\n]', "JSON"),
])  # fmt: skip
@pytest.mark.parametrize("name", ["payees.csv", "payees.xlsx"])
def test_a_file_that_is_no_table_is_told_once_what_it_is(content: bytes, kind: str, name: str, tmp_path: Path) -> None:
    """An invoice given for a list was refused line by line, each for a formula that has no value."""
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(Failure) as caught:
        payees_of_file(path, "CNY", party_id)
    (told,) = caught.value.problem["errors"]
    assert told["line"] == 0
    assert f"a {kind} file, no table; save the list of payees as CSV" in told["detail"]
    assert "party,amount" in caught.value.problem["hint"]


def test_a_text_without_columns_is_refused_once(tmp_path: Path) -> None:
    ((line, said),) = faults(tmp_path, "Dear bank\nplease pay\nour suppliers\n")
    assert (line, "no line has two cells" in said, "Dear bank" in said) == (0, True, True)


def test_only_a_workbook_has_formulas(tmp_path: Path) -> None:
    """An empty cell of a CSV was told as a formula."""
    assert faults(tmp_path, "supplier2,5.00\nsupplier3,\n") == [(2, "no amount")]
    book = Workbook()
    book.active.append(["supplier2", 5])
    book.active.append(["supplier3", None])
    kept = io.BytesIO()
    book.save(kept)
    ((_, said),) = faults(tmp_path, kept.getvalue())
    assert "formula" in said
