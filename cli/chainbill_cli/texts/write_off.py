"""Write-offs."""

from __future__ import annotations

TEXTS: dict[str, tuple[str, str]] = {
    "write_off.write_off": (
        "Write an overdue token off, or take that back: a mark that changes no figure (its holder; maker and checker)",
        "核销逾期子凭证，或撤销核销；仅作标记，不改变任何金额（持有人，经办与复核）",
    ),
    "write_off.opt_document": ("Your own decision; its digest is kept", "本方的核销决定，账本保存其摘要"),
    "write_off.opt_undo": ("Take the write-off back", "撤销核销"),
    "write_off.opt_reason": ("Why it is taken back", "撤销原因"),
    "write_off.either": (
        "name the paper with --document, or take a write-off back with --undo, and --reason with it",
        "请以 --document 给出核销决定；撤销核销请用 --undo，--reason 仅可与其同用",
    ),
    "write_off.no_figure": (
        "the claim on the debtor goes on; what is paid later is recovered",
        "对债务人的债权不变，此后收到的款项记为收回",
    ),
}
