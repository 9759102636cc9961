"""CSV as spreadsheets write it: UTF-8, UTF-16 or GB18030 (GBK); comma, semicolon or tab between cells."""

from __future__ import annotations

import csv
import io

from chainbill_cli.payees.rows import LAST_LINE, MOST_ROWS, BadRow, Row, row_of
from chainbill_cli.texts import text

MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


def rows_of_text(content: bytes) -> tuple[list[Row], str]:
    """The rows that say something, and what stands between cells. BadRow where it is no text or a quote is open."""
    said = decoded(content)
    separator = separator_of(said)
    reader = csv.reader(io.StringIO(said, newline=""), delimiter=separator, strict=True)
    rows: list[Row] = []
    line = 1
    while True:
        if line > LAST_LINE:
            raise BadRow(0, text("payees.far_rows", most=LAST_LINE))
        try:
            cells = next(reader)
        except StopIteration:
            return rows, separator
        except csv.Error as error:
            raise BadRow(line, text("payees.quotes")) from error
        row = row_of(line, cells)
        if row is not None:
            rows.append(row)
        if len(rows) > MOST_ROWS:
            raise BadRow(line, text("payees.too_many_rows", most=MOST_ROWS))
        line = reader.line_num + 1


def decoded(content: bytes) -> str:
    """The text of a file: by its byte order mark, by the zero bytes of UTF-16, else UTF-8, else GB18030."""
    for mark, encoding in MARKS:
        if content.startswith(mark):
            return _strict(content, encoding)
    if b"\0" in content:
        return _strict(content, "utf-16-le" if content[1::2].count(0) >= content[::2].count(0) else "utf-16-be")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return _strict(content, "gb18030")


def _strict(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        raise BadRow(0, text("payees.encoding")) from error


def separator_of(content: str) -> str:
    """What stands between cells: a tab or a semicolon where one stands outside quotes, else a comma."""
    bare = content.split('"')[::2]  # what stands between two quotes is quoted; a doubled one ends and begins
    return next((one for one in "\t;" if any(one in part for part in bare)), ",")
