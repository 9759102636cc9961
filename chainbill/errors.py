"""Three kinds of error, and every reason for which the core rejects something.

Who is wrong decides the class: `Malformed` the sender (a format is broken), `Refused` nobody (well-formed, but a
rule says no), `InternalFault` we ourselves. Programs key on `reason`; texts for people are made from it elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum, unique
from typing import Any


@unique
class Reason(StrEnum):
    """Every rejection of the core. Contract reasons are plain strings of the contracts' own table."""

    # codec
    CODEC_TOO_LARGE = "codec_too_large"
    CODEC_TOO_DEEP = "codec_too_deep"
    CODEC_TOO_MANY_ITEMS = "codec_too_many_items"
    CODEC_NOT_MSGPACK = "codec_not_msgpack"
    CODEC_NOT_CANONICAL = "codec_not_canonical"
    CODEC_TYPE_NOT_ALLOWED = "codec_type_not_allowed"
    CODEC_INTEGER_RANGE = "codec_integer_range"
    CODEC_TEXT_NOT_NFC = "codec_text_not_nfc"
    CODEC_TEXT_NOT_UNICODE = "codec_text_not_unicode"
    CODEC_TEXT_NOT_ASSIGNED = "codec_text_not_assigned"
    CODEC_TEXT_CONTROL = "codec_text_control"
    CODEC_TEXT_UNSEEN = "codec_text_unseen"
    CODEC_TEXT_BIDI = "codec_text_bidi"
    CODEC_KEY_NOT_TEXT = "codec_key_not_text"
    # shapes that formats expect
    SHAPE_WRONG = "shape_wrong"
    FORMAT_VERSION = "format_version"
    # identifiers, money, dates
    IDENTIFIER_MALFORMED = "identifier_malformed"
    INVOICE_NUMBER_MALFORMED = "invoice_number_malformed"
    CURRENCY_UNKNOWN = "currency_unknown"
    AMOUNT_MALFORMED = "amount_malformed"
    AMOUNT_IN_TEN_THOUSANDS = "amount_in_ten_thousands"
    AMOUNT_TOO_MANY_DIGITS = "amount_too_many_digits"
    AMOUNT_RANGE = "amount_range"
    RATE_MALFORMED = "rate_malformed"
    RATE_RANGE = "rate_range"
    INTEREST_RANGE = "interest_range"
    DATE_MALFORMED = "date_malformed"
    DATE_RANGE = "date_range"
    # keys and signatures
    KEY_MALFORMED = "key_malformed"
    KEY_FILE_MALFORMED = "key_file_malformed"
    KEY_FILE_PASSWORD = "key_file_password"
    NOT_SEALED_SO = "not_sealed_so"
    SIGNATURE_INVALID = "signature_invalid"
    ALGORITHM_UNKNOWN = "algorithm_unknown"
    PURPOSE_UNKNOWN = "purpose_unknown"
    # state
    STATE_KEY_MALFORMED = "state_key_malformed"
    STATE_KEY_TOO_LONG = "state_key_too_long"
    ROW_MALFORMED = "row_malformed"
    ROW_TOO_LARGE = "row_too_large"
    PROOF_MALFORMED = "proof_malformed"
    PROOF_TOO_OLD = "proof_too_old"
    TREE_BUCKET_MALFORMED = "tree_bucket_malformed"
    TREE_DELTA_STALE = "tree_delta_stale"
    OVERLAY_NO_SAVEPOINT = "overlay_no_savepoint"
    OVERLAY_NO_NONCE = "overlay_no_nonce"
    # transactions
    TRANSACTION_CALLS = "transaction_calls"
    TRANSACTION_MEMO = "transaction_memo"
    TRANSACTION_KEYS = "transaction_keys"
    TRANSACTION_SIGNATURES = "transaction_signatures"
    TRANSACTION_EXPIRED = "transaction_expired"
    TRANSACTION_TOO_EARLY = "transaction_too_early"
    TRANSACTION_REPLAYED = "transaction_replayed"
    NETWORK_WRONG = "network_wrong"
    KEY_NOT_REGISTERED = "key_not_registered"
    KEY_OF_OTHER_PARTY = "key_of_other_party"
    KEY_NOT_ACTIVE = "key_not_active"
    PARTY_NOT_ACTIVE = "party_not_active"
    PARTY_HALTED = "party_halted"
    CORE_CONSERVATION = "core_conservation"
    CORE_ROW_FIXED = "core_row_fixed"
    CORE_ROW_SCHEMA = "core_row_schema"
    CORE_HOLDINGS = "core_holdings"
    CORE_AGENDA_DATE = "core_agenda_date"
    CORE_APPROVAL = "core_approval"
    # blocks, votes, certificates, evidence, genesis
    BLOCK_TOO_LARGE = "block_too_large"
    BLOCK_HEIGHT = "block_height"
    BLOCK_PARENT = "block_parent"
    BLOCK_TIME = "block_time"
    BLOCK_PROPOSER = "block_proposer"
    BLOCK_PARENT_CERTIFICATE = "block_parent_certificate"
    BLOCK_PROTOCOL = "block_protocol"
    BLOCK_COUNTS = "block_counts"
    BLOCK_HISTORY_ROOT = "block_history_root"
    BLOCK_TX_ROOT = "block_tx_root"
    BLOCK_EVIDENCE_ROOT = "block_evidence_root"
    BLOCK_APP_HASH = "block_app_hash"
    BLOCK_RECEIPTS_ROOT = "block_receipts_root"
    BLOCK_VALIDATORS_HASH = "block_validators_hash"
    BLOCK_DUPLICATE_TRANSACTION = "block_duplicate_transaction"
    BLOCK_GAS = "block_gas"
    TICK_NOT_DUE = "tick_not_due"
    TICK_NOT_HERE = "tick_not_here"
    CERTIFICATE_QUORUM = "certificate_quorum"
    CERTIFICATE_SIGNERS = "certificate_signers"
    CERTIFICATE_INVALID = "certificate_invalid"
    ENGINE_UNKNOWN = "engine_unknown"
    EVIDENCE_INVALID = "evidence_invalid"
    EVIDENCE_EXPIRED = "evidence_expired"
    EVIDENCE_KNOWN = "evidence_known"
    GENESIS_MALFORMED = "genesis_malformed"
    RULE_UNKNOWN = "rule_unknown"
    RULE_OUT_OF_RANGE = "rule_out_of_range"
    RULE_CURRENCY = "rule_currency"
    RULE_PYTHON = "rule_python"
    RULE_CHANGE_EMPTY = "rule_change_empty"
    PROTOCOL_UNKNOWN = "protocol_unknown"
    PROTOCOL_NOT_LATER = "protocol_not_later"
    # our own mistakes
    INTERNAL = "internal"


class ChainbillError(Exception):
    """Base of all: `reason` (machine-readable), `detail` (one English sentence or ""), `fields` (facts for texts)."""

    def __init__(
        self, reason: str, detail: str = "", fields: Mapping[str, Any] | None = None, /, **more_fields: Any
    ) -> None:
        self.reason = str(reason)
        self.detail = detail
        self.fields: dict[str, Any] = {**(fields or {}), **more_fields}
        super().__init__(self.reason, detail)

    def __str__(self) -> str:
        return f"{self.reason}: {self.detail}" if self.detail else self.reason


class Malformed(ChainbillError):  # noqa: N818
    """The peer or the user sent something that breaks a format."""


class Refused(ChainbillError):  # noqa: N818
    """Well-formed, but a rule says no; a contract's `require` ends here too."""


class InternalFault(ChainbillError):  # noqa: N818
    """We are wrong: a bug, or a state that has diverged. Never the sender's fault."""
