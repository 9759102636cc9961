"""Invoices."""

from __future__ import annotations

TEXTS: dict[str, tuple[str, str]] = {
    "invoice.show": (
        "Show what a file says (UBL 2.1 / EN 16931, 数电票), or what the ledger holds under a fingerprint",
        "查看发票文件的内容（UBL 2.1 / EN 16931、数电票），或账本在某一指纹下的记录",
    ),
    "invoice.dispute": (
        "Say that an invoice is not right; it blocks nothing, those who finance see it for 30 days",
        "对发票提出异议；不阻止任何操作，资金方在 30 日内可见",
    ),
    "invoice.red_letter": (
        "Ask the other side to lower an invoice behind a bill by a red-letter note (debtor or creditor)",
        "征询对方同意以红字发票调低凭证所依据的发票（债务人或债权人）",
    ),
    "invoice.opt_red": (
        "The red-letter note: its file (数电票), or its fingerprint",
        "红字发票的文件（数电票）或其指纹",
    ),
    "invoice.opt_red_invoice": (
        "Which invoice behind the bill; may be left out for a bill of one invoice",
        "凭证所依据的哪张发票；仅一张发票的可省略",
    ),
    "invoice.opt_red_total": (
        "The total that is left; default: what the file takes off the total on the ledger",
        "冲减后的总额；默认为账本总额减去文件所载的冲减额",
    ),
    "invoice.opt_attested_by": (
        "Your sponsor bank, which attests the note in the place of the other side",
        "本方推荐行，由其代替对方确认红字发票",
    ),
    "invoice.red_total_wanted": (
        "give --total: how much the note takes off is known only from its file, and from a bill that can be read",
        "请给出 --total：只有给出红字发票文件、且能读取凭证时，才能算出冲减后的总额",
    ),
    "invoice.red_offline": (
        "{path}: whose invoice it is is read from a node: leave --offline out, or give the fingerprint of the note",
        "{path}：销售方须向节点读取：请不要用 --offline，或给出红字发票的指纹",
    ),
    "invoice.not_red": (
        "{path} is no red-letter note (数电票 with a total below zero); of others give the fingerprint and --total",
        "{path} 不是红字发票（价税合计为负的数电票）；其他格式请给出指纹与 --total",
    ),
    "invoice.which_behind": (
        "the bill stands on {count} invoices: say with --invoice FINGERPRINT which one: {ids}",
        "该凭证依据 {count} 张发票：请用 --invoice 指纹 指明是哪一张：{ids}",
    ),
    "invoice.none_behind_bill": (
        "no invoice stands behind {bill}, so there is none to lower",
        "{bill} 未载明发票，没有可调低的发票",
    ),
    "invoice.red_above_total": (
        "the note takes off {off}, more than the invoice comes to now ({total})",
        "红字发票冲减 {off}，超过发票现总额 {total}",
    ),
    "invoice.not_behind_bill": (
        "{value} fits none of the invoices behind the bill, or several: {ids}",
        "{value} 与凭证所依据的发票均不符，或不唯一：{ids}",
    ),
    "invoice.opt_seller": ("The party that sold", "销售方"),
    "invoice.opt_document": (
        "The paper that says why; its SHA-256 goes to the ledger, the paper stays with you",
        "说明理由的文件；账本仅存其 SHA-256 摘要，文件由本方保存",
    ),
    "invoice.bad_fingerprint": (
        "{value} is no fingerprint (64 hexadecimal digits): chainbill invoice show FILE --creditor PARTY says it",
        "{value} 不是发票指纹（64 位十六进制）：可用 chainbill invoice show FILE --creditor PARTY 得到",
    ),
    "invoice.opt_creditor": (
        "Show the fingerprint too, for this registered seller",
        "同时显示指纹（按该已登记的销售方计算）",
    ),
    "invoice.too_deep": (
        "{path} is nested deeper than {depth} or has more than {count} elements",
        "{path} 嵌套超过 {depth} 层，或元素多于 {count} 个",
    ),
    "invoice.hostile": (
        "{path} declares a document type or entities, which no invoice needs; it is not read",
        "{path} 含有文档类型或实体声明，发票不需要这些内容，拒绝读取",
    ),
    "invoice.broken": ("{path} is not readable XML: {why}", "{path} 不是可读的 XML：{why}"),
    "invoice.not_xml": ("{path} is not an XML file", "{path} 不是 XML 文件"),
    "invoice.other_format": (
        "{path} is a {found} file; give the XML of the invoice",
        "{path} 是 {found} 文件，请提供发票的 XML 文件",
    ),
    "invoice.not_an_invoice": (
        "{path} is no invoice that is understood here: its root is {found}, not UBL 2.1 Invoice or EInvoice (数电票)",
        "{path} 不是可识别的发票：根元素为 {found}；支持 UBL 2.1 Invoice 与数电票 EInvoice",
    ),
    "invoice.cii": (
        "{path} is a UN/CEFACT CII invoice; give its UBL form",
        "{path} 是 UN/CEFACT CII 格式发票，请提供 UBL 格式",
    ),
    "invoice.credit_note": ("{path} is a credit note, which is no claim", "{path} 是贷项通知单，不构成应收账款"),
    "invoice.assigned": (
        "{path} is a factored invoice (type {type}): a factor holds this claim already, so its seller cannot bring it",
        "{path} 是已保理转让的发票（类型 {type}）：该债权已由保理商持有，销售方不能再据以开立凭证",
    ),
    "invoice.no_claim": (
        "{path} is no claim (type {type}: a proforma invoice, or one for accounting only); wait for the invoice itself",
        "{path} 不构成应收账款（类型 {type}：形式发票或仅供记账的发票），请待正式发票开出后再用",
    ),
    "invoice.other_payee": (
        "{path}: {payee} is to be paid, not the seller {seller}: the claim is somebody else's already. If the seller "
        "is meant, let the invoice name it with the same identifier in both places",
        "{path}：收款方是 {payee}，而不是销售方 {seller}：该债权已属于他人。若确指销售方，请在发票的两处使用同一标识",
    ),
    "invoice.one_inside": (
        "{path} is a {found} with an invoice inside; save the element Invoice (or EInvoice) in a file of its own",
        "{path} 是内含发票的 {found} 文件；请把其中的 Invoice（或 EInvoice）元素另存为一个文件",
    ),
    "invoice.several_inside": (
        "{path} holds {count} invoices; save each in a file of its own",
        "{path} 内含 {count} 张发票；请分别另存为单独的文件",
    ),
    "invoice.compared": (
        "{path} stands behind the bill: number {number} of {date}, seller, buyer and total agree",
        "{path} 与凭证相符：号码 {number}，开票日 {date}，销售方、购买方与总额一致",
    ),
    "invoice.compare_demanded": (
        "the setting compare is on and the bill rests on {count} invoices: give the file of each with --invoice FILE",
        "本目录要求核对（chainbill config set compare on），而凭证依据 {count} 张发票："
        "请用 --invoice FILE 逐一给出文件",
    ),
    "invoice.compare_none": (
        "{bill} names no invoice, so there is nothing to compare with; ask its creditor, or leave --invoice out",
        "{bill} 未载明发票，无从核对；请询问债权人，或不用 --invoice",
    ),
    "invoice.compare_missing": (
        "{count} invoices of the bill were not compared: {fingerprints}; give the file of each with --invoice FILE",
        "凭证尚有 {count} 张发票未核对：{fingerprints}；请用 --invoice FILE 逐一给出文件",
    ),
    "invoice.compare_other": (
        "{path} (number {number} of {date}) is no invoice of this bill: its fingerprint is {found}, the bill rests on "
        "{expected}. Do not sign before you know which invoice that is",
        "{path}（号码 {number}，开票日 {date}）不是此凭证的发票：其指纹为 {found}，凭证依据的是 {expected}。"
        "查明是哪张发票之前请勿签名",
    ),
    "invoice.compare_total": (
        "{path} is over {found}, but the bill states {expected} as its total; let the bill be issued again",
        "{path} 的总额为 {found}，而凭证载明的总额为 {expected}；请重新开立凭证",
    ),
    "invoice.compare_offline": (
        "invoices are compared with the bill on the ledger, which needs a node: leave --offline out; or leave "
        "--invoice out and turn the demand off (chainbill config set compare off)",
        "发票须与账本上的凭证核对，需要连接节点：请不要用 --offline；"
        "或去掉 --invoice 并关闭此要求（chainbill config set compare off）",
    ),
    "invoice.only_a_name": (
        "the invoice names {trader} without an identifier that the ledger knows; the registered party is {party}. If "
        "it is that party, say so with --by-name {side} (it goes on record), or let its sponsor attest the identifier: "
        "chainbill party add-identifier {id} TYPE=VALUE",
        "发票上的 {trader} 没有账本已知的标识；登记的主体为 {party}。若确为同一主体，请用 --by-name {side} 声明"
        "（将留存记录），或请其推荐行登记标识：chainbill party add-identifier {id} TYPE=VALUE",
    ),
    "invoice.opt_by_name": (
        "Say that the seller, or the buyer, whom the invoice names without an identifier, is the registered party; the "
        "memo of the transaction keeps that",
        "声明发票上没有标识的销售方或购买方即登记的主体；交易附言留存此声明",
    ),
    "invoice.corrects_nothing": (
        "{path} is a corrected invoice (type 384 or 471) and does not say which invoice it corrects (BT-25); ask its "
        "seller for one that does",
        "{path} 是更正发票（类型 384 或 471），但未载明所更正的发票（BT-25）；请向销售方索取载明的发票",
    ),
    "invoice.corrected_offline": (
        "{path} is a corrected invoice: whether a bill stands on its original is asked of a node; leave --offline out",
        "{path} 是更正发票：须向节点查询原发票上是否已有凭证；请不要用 --offline",
    ),
    "invoice.original_taken": (
        "{path} corrects the invoice {number}, on which {bills} stands: the claim would be used twice. Let that bill "
        "be rejected, withdrawn or cancelled first; once it is accepted, the original stays used",
        "{path} 更正的是发票 {number}，其上已有凭证 {bills}：同一债权不得使用两次。"
        "请先拒绝、撤回或取消该凭证；凭证一经签收，原发票即已用尽",
    ),
    "invoice.field_number": ("the invoice number", "发票号码"),
    "invoice.field_date": ("the issue date", "开票日期"),
    "invoice.field_due_date": ("the due date", "到期日"),
    "invoice.field_preceding_date": ("the date of the invoice before", "原发票开票日期"),
    "invoice.field_currency": ("the currency", "币种"),
    "invoice.field_payable": ("the amount to be paid", "待付金额"),
    "invoice.field_total": ("the total with tax", "价税合计"),
    "invoice.field_net": ("the amount without tax", "不含税金额"),
    "invoice.field_tax": ("the tax", "税额"),
    "invoice.field_seller": ("the seller's name", "销售方名称"),
    "invoice.field_buyer": ("the buyer's name", "购买方名称"),
    "invoice.field_seller_id": ("the seller's tax id", "销售方税号"),
    "invoice.field_buyer_id": ("the buyer's tax id", "购买方税号"),
    "invoice.red_said": (
        "{red}: total {new_total} since {day}, {left} can still be named by dilutions",
        "{red}：自 {day} 起总额为 {new_total}，尚可被扣减引用 {left}",
    ),
    "invoice.red_for": (
        "a red-letter note is no claim: chainbill invoice red-letter BILL --red FILE lowers an invoice by it",
        "红字发票不构成应收账款：调低发票请用 chainbill invoice red-letter BILL --red FILE",
    ),
    "invoice.red": ("{path} is a red-letter invoice, which is no claim", "{path} 是红字发票，不构成应收账款"),
    "invoice.missing": ("{path}: {field} is missing", "{path}：缺少{field}"),
    "invoice.said_twice": (
        "{path}: {field} stands there more than once, and readers may take one or the other",
        "{path}：{field} 出现多次，不同的读取方可能取其中不同的一处",
    ),
    "invoice.parts_inside": (
        "{path}: {field} holds further elements where a text belongs",
        "{path}：{field} 应为文字，其中却含有其他元素",
    ),
    "invoice.long_text": (
        "{path}: {field} is longer than {most} characters",
        "{path}：{field} 超过 {most} 个字符",
    ),
    "invoice.bad_date": ("{path}: {field} is {value}, which is not a date", "{path}：{field} 的值 {value} 不是日期"),
    "invoice.bad_amount": (
        "{path}: {field} is {value}, which is not an amount in {currency}",
        "{path}：{field} 的值 {value} 不是有效的 {currency} 金额",
    ),
    "invoice.negative": (
        "{path}: {field} is {value}, below zero: a credit, no claim",
        "{path}：{field} 的值 {value} 为负，不构成应收账款",
    ),
    "invoice.nothing_payable": (
        "{path}: {field} is zero: nothing is left to pay",
        "{path}：{field} 为零，没有待付金额",
    ),
    "invoice.two_currencies": (
        "{path}: {field} is in {found}, the invoice in {expected}",
        "{path}：{field} 的币种 {found} 与发票币种 {expected} 不一致",
    ),
    "invoice.cn_number": (
        "{path}: {field} is {value}, which does not have 20 digits",
        "{path}：{field} 的值 {value} 不是 20 位数字",
    ),
    "invoice.cn_tax_id": (
        "{path}: {field} is longer than {limit} characters, which no tax id is",
        "{path}：{field} 超过 {limit} 个字符，不可能是税号",
    ),
    "invoice.cn_sum": (
        "{path}: {parts} make {found}, {field} is {total}",
        "{path}：{parts} 合计 {found}，与{field} {total} 不符",
    ),
    "invoice.not_the_creditor": (
        "the invoice's seller is {trader}, but the bill's creditor is {party}. If it is that party, let its sponsor "
        "attest the missing identifier: chainbill party add-identifier {id} TYPE=VALUE",
        "发票销售方为 {trader}，而凭证债权人为 {party}。若确为同一主体，请其推荐行登记所缺标识："
        "chainbill party add-identifier {id} TYPE=VALUE",
    ),
    "invoice.not_the_debtor": (
        "the invoice's buyer is {trader}, but the bill's debtor is {party}. If it is that party, let its sponsor "
        "attest the missing identifier: chainbill party add-identifier {id} TYPE=VALUE",
        "发票购买方为 {trader}，而凭证债务人为 {party}。若确为同一主体，请其推荐行登记所缺标识："
        "chainbill party add-identifier {id} TYPE=VALUE",
    ),
    "invoice.examine": (
        "Record that your bank looked into struck or over-occupied invoices behind a bill",
        "登记本行对凭证所依据的、被剔除或超额占用发票的审查",
    ),
    "invoice.opt_finding": ("What it found; the ledger keeps its digest", "审查记录，账本只存摘要"),
}
