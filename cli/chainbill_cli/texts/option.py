"""Help of options that several commands share."""

from __future__ import annotations

TEXTS: dict[str, tuple[str, str]] = {
    "option.home": (
        "Directory with profiles, keys and the local network",
        "存放身份配置、密钥与本地网络的目录",
    ),
    "option.node": (
        "Address of a node's REST interface; may be repeated, tried in order",
        "节点 REST 地址，可多次给出，依次尝试",
    ),
    "option.as": ("Act as this profile", "以此身份操作"),
    "option.output": ("Form of the data on stdout", "标准输出的数据格式"),
    "option.lang": ("Language of texts", "界面语言"),
    "option.quiet": ("Only data and errors", "只输出数据与错误"),
    "option.verbose": ("Say more on stderr", "在标准错误输出更多信息"),
    "option.no_color": ("No colours", "不使用颜色"),
    "option.yes": ("Do not ask before writing", "写入前不再询问"),
    "option.timeout": ("Seconds to wait for an answer or a commit", "等待应答或记入账本的秒数"),
    "option.wait": ("Wait for the commit, or only until a node has accepted it", "等待记入账本，或仅等节点接收"),
    "option.dry_run": ("Let a node try it; nothing is written", "仅由节点试算，不写入"),
    "option.offline": ("Sign into FILE without a node", "不连接节点，签名后写入文件"),
    "option.ledger_time": (
        "With --offline: the ledger's time, where it is not this machine's; default: as last read in this home",
        "与 --offline 一起使用：账本时间（与本机不同时）；默认取本目录上次读到的网络时钟",
    ),
    "option.for_checker": (
        "Sign into FILE for one of the party's checkers to sign too: chainbill tx sign FILE, then chainbill tx send "
        "FILE",
        "签名后写入 FILE，待本参与方的复核密钥再签名：chainbill tx sign FILE，然后 chainbill tx send FILE",
    ),
    "option.checker": (
        "With --offline: a public key or profile that may sign as checker; may be repeated",
        "与 --offline 一起使用：可作复核签名的公钥或身份，可多次给出",
    ),
    "option.valid_for": (
        "How long it can be signed and handed in, such as 12h; default: 10m, of a file all that the ledger takes (23h)",
        "可签名、提交的时限，如 30m、12h；默认 10m，文件默认为账本允许的最长时限（23h）",
    ),
    "option.memo": ("Note kept with the transaction", "随交易保存的附言"),
    "option.limit": ("How many at most", "最多条数"),
    "option.after": ("Continue after this cursor", "从此游标之后继续"),
    "option.count": (
        "Count a long list to the end and say the totals, in every form",
        "将长列表计到末尾，并在任何输出形式下给出合计",
    ),
    "option.at": ("As of a height, a date or a time", "截至某高度、日期或时间"),
    "option.basis_of_figures": (
        "value: receipts count by value date, up to the day of --at; recorded: by when they were recorded",
        "value：银行登记按起息日计入，计至 --at 当日；recorded：按登记时点计入",
    ),
    "option.known_at": (
        "With --basis value: what was known at a height, a date or a time; now if left out",
        "与 --basis value 同用：以某高度、日期或时间时所知为准；不填则以现在所知为准",
    ),
    "option.amount": ("Amount in major units, such as 1,000,000.00", "金额（元），如 1,000,000.00"),
    "option.currency": ("Currency (ISO 4217)", "币种（ISO 4217）"),
    "option.currency_check": (
        "Currency of the amount (ISO 4217): needed offline, else only compared",
        "金额币种（ISO 4217）：离线时必填，否则仅作核对",
    ),
    "option.reason": ("Why", "原因"),
    "option.reference": ("The bank's reference", "银行流水号"),
    "option.value_date": ("Value date", "起息日"),
    "option.height": ("Block height", "区块高度"),
}
