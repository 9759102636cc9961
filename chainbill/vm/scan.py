"""Look over the source before it is parsed: characters, words, brackets and lengths, in one pass without recursion.

Python's own parser can be made to fail by deep or long input in ways that differ by version and stack, so everything
that would get it there is refused here. What passes is small, shallow, and written in known words and signs.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from unicodedata import category, is_normalized

from chainbill.text_rule import first_refused
from chainbill.vm import bounds
from chainbill.vm.grammar import GENERAL_MODULE
from chainbill.vm.messages import rejected

__all__ = ["check_source"]

REFUSED_WORDS = frozenset(
    (
        "while",
        "lambda",
        "class",
        "try",
        "except",
        "finally",
        "raise",
        "assert",
        "import",
        "from",
        "as",
        "del",
        "global",
        "nonlocal",
        "with",
        "yield",
        "async",
        "await",
    )
)
_OPERATOR_WORDS = frozenset(["and", "or", "not", "in", "is", "if", "else"])
_PLAIN_SIGNS = frozenset([",", ":", "=", "+=", "-=", "*=", "//=", "%=", "@"])
_OPERATOR_SIGNS = frozenset(["+", "-", "*", "//", "%", "==", "!=", "<", ">", "<=", ">=", "."])
_OPENING, _CLOSING = {"(": ")", "[": "]", "{": "}"}, {")", "]", "}"}
_IMPORT_LINE = re.compile(r"from[ ]chainbill\.vm\.prelude[ ]import[ ]\*(?:[ ]*#[^\n]*)?$")
_GENERAL_IMPORT = re.compile(rf"from[ ]{re.escape(GENERAL_MODULE)}[ ]import(?=[ ])")
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_TOKEN = re.compile(
    r"(?P<space>[ ]+)|(?P<comment>#[^\n]*)|(?P<newline>\n)"
    r"|(?P<text>[A-Za-z]{0,3}(?:'''|\"\"\"|'|\"))"
    r"|(?P<number>(?:[0-9]|\.[0-9])[A-Za-z0-9_.]*)"
    r"|(?P<word>[A-Za-z_][A-Za-z0-9_]*)"
    r"|(?P<sign>\*\*=|//=|<<=|>>=|\.\.\.|:=|->|\*\*|//|<<|>>|==|!=|<=|>=|\+=|-=|\*=|/=|%=|@=|&=|\|=|\^=|[-+*/%=<>.,:;@&|^~!?$`\\()\[\]{}])"
)
_TEXT_END = {
    quote: re.compile(r"(?:[^\\]|\\.)*?" + quote, re.DOTALL)
    if len(quote) == 3
    else re.compile(rf"(?:[^\\\n{quote}]|\\[^\n])*{quote}")
    for quote in ("'''", '"""', "'", '"')
}
_ESCAPE = re.compile(r"\\(?:[\\'\"nt]|x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U00[01][0-9a-fA-F]{5})")
_NUMBER = re.compile(r"(?:0|[1-9][0-9]*(?:_[0-9]+)*)")
_UNSEEN = frozenset(("Cc", "Cf", "Zl", "Zp"))


def check_source(source: str) -> None:
    """Refuse a source that is too large, too deep, too long, or written in anything but the language's words."""
    _check_characters(source)
    _Scan(source).run()


def _check_characters(source: str) -> None:
    if len(source) > bounds.MAX_SOURCE_BYTES or len(source.encode("utf-8", "replace")) > bounds.MAX_SOURCE_BYTES:
        raise rejected("source_too_large")
    lines = source.split("\n")
    if len(lines) > bounds.MAX_SOURCE_LINES:
        raise rejected("too_many_lines")
    for number, line in enumerate(lines, 1):
        if len(line) > bounds.MAX_LINE_LENGTH:
            raise rejected("line_too_long", number)
        if line.isascii() and line.isprintable():
            continue
        refused = first_refused(line)
        for index, character in enumerate(line):
            if index == refused or category(character) in _UNSEEN or _is_odd_space(character):
                raise rejected("character_not_allowed", number, f"U+{ord(character):04X}")
        if not is_normalized("NFC", line):
            raise rejected("text_not_valid", number)


def _is_odd_space(character: str) -> bool:
    return character not in (" ", "\u3000") and category(character) == "Zs"


@dataclass(slots=True)
class _Scan:
    """One pass over the tokens."""

    source: str
    position: int = 0
    line: int = 1
    tokens: int = 0
    operations: int = 0
    brackets: list[str] = field(default_factory=list)
    indents: list[int] = field(default_factory=lambda: [0])
    elifs: dict[int, int] = field(default_factory=dict)
    previous: str = ""  # the token before, "" at the start of a statement

    def run(self) -> None:
        source, end = self.source, len(self.source)
        while self.position < end:
            if not self.previous and not self.brackets and self._skip_import():
                continue
            match = _TOKEN.match(source, self.position)
            if match is None:
                raise rejected("character_not_allowed", self.line, f"U+{ord(source[self.position]):04X}")
            self.position = match.end()
            kind, token = match.lastgroup, match.group()
            if kind == "newline":
                self._end_line()
            elif kind not in ("space", "comment"):
                self._take(str(kind), token)
        if self.brackets:
            raise rejected("brackets_do_not_match", self.line, self.brackets[-1])

    def _skip_import(self) -> bool:
        start = self.source.rfind("\n", 0, self.position) + 1
        if start != self.position:
            return False
        stop = self.source.find("\n", start)
        stop = len(self.source) if stop < 0 else stop
        if _IMPORT_LINE.match(self.source[start:stop]) is None:
            return self._begin_general_import()
        self.position = stop
        return True

    def _begin_general_import(self) -> bool:
        """Take the beginning of an import from the general part; the names after it are words like all others."""
        match = _GENERAL_IMPORT.match(self.source, self.position)
        if match is None:
            return False
        self.position = match.end()
        self._start_statement("from", len(match.group()))
        self.previous = "from"
        return True

    def _end_line(self) -> None:
        self.line += 1
        if not self.brackets:
            self.previous, self.operations = "", 0

    def _take(self, kind: str, token: str) -> None:
        self.tokens += 1
        if self.tokens > bounds.MAX_TOKENS:
            raise rejected("too_many_tokens", self.line)
        if not self.previous and not self.brackets:
            self._start_statement(token, len(token))
        if kind == "text":
            self._take_text(token)
        elif kind == "number":
            _check_number(token, self.line)
        elif kind == "word":
            self._take_word(token)
        else:
            self._take_sign(token)
        self.previous = token

    def _start_statement(self, token: str, length: int) -> None:
        start = self.source.rfind("\n", 0, self.position) + 1
        indent = self.position - length - start
        while self.indents and indent < self.indents[-1]:
            self.elifs.pop(self.indents.pop(), None)
        if not self.indents or indent > self.indents[-1]:
            self.indents.append(indent)
            if len(self.indents) > bounds.MAX_BLOCK_NESTING + 2:
                raise rejected("blocks_too_deep", self.line)
        if token == "elif":
            self.elifs[indent] = self.elifs.get(indent, 0) + 1
            if sum(self.elifs.values()) > bounds.MAX_ELIF:  # an else: if ... goes on where its elif would
                raise rejected("too_many_elif", self.line)
        elif token != "else":
            self.elifs[indent] = 0

    def _take_text(self, token: str) -> None:
        quote = token.lstrip("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
        prefix = token[: len(token) - len(quote)]
        if prefix not in ("", "b"):
            raise rejected("text_prefix_not_allowed", self.line, prefix)
        match = _TEXT_END[quote].match(self.source, self.position)
        if match is None:
            raise rejected("syntax_error", self.line, "a text does not end")
        body = match.group()
        for backslash in re.finditer(r"\\.", body, re.DOTALL):
            if _ESCAPE.match(body, backslash.start()) is None:
                line = self.line + body.count("\n", 0, backslash.start())
                raise rejected("escape_not_allowed", line, repr(backslash.group())[1:-1])
        self.position = match.end()
        self.line += body.count("\n")

    def _take_word(self, token: str) -> None:
        if token in REFUSED_WORDS:
            raise rejected("not_in_the_language", self.line, token, instead=token)
        if _NAME.fullmatch(token) is None or len(token) > bounds.MAX_NAME_LENGTH:
            raise rejected("name_not_allowed", self.line, ascii(token)[1:-1][:80])
        if token in _OPERATOR_WORDS:
            self._operation()

    def _take_sign(self, token: str) -> None:
        if token in _OPENING:
            if _ends_value(self.previous):
                self._operation()
            self.brackets.append(token)
            if len(self.brackets) > bounds.MAX_BRACKET_NESTING:
                raise rejected("brackets_too_deep", self.line)
        elif token in _CLOSING:
            if not self.brackets or _OPENING[self.brackets.pop()] != token:
                raise rejected("brackets_do_not_match", self.line, token)
        elif token in _OPERATOR_SIGNS:
            self._operation()
        elif token not in _PLAIN_SIGNS:
            raise rejected("not_in_the_language", self.line, token, instead=token)

    def _operation(self) -> None:
        self.operations += 1
        if self.operations > bounds.MAX_OPERATIONS_PER_STATEMENT:
            raise rejected("statement_too_long", self.line)


def _ends_value(token: str) -> bool:
    return bool(token) and (
        token in _CLOSING or token[-1] in "'\"" or (token[0].isalpha() and token not in _OPERATOR_WORDS)
    )


def _check_number(token: str, line: int) -> None:
    if _NUMBER.fullmatch(token) is None or len(token) > 120 or int(token) >= bounds.INT_BOUND:
        raise rejected("number_not_allowed", line, token[:40])
