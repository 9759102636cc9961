"""The demo's story."""

from __future__ import annotations

TEXTS: dict[str, tuple[str, str]] = {
    "demo.opt_validators": ("How many banks run a node", "运行节点的银行数量"),
    "demo.opt_story": ("Which story: how it goes well, or what may go wrong", "演示内容：顺利的流程或各种意外"),
    "demo.opt_keep": ("Keep the network in DIR, running", "将网络保留在 DIR 并继续运行"),
    "demo.opt_invoice": ("Tell the story of this invoice", "以此发票演示"),
    "demo.too_small": (
        "{path}: too small an amount to share out among three tiers",
        "{path}：金额过小，无法在三级之间分配",
    ),
    "demo.not_refused": ("the ledger accepted what it must refuse", "账本接受了本应拒绝的操作"),
    "demo.differs": ("the nodes disagree: {found}", "各节点结果不一致：{found}"),
    "demo.not_exact": ("the holders were paid {paid}, not {face}", "持有人共收到 {paid}，而非 {face}"),
    "demo.keep_exists": ("{home} is not empty; choose another directory", "{home} 不为空，请换一个目录"),
    "demo.title": (
        "chainbill: one invoice, from the anchor to tier 3 and back to cash",
        "chainbill：一张发票，从核心企业流转到三级供应商，再回到现金",
    ),
    "demo.c_network": ("Banks set up a ledger that none of them owns", "几家银行共建一个谁也不独占的账本"),
    "demo.network": (
        "{count} banks each start a node (processes {pids}). A step counts once {quorum} of them have signed it.",
        "{count} 家银行各自启动一个节点，彼此是独立进程（进程号 {pids}）。每一步须有 {quorum} 家签名才算数。",
    ),
    "demo.network_ready": (
        "all nodes are ready after {seconds:.1f} s; the ledger's date is {date}",
        "全部节点就绪，用时 {seconds:.1f} 秒；账本日期为 {date}",
    ),
    "demo.c_invoice": ("There is an invoice", "有一张发票"),
    "demo.invoice": (
        "{seller} has delivered to {buyer} and sent invoice {number} of {date} over {amount} {currency}.",
        "{seller} 已向 {buyer} 交货，并于 {date} 开具发票 {number}，金额 {amount} {currency}。",
    ),
    "demo.due_said": ("The invoice is due on {due}.", "发票到期日为 {due}。"),
    "demo.several_due": (
        "{path} is due in parts ({dates}), and the demo tells of one day; take an invoice with one due date",
        "{path} 有多个到期日（{dates}），演示只讲一个到期日；请换用只有一个到期日的发票",
    ),
    "demo.due_taken": (
        "The invoice names no due date far enough ahead, so the demo takes {days} days: {due}.",
        "发票没有足够晚的到期日，演示按 {days} 天计：{due}。",
    ),
    "demo.test_id": (
        "{name} has no USCC or LEI in the invoice; the demo derives a test code from its name: {id}",
        "发票中 {name} 没有统一社会信用代码或 LEI，演示由其名称派生测试代码：{id}",
    ),
    "demo.c_bill": (
        "The anchor promises to pay, and everyone can hold it to that",
        "核心企业作出付款承诺，人人可据此主张",
    ),
    "demo.issued": ("{who} asks for a bill over the invoice: {bill}", "{who} 基于发票发起开立申请：{bill}"),
    "demo.confirmed": ("{who} confirms the debt; the invoice is occupied from now on", "{who} 确权，发票自此被占用"),
    "demo.accepted": (
        "{who} accepts: one token over {amount} {currency} at tier 1, payable on {pay_on}",
        "{who} 签收：得到第 1 层、金额 {amount} {currency} 的子凭证，应付日 {pay_on}",
    ),
    "demo.twice": (
        "A second bill over the same invoice? {who} is to confirm it, and the ledger says no: {why}",
        "再用同一张发票开立一张凭证？{who} 确权时账本拒绝：{why}",
    ),
    "demo.c_tiers": ("The promise travels down the tiers as payment", "承诺作为付款手段逐级流转"),
    "demo.paid_on": (
        "{who} pays {to} with {amount} {currency} of it (tier {tier})",
        "{who} 用其中 {amount} {currency} 支付给 {to}（第 {tier} 层）",
    ),
    "demo.refuses": (
        "{who} is offered {amount} {currency} and refuses; the cents go back to {owner}, nothing is lost",
        "{who} 对转让来的 {amount} {currency} 予以拒收；金额退回 {owner}，分文不少",
    ),
    "demo.c_finance": ("Tier 2 wants money now: two banks quote", "二级供应商急需资金：两家银行报价"),
    "demo.asked": (
        "{who} asks {banks} to finance {amount} {currency}",
        "{who} 向 {banks} 申请融资 {amount} {currency}",
    ),
    "demo.quoted": (
        "{bank} seals a quote that no other bank can read: {rate}%, {recourse}, interest {interest} for {days} days, "
        "{net} paid out",
        "{bank} 密封报价（他行不可读）：{rate}%，{recourse}，{days} 天利息 {interest}，实付 {net}",
    ),
    "demo.agreed": (
        "{who} takes {bank}; the bank pays {net} {currency} and becomes the holder, in one step",
        "{who} 选定 {bank}；银行付款 {net} {currency} 并同时成为持有人",
    ),
    "demo.c_crash": ("One bank's node is killed in the middle of it", "其间，一家银行的节点被强制终止"),
    "demo.killed": (
        "SIGKILL: the node of {bank} (pid {pid}) is gone without a word",
        "SIGKILL：{bank} 的节点（进程 {pid}）被强制终止",
    ),
    "demo.carries_on": (
        "The others carry on. {who} asks {bank} for {amount} {currency}.",
        "其余节点照常运行。{who} 向 {bank} 申请融资 {amount} {currency}。",
    ),
    "demo.cannot_carry_on": (
        "With so few nodes all are needed, so the story waits for it to come back.",
        "节点太少，缺一不可，需等它恢复。",
    ),
    "demo.back": (
        "{bank} starts its node again; it signs nothing twice and has caught up to {height} after {seconds:.1f} s",
        "{bank} 重启节点：不重复签名，补齐缺失区块，{seconds:.1f} 秒后到达高度 {height}",
    ),
    "demo.c_tree": ("Where the credit is now", "信用现在到了哪里"),
    "demo.tree": (
        "The auditor sees every cent of the bill, and whose it is:",
        "审计机构可见凭证的每一分钱现由谁持有：",
    ),
    "demo.by_tier": (
        "How far it reached, by tier (penetration = reached ÷ face):",
        "按层级的到达情况（穿透率 = 到达金额 ÷ 票面金额）：",
    ),
    "demo.c_due": ("The due date comes", "到期日到来"),
    "demo.clock": ("The demo moves the ledger's clock to {date}.", "演示将账本时钟调至 {date}。"),
    "demo.settled": (
        "{bank} reports that {who} has paid {amount} {currency} (reference {reference})",
        "{bank} 确认收到 {who} 付款 {amount} {currency}（流水号 {reference}）",
    ),
    "demo.paid": ("and reports each payment as carried out:", "并逐笔确认付款完成："),
    "demo.exact": (
        "{count} payments, together {amount} {currency}: the face, to the cent",
        "共 {count} 笔付款，合计 {amount} {currency}：与票面分毫不差",
    ),
    "demo.c_same": ("All nodes hold the same truth", "所有节点结果一致"),
    "demo.same": (
        "height {height}: {count} of {count} nodes have the state root {root}",
        "高度 {height}：{count} 个节点状态根均为 {root}",
    ),
    "demo.c_on": ("To go on", "接下来"),
    "demo.kept": ("The network is kept in {home}, its nodes run:", "网络保留在 {home}，节点仍在运行："),
    "demo.stop_hint": (
        "When done: chainbill localnet down (stop) or reset (delete), with --home {home}",
        "结束后：chainbill localnet down（停止）或 reset（删除），带上 --home {home}",
    ),
    "demo.gone": (
        "The demo's network was stopped and deleted. To look around, keep it, or start an empty one:",
        "演示网络已停止并删除。若想继续查看，请保留演示网络，或启动一个空的网络：",
    ),
    "demo.total": ("the story took {seconds:.1f} s", "全程用时 {seconds:.1f} 秒"),
    "demo.failed": ("The demo did not get to its end; the logs are in {home}", "演示未能完成，日志保留在 {home}"),
}
