"""Every bound of form of the core in one place: sizes in bytes, times in milliseconds, counts in items.

A decoder needs them before it knows a state, so they belong to the format. Bounds and prices that decide what a block
does are rules of the network (`ledger.rules`, `vm.rules`) and change by vote.

A decoder checks its bound before it allocates; a rule checks its bound before it works.
"""

from __future__ import annotations

from typing import Final

KIB: Final = 1024
MIB: Final = 1024 * KIB
HOUR_MS: Final = 3_600_000
DAY_MS: Final = 24 * HOUR_MS

FORMAT: Final = 2
"""Leads every list that is signed or hashed, so that no list of an earlier format is ever taken for one of this."""

# codec
MAX_VALUE_BYTES: Final = 16 * MIB
MAX_DEPTH: Final = 32
MAX_ITEMS: Final = 200_000
MIN_INTEGER: Final = -(2**63)
MAX_INTEGER: Final = 2**64 - 1

# money
MAX_AMOUNT: Final = 2**53 - 1
MAX_RATE: Final = 1_000_000
"""100 % in 1/10,000 of a percent."""
MAX_INTEREST_DAYS: Final = 36_600
MAX_AMOUNT_TEXT: Final = 40
MAX_IDENTIFIER_TEXT: Final = 256
INVOICE_KEY_BYTES: Final = 32

# state
MAX_KEY_BYTES: Final = 1024
MAX_KEY_PARTS: Final = 8
MAX_NAME_TEXT: Final = 40
"""Characters (code points) of the name of a contract, function, table or engine."""
MAX_ROW_BYTES: Final = 256 * KIB
MAX_SALT_BYTES: Final = 32
MAX_SCAN: Final = 10_000
TREE_DEPTH: Final = 18
BUCKET_ENTRIES: Final = 32
"""Of the state tree; a fuller bucket is split."""
MAX_TREE_DEPTH: Final = 256
"""No two key hashes share more bits."""
KEPT_ROOTS: Final = 16

# transactions
MAX_TRANSACTION_BYTES: Final = 64 * KIB
MAX_TRANSACTION_ITEMS: Final = 2_000
"""Values and keys of the body."""
MAX_ENVELOPE_BYTES: Final = 4 * KIB
"""All but calls and memo. Its fields' bounds come to less: a party of 803 bytes, 16 keys of 43, 16 signatures of 68."""
MAX_HEAD_ITEMS: Final = 100
"""Values before the calls; 16 keys are 48."""
MAX_CALLS: Final = 100
MAX_TRANSACTION_KEYS: Final = 16
MAX_MEMO_BYTES: Final = 256
NONCE_BYTES: Final = 16
KEPT_IDS_MS: Final = DAY_MS
"""How long ids of used transactions are kept and carried in snapshots: the most of the rule replay_window_ms."""
MAX_CHAIN_ID_TEXT: Final = 64
"""Characters (code points)."""

# blocks and evidence
MAX_BLOCK_BYTES: Final = 8 * MIB
MAX_BLOCK_TRANSACTIONS: Final = 10_000
MAX_VALIDATORS: Final = 100
MAX_EVIDENCE: Final = 16
KEPT_HEADERS_MS: Final = 7 * DAY_MS
"""How long headers and validator sets are kept and carried: the most of the rule evidence_age_ms."""
KEPT_PROPOSERS_A_VALIDATOR: Final = 4
"""Blocks whose proposers are kept, for each validator there can be: the most of the rule proposers_a_validator."""

# ledger formats
MAX_TEXT: Final = 200
"""Characters of a short text in a format: names, addresses, party ids."""
MAX_CONTRACTS: Final = 64
MAX_SOURCE_CHARACTERS: Final = 64 * KIB
MAX_GENESIS_BYTES: Final = 8 * MIB
MAX_EVIDENCE_BYTES: Final = 1 * KIB
MAX_CERTIFICATE_BYTES: Final = 16 * KIB
MAX_RECEIPT_BYTES: Final = 8 * MIB
