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
    "node.renew": (
        "Put a new TLS certificate of the node in place, while it runs or not",
        "更换节点的 TLS 证书（运行中亦可）",
    ),
    "node.opt_request": (
        "Make no certificate: write a request for the CA's holder (chainbill network certify)",
        "不制作证书，而是写出交给 CA 持有者的证书申请（见 chainbill network certify）",
    ),
    "node.opt_certificate": (
        "Put this answer of the CA's holder in place",
        "启用 CA 持有者签发的这份证书",
    ),
    "node.certificates": (
        "Show when the certificates of this node and of the others end",
        "显示本节点及其他节点的证书何时到期",
    ),
    "node.revoke": (
        "Let this node take a certificate no more, and end its connection",
        "吊销一份证书：本节点不再接受它，并断开其连接",
    ),
    "node.opt_revoke_note": ("Why, and who said so: kept in the list", "原因及告知人，记入名单"),
    "node.cannot_show_certificates": (
        "the certificates of {home} cannot be shown: {why}",
        "无法显示 {home} 的证书：{why}",
    ),
    "node.cannot_renew": ("{home} got no new certificate: {why}", "{home} 的证书未更换：{why}"),
    "node.cannot_revoke": ("nothing was revoked in {home}: {why}", "{home} 未吊销任何证书：{why}"),
    "node.renew_one_way": (
        "--request and --certificate are two steps: give one of them",
        "--request 与 --certificate 是先后两步，请只给出其一",
    ),
    "node.no_fingerprint": (
        "{given} is neither a fingerprint of 64 hex digits nor the file of a node's certificate; "
        "`chainbill node certificates` shows fingerprints",
        "{given} 既不是 64 位十六进制指纹，也不是节点证书文件；指纹可用 chainbill node certificates 查看",
    ),
    "node.asked_certificate": (
        "next: let the CA's holder run `chainbill network certify` on {path}, then `chainbill node renew "
        "--certificate` with the answer",
        "接下来：请 CA 持有者对 {path} 执行 chainbill network certify，再以其结果执行 chainbill node renew "
        "--certificate",
    ),
    "node.renewed": (
        "a running node takes it into use within some ten seconds and shows it to the others, one after the other; "
        "its log then says certificate_files_loaded. The former files are kept; delete them once that is done",
        "运行中的节点约十秒内启用新证书，并逐个出示给其他节点，日志写有 certificate_files_loaded。"
        "原文件已保留，确认后可删除",
    ),
    "node.revoked": (
        "a running node ends its connection within some ten seconds; every other node needs the same command",
        "运行中的节点约十秒内断开其连接；其他各节点须分别执行同一命令",
    ),
    "node.revoked_before": ("it was in the list already", "该证书此前已在名单中"),
    "node.opt_party": ("Whose node it is: its USCC or LEI", "节点所属参与方：统一社会信用代码或 LEI"),
    "node.opt_name": ("Its name among the nodes, unless that of its home", "节点名称，默认为该目录所载"),
    "node.opt_address": ("Where others reach it, unless where it listens", "供其他节点连接的地址，默认为其监听地址"),
    "node.cannot_sign_seat": ("{home} cannot sign: {why}", "{home} 无法签署：{why}"),
    "node.seat_signed": (
        "next: let a member run `chainbill governance propose observer_add --content @FILE` with this as JSON",
        "接下来：请成员以此 JSON 执行 chainbill governance propose observer_add --content @文件",
    ),
    "node.cannot_ask": (
        "the node of {home} cannot be asked: {why}; name its address with --node URL",
        "无法询问 {home} 的节点：{why}；请用 --node URL 写明其地址",
    ),
    "node.cannot_backup": ("{home} cannot be backed up: {why}", "无法备份 {home}：{why}"),
    "node.cannot_restore": ("{home} cannot be restored from {file}: {why}", "无法用 {file} 恢复 {home}：{why}"),
    "node.in_the_way": ("{path} is there already; move it away first", "{path} 已存在；请先移走"),
    "node.backed_up": (
        "{path} holds the chain up to height {height}; it holds no keys: keep keys/ and tls/ apart, in a safe",
        "{path} 为截至高度 {height} 的链数据，不含密钥；请另行妥善保管 keys/ 与 tls/",
    ),
    "node.restored": (
        "height {height} restored; the node fetches the rest, and signs again from where it cannot have signed before",
        "已恢复至高度 {height}；节点将获取其后的区块，再从此前不可能签过之处恢复签名",
    ),
    "node.opt_watch": ("Show it again and again", "持续刷新"),
    "node.opt_safe": (
        "Sign from this height on although other validators are silent; chainbill node status prints it",
        "虽有其他验证节点未答复，仍从此高度起签名；应填的高度见 /ready",
    ),
    "node.opt_lost": (
        "The signer file is lost for good: ask the others from where to sign",
        "签名文件确已丢失：向其他验证节点询问从何处起签名",
    ),
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
