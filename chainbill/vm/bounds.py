"""Every bound of form of the contract language: what a source and a value are, whatever a network's rules say.

A bound on the source is checked before the source is parsed. These belong to the format: a vote that lowered one would
leave contracts that run without a compiler. What a run may use is a rule (`rules`). Reference:
docs/reference/contract-language.md, docs/reference/rules.md.
"""

from __future__ import annotations

# --- the source of one contract -------------------------------------------------------------------------------------
MAX_SOURCE_BYTES = 64 * 1024
MAX_SOURCE_LINES = 4_000
MAX_LINE_LENGTH = 2_000
MAX_TOKENS = 24_000
MAX_BRACKET_NESTING = 32  # ( [ { inside one another
MAX_OPERATIONS_PER_STATEMENT = 100  # operators, attributes, calls and subscripts of one statement
MAX_ELIF = 50  # elif branches of one if
MAX_BLOCK_NESTING = 16  # if and for inside one another
MAX_EXPRESSION_DEPTH = 40  # nodes on the longest way down one expression
MAX_FUNCTIONS = 200
MAX_GUARDED_BYTES = 256 * 1024  # of the guarded code that a contract becomes
MAX_PARAMETERS = 32
MAX_LOCALS = 128  # names of one function, parameters included
MAX_NAME_LENGTH = 64
MAX_LITERAL_TEXT = 4_096  # characters of one literal text, docstrings aside
MAX_CALL_DEPTH = 48  # functions inside one another, over all contracts; there is no recursion
PARSE_RECURSION_LIMIT = 1_000  # of the fresh thread that parses
PARSE_STACK_BYTES = 16 * 1024 * 1024

# --- values ---------------------------------------------------------------------------------------------------------
INT_BITS = 256
INT_BOUND = 1 << INT_BITS  # every whole number is strictly between -INT_BOUND and INT_BOUND
STORED_INT_MIN = -(1 << 63)  # what the canonical codec can write
STORED_INT_MAX = (1 << 64) - 1
MAX_VALUE_DEPTH = 16  # lists and maps inside one another, of a value that is stored, passed on or compared
MAX_VALUE_SIZE = 1024 * 1024  # of one value that is stored, emitted, passed or answered: bytes, counted as follows
SCALAR_SIZE = 24  # of every value in it, beside the bytes of a text; with it a value is priced by its parts
LIST_SIZE = 120  # of a list, beside
MAP_SIZE = 240  # of a map, beside
WIDE_TEXT = 3  # times that each byte of a text beyond ASCII counts: its normal form is looked at
MAX_TEXT_CHARACTERS = 256 * 1024  # of one text or byte string, whatever a vote says
MAX_KEY_TEXT = 512  # characters of a text that is a key of a map or part of the key of a row
