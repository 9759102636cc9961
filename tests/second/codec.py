"""Canonical MessagePack. Written from encoding.md, "Values and their bytes" and "What a reader checks"."""

from __future__ import annotations

from second.refused import RefusedError, must
from second.text import check

MAX_BYTES = 16 * 1024 * 1024
MAX_ITEMS = 200_000
MAX_DEPTH = 32
NO_FORM = "codec_not_msgpack"

# head byte -> bytes of the number behind it
UNSIGNED = {0xCC: 1, 0xCD: 2, 0xCE: 4, 0xCF: 8}
SIGNED = {0xD0: 1, 0xD1: 2, 0xD2: 4, 0xD3: 8}
TEXTS = {0xD9: 1, 0xDA: 2, 0xDB: 4}
BYTES = {0xC4: 1, 0xC5: 2, 0xC6: 4}
LISTS = {0xDC: 2, 0xDD: 4}
MAPS = {0xDE: 2, 0xDF: 4}
FORBIDDEN = {0xCA, 0xCB, 0xC7, 0xC8, 0xC9, *range(0xD4, 0xD9)}


def encode(value: object) -> bytes:
    """canon(value); what has no form is refused, never changed."""
    out = bytearray()
    _write(value, out, 0)
    return bytes(out)


def decode(
    data: bytes, max_bytes: int = MAX_BYTES, *, max_items: int = MAX_ITEMS, max_depth: int = MAX_DEPTH
) -> object:
    """The value of these bytes, which must be its one form."""
    must(len(data) <= max_bytes, "codec_too_large", str(len(data)))
    if len(data) > max_items:
        _count(data, max_items)
    reader = _Reader(data, max_depth)
    value = reader.value(0)
    must(reader.at == len(data), NO_FORM, "bytes behind the end")
    must(encode(value) == data, "codec_not_canonical")
    return value


def _head(out: bytearray, number: int, forms: tuple[tuple[int, int], ...]) -> None:
    for head, width in forms:
        if number < 1 << (8 * width):
            out.append(head)
            out += number.to_bytes(width, "big")
            return
    raise RefusedError("codec_too_large", "a length")


def _write(value: object, out: bytearray, depth: int) -> None:
    match value:
        case None:
            out.append(0xC0)
        case bool():
            out.append(0xC3 if value else 0xC2)
        case int():
            _write_integer(value, out)
        case str():
            _write_text(value, out)
        case bytes():
            _head(out, len(value), ((0xC4, 1), (0xC5, 2), (0xC6, 4)))
            out += value
        case list():
            must(depth < MAX_DEPTH, "codec_too_deep")
            if len(value) <= 15:
                out.append(0x90 + len(value))
            else:
                _head(out, len(value), ((0xDC, 2), (0xDD, 4)))
            for item in value:
                _write(item, out, depth + 1)
        case dict():
            must(depth < MAX_DEPTH, "codec_too_deep")
            must(all(isinstance(key, str) for key in value), "codec_key_not_text")
            if len(value) <= 15:
                out.append(0x80 + len(value))
            else:
                _head(out, len(value), ((0xDE, 2), (0xDF, 4)))
            for key in sorted(value):  # the order of code points is that of their UTF-8
                _write_text(key, out)
                _write(value[key], out, depth + 1)
        case _:
            raise RefusedError("codec_type_not_allowed", type(value).__name__)


def _write_integer(value: int, out: bytearray) -> None:
    must(-(2**63) <= value < 2**64, "codec_integer_range", str(value))
    if -32 <= value <= 127:
        out.append(value & 0xFF)
    elif value > 0:
        _head(out, value, ((0xCC, 1), (0xCD, 2), (0xCE, 4), (0xCF, 8)))
    else:
        head, width = next((h, w) for h, w in SIGNED.items() if value >= -(1 << (8 * w - 1)))
        out.append(head)
        out += value.to_bytes(width, "big", signed=True)


def _write_text(text: str, out: bytearray) -> None:
    check(text)
    data = text.encode()
    if len(data) <= 31:
        out.append(0xA0 + len(data))
    else:
        _head(out, len(data), ((0xD9, 1), (0xDA, 2), (0xDB, 4)))
    out += data


def _count(data: bytes, most: int) -> None:
    """The heads alone, without building anything: not too many values and keys, none of a type that there is not."""
    at = count = 0
    while at < len(data):
        head = data[at]
        at += 1
        count += 1
        must(count <= most, "codec_too_many_items")
        must(head not in FORBIDDEN, "codec_type_not_allowed")
        if 0xA0 <= head <= 0xBF:
            at += head - 0xA0
        elif width := UNSIGNED.get(head) or SIGNED.get(head) or LISTS.get(head) or MAPS.get(head):
            at += width
        elif width := TEXTS.get(head) or BYTES.get(head):
            at += width + int.from_bytes(data[at : at + width], "big")


class _Reader:
    def __init__(self, data: bytes, max_depth: int) -> None:
        self.data = data
        self.max_depth = max_depth
        self.at = 0

    def take(self, count: int) -> bytes:
        must(self.at + count <= len(self.data), NO_FORM, "cut short")
        self.at += count
        return self.data[self.at - count : self.at]

    def number(self, width: int) -> int:
        return int.from_bytes(self.take(width), "big")

    def value(self, depth: int) -> object:
        head = self.take(1)[0]
        if head <= 0x7F:
            return head
        if head >= 0xE0:
            return head - 0x100
        if head <= 0x8F:
            return self.map(head - 0x80, depth)
        if head <= 0x9F:
            return self.list(head - 0x90, depth)
        if head <= 0xBF:
            return self.text(head - 0xA0)
        if head in (0xC0, 0xC2, 0xC3):
            return {0xC0: None, 0xC2: False, 0xC3: True}[head]
        if head in UNSIGNED:
            return self.number(UNSIGNED[head])
        if head in SIGNED:
            return int.from_bytes(self.take(SIGNED[head]), "big", signed=True)
        if head in TEXTS:
            return self.text(self.number(TEXTS[head]))
        if head in BYTES:
            return self.take(self.number(BYTES[head]))
        if head in LISTS:
            return self.list(self.number(LISTS[head]), depth)
        if head in MAPS:
            return self.map(self.number(MAPS[head]), depth)
        raise RefusedError("codec_type_not_allowed" if head in FORBIDDEN else NO_FORM, f"head {head:02x}")

    def text(self, length: int) -> str:
        try:
            text = self.take(length).decode()
        except UnicodeDecodeError as error:
            raise RefusedError(NO_FORM, "a text that is not UTF-8") from error
        check(text)
        return text

    def list(self, count: int, depth: int) -> list[object]:
        must(depth < self.max_depth, "codec_too_deep")
        return [self.value(depth + 1) for _ in range(count)]

    def map(self, count: int, depth: int) -> dict[str, object]:
        must(depth < self.max_depth, "codec_too_deep")
        found: dict[str, object] = {}
        for _ in range(count):
            key = self.value(depth + 1)
            must(isinstance(key, str), "codec_key_not_text")
            assert isinstance(key, str)
            found[key] = self.value(depth + 1)
        return found
