"""One node."""

from __future__ import annotations

TEXTS: dict[str, tuple[str, str]] = {
    "node.start": ("Run the node of a home in the foreground", "在前台运行某目录的节点"),
    "node.status": ("Where a node stands, and why when it stands still", "节点所处状态；停滞时说明原因"),
    "node.wait": ("Wait until a node has a height", "等待节点到达某高度"),
    "node.verify": ("Replay a node's data from genesis and compare everything", "从创世重放节点数据并逐项核对"),
    "node.backup": ("Write a node's chain to a file, while it runs or not", "将节点链数据备份到文件（运行中亦可）"),
    "node.restore": ("Put a backup into a home without data", "将备份恢复到没有数据的节点目录"),
    "node.seat": (
        "Sign with a node's key what is to be proposed for it; -o json is the content",
        "以节点密钥签署拟为其提出的席位；-o json 即提案内容",
    ),
    "node.opt_party": ("Whose node it is: its USCC or LEI", "节点所属参与方：统一社会信用代码或 LEI"),
    "node.opt_name": ("Its name among the nodes, unless that of its home", "节点名称，默认为该目录所载"),
    "node.opt_address": ("Where others reach it, unless where it listens", "供其他节点连接的地址，默认为其监听地址"),
    "node.cannot_sign_seat": ("{home} cannot sign: {why}", "{home} 无法签署：{why}"),
    "node.seat_signed": (
        "next: let a member run `chainbill governance propose observer_add --content @FILE` with this as JSON",
        "接下来：请成员以此 JSON 执行 `chainbill governance propose observer_add --content @文件`",
    ),
    "node.cannot_backup": ("{home} cannot be backed up: {why}", "无法备份 {home}：{why}"),
    "node.cannot_restore": ("{home} cannot be restored from {file}: {why}", "无法用 {file} 恢复 {home}：{why}"),
    "node.in_the_way": ("{path} is there already; move it away first", "{path} 已存在；请先移走"),
    "node.backed_up": (
        "{path} holds the chain up to height {height}; it holds no keys: keep keys/ and tls/ apart, in a safe",
        "{path} 为截至高度 {height} 的链数据，不含密钥；请另行妥善保管 keys/ 与 tls/",
    ),
    "node.restored": (
        "height {height} restored; the node follows and signs again once it is beyond all it may have signed",
        "已恢复至高度 {height}；节点先跟随，越过其可能签过的所有高度后才重新签名",
    ),
    "node.opt_watch": ("Show it again and again", "持续刷新"),
    "node.opt_safe": ("Sign from this height on, after the signer file was lost", "签名文件丢失后，从此高度起签名"),
    "node.still": ("{name} stands at height {height}: {reason}", "{name} 停在高度 {height}：{reason}"),
    "node.wait_pending": (
        "the node is at height {height}, not yet at {wanted}",
        "节点当前高度 {height}，尚未到达 {wanted}",
    ),
    "node.verified": ("all {height} blocks replay to the same state", "全部 {height} 个区块重放后状态一致"),
    "node.no_home": ("name the node's home: --home DIR", "请用 --home DIR 指定节点目录"),
    "node.differs": (
        "{count} findings: this data is not what the genesis leads to",
        "发现 {count} 处问题：数据与从创世重放的结果不符",
    ),
    "node.cannot_verify": ("{home} cannot be verified: {why}", "无法核对 {home}：{why}"),
}
