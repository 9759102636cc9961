"""From a file to a tree that is safe to read, and from the tree to the reader of its format."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, ParseError

from chainbill_cli.causes import cause_of
from chainbill_cli.failure import Exit, Failure, fail
from chainbill_cli.file_kinds import kind_of
from chainbill_cli.given_files import INVOICE_BYTES, given_bytes, too_large
from chainbill_cli.invoice import chinese, ubl
from chainbill_cli.invoice.elements import MAX_TEXT, Unclear
from chainbill_cli.invoice.model import Invoice
from chainbill_cli.invoice.wrapping import unwrapped

if TYPE_CHECKING:
    from collections.abc import Callable

MAX_DEPTH = 64
MAX_ELEMENTS = 200_000
CHINESE_ENCODING = re.compile(
    rb"""\A(<\?xml[^>]{0,60}?)(\s+encoding=["'](?:gbk|gb2312|gb18030)["'])([^>]{0,60}\?>)""", re.IGNORECASE
)


def read_invoice(path: Path) -> Invoice:
    """The invoice in a file; a failure with a reason if there is none."""
    return parse_invoice(_content(path), str(path))


def read_red_letter(path: Path) -> Invoice:
    """The Chinese red-letter note in a file: its total is what it takes off."""
    root = unwrapped(parse_tree(_content(path), str(path)), is_invoice, str(path))
    if not chinese.is_invoice(root):
        raise fail(Exit.FAILED, "invoice.not_red", path=str(path))
    return _clearly(chinese.read_red, root, str(path))


def _content(path: Path) -> bytes:
    return given_bytes(path, INVOICE_BYTES)


def parse_invoice(content: bytes, path: str = "-") -> Invoice:
    """The invoice in some bytes; `path` is only for messages."""
    root = unwrapped(parse_tree(content, path), is_invoice, path)
    name = local_name(root)
    for fits, read in READERS:
        if fits(root):
            return _clearly(read, root, path)
    if name in {"CreditNote", "CreditNote-2"}:
        raise fail(Exit.FAILED, "invoice.credit_note", path=path)
    if name == "CrossIndustryInvoice":
        raise fail(Exit.FAILED, "invoice.cii", path=path)
    raise fail(Exit.FAILED, "invoice.not_an_invoice", path=path, found=name[:60])


def _clearly(read: Callable[[Element, str], Invoice], root: Element, path: str) -> Invoice:
    """What a reader finds, or a failure where others may find something else in the same file."""
    try:
        return read(root, path)
    except Unclear as unclear:
        raise fail(Exit.FAILED, unclear.key, path=path, field=unclear.place, most=MAX_TEXT) from unclear


def is_invoice(element: Element) -> bool:
    """Whether an element is an invoice of a format that is read."""
    return any(fits(element) for fits, _ in READERS)


READERS: tuple[tuple[Callable[[Element], bool], Callable[[Element, str], Invoice]], ...] = (
    (ubl.is_invoice, ubl.read),
    (chinese.is_invoice, chinese.read),
)


def local_name(element: Element) -> str:
    """The name of an element without its namespace."""
    return str(element.tag).rpartition("}")[2]


def parse_tree(content: bytes, path: str) -> Element:
    """The root of a document, without document type or entities, within the limits of size, depth and count."""
    if len(content) > INVOICE_BYTES:
        raise too_large(path, len(content), INVOICE_BYTES)
    if not content.lstrip(b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n").startswith(b"<"):
        raise _unlike(content, path)
    content = _in_utf8(content, path)
    from defusedxml import DefusedXmlException
    from defusedxml.ElementTree import iterparse

    depth = count = 0
    root: Element | None = None
    try:
        for event, element in iterparse(
            io.BytesIO(content), events=("start", "end"), forbid_dtd=True, forbid_entities=True, forbid_external=True
        ):
            if event == "end":
                depth -= 1
                continue
            root = element if root is None else root
            depth += 1
            count += 1
            if depth > MAX_DEPTH or count > MAX_ELEMENTS:
                raise fail(Exit.FAILED, "invoice.too_deep", path=path, depth=MAX_DEPTH, count=MAX_ELEMENTS)
    except DefusedXmlException as error:
        raise fail(Exit.FAILED, "invoice.hostile", path=path) from error
    except (ParseError, LookupError, UnicodeError, ValueError) as error:
        raise fail(Exit.FAILED, "invoice.broken", path=path, why=cause_of(error)) from error
    if root is None:
        raise fail(Exit.FAILED, "invoice.broken", path=path, why="empty")
    return root


def _in_utf8(content: bytes, path: str) -> bytes:
    """Documents in a Chinese encoding (GBK, GB 2312, GB 18030), which the XML parser does not know, as UTF-8."""
    declared = CHINESE_ENCODING.match(content)
    if declared is None:
        return content
    try:
        return declared.group(1) + declared.group(3) + content[declared.end() :].decode("gb18030").encode()
    except UnicodeDecodeError as error:
        raise fail(Exit.FAILED, "invoice.broken", path=path, why=cause_of(error)) from error


def _unlike(content: bytes, path: str) -> Failure:
    if not content.strip():
        return fail(Exit.FAILED, "error.empty_file", path=path)
    found = kind_of(content)
    if found:
        return fail(Exit.FAILED, "invoice.other_format", path=path, found=found)
    return fail(Exit.FAILED, "invoice.not_xml", path=path)
