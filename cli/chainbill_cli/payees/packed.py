"""The bounds of a workbook before a reader of XML sees it: what it unpacks to, and how many tags it has.

An xlsx is a zip. openpyxl takes about 4 µs for an empty cell of four bytes and 20 µs for a text of five or a font of
seven, so 60 KB that unpack to 60 MB, which no bound of bytes tells from a long list, would keep it busy for minutes.
Reckoning: 10,000 lines of eight filled cells have 500,000 tags (two a row, four to six a cell), 50,000 different texts
200,000, a style sheet of 4,000 formats about 10,000.
"""

from __future__ import annotations

import io
import zipfile
import zlib

from chainbill_cli.payees.rows import BadRow
from chainbill_cli.texts import text

MOST_MEMBERS = 1_000
LARGEST_UNPACKED = 64 * 1024 * 1024
MOST_TAGS = {"xl/worksheets/": 500_000, "xl/sharedStrings": 200_000, "": 50_000}
"""How names of members begin → tags of those together; "": all others, such as styles. Counted is each `<`."""
CHUNK = 1024 * 1024


def check_packed(content: bytes) -> None:
    """BadRow for what is no zip, or unpacks to more than any list of payees needs."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            members = packed.infolist()
            if len(members) > MOST_MEMBERS or sum(one.file_size for one in members) > LARGEST_UNPACKED:
                raise BadRow(0, text("payees.unpacked", most=LARGEST_UNPACKED // 1024**2))
            if len({one.filename.casefold() for one in members}) < len(members):  # readers take one or the other
                raise BadRow(0, text("payees.members"))
            _check_tags(packed, members)
    except (zipfile.BadZipFile, zlib.error, ValueError, NotImplementedError, RuntimeError, EOFError) as error:
        raise BadRow(0, text("payees.no_workbook")) from error


def _check_tags(packed: zipfile.ZipFile, members: list[zipfile.ZipInfo]) -> None:
    found = dict.fromkeys(MOST_TAGS, 0)
    for member in members:
        kind = next(begin for begin in MOST_TAGS if member.filename.startswith(begin))
        with packed.open(member) as unpacked:
            while part := unpacked.read(CHUNK):
                found[kind] += part.count(b"<")
                if found[kind] > MOST_TAGS[kind]:
                    raise BadRow(0, text("payees.tags", most=MOST_TAGS[kind]))
