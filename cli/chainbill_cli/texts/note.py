"""Notes on stderr."""

from __future__ import annotations

TEXTS: dict[str, tuple[str, str]] = {
    "note.transaction": ("transaction {id}", "交易 {id}"),
    "note.accepted": (
        "a node has it, the ledger not yet; what comes of it says chainbill tx wait {id}",
        "节点已收下，账本尚未记录；结果请用 chainbill tx wait {id} 查询",
    ),
    "note.yes_or_no": ("type y or n", "请输入 y 或 n"),
    "note.once_more": ("once more", "再输一次"),
    "note.empty": (
        "it must not be empty; for trials there is chainbill key new --no-passphrase",
        "不能为空；仅供试用的可用 chainbill key new --no-passphrase",
    ),
    "note.not_alike": ("the two entries differ", "两次输入不一致"),
    "note.none": ("none", "无"),
    "note.newest": (
        "the newest {limit} of {count}; --limit shows more",
        "共 {count} 项，显示最新 {limit} 项；以 --limit 显示更多",
    ),
    "note.more": ("more: --after {cursor}", "还有更多：--after {cursor}"),
    "note.only": ("only {words}; all of them: --{name} all", "只列{words}；全部：--{name} all"),
    "note.hidden": ("columns hidden: {count}; -o wide shows all", "未显示 {count} 列；加 -o wide 显示全部"),
    "note.cut": ("shortened: what ends in …; -o wide shows all", "以 … 结尾的内容已缩短；加 -o wide 显示全部"),
    "note.hidden_and_cut": (
        "columns hidden: {count}, shortened: what ends in …; -o wide shows all",
        "未显示 {count} 列，以 … 结尾的内容已缩短；加 -o wide 显示全部",
    ),
    "note.parts": (
        "lines are shortened to fit; -o wide shows all of them",
        "部分行为适应屏幕已缩短；加 -o wide 显示全部",
    ),
    "note.as_of": ("as of height {height}, {date}", "截至高度 {height}，{date}"),
    "note.by_value": (
        "by value date up to {day}, as known at height {height}, {date}",
        "按起息日计至 {day}，以高度 {height}（{date}）时所知为准",
    ),
    "note.count_partial": (
        "not counted to the end: at least {count}, {sum}; --count counts on to the end",
        "尚未全部计数：至少 {count} 条，合计至少 {sum}；加 --count 可计到末尾",
    ),
    "note.node_warns": ("{name} warns: {warning}", "{name} 警告：{warning}"),
    "note.of_leaves": (
        "{sum} without those that were split, moved or reversed",
        "{sum}（不含已拆分、已转移、已冲正的子凭证）",
    ),
    "note.count_alone": ("{count} in all", "共 {count} 条"),
    "note.count": ("{count} in all, {sum}", "共 {count} 条，合计 {sum}"),
    "note.not_read": (
        "note: done, but {what} could not be read afterwards: {why}",
        "提示：已完成，但其后未能读取 {what}：{why}",
    ),
    "note.refused_alone": (
        "note: {node} refused the transaction, {other} took it; tell the bank that runs {node}",
        "提示：{node} 拒绝了该交易，{other} 已受理；请告知运行 {node} 的银行",
    ),
    "note.moved_on": (
        "note: {old} has moved; its successor {new}, which you hold, is taken",
        "提示：{old} 已转移，改用您持有的后继子凭证 {new}",
    ),
}
