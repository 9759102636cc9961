"""What of a Chinese text is still English, apart from what is typed and what has no other name."""

from __future__ import annotations

import re

TYPED = re.compile(
    r"`[^`]*`"  # what is typed, or stands in a file
    r'|"[@a-z-]+"|\{"[a-z]+": "[a-z0-9]+"\}|digest\(source\)'
    r"|\{[a-z_]+(?::[^}]*)?\}"  # fields to be filled in
    r"|https?://\S*|urn:\S+|\bGET /\S*|/[a-z0-9_/-]+"
    r"|(?<![\w-])--?[a-z][a-z0-9-]*(?: (?:json|genesis|wide|csv)\b)?"  # options
    r"|\bchainbill(?:\{home\})?(?: -{0,2}[a-z][a-z0-9_-]*)*"  # commands
    r"|\b(?:party|tx|key|propose|chmod|pip|localnet)(?: -{0,2}[a-z][a-z_-]+)+(?: [0-9]+)?"
    r"|\b[A-Za-z0-9_.*/-]*\.(?:toml|json|xml|pem|key|csr|csv|log|py|md|db|txt|xlsx)\b"  # files
    r"|\b(?:keys|tls|parties|data|signer)/|\bapplication/[a-z]+\b|\bparties\b(?= 下)"
    r"|\b[a-z_]+\.[a-z_]+\b"  # acts, members and settings
    r"|\b[a-z]+(?:_[a-z]+)+\b"  # members, kinds, parameters
    r"|\b[A-Z][A-Z0-9_]+\b"  # placeholders and abbreviations
    r"|@[a-z-]+|\b\d{4}-\d\d-\d\dT[\d:+Z]+"
    r"|\b[0-9a-f]{8,}\b|\b[0-9]+[a-z]\b|\+[0-9]+[dm]\b"
)
PROPER = frozenset(
    """
    chainbill bash zsh fish Python CPython LevelDB Linux Ed25519 ed25519 X25519 MessagePack Excel Unicode Unix chrony
    systemd timesyncd MiB Ctrl xlsx base64 sha256 Invoice EInvoice shell NaN Infinity Content Type Retry After Host
    keyid nonce
    """.split()  # noqa: SIM905
)
"""Names of things that have no other name, units, fields of protocols."""
LEDGER = frozenset(
    """
    today maker checker admin paid returned instructed suspended insolvent active administrator anchor supplier
    guarantor bank regulator auditor asked ended tier head yes no parameter contracts contract calendar rules protocol
    party identifier successor pem tree json csv list chmod localhost act genesis reset true false holder debtor small
    large public any all governance changes currencies python supplier1 supplier2 kind vat gln replaces removed at after
    next errors created milliseconds problem line lo token source dispute node seat basis value recorded
    """.split()  # noqa: SIM905
)
"""Words of the ledger and of its interface, as they are typed."""
WORD = re.compile(r"[A-Za-z][A-Za-z0-9]+")


def english_left(text: str) -> list[str]:
    """The English words in a Chinese text that are neither typed, nor a placeholder, nor a proper name."""
    return [word for word in WORD.findall(TYPED.sub(" ", text)) if word not in PROPER | LEDGER]
