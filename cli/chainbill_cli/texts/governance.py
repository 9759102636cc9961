"""Governance."""

from __future__ import annotations

TEXTS: dict[str, tuple[str, str]] = {
    "governance.propose": (
        "Propose a change: parameter NAME VALUE, contracts [NAME=]FILE... (what belongs together, as one set), "
        "contract NAME FILE, calendar YEAR FILE, validator_remove NAME, rules FILE, "
        "protocol VERSION DIGEST, party FILE, party_recover PARTY DOCUMENT KEY..., party_claim FILE, "
        "identifier TYPE VALUE PARTY, successor BANK SUCCESSOR, "
        "party_status PARTY suspended|insolvent|active, party_administrator PARTY KEY..., party_close PARTY, "
        "dispute DISPUTE, label_scheme SCHEME ATTESTOR... (retired by --content without attestors), "
        "legal_order ORDER (a court's transfer to which somebody objected); "
        "validator_add and observer_add with --content (`chainbill node seat`); proposing is no vote",
        "提出变更：parameter 名称 值、contracts [名称=]文件...（相互关联的合约为一组）、contract 名称 文件、"
        "calendar 年份 文件、validator_remove 名称、rules 文件、protocol 版本 摘要、"
        "party 文件、party_recover 参与方 文书 密钥...、party_claim 文件、identifier 标识体系 取值 参与方、"
        "successor 银行 承继行、party_status 参与方 suspended|insolvent|active、party_administrator 参与方 密钥...、"
        "party_close 参与方、dispute 异议、label_scheme 方案 认证方...（以 --content 不列认证方即停用）、"
        "legal_order 法律文书（被异议的司法划转）；"
        "validator_add 与 observer_add 用 --content（见 chainbill node seat）；提案不计为投票",
    ),
    "governance.withdraw": ("Take back a proposal of your own before it is decided", "在表决前撤回本参与方的提案"),
    "governance.store": (
        "Store sources of contracts, for `propose contracts --stored` to name by their hashes",
        "存入合约源码，供 propose contracts --stored 以哈希引用",
    ),
    "governance.opt_remove": ("A contract that the set removes; may be repeated", "该组要移除的合约，可重复"),
    "governance.opt_replaces": (
        "Proposal of a set that waits for its height and gives way to this one; alone, it is only taken back",
        "待生效的一组合约的提案编号，由本组取代；不列合约则仅撤回",
    ),
    "governance.opt_stored": (
        "The sources are stored already; name them by their hashes",
        "源码已存入，仅以哈希引用",
    ),
    "governance.set_too_large": (
        "these sources do not fit into one transaction: first chainbill governance store {files}, then propose "
        "with --stored",
        "这些源码超出一笔交易的大小：请先执行 chainbill governance store {files}，再以 --stored 提案",
    ),
    "governance.vote": (
        "Vote yes or no on a proposal; the proposer votes too, proposing is no vote",
        "对提案投 yes 或 no；提案方也须另行投票，提案本身不计票",
    ),
    "governance.ready": (
        "Say that your party's validators to be are up and have caught up; counts for the next blocks",
        "声明本参与方的候选验证节点已启动并同步，在随后若干区块内有效",
    ),
    "governance.vote_too": (
        "the proposal is open; proposing is no vote: chainbill governance vote {proposal} yes",
        "提案已开放表决；提案不计为投票，请另行执行：chainbill governance vote {proposal} yes",
    ),
    "governance.long": ("{count} characters", "{count} 个字符"),
    "governance.no_validator": (
        "{value} is no validator's name and no public key of 64 hexadecimal digits; validators: {known}",
        "{value} 既不是验证方名称，也不是 64 位十六进制公钥；现有验证方：{known}",
    ),
    "governance.show": ("Show a proposal", "查看提案"),
    "governance.opt_content": ("Content of the proposal as JSON or @FILE", "提案内容，JSON 或 @文件"),
    "governance.opt_height": (
        "Height from which a set of contracts, rules or a protocol hold; default: in 100 blocks",
        "合约、规则或协议的生效高度，默认 100 个区块之后",
    ),
    "governance.arguments": (
        "{kind} takes {wanted}",
        "{kind} 需要 {wanted}",
    ),
    "governance.content_object": (
        "the content of {kind} is a JSON object with {fields}",
        "{kind} 的内容应为 JSON 对象，含 {fields}",
    ),
    "governance.content_missing": (
        "the content of {kind} has no {field}: {wanted}",
        "{kind} 的内容缺少 {field}：应为{wanted}",
    ),
    "governance.content_unknown": (
        "the content of {kind} has no field {field}; it has {fields}",
        "{kind} 的内容没有 {field} 这一项；可有 {fields}",
    ),
    "governance.content_wrong": (
        "{field} of {kind} must be {wanted}; it is {found}",
        "{kind} 的 {field} 应为{wanted}，所给为 {found}",
    ),
    "governance.content_year": (
        "{found} in {field} does not lie in {year}, the year of the calendar",
        "{field} 中的 {found} 不在日历所属的 {year} 年",
    ),
    "governance.two_values": (
        "{field} is {first} on the command line and {second} in the file",
        "{field} 在命令行中为 {first}，在文件中为 {second}",
    ),
    "governance.content_example": ("for example: --content '{example}'", "例如：--content '{example}'"),
    "governance.one_application": (
        "{path} holds {count} applications, and a proposal is about one",
        "{path} 中有 {count} 份申请，一项提案只涉及一份",
    ),
    "governance.protocol": (
        "a protocol is named by its version, a whole number from 1 on, and its digest, 64 hexadecimal digits as "
        "GET /v1/network and tests/vectors/protocol.json write it: {value}",
        "协议由版本（1 起的整数）和摘要（64 位十六进制，写法见 GET /v1/network "
        "与 tests/vectors/protocol.json）指明：{value}",
    ),
    "governance.rules_file": (
        'a file of rules is a JSON object with any of "changes", "currencies" and "python" (docs/reference/rules.md): '
        "{path}",
        '规则文件为 JSON 对象，可含 "changes"、"currencies"、"python"（见 docs/reference/rules.zh.md）：{path}',
    ),
    "governance.no_proposal": ("there is no proposal {value}", "没有提案 {value}"),
}
