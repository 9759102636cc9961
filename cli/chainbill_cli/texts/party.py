"""Parties."""

from __future__ import annotations

TEXTS: dict[str, tuple[str, str]] = {
    "party.apply": ("Write and sign an application to take part", "填写并签署准入申请"),
    "party.register": (
        "Attest applications and register the applicants (sponsor bank, maker and checker)",
        "核验申请并登记申请人（推荐行，经办与复核）",
    ),
    "party.show": ("Show a party", "查看参与方"),
    "party.account": (
        "Show, announce or attest settlement accounts",
        "查看、公布或核验结算账户",
    ),
    "party.suspend": (
        "Suspend a party at once; ends in 10 business days unless a second bank ratifies it (sponsor bank)",
        "即时暂停参与方；10 个工作日内无另一银行确认即终止（推荐行）",
    ),
    "party.insolvent": (
        "Record a court's bankruptcy papers; lapses in 72 hours unless a second bank ratifies it (sponsor bank)",
        "登记法院破产文书；72 小时内无另一银行确认即失效（推荐行）",
    ),
    "party.lift": ("Lift a suspension or an insolvency", "解除暂停或破产登记"),
    "party.lift_waits": (
        "once an insolvency is ratified, another bank has to ratify its end, too",
        "已经确认的破产登记，其解除亦须由另一银行确认",
    ),
    "party.administrator": (
        "Name an administrator's keys for an insolvent party; they act 72 hours after a second bank ratifies (sponsor)",
        "为破产参与方指定管理人密钥，另一银行确认满 72 小时后生效（推荐行）",
    ),
    "party.stay": ("Take back that your party leaves, whoever began it", "撤回本参与方的退出，无论由谁发起"),
    "party.leave": ("Begin to leave: nothing new begins from here on", "开始退出：此后不再承接新事项"),
    "party.offboard": ("Begin to leave; --check lists what is still open", "开始退出；--check 列出未了事项"),
    "party.open_items": ("List what of a party is still open", "列出参与方未了事项"),
    "party.rename": ("Attest a new name of a party (sponsor bank)", "核验参与方的新名称（推荐行）"),
    "party.add_identifier": (
        "Attest one more identifier of a party (sponsor bank)",
        "核验参与方的其他标识（推荐行）",
    ),
    "party.give_up_identifier": (
        "Let go of an identifier of your party, whoever attested it",
        "放弃本参与方的某一标识，无论由谁核验",
    ),
    "party.encryption_key": (
        "Announce the X25519 key to which others seal what only your party shall read; after 72 hours",
        "公告本参与方用于接收密封内容的 X25519 公钥，72 小时后生效",
    ),
    "party.opt_new_encryption_key": (
        "Make a new key in this home, under the passphrase of the acting key",
        "在本目录中生成新密钥，口令与办理所用密钥相同",
    ),
    "party.encryption_key_kept": (
        "the private key lies in {path}; keep it with your backups, also when another one takes its place",
        "私钥存于 {path}；请与备份一并保存，更换后亦须保留",
    ),
    "party.opt_without_encryption_key": (
        "Leave out the encryption key, for a network whose contracts do not know it yet",
        "不附加密公钥，用于合约尚不支持的网络",
    ),
    "party.opt_no_encryption_key": ("No key from then on", "此后不再设置公钥"),
    "party.encryption_key_or_none": (
        "give one of: --new, an X25519 public key of 64 hexadecimal digits, --none",
        "请给出其一：--new、64 位十六进制的 X25519 公钥、--none",
    ),
    "party.grant": (
        "Let an auditor read what your party may read, or end that with --revoke",
        "授权审计机构查阅本参与方可查阅的内容；加 --revoke 则终止授权",
    ),
    "party.opt_grant_bill": ("Only this bill; may be repeated (default: all)", "仅此凭证，可多次给出（默认全部）"),
    "party.opt_grant_from": ("First day of the grant", "授权起始日"),
    "party.opt_grant_until": ("Last day of the grant (default: no end)", "授权截止日（默认不限）"),
    "party.opt_grant_revoke": ("End the grant at once", "立即终止授权"),
    "party.grant_or_revoke": (
        "--revoke ends the whole grant; it does not go with --bill or --until",
        "--revoke 终止全部授权，不能与 --bill 或 --until 同时使用",
    ),
    "party.size": ("Attest how large a party's business is (sponsor bank)", "核验参与方企业规模（推荐行）"),
    "party.opt_documents": (
        "Paper, of which the ledger keeps the digest; for an insolvency two: acceptance and administrator",
        "文书，账本只保存其摘要；破产须两份：受理裁定与指定管理人决定书",
    ),
    "party.opt_authority": ("Court", "法院"),
    "party.opt_number": ("Number of the court's paper", "文号"),
    "party.opt_check": ("Only list what is still open", "只列出未了事项"),
    "party.opt_size_document": ("Paper that shows the size", "规模证明文件"),
    "party.nothing_open": ("nothing is open", "无未了事项"),
    "party.policy": ("Show or set which acts need maker and checker", "查看或设置需经办与复核的操作"),
    "party.rotate_key": ("Put a new key in the place of the acting profile's", "更换当前身份的密钥"),
    "party.opt_id": ("USCC or LEI of the applicant", "申请人的统一社会信用代码或 LEI"),
    "party.opt_name_zh": ("Chinese name", "中文名称"),
    "party.opt_name_en": ("English name", "英文名称"),
    "party.opt_role": ("anchor, supplier or guarantor; may be repeated", "anchor、supplier 或 guarantor，可多次给出"),
    "party.opt_identifier": (
        "Further identifier as TYPE=VALUE; may be repeated",
        "其他标识，格式 TYPE=VALUE，可多次给出",
    ),
    "party.opt_account": (
        "Settlement account as CURRENCY:BANK:NUMBER; may be repeated",
        "结算账户，格式 CURRENCY:BANK:NUMBER，可多次给出",
    ),
    "party.opt_key": (
        "Key of the applicant: a name in this home (chainbill key new) or a public key, and what it may do (default: "
        "all); "
        "may be repeated",
        "申请人的密钥：本目录中的名称（chainbill key new）或公钥，及其权限（默认全部），可多次给出",
    ),
    "party.key": ("Give a party further keys, or take one away", "为参与方新增或吊销密钥"),
    "party.key_add": ("Give the acting party one more key", "为当前参与方新增一把密钥"),
    "party.key_revoke": ("Take a key of the acting party away", "吊销当前参与方的一把密钥"),
    "party.opt_capability": (
        "What the key may do: maker (business), checker (second signature), admin (keys, policy); may be repeated",
        "密钥权限：maker 经办、checker 复核、admin 管理（密钥与策略），可多次给出",
    ),
    "party.bad_capability": ("{value}: a key has capabilities out of {known}", "{value}：密钥权限只能取自 {known}"),
    "party.no_admin_key": ("one key at least must have the capability admin", "至少一把密钥须具备 admin 权限"),
    "party.no_own_key": (
        "one key at least must be of this home, to sign with",
        "至少一把密钥须在本目录中，用以签名",
    ),
    "party.sign": (
        "Sign an application with further keys that it lists",
        "以申请书所列的其他密钥签名",
    ),
    "party.opt_sign_key": ("Name of the key in this home; may be repeated", "密钥在本目录的名称，可多次给出"),
    "party.opt_sponsor": (
        "Bank that is to attest the application; none for roles that come in by vote",
        "推荐行；须经表决准入的角色不填",
    ),
    "party.opt_until": (
        "Last day on which it may be attested; default: in 30 days",
        "可核验的最后一日，默认 30 天后",
    ),
    "party.sponsor_or_vote": (
        "name the bank with --sponsor; but {roles} come in by vote, without a sponsor",
        "请用 --sponsor 指定推荐行；{roles} 经表决准入，不填推荐行",
    ),
    "party.lacking": (
        "not signed yet by {keys}: chainbill party sign FILE --key NAME, where each is kept",
        "尚未签名的密钥：{keys}；请在其存放处执行 chainbill party sign FILE --key NAME",
    ),
    "party.key_not_listed": (
        "{value} is no key of this home that the file lists",
        "{value} 不是文件所列的本目录密钥",
    ),
    "party.one_application": ("sign one application a file", "每个文件只签一份申请"),
    "party.key_prove": (
        "Sign, with a key of this home, what it is to be for a party",
        "以本目录的密钥签署其在某参与方的用途",
    ),
    "party.opt_whom": ("Party that is to have the key", "将使用该密钥的参与方"),
    "party.opt_proof": (
        "For a key kept elsewhere: what chainbill party key prove printed there, with the same options",
        "密钥存放在别处时：在该处以相同选项执行 chainbill party key prove 所得的签名",
    ),
    "party.proof_needed": (
        "a key kept elsewhere signs for itself: chainbill party key prove there, then --proof HEX here",
        "存放在别处的密钥须为自身签名：先在该处执行 chainbill party key prove，再在此处给出 --proof HEX",
    ),
    "party.bad_digest": (
        "{option} {value}: a digest is 64 hexadecimal digits",
        "{option} {value}：摘要应为 64 位十六进制",
    ),
    "party.mark_of_which": (
        "{option} {value}: say once of which key, NAME=VALUE (keys: {known})",
        "{option} {value}：请注明是哪个密钥的，写作 NAME=VALUE，每个密钥一次（密钥：{known}）",
    ),
    "party.opt_unit": ("Branch that the key belongs to", "密钥所属机构"),
    "party.opt_operator": (
        "Salted hash of its holder's staff number, 64 hexadecimal digits; keys of one operator are one person",
        "持有人工号的加盐摘要，64 位十六进制；同一操作员的密钥视为同一人",
    ),
    "party.opt_certificate": (
        "Digest of the key's certificate, 64 hexadecimal digits",
        "密钥证书的摘要，64 位十六进制",
    ),
    "party.bad_action": (
        "{value} is no act that a policy can name; known: {known}",
        "{value} 不是策略可指定的操作；可用：{known}",
    ),
    "party.rule_or_clear": ("either --rule or --clear", "--rule 与 --clear 只能用一个"),
    "party.own_policy": ("a party sets its own policy only", "只能设置本参与方的策略"),
    "party.no_rules": ("none: one key is enough for everything", "无规则：任何操作单人签名即可"),
    "party.opt_out": ("File for the application; default: stdout", "申请文件，默认标准输出"),
    "party.more_of": (
        "more of it: chainbill party policy {party}, chainbill party account {party}, "
        "chainbill party change list {party}",
        "授权策略、账户与变更：chainbill party policy {party}、chainbill party account {party}、"
        "chainbill party change list {party}",
    ),
    "party.key_announced": (
        "this key comes with change {change} on {acts_on} already; the second of two changes would lapse then",
        "该密钥已在变更 {change} 中公告，于 {acts_on} 生效；两项变更中后一项届时将失效",
    ),
    "party.leaving_then": (
        "72 hours later its sponsor closes it with chainbill party close {party}; until then "
        "chainbill party stay takes it back",
        "满 72 小时后由推荐行以 chainbill party close {party} 注销；其间可用 chainbill party stay 撤回退出",
    ),
    "party.ratify_then": (
        "another bank has to ratify it until {until}: chainbill party ratify {order}",
        "须由另一银行于 {until} 前确认：chainbill party ratify {order}",
    ),
    "party.account_then": (
        "it counts once its bank has attested it: chainbill party account {party} --attest {currency} --shown FILE",
        "须经开户行核验方可使用：chainbill party account {party} --attest {currency} --shown 文件",
    ),
    "party.opt_announce": ("Announce an account as CURRENCY:BANK:NUMBER", "公布结算账户，格式 CURRENCY:BANK:NUMBER"),
    "party.opt_attest": ("Attest the party's account in this currency (its bank)", "核验该参与方此币种账户（开户行）"),
    "party.opt_shown": (
        "With --attest: the account that the bank was shown, as the party's file of it (number and salt) or its digest",
        "与 --attest 同用：开户行所见的账户，即参与方的账户文件（账号与盐值）或其摘要",
    ),
    "party.shown_needed": (
        "say which account you were shown: --shown FILE|DIGEST; the one on the ledger may be another",
        "请给出您所见的账户：--shown FILE|DIGEST；账本上待核验的可能是另一账户",
    ),
    "party.not_this_account": (
        "{path} holds no account in {currency} with number and salt",
        "{path} 中没有 {currency} 账户的账号与盐值",
    ),
    "party.paying_bank": ("Who pays a debtor's bills: ask a bank, answer, end", "兑付委托：征询、答复、结束"),
    "party.paying_bank_ask": (
        "Ask a bank to pay the bills that the acting party will confirm, after 72 hours",
        "征询银行为当前参与方今后确权的凭证兑付，72 小时后生效",
    ),
    "party.successor": ("Who pays in the place of a bank: agree, name", "承继行：同意、指定"),
    "party.opt_rule": (
        "Rule as ACTION:CURRENCY:ABOVE, such as bill.confirm:CNY:1000000; may be repeated",
        "规则，格式 ACTION:CURRENCY:ABOVE，如 bill.confirm:CNY:1000000，可多次给出",
    ),
    "party.opt_clear": ("No rules any more", "清除所有规则"),
    "party.opt_new": (
        "Name of the new key in this home (chainbill key new)",
        "新密钥在本目录的名称（chainbill key new）",
    ),
    "party.bad_account": (
        "{value}: write an account as CURRENCY:BANK:NUMBER",
        "{value}：账户请写成 CURRENCY:BANK:NUMBER",
    ),
    "party.bad_identifier": ("{value}: write an identifier as TYPE=VALUE", "{value}：标识请写成 TYPE=VALUE"),
    "party.bad_rule": ("{value}: write a rule as ACTION:CURRENCY:ABOVE", "{value}：规则请写成 ACTION:CURRENCY:ABOVE"),
    "party.bad_application": ("{path} holds no application: {why}", "{path} 中没有准入申请：{why}"),
    "party.empty_list": ("the list is empty", "列表为空"),
    "party.bad_id": (
        "{value} is not a USCC or LEI with a right check digit",
        "{value} 不是校验位正确的统一社会信用代码或 LEI",
    ),
    "party.one_act": (
        "either --announce or --attest",
        "--announce 与 --attest 只能用一个",
    ),
    "party.salts": (
        "{path}: numbers and salts of the accounts, for the account bank and the paying bank only",
        "{path}：账户号码与盐值，仅供开户行与兑付行使用",
    ),
    "party.key_signs_from": (
        "announced; from {acts_on} on profile {name} signs for the party, until then sign as before",
        "已公告；自 {acts_on} 起可用身份 {name} 为该参与方签名，此前仍用原密钥",
    ),
    "party.change": ("What the admins of a party announced", "参与方管理员公告的变更"),
    "party.claimed_as": ("as {name}, with keys {keys}", "参与方 {name}，密钥 {keys}"),
    "party.key_replaced": ("{new} in the place of {old}", "以 {new} 取代 {old}"),
    "party.recovery": ("New keys that a sponsor or a vote announced for a party", "推荐行或经投票为参与方公告的新密钥"),
    "party.halt": (
        "Stop the acting party at once (one admin); --lift ends that (two admins, or the sponsor)",
        "立即停用当前参与方（一名管理员）；--lift 解除停用（两名管理员或推荐行）",
    ),
    "party.recover": (
        "Announce new keys in the place of all keys of a party (its sponsor); they act after 72 hours",
        "为参与方公告新密钥以取代其全部密钥（推荐行），72 小时后生效",
    ),
    "party.opt_reason": ("Why, in a few words", "简要理由"),
    "party.opt_lift": ("Lift the halt", "解除停用"),
    "party.halt_own": (
        "a party halts itself only; its sponsor lifts with --lift",
        "只能停用本参与方；推荐行用 --lift",
    ),
    "party.opt_new_key": (
        "New key: a name in this home with what it may do, or what chainbill party key prove -o json printed, as "
        "FILE.json; "
        "may be repeated",
        "新密钥：本目录中的名称及其权限，或 chainbill party key prove -o json 所得的 FILE.json，可多次给出",
    ),
    "party.opt_recovery_document": (
        "Paper on which the sponsor relies; its digest goes to the ledger",
        "推荐行所依据的文书，账本保存其摘要",
    ),
    "party.bad_proof_file": (
        "{path} is not what chainbill party key prove -o json printed",
        "{path} 不是 chainbill party key prove -o json 的输出",
    ),
    "party.lei_name": ("name the party in Chinese or English", "请给出中文或英文名称"),
}
