"""Errors the command line itself raises; errors of a node are printed as the node gave them."""

from __future__ import annotations

TEXTS: dict[str, tuple[str, str]] = {
    "error.usage": ("wrong usage", "用法有误"),
    "error.failed": ("failed", "失败"),
    "error.internal": (
        "an internal fault in chainbill ({kind}): {detail}. Run again with -v to see where",
        "chainbill 内部错误（{kind}）：{detail}。加 -v 重新运行可查看位置",
    ),
    "error.refused": ("refused by the ledger", "账本拒绝"),
    "error.not_permitted": ("not permitted", "无权限"),
    "error.unreachable": ("no node answered: {tried}", "没有节点应答：{tried}"),
    "error.unreachable_hint": (
        "is the node up and its address right? Name another one with --node URL",
        "节点是否在运行、地址是否正确？可用 --node URL 指定其他节点",
    ),
    "error.unreachable_local": (
        "is the network up? `chainbill localnet status`, `chainbill localnet start NAME`",
        "网络是否已启动？请运行 chainbill localnet status、chainbill localnet start NAME",
    ),
    "error.pending": (
        "not yet committed; transaction {id} may still be",
        "尚未记入账本；交易 {id} 之后仍可能记入",
    ),
    "error.outcomes_differ": (
        "two nodes do not say the same of what became of it: {said} at {one}, {otherwise} at {other}",
        "两个节点对交易结果的说法不同：{one} 称 {said}，{other} 称 {otherwise}",
    ),
    "error.one_node_says": (
        "{node} says that it is in a block, and no other node that answers knows of it",
        "{node} 称交易已入块，而其他应答的节点都不知道此交易",
    ),
    "error.stopped": ("stopped", "已中止"),
    "error.stopped_after": (
        "the ledger has taken transaction {id}; only its answer was not told to the end",
        "账本已接收交易 {id}，仅答复未显示完",
    ),
    "error.nobody_reads": (
        "nobody reads what this command says (the output is closed); nothing was written",
        "输出已关闭，无人读取提示，没有写入任何内容",
    ),
    "error.node_address": (
        "{value} is no address of a node; write it as http://127.0.0.1:7000",
        "{value} 不是节点地址；请写成 http://127.0.0.1:7000",
    ),
    "error.aborted": ("stopped, nothing was written", "已中止，没有写入任何内容"),
    "error.missing": ("missing: {what}", "缺少：{what}"),
    "error.no_such_option": ("there is no option {option}", "没有选项 {option}"),
    "error.no_such_command": ("there is no command {command}", "没有命令 {command}"),
    "error.guess_first": ("{guess} {mend}", "{guess}{mend}"),
    "error.or": (" or ", " 或 "),
    "error.did_you_mean": ("did you mean {what}?", "是否想用 {what}？"),
    "error.bad_value": ("{what}: {why}", "{what}：{why}"),
    "error.too_many": ("more than is taken here: {what}", "多余的参数：{what}"),
    "error.option_value": ("{option} needs a value", "{option} 需要一个值"),
    "error.wants_choice": ("one of {choices}", "可选值为 {choices}"),
    "error.wants_between": ("a number from {low} to {high}", "须为 {low} 至 {high} 的数"),
    "error.wants_at_least": ("a number not below {low}", "须为不小于 {low} 的数"),
    "error.wants_above": ("a number above {low}", "须为大于 {low} 的数"),
    "error.wants_number": ("a whole number", "须为整数"),
    "error.wants_value": ("it is empty: give a value, or leave the option out", "值为空：请填写，或不使用此选项"),
    "error.not_one_of": ("{value} is not one of {choices}", "{value} 不在可选值 {choices} 之中"),
    "error.amount": (
        "{value} is not an amount in {currency}; write digits, for example {example}",
        "{value} 不是有效的 {currency} 金额；请写数字，例如 {example}",
    ),
    "error.amount_sign": (
        "{value}: is {number} meant? Write the number alone; its currency is {currency}",
        "{value}：是 {number} 吗？请只写数字，币种为 {currency}",
    ),
    "error.range_empty": (
        "--{first} {since} lies after --{last} {until}: swap or correct them",
        "--{first} {since} 晚于 --{last} {until}：请对调或更正",
    ),
    "error.write_it": ("write {example}", "请写 {example}"),
    "error.amount_range": (
        "{value} is too large: the largest amount is {largest} {currency}",
        "{value} 过大：金额上限为 {largest} {currency}",
    ),
    "error.amount_whole": (
        "{value}: {currency} has no digits after the point; write whole amounts",
        "{value}：{currency} 没有小数位，请写整数金额",
    ),
    "error.amount_digits": (
        "{value}: {currency} has {digits} digits after the point at most",
        "{value}：{currency} 最多 {digits} 位小数",
    ),
    "error.currency": (
        "{value} is no currency known here; write a code such as CNY, EUR or JPY, or one that the network took by vote",
        "{value} 不是可识别的币种；请写 CNY、EUR、JPY 等代码，或本网络经表决采用的币种",
    ),
    "error.currency_differs": (
        "the amount is in {currency}, not in {typed}; leave --currency out or write {currency}",
        "金额币种为 {currency}，不是 {typed}；请省略 --currency 或写 {currency}",
    ),
    "error.currency_offline": (
        "offline the currency is not known: name it with --currency",
        "离线时无从得知币种：请用 --currency 指明",
    ),
    "error.amount_wan": (
        "amounts are typed out in full, not as {value}",
        "金额须写全，不要写 {value}",
    ),
    "error.amount_positive": ("the amount must be more than zero", "金额必须大于零"),
    "error.date": (
        "{value} is not a date; write YYYY-MM-DD, today, +120d or +4m",
        "{value} 不是有效日期；请写 YYYY-MM-DD、today、+120d 或 +4m",
    ),
    "error.date_offline": (
        "{value} depends on the ledger's date, not known offline; write the date itself, or give --ledger-time",
        "{value} 取决于账本日期，离线时无从得知；请直接写日期，或给出 --ledger-time",
    ),
    "error.time": (
        "{value} is not a time; write 2027-03-31 or 2027-03-31T09:00:00+08:00",
        "{value} 不是有效时间；请写 2027-03-31 或 2027-03-31T09:00:00+08:00",
    ),
    "error.time_offline": ("--ledger-time goes with --offline only", "--ledger-time 只能与 --offline 一起使用"),
    "error.span": ("{value} is no length of time; write 30m, 12h or 1d", "{value} 不是时长；请写 30m、12h 或 1d"),
    "error.span_long": (
        "{value} is longer than this ledger takes: {longest} at most, since it keeps the ids of a day",
        "{value} 超过本账本允许的时限：最长 {longest}（账本只保留一日内的交易编号）",
    ),
    "error.rate": ("{value} is not a rate in percent; write it as 3.85", "{value} 不是有效的百分比利率；请写成 3.85"),
    "error.rate_digits": (
        "{value}: a rate has {digits} digits after the point at most",
        "{value}：利率最多 {digits} 位小数",
    ),
    "error.rate_range": (
        "{value} is out of range: a rate is 0 to 100 percent a year",
        "{value} 超出范围：年利率为 0 至 100%",
    ),
    "error.refused_here": ("refused on this machine, nothing was sent", "本地检查未通过，未发送任何内容"),
    "error.registered_name": (
        "it is the registered name of {named}; names may be borne by several, so type which one",
        "这是 {named} 的登记名称；名称可能重复，请输入所指的一方",
    ),
    "error.party_unknown": (
        "{value} is neither a name known here nor a USCC or LEI with a right check digit",
        "{value} 既不是本地已知的名称，也不是校验位正确的统一社会信用代码或 LEI",
    ),
    "error.id": (
        "{value} is not an id or a prefix of 6 or more characters",
        "{value} 不是编号，也不是 6 位以上的编号前缀",
    ),
    "error.id_kind": ("{value} is not the id of any {kind}", "{value} 不是{kind}编号"),
    "error.hint_offers": (
        "chainbill token offers shows the open offers to you; an offer that ended must be made again",
        "待签收的转让可用 chainbill token offers 查看；已结束的须由对方重新转让",
    ),
    "error.hint_ids": ("{command} shows the ids", "编号可用 {command} 查看"),
    "error.id_whole": ("{value}: write the whole id, {count} characters", "{value}：请输入完整编号，共 {count} 位"),
    "error.id_check": ("{value} has a wrong check character: mistyped?", "{value} 的校验位不对：是否输错？"),
    "error.id_none": ("nothing begins with {value}", "没有以 {value} 开头的编号"),
    "error.id_many": ("{value} could be any of {ids}", "{value} 可能是：{ids}"),
    "error.no_profile": (
        "say who acts: --as PROFILE",
        "请指明操作身份：--as PROFILE",
    ),
    "error.profile_unknown": (
        "there is no profile {name} in {home}",
        "{home} 中没有身份 {name}",
    ),
    "error.home_file": ("{path} cannot be read: {why}", "无法读取 {path}：{why}"),
    "error.key_missing": ("the key file {path} is not there", "密钥文件 {path} 不存在"),
    "error.key_locked": (
        "the key {path} needs its passphrase: set CHAINBILL_PASSPHRASE, or run in a terminal",
        "密钥 {path} 需要口令：请设置 CHAINBILL_PASSPHRASE，或在终端中运行",
    ),
    "error.key_wrong": (
        "the passphrase does not open {path}, or no Ed25519 key is in it",
        "口令无法打开 {path}，或其中没有 Ed25519 密钥",
    ),
    "error.typed_no_text": (
        "what was typed holds bytes that are no text in the encoding of this system",
        "键入的内容含有在本系统编码中不是文字的字节",
    ),
    "error.no_key_file": ("{path} holds no Ed25519 key in PEM", "{path} 中没有 PEM 格式的 Ed25519 密钥"),
    "error.key_exists": ("there is already {path}; choose another name", "{path} 已存在，请换一个名称"),
    "error.no_node": (
        "this home (--home) names no node: give --node URL, or the home of a network",
        "本目录（--home）没有记载任何节点：请用 --node URL 指定，或改用某个网络的目录",
    ),
    "error.recipient": (
        "{value}: write recipients as PARTY:AMOUNT, each with a --to of its own",
        "{value}：受让方请写成 PARTY:AMOUNT，每个受让方各写一个 --to",
    ),
    "error.nothing_to_pay": (
        "name at least one recipient with --to or --payees",
        "请用 --to 或 --payees 至少指定一个受让方",
    ),
    "error.file": ("{path} cannot be read: {why}", "无法读取 {path}：{why}"),
    "error.not_a_file": ("{path} is no regular file", "{path} 不是普通文件"),
    "error.too_large": (
        "{path} has {size} bytes; at most {most} bytes are read",
        "{path} 有 {size} 字节，最多读取 {most} 字节",
    ),
    "error.empty_file": ("{path} is empty", "{path} 是空文件"),
    "error.file_write": ("{path} cannot be written: {why}", "无法写入 {path}：{why}"),
    "error.no_good_answer": (
        "no node gave an answer that can be used: {tried}",
        "没有节点给出可用的应答：{tried}",
    ),
    "error.nodes_disagree": (
        "two nodes do not say the same of {path}: {member} is {said} at {one} and {otherwise} at {other}; nothing was "
        "signed",
        "两个节点对 {path} 的说法不同：{member} 在 {one} 为 {said}，在 {other} 为 {otherwise}；没有签署任何内容",
    ),
    "error.nodes_disagree_hint": (
        "try again; if they still differ, one of them is wrong or behind: ask a third one (--node), and the banks that "
        "run them",
        "请重试；若仍不同，则其中一个有误或落后：请询问第三个节点（--node），并联系运行这些节点的银行",
    ),
    "error.bad_json": ("{value} is not JSON: {why}", "{value} 不是 JSON：{why}"),
    "error.json_member_twice": (
        "{where} gives the member {member} twice, so readers may take one or the other; write it once",
        "{where} 中成员 {member} 出现两次，不同程序取值不一；请只写一次",
    ),
    "error.json_number": (
        "{where}: {member} is {value}, which is no whole number; write whole numbers, amounts in minor units",
        "{where}：{member} 的值 {value} 不是整数；请写整数，金额以货币最小单位计",
    ),
    "error.json_member_none": ("a value outside any member", "成员之外"),
    "error.bad_call": ("write a call as CONTRACT.FUNCTION", "调用请写成 CONTRACT.FUNCTION"),
    "error.setting_seconds": (
        "{name}: {value} is no number of seconds above 0; write it as 30",
        "{name}：{value} 不是大于 0 的秒数；请写成 30",
    ),
    "error.no_setting_kept": ("this home keeps no setting {name}", "本目录没有保存设置项 {name}"),
    "error.setting": ("there is no setting {name}; known: {known}", "没有设置项 {name}；可用：{known}"),
    "error.dry_run_refused": ("a node would refuse this", "节点将拒绝此操作"),
    "error.hint_two_keys": (
        "sign twice: the command with --for-checker FILE, then chainbill --as CHECKER tx sign FILE, then chainbill "
        "tx send FILE; "
        "a second key: chainbill party key add NAME --capability checker",
        "两人签名：命令加 --for-checker FILE，再 chainbill --as CHECKER tx sign FILE，最后 chainbill tx send FILE；"
        "新增复核密钥：chainbill party key add NAME --capability checker",
    ),
    "error.hint_two_admins": (
        "two admin keys sign: the command with --for-checker FILE, then chainbill --as OTHER tx sign FILE, then "
        "chainbill tx send FILE; "
        "where both profiles are in one home, the command signs with both by itself",
        "须两把管理密钥签名：命令加 --for-checker FILE，再 chainbill --as 另一身份 tx sign FILE，最后 chainbill tx "
        "send FILE；"
        "两个身份在同一目录时，命令自动以两把密钥签名",
    ),
    "error.hint_possession": (
        "each key signs where it is kept: chainbill party sign FILE --key NAME for an application, "
        "chainbill party key prove NAME for a key that is added",
        "每把密钥在其存放处签名：准入申请用 chainbill party sign FILE --key NAME，"
        "新增密钥用 chainbill party key prove NAME",
    ),
    "error.no_checker": (
        "no other active key of the party has {capability}: chainbill party key add NAME --capability …",
        "本参与方没有其他具备 {capability} 权限的有效密钥：chainbill party key add NAME --capability …",
    ),
    "error.hint_expired": (
        "make it again with the command that made it (with --for-checker, --offline, or chainbill tx build; "
        "--valid-for sets how long), then let all sign it again",
        "请用原命令重新生成（--for-checker、--offline 或 chainbill tx build；--valid-for 指定有效时长），"
        "并请各签名人重新签名",
    ),
    "error.for_checker_alone": (
        "--for-checker writes a file for the second signature; it does not go with --offline, --checker or --dry-run",
        "--for-checker 生成待复核文件，不能与 --offline、--checker 或 --dry-run 同时使用",
    ),
    "error.checker_offline": (
        "--checker goes with --offline FILE only; with a node use --for-checker FILE",
        "--checker 只能与 --offline FILE 一起使用；能连接节点时请用 --for-checker FILE",
    ),
    "error.key_or_profile": (
        "{value} is neither a public key (64 hexadecimal digits) nor a profile of this home",
        "{value} 既不是公钥（64 位十六进制），也不是本目录的身份",
    ),
    "error.other_network": (
        "the node at {node} is of another network, {found}; this home was made for {expected}: choose another node "
        "(--node URL) or another home (--home DIR)",
        "{node} 上的节点属于另一网络 {found}，本目录属于网络 {expected}：请更换节点（--node URL）或目录（--home DIR）",
    ),
    "error.hint_paying_bank": (
        "the debtor: chainbill party paying-bank ask BANK, which acts after 72 hours; "
        "then the bank: chainbill party paying-bank accept DEBTOR",
        "债务人：chainbill party paying-bank ask BANK，72 小时后生效；"
        "随后由银行：chainbill party paying-bank accept DEBTOR",
    ),
    "error.hint_successor": (
        "the other bank: chainbill party successor accept BANK",
        "对方银行：chainbill party successor accept BANK",
    ),
    "error.hint_account": (
        "the party: chainbill party account --announce CURRENCY:BANK:NUMBER",
        "参与方：chainbill party account --announce CURRENCY:BANK:NUMBER",
    ),
    "error.hint_agreed": (
        "it was agreed: chainbill finance cancel QUOTE --reason TEXT",
        "该报价已确认，请取消：chainbill finance cancel 报价 --reason 原因",
    ),
    "error.hint_recourse_agreed": (
        "who gave it may agree to take it back: chainbill token recourse TOKEN --ground agreed; or turn to the debtor",
        "前手同意的，可按双方协商提出：chainbill token recourse 子凭证 --ground 双方协商；或向债务人主张",
    ),
    "error.hint_no_giver": (
        "nobody was paid for this token, so nobody takes it back on any ground: turn to the debtor of its bill",
        "该子凭证并非有偿转入，不论以何事由均无人可供追索：请向凭证的债务人主张",
    ),
    "error.hint_paid_out": (
        "its money was paid out: the financing cannot be cancelled, and its request takes no other quote",
        "该融资已放款：不能再取消，其申请也不再接受报价",
    ),
    "error.hint_halt": (
        "two admins: chainbill party halt --lift; the sponsor: chainbill party halt PARTY --lift",
        "两名管理员：chainbill party halt --lift；推荐行：chainbill party halt PARTY --lift",
    ),
    "error.hint_recoveries": (
        "chainbill party recovery list PARTY; the sponsor takes one back: chainbill party recovery withdraw RECOVERY",
        "查看：chainbill party recovery list PARTY；推荐行撤回：chainbill party recovery withdraw RECOVERY",
    ),
    "error.hint_open_items": ("chainbill party open-items PARTY", "查看：chainbill party open-items PARTY"),
    "error.hint_option_values": (
        "correct what is named; the command with --help says what each option takes",
        "请更正所列各项；在该命令后加 --help 可查看各选项的取值",
    ),
    "error.hint_clock": (
        "move it forward: chainbill localnet clock --to DATE, or --advance 30d",
        "只能向前调：chainbill localnet clock --to DATE，或 --advance 30d",
    ),
    "error.hint_kinds": ("chainbill governance propose --help", "查看：chainbill governance propose --help"),
    "error.hint_at": (
        "give --at one of the three, or leave it out to read the newest height",
        "--at 请使用三者之一；不写则读取最新高度",
    ),
    "error.hint_known_at": (
        "give --known-at a later height or day: a day without a block is known from the next block on; or leave it out "
        "to read what is known now",
        "--known-at 请写更晚的高度或日期（当日没有区块的，自其后首个区块起方为所知）；不写则按现在所知读取",
    ),
    "error.hint_cursor": (
        "give --after what the page before ended with, with the same filters, or leave it out to begin again",
        "--after 请原样填写上一页末尾给出的游标，筛选条件不变；不写则从头读取",
    ),
    "error.hint_sign_reads": (
        "name who reads: --as PROFILE (chainbill key list shows them)",
        "请指明读取身份：--as 身份（可用 chainbill key list 查看）",
    ),
    "error.hint_not_found": (
        "check the id and --at, and read as who may see it (--as PROFILE)",
        "请核对编号与 --at，并以有权查看的身份读取（--as PROFILE）",
    ),
    "error.hint_node_address": (
        "write the address of the node alone, without a path: --node http://127.0.0.1:7000",
        "节点地址不带路径：--node http://127.0.0.1:7000",
    ),
    "error.hint_not_a_transaction": (
        "give a file that chainbill tx build or chainbill tx sign wrote, or a write with --offline or --for-checker",
        "请给出由 chainbill tx build、chainbill tx sign 或带 --offline、--for-checker 的写入命令写出的文件",
    ),
    "error.hint_changes": ("chainbill party change list", "查看：chainbill party change list"),
    "error.hint_capability": (
        "give a key what it lacks: chainbill party key add NAME --capability maker|checker|admin (an admin key signs)",
        "新增具备权限的密钥：chainbill party key add NAME --capability maker|checker|admin（由管理密钥签名）",
    ),
    "error.hint_admin_key": (
        "chainbill party key add NAME --capability admin, or chainbill party rotate-key --new NAME",
        "chainbill party key add NAME --capability admin，或 chainbill party rotate-key --new NAME",
    ),
    "error.refused_in_block": (
        "refused by the ledger in block {height}",
        "账本在区块 {height} 中拒绝了该交易",
    ),
    "error.transaction_failed": (
        "the transaction is in block {height} but failed there: {reason}",
        "交易已入区块 {height}，但执行失败：{reason}",
    ),
}
