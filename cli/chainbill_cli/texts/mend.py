"""What to do after a failure whose own text does not say it: `mend.` and the failure's key."""

from __future__ import annotations

OTHER_HOME = ("choose another directory", "请换一个目录")
FREE_PATH = ("write it to another place, or free room there", "请写到其他位置，或腾出空间、开放权限")
WHICH_FILE = ("give the path of the right file, readable by you", "请给出正确且可读取的文件路径")
PROFILES = ("chainbill key list shows the profiles of this home", "可用 chainbill key list 查看本目录的身份")
ASK_SELLER = (
    "ask who issued it for a correct invoice; what it says is not amended here",
    "请向开票方索取正确的发票；此处不更改发票内容",
)
NO_CLAIM = ("give the invoice that it corrects, or another one", "请给出其所冲销的原发票，或其他发票")
REPORT = ("it is a fault of the program: report it", "此为程序错误，请报告")

TEXTS: dict[str, tuple[str, str]] = {
    "mend.sale.price_differs": (
        "ask the seller for price and salt of this offer, or refuse it: chainbill token reject TOKEN",
        "请向转出行核实本要约的对价与盐值，或予以拒绝：chainbill token reject TOKEN",
    ),
    "mend.entry.no_default": (
        "chainbill entry defaults lists them",
        "请用 chainbill entry defaults 查看违约记录",
    ),
    "mend.entry.no_strike": (
        "chainbill entry list lists them; name the entry itself",
        "请用 chainbill entry list 查看银行登记，并写明登记编号",
    ),
    "mend.entry.lift_what": (
        "chainbill entry defaults and chainbill entry list show what may be lifted",
        "请用 chainbill entry defaults 或 chainbill entry list 查看可解除的登记",
    ),
    "mend.bill.far_due_other": (
        "run it again and type the day of maturity as it is shown, or correct --due",
        "请重新运行并按所示输入到期日，或更正 --due",
    ),
    "mend.bill.invoice_currency": (
        "give an invoice in that currency, or --currency as the invoice has it",
        "请给出同币种的发票，或用 --currency 写明发票的币种",
    ),
    "mend.bill.invoice_key": (
        "copy network.json from another home of this network: any bank has it",
        "请从本网络的其他目录复制 network.json（任一银行均有）",
    ),
    "mend.product.no_object": (
        "give the JSON file of the product or event, as docs/reference/products.md shows one",
        "请给出产品或事件的 JSON 文件，样例见 docs/reference/products.zh.md",
    ),
    **dict.fromkeys(
        ("mend.product.bad_member", "mend.product.no_member", "mend.product.unknown_member", "mend.product.not_whole"),
        (
            "write the member as docs/reference/products.md shows it",
            "请按 docs/reference/products.zh.md 的样例更正该项",
        ),
    ),
    "mend.order.share": ("write it as TOKEN:33.3333%", "请写成 子凭证:33.3333%"),
    "mend.product.bad_key": (
        "chainbill key show NAME prints it, where the attestor's key is kept",
        "请在见证方密钥的存放处用 chainbill key show 名称 查看公钥",
    ),
    "mend.product.key_not_here": PROFILES,
    "mend.product.other_currency": (
        "write the event in the currency of its product: chainbill product show PRODUCT says it",
        "请按产品的币种填写事件，可用 chainbill product show 产品编号 查看",
    ),
    "mend.invoice.none_behind_bill": (
        "a bill gets invoices with chainbill bill add-invoices BILL --invoice FILE",
        "补充发票：chainbill bill add-invoices 凭证 --invoice 文件",
    ),
    "mend.invoice.red_above_total": (
        "check that the note is of this invoice; to lower it to nothing all the same, say so: --total 0",
        "请核对红字发票是否针对此发票；确需调低至零的，请写明 --total 0",
    ),
    "mend.invoice.not_behind_bill": (
        "chainbill bill show BILL lists the invoices behind it; give more of the fingerprint",
        "可用 chainbill bill show 凭证 查看其所依据的发票；请多给出几位指纹",
    ),
    "mend.bill.invoice_over": (
        "write a part of it: --invoice FILE=AMOUNT",
        "请写不超过总额的部分：--invoice 文件=金额",
    ),
    "mend.bill.settle_endless": (
        "chainbill bill payments BILL shows how far it is; ask another node: --node URL",
        "可用 chainbill bill payments 凭证 查看进度；请改用其他节点：--node URL",
    ),
    "mend.demo.differs": REPORT,
    "mend.demo.not_exact": REPORT,
    "mend.demo.not_refused": REPORT,
    "mend.demo.too_small": ("give an invoice of a larger amount", "请给出金额更大的发票"),
    "mend.error.amount_positive": (
        "write how much is meant, or leave this part out",
        "请写明实际金额，或去掉该项",
    ),
    "mend.error.amount_digits": ("leave out the digits after that", "请去掉多余的小数位"),
    "mend.error.amount_range": ("divide it among several", "请分为多笔"),
    "mend.error.rate_digits": ("leave out the digits after that", "请去掉多余的小数位"),
    "mend.error.rate_range": ("write percent a year, as 3.85", "请写年利率的百分数，如 3.85"),
    "mend.error.bad_json": (
        'write JSON: names and texts in double quotes, commas between members, as \'{"name": "value"}\'',
        '请写成 JSON：名称与文字加双引号，各项以逗号相隔，如 \'{"name": "value"}\'',
    ),
    "mend.error.empty_file": WHICH_FILE,
    "mend.error.file": WHICH_FILE,
    "mend.error.too_large": (
        "check that it is the file that you mean: a right one is never so large",
        "请核对是否给错文件：正确的文件不会这样大",
    ),
    "mend.error.not_a_file": (
        "give a file on a disk; what comes through a pipe is saved to one first",
        "请给出磁盘上的文件；经管道传来的内容请先存为文件",
    ),
    "mend.error.file_write": FREE_PATH,
    "mend.error.home_file": (
        "put the file back from a copy, or name another home: --home DIR",
        "请用副本换回该文件，或指定其他目录：--home 目录",
    ),
    "mend.error.id_check": (
        "compare it with where it was told; the first 6 characters are enough",
        "请与原文核对；只写前 6 位也可",
    ),
    "mend.error.id_many": ("type more characters of it", "请多输入几位"),
    "mend.error.id_none": (
        "compare it with where it was told, and read as who may see it: --as PROFILE",
        "请核对编号，并以有权查看的身份读取：--as 身份",
    ),
    "mend.error.key_missing": (
        "put the file back, or act by another key: --as PROFILE (chainbill key list)",
        "请放回该文件，或使用其他密钥：--as 身份（可用 chainbill key list 查看）",
    ),
    "mend.error.key_or_profile": PROFILES,
    "mend.error.key_wrong": (
        "type it again; a lost passphrase needs a new key: chainbill party rotate-key, or the sponsor's chainbill "
        "party recover",
        "请重新输入；口令遗失须换新密钥：chainbill party rotate-key，或由推荐行办理 chainbill party recover",
    ),
    "mend.error.typed_no_text": (
        "type it again, or set the encoding of the terminal, for example LC_ALL=C.UTF-8",
        "请重新键入，或设置终端编码，例如 LC_ALL=C.UTF-8",
    ),
    "mend.error.no_key_file": (
        "name the key file, as chainbill key export writes one, or put the right one back in its place",
        "请指定密钥文件（如 chainbill key export 所写），或将正确的密钥文件放回原处",
    ),
    "mend.error.no_node": (
        "a network on this machine is made by chainbill localnet up --detach",
        "在本机建立网络：chainbill localnet up --detach",
    ),
    "mend.error.no_setting_kept": (
        "chainbill config show tells what is in force",
        "可用 chainbill config show 查看生效的设置",
    ),
    "mend.error.not_one_of": ("write one of these", "请写其中之一"),
    "mend.error.party_unknown": (
        "chainbill party list shows the parties, chainbill key list the names of this home",
        "可用 chainbill party list 查看参与方，chainbill key list 查看本目录的名称",
    ),
    "mend.error.profile_unknown": PROFILES,
    "mend.error.no_profile": PROFILES,
    "mend.error.span_long": ("give a shorter time to --valid-for", "请用 --valid-for 写较短的时长"),
    "mend.error.transaction_failed": (
        "correct what is named and run the command again: the transaction itself never acts any more",
        "请更正所述原因后重新运行命令：该交易本身不会再生效",
    ),
    "mend.finance.bid_not_kept": (
        "look for it in the home of this bank from which it was sealed, or give a new quote in its place",
        "请在密封该报价的本行目录中查找，或另行报价以取代",
    ),
    "mend.finance.not_sealed_so": (
        "decline it with chainbill finance decline, and ask the bank for a new quote",
        "请以 chainbill finance decline 谢绝，并请银行重新报价",
    ),
    "mend.finance.seal_to_what": (
        "ask the holder for its key: chainbill party show shows it",
        "请向持有人索取公钥，或以 chainbill party show 查看",
    ),
    "mend.finance.nothing_left": ("choose an earlier --value-date", "请用 --value-date 选较早的起息日"),
    "mend.governance.arguments": (
        "chainbill governance propose --help has an example of each kind",
        "各类提案的写法见 chainbill governance propose --help",
    ),
    "mend.governance.two_values": ("write it in one place only", "请只在一处填写"),
    "mend.governance.no_proposal": (
        "chainbill governance list shows the proposals",
        "可用 chainbill governance list 查看提案",
    ),
    "mend.governance.no_validator": ("write one of these names", "请写其中一个名称"),
    "mend.governance.one_application": (
        "write each into a file of its own, and propose each: chainbill governance propose party FILE",
        "请各写入单独的文件，逐一提出：chainbill governance propose party FILE",
    ),
    "mend.governance.protocol": (
        "write VERSION and DIGEST as the release's notes give them",
        "请按版本说明填写版本与摘要",
    ),
    "mend.governance.rules_file": ("correct the file, or give another one", "请更正该文件，或另给文件"),
    **dict.fromkeys(
        (
            "mend.invoice.bad_amount",
            "mend.invoice.bad_date",
            "mend.invoice.broken",
            "mend.invoice.cn_number",
            "mend.invoice.cn_sum",
            "mend.invoice.cn_tax_id",
            "mend.invoice.hostile",
            "mend.invoice.missing",
            "mend.invoice.too_deep",
            "mend.invoice.said_twice",
            "mend.invoice.parts_inside",
            "mend.invoice.long_text",
            "mend.invoice.two_currencies",
            "mend.invoice.nothing_payable",
        ),
        ASK_SELLER,
    ),
    **dict.fromkeys(("mend.invoice.credit_note", "mend.invoice.negative", "mend.invoice.red"), NO_CLAIM),
    "mend.invoice.assigned": (
        "ask the factor, which may bring the claim itself; here give an invoice that is not assigned",
        "请与保理商联系，由其主张该债权；此处请给出未转让的发票",
    ),
    "mend.invoice.not_an_invoice": WHICH_FILE,
    "mend.invoice.not_xml": (
        "give the XML file of the invoice, not its picture",
        "请给出发票的 XML 文件，而非版式文件",
    ),
    "mend.localnet.clock_back": ("name a later date", "请写更晚的日期"),
    "mend.localnet.no_step": ("write a step above zero, as 1d", "请写大于零的步长，如 1d"),
    "mend.localnet.clock_slow": (
        "look at it again: chainbill localnet status",
        "请稍后查看：chainbill localnet status",
    ),
    "mend.localnet.foreign": ("name an empty directory: --home DIR", "请指定空目录：--home 目录"),
    "mend.localnet.no_such_node": ("write one of these names", "请写其中一个名称"),
    "mend.localnet.not_started": ("chainbill localnet logs shows more", "详情可用 chainbill localnet logs 查看"),
    "mend.localnet.port_of_another": (
        "stop that network, or make this one at other ports: chainbill localnet reset, "
        "then chainbill localnet up --base-port PORT",
        "请停止该网络，或换端口重建：chainbill localnet reset，再用 chainbill localnet up --base-port 端口",
    ),
    "mend.network.bad_file": (
        "correct the file; network.example.toml has each setting",
        "请更正该文件；各项写法见 network.example.toml",
    ),
    "mend.network.cannot_certify": WHICH_FILE,
    "mend.network.cannot_join": (
        "mend that and run it again: nothing was left behind",
        "请排除后重新运行：未留下任何内容",
    ),
    "mend.network.exists": OTHER_HOME,
    "mend.network.home_exists": OTHER_HOME,
    "mend.network.no_genesis": (
        "ask a bank of the network for its genesis.json, and install the release that it runs",
        "请向本网络的银行索取 genesis.json，并安装其所用版本",
    ),
    "mend.network.trust_wrong": (
        "ask a bank to read it out: chainbill network trust",
        "请由银行念出：chainbill network trust",
    ),
    "mend.node.cannot_restore": (
        "give the file that chainbill node backup wrote, and a home without data: --home DIR",
        "请给出由 chainbill node backup 写出的文件，并用 --home 指定尚无数据的目录",
    ),
    "mend.node.cannot_verify": (
        "stop the node first, and name its home: --home DIR",
        "请先停止节点，并指明其目录：--home 目录",
    ),
    "mend.node.wait_pending": ("wait longer: --timeout SECONDS", "请延长等待：--timeout 秒数"),
    "mend.party.bad_id": ("compare it with the register or the licence", "请与营业执照或登记核对"),
    "mend.party.bad_proof_file": (
        "make it where the key is: chainbill party key prove NAME --party PARTY -o json",
        "请在密钥所在处生成：chainbill party key prove 名称 --party 参与方 -o json",
    ),
    "mend.party.key_announced": (
        "wait for that day, give another key, or take that change back: chainbill party change withdraw CHANGE",
        "请待该日，或改用其他密钥，或撤回该变更：chainbill party change withdraw 变更编号",
    ),
    "mend.party.key_not_listed": PROFILES,
    "mend.party.not_this_account": (
        "give the file that was written when the account was announced",
        "请给出公布该账户时写出的文件",
    ),
    "mend.payees.total_differs": ("correct --total or the file", "请更正 --total 或文件"),
    "mend.token.different_currencies": ("give tokens of one currency", "请只写同一币种的子凭证"),
    "mend.token.too_much": ("give less, or more tokens", "请减少金额，或增加子凭证"),
    "mend.tx.bad_id": ("what is in a file: chainbill tx decode FILE", "查看文件内容：chainbill tx decode 文件"),
    "mend.tx.other_party": (
        "act as that party: --as PROFILE (chainbill key list)",
        "请以该参与方的身份操作：--as 身份（可用 chainbill key list 查看）",
    ),
    "mend.tx.too_long": (
        "ask who made it for one that is good for a shorter time (--valid-for)",
        "请制作人重新生成有效期较短的文件（--valid-for）",
    ),
}
