"""Bills."""

from __future__ import annotations

TEXTS: dict[str, tuple[str, str]] = {
    "bill.paid_already": (
        "nothing is left to do: its bank has reported that it was paid; if it did not arrive, ask that bank",
        "无须办理：兑付行已报告付款；未到账的请联系兑付行",
    ),
    "bill.issue": (
        "Issue a bill: the creditor asks, or the debtor gives",
        "开立凭证：由债权人发起申请，或由债务人开立",
    ),
    "bill.confirm": ("Confirm the debt (debtor)", "确权（债务人）"),
    "bill.dilute": (
        "Ask the other side to take something off a bill: goods returned, a credit note (debtor or creditor)",
        "征询对方同意从凭证中扣减：退货、贷项通知单等（债务人或债权人）",
    ),
    "bill.opt_dilute_token": ("Token of the first creditor that it comes off", "从首个债权人的哪张子凭证扣减"),
    "bill.opt_credit_note": ("The credit note; its digest is signed", "贷项通知单文件；签署其摘要"),
    "bill.opt_dilute_invoice": (
        "How much comes off which invoice; may be left out for a bill of one invoice",
        "从哪张发票扣减多少；仅一张发票的可省略",
    ),
    "bill.part_wanted": (
        "{value} is not FINGERPRINT=AMOUNT; write what comes off which invoice so",
        "{value} 不是“指纹=金额”的形式；请照此写明从哪张发票扣减多少",
    ),
    "bill.parts_wanted": (
        "the bill stands on {count} invoices: say with --invoice FINGERPRINT=AMOUNT what comes off which",
        "该凭证依据 {count} 张发票：请用 --invoice 指纹=金额 写明从哪张扣减多少",
    ),
    "bill.paying_bank": (
        "Ask that another bank pays the bill; both banks answer (debtor)",
        "征询改由另一银行兑付该凭证，两家银行均须答复（债务人）",
    ),
    "bill.opt_paying_bank_to": ("The bank that is to pay it", "将兑付该凭证的银行"),
    "bill.opt_dilute_red": (
        "Red-letter note that took it off the invoice's total before, which then stays as it is",
        "此前已从发票总额中扣减该金额的红字发票；引用后总额不再调低",
    ),
    "bill.red_unknown": (
        "{value} has lowered none of the invoices that are named here: chainbill invoice show FINGERPRINT "
        "lists its red-letter notes",
        "{value} 不是此处所列发票的红字发票：可用 chainbill invoice show FINGERPRINT 查看其红字发票",
    ),
    "bill.add_invoices": (
        "Ask the other side that more invoices stand behind a bill, or others instead of some (debtor or creditor)",
        "征询对方同意补充凭证的发票，或以其他发票替换（债务人或债权人）",
    ),
    "bill.opt_replace": (
        "Invoice that leaves the bill, more of it being occupied than its total",
        "退出凭证的发票（超额占用者）",
    ),
    "bill.opt_creditor_offline": (
        "With --offline: the bill's creditor, who sold, if it is not the acting party",
        "与 --offline 同用：凭证的债权人（销售方），不是本方时填写",
    ),
    "bill.answer": (
        "Answer what was asked about a bill: the last yes lets it take effect at once, no ends it",
        "答复就凭证的征询：全部同意（yes）后即时生效，no 不同意",
    ),
    "bill.joint": (
        "What parties ask each other about a bill: list, show, withdraw",
        "就凭证相互征询的共同行为：列出、查看、撤回",
    ),
    "bill.show": ("Show a bill", "查看凭证"),
    "bill.settle": ("Record the debtor's payment (the bill's paying bank)", "记录债务人付款（凭证的兑付行）"),
    "bill.reverse": (
        "Take back money of a debtor that was recorded by mistake, up to the next business day and before any of it is "
        "paid out (the bank that recorded it; maker and checker)",
        "冲正误登记的债务人付款，限次一工作日终前且款项均未付出（登记的银行，经办与复核）",
    ),
    "bill.opt_reversed": ("Your reference of the receipt", "该笔收款登记的流水号"),
    "bill.payment": (
        "Report what became of one payment: paid, returned, or instructed once more (the bank that pays)",
        "报告一笔付款的结果：paid 已付款、returned 已退汇、instructed 重新指令（兑付行）",
    ),
    "bill.received": (
        "Say that a payment to your party has arrived, which its bank does not report as paid (the payee)",
        "确认兑付行尚未报告已付款的款项已收妥（收款方）",
    ),
    "bill.opt_payment_status": (
        "paid, returned, or instructed once more after a return",
        "paid 已付款、returned 已退汇，或退汇后 instructed 重新指令",
    ),
    "bill.no_payment": (
        "no payment for {token} is known: chainbill bill payments {bill} lists those of the bill",
        "没有子凭证 {token} 的付款记录：chainbill bill payments {bill} 列出该凭证的各笔付款",
    ),
    "bill.settle_steps": (
        "the bill has very many tokens: its settlement takes several steps",
        "凭证的子凭证数量很多，兑付分多步进行",
    ),
    "bill.settle_endless": (
        "after {steps} steps the node still says that the settlement is not complete",
        "已进行 {steps} 步，节点仍称兑付尚未完成",
    ),
    "bill.settle_again": (
        "the settlement is not complete yet: the same command again goes on with it",
        "兑付尚未完成：再次执行同一命令即可继续",
    ),
    "bill.opt_debtor": ("Who owes", "债务人"),
    "bill.opt_creditor": ("Whom it is owed to, when the debtor issues", "债权人（由债务人开立时填写）"),
    "bill.opt_due": (
        "Due date: 2027-03-31, +120d, +4m; default: the invoice's",
        "到期日：2027-03-31、+120d、+4m；默认取发票",
    ),
    "bill.opt_invoice": (
        "Invoice file (UBL 2.1 / EN 16931 or Chinese fully digital); may be repeated; =AMOUNT takes a part of it",
        "发票文件（UBL 2.1 / EN 16931 或数电票），可多次给出；=AMOUNT 表示只用其中一部分",
    ),
    "bill.opt_compare": (
        "Compare this invoice file with the bill before you sign; once for each of its invoices",
        "签名前将此发票文件与凭证核对；凭证的每张发票各给一次",
    ),
    "bill.opt_contract": ("Number of the trade contract", "贸易合同编号"),
    "bill.opt_delivered": ("Date of delivery", "交付日期"),
    "bill.opt_reference": (
        "Your own reference: the same command with it again answers the first bill, and makes no second one",
        "本方编号：以同一编号重复执行同一命令，只返回首张凭证，不会再开一张",
    ),
    "bill.opt_term": (
        "A term of the bill: non_transferable, debtor_pays_interest or transferor_liable with =true or =false, or "
        "min_split=AMOUNT, the smallest piece, in major units as all amounts (min_split=1000.00)",
        "凭证约定：non_transferable、debtor_pays_interest、transferor_liable 写 =true 或 =false；最小拆分金额写 "
        "min_split=金额，与其他金额相同，以元等主单位计（min_split=1000.00）",
    ),
    "bill.opt_partial": ("Accept less than the outstanding", "允许少于未兑付余额"),
    "bill.invoice_currency": (
        "{path} is in {found}, the bill in {expected}",
        "{path} 的币种为 {found}，凭证为 {expected}",
    ),
    "bill.invoice_sum": (
        "the invoices add up to {found} {currency}, the bill is {expected}; take a part with --invoice FILE=AMOUNT",
        "发票合计 {found} {currency}，凭证金额为 {expected}；可用 --invoice FILE=AMOUNT 取其一部分",
    ),
    "bill.invoice_over": ("{amount} is more than the invoice's total {total}", "{amount} 超过发票总额 {total}"),
    "bill.invoice_key": (
        "this home does not have the consortium's invoice key (network.json), so invoices cannot be fingerprinted",
        "本目录没有联盟发票密钥（network.json），无法计算发票指纹",
    ),
    "bill.no_amount": ("give --amount or --invoice", "请给出 --amount 或 --invoice"),
    "bill.due_needed": ("give --due as YYYY-MM-DD or +120d", "请给出 --due：YYYY-MM-DD 或 +120d"),
    "bill.opt_far_due": (
        "A due date more than ten years away is meant",
        "到期日确在十年之后",
    ),
    "bill.far_due": (
        "{date} is {days} days away, more than ten years; where it is meant, add --far-due",
        "距到期日 {date} 还有 {days} 天，超过十年；确认无误的，请加 --far-due",
    ),
    "bill.far_due_again": (
        "{date} is {days} days away, more than ten years. Type the date again if it is meant",
        "距到期日 {date} 还有 {days} 天，超过十年。确认无误请再输入一次该日期",
    ),
    "bill.far_due_other": (
        "{date} was not typed again; nothing was written",
        "未再次输入 {date}；未写入任何内容",
    ),
    "bill.no_due": (
        "give --due: the invoice has no due date after its issue date",
        "请给出 --due：发票没有晚于开票日的到期日",
    ),
    "bill.several_due": (
        "the invoices name several due dates ({dates}): say with --due which one the bill has, or issue one bill for "
        "each part (--invoice FILE=AMOUNT --due DATE)",
        "发票载有多个到期日（{dates}）：请用 --due 指定凭证的到期日，"
        "或按各期分别开立（--invoice FILE=AMOUNT --due DATE）",
    ),
    "bill.no_creditor": (
        "the debtor issues: name the creditor with --creditor",
        "由债务人开立时，请用 --creditor 指定债权人",
    ),
    "bill.unknown_term": (
        "{name} is no term of a bill; known are {known}",
        "{name} 不是凭证约定；可用：{known}",
    ),
    "bill.term_value": (
        "{name} is {value}; write true or false",
        "{name} 的值为 {value}；请写 true 或 false",
    ),
    "bill.bad_term": ("{value}: write a term as NAME=VALUE", "{value}：约定请写成 NAME=VALUE"),
}
