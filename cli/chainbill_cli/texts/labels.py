"""Labels of bills."""

from __future__ import annotations

TEXTS: dict[str, tuple[str, str]] = {
    "labels.attest": (
        "Attest a label of a bill, in the place of what stood under its scheme (an attestor; maker and checker)",
        "认证凭证的标签，取代该方案原有的标签（认证方，经办与复核）",
    ),
    "labels.revoke": ("Take a label back (an attestor)", "撤销标签（认证方）"),
    "labels.opt_scheme": (
        "The scheme: `chainbill label schemes` lists them",
        "方案，可用 chainbill label schemes 查看",
    ),
    "labels.opt_grade": (
        "The grade; whoever asks for it must write it exactly so",
        "等级；所要求的等级须与此完全一致",
    ),
    "labels.opt_document": ("The paper behind it; its digest is kept", "所依据的文件，账本保存其摘要"),
    "labels.opt_until": ("The last day on which it holds", "有效的最后一日"),
}
