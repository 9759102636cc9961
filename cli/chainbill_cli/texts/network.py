"""Networks."""

from __future__ import annotations

TEXTS: dict[str, tuple[str, str]] = {
    "network.init": (
        "Write a network's homes, keys, certificates and genesis from its description",
        "按网络描述文件生成各节点目录、密钥、证书与创世文件",
    ),
    "network.join": (
        "Write the home of a node that joins a running network",
        "为加入已运行网络的节点生成目录、密钥与证书",
    ),
    "network.certify": ("Make the TLS certificate that a node asks for", "为节点的证书申请签发 TLS 证书"),
    "network.opt_name": ("What people call the node", "节点名称"),
    "network.opt_genesis": ("The network's genesis.json", "网络的 genesis.json"),
    "network.opt_ca": ("Folder with ca.pem and ca.key", "含 ca.pem 与 ca.key 的目录"),
    "network.opt_join_ca": (
        "Where the network still has a CA: folder with ca.pem, and with ca.key where you hold it",
        "网络仍使用 CA 时：含 ca.pem 的目录；持有 CA 者另含 ca.key",
    ),
    "network.opt_host": ("Where others reach the node", "其他节点访问本节点的地址"),
    "network.opt_p2p_port": ("Port for other nodes", "节点间端口"),
    "network.opt_api_port": ("Port of the REST interface", "REST 接口端口"),
    "network.opt_peer": ("A node that is there today; may be repeated", "当前在线的节点，可重复"),
    "network.peer_wrong": (
        "{given} is not ID@HOST:PORT: the key (64 hexadecimal digits) and address that `chainbill network show -o "
        "wide` lists",
        "{given} 不是“密钥@主机:端口”：请填 chainbill network show -o wide 所列的密钥（64 位十六进制）与地址",
    ),
    "network.opt_trust": (
        "A block you know to be right, as another bank read it out from `chainbill network trust`; or the word genesis",
        "已核实的区块，由其他银行依 chainbill network trust 念出；或填 genesis",
    ),
    "network.opt_trust_height": (
        "This height; by default the first of the last 24 hours",
        "指定高度；默认为最近 24 小时内的第一个",
    ),
    "network.trust": (
        "Show a block that somebody who joins can trust: read it out to them",
        "显示一个可供新加入者信任的区块：念给对方听",
    ),
    "network.read_out": (
        "read the block to trust out to whoever joins, over a line where you know their voice; "
        "let them ask a second bank too",
        "请在能辨认对方声音的电话中念出“可信区块”一项；并请对方再向另一家银行核对",
    ),
    "network.said_it": (
        "{count} nodes that this home knows say so, none otherwise",
        "本目录所知的 {count} 个节点说法一致，没有节点另有说法",
    ),
    "network.one_said_it": (
        "only {node} says so, the other nodes of this home do not answer or do not hold this block: try again, or name "
        "another one with --node",
        "只有 {node} 如此答复，本目录的其他节点没有应答，或不持有该区块：请重试，或用 --node 指定其他节点",
    ),
    "network.why_trust": (
        "Whoever holds the keys of a former quorum could show you another past. Ask an operator whom you know, "
        "at another bank and by telephone, to run `chainbill network trust` and to read out HEIGHT:BLOCK. "
        "Type genesis to go on without: then every key that was ever part of a quorum is trusted.",
        "持有以往法定数密钥者可向你出示另一段历史。请致电另一家银行你认识的运维人员，由其运行 "
        "chainbill network trust 并念出“高度:区块编号”。填 genesis 可不作核对：此时须信任曾属法定数的每一把密钥。",
    ),
    "network.ask_trust": ("HEIGHT:BLOCK, or genesis", "高度:区块编号，或 genesis"),
    "network.trust_needed": (
        "--trust is missing: ask another bank for HEIGHT:BLOCK (`chainbill network trust`), or say --trust genesis to "
        "trust every key that was ever part of a quorum",
        "缺少 --trust：请向另一家银行索取“高度:区块编号”（chainbill network trust），"
        "或填 --trust genesis，即信任曾属法定数的每一把密钥",
    ),
    "network.trust_wrong": (
        "{given} is neither HEIGHT:BLOCK, a height and 64 hex digits, nor the word genesis",
        "{given} 既不是“高度:区块编号”（高度与 64 位十六进制数字），也不是 genesis",
    ),
    "network.trusts_genesis": (
        "WARNING: no block was checked with another bank. Every key that was ever part of a quorum can show this node "
        "another past. Set sync.trusted_height and sync.trusted_block in node.toml before the first start.",
        "警告：未向其他银行核对任何区块。曾属法定数的任何密钥都能向本节点出示另一段历史。"
        "请在首次启动前于 node.toml 中填写 sync.trusted_height 与 sync.trusted_block。",
    ),
    "network.opt_certificate": ("File to write; must not be there", "输出文件，不得已存在"),
    "network.home_exists": ("{path} is there already: a home is never written over", "{path} 已存在，不会覆盖"),
    "network.no_genesis": (
        "{path} is no genesis file of this release: {why}",
        "{path} 不是本版本可读的创世文件：{why}",
    ),
    "network.cannot_join": ("no home was made: {why}", "未能生成节点目录：{why}"),
    "network.cannot_certify": ("{path} cannot be certified: {why}", "无法签发 {path}：{why}"),
    "network.ask_certificate": (
        "next: let the CA's holder run `chainbill network certify` on {path}/tls/node.csr and put the answer at "
        "tls/node.pem",
        "接下来：请 CA 持有者对 {path}/tls/node.csr 执行 chainbill network certify，并将结果放到 tls/node.pem",
    ),
    "network.ask_vote": (
        "next: sign with `chainbill --home DIR -o json node seat --party P`, and let a member run "
        "`chainbill governance propose observer_add --content @FILE` with what it prints; after the vote the node may "
        "start",
        "接下来：以 chainbill --home DIR -o json node seat --party P 签署，请成员以其输出执行 "
        "chainbill governance propose observer_add --content @文件；表决通过后即可启动节点",
    ),
    "network.show": ("Show the network and its validators", "查看网络与验证方"),
    "network.opt_out": ("Directory to write into; must not hold a network", "输出目录，不得已有网络"),
    "network.bad_file": ("{path}: {why}", "{path}：{why}"),
    "network.missing": ("{what} is missing", "缺少 {what}"),
    "network.wrong": ("{what} must be {wanted}", "{what} 应为{wanted}"),
    "network.a_bool": ("true or false", " true 或 false"),
    "network.a_dict": ("a table", "一个表"),
    "network.a_int": ("a whole number", "整数"),
    "network.a_list": ("a list", "列表"),
    "network.a_str": ("text", "文本"),
    "network.idle": (
        "idle_interval_ms is {idle}: it must be 1 to {most}, half of gap_limit_ms; else a quiet night counts as a gap, "
        "after which no bill falls due",
        "idle_interval_ms 为 {idle}：应为 1 至 {most}（gap_limit_ms 的一半）；"
        "否则无交易的夜间会被视为中断，凭证不会到期",
    ),
    "network.exists": ("{path} holds a network already", "{path} 已有网络"),
    "network.hand_out": (
        "next: give each member its folder under {path}/nodes and {path}/parties, over a safe way, and delete it here; "
        "a folder under parties works alone: chainbill --home FOLDER --as NAME",
        "接下来：将 {path}/nodes 与 {path}/parties 下各成员的目录通过安全方式交付，并在此处删除；"
        "parties 下的目录可独立使用：chainbill --home 目录 --as 名称",
    ),
    "network.bad_id": (
        "{what} {value} is not a USCC or LEI with a right check digit",
        "{what} {value} 不是校验位正确的统一社会信用代码或 LEI",
    ),
    "network.no_alias": ("{what} names no party of this file", "{what} 不是本文件中的参与方"),
    "network.setting": ("{what} is not a setting; known: {known}", "{what} 不是可用的设置；可用：{known}"),
    "network.plain_keys": (
        "the key files have no passphrase: outside of trials set CHAINBILL_PASSPHRASE "
        "before `chainbill network init` and `chainbill network join`",
        "密钥文件未设口令：正式使用时请在 chainbill network init 与 chainbill network join 之前设置 "
        "CHAINBILL_PASSPHRASE",
    ),
}
