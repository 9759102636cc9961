"""Settlement (兑付): the debtor's paying bank reports money, tokens end, and each payee is owed its exact amount.

The ledger holds receipts of banks, not money. A receipt is known by (bank, reference): the same content again answers
the first result, other content is refused. Each payee's payment has its own life, so that one returned payment (退汇)
disturbs nobody else. No lock and no status ever stops a settlement.

The field's word: idempotency key.
"""

from chainbill.vm.prelude import *
from chainbill_contracts.general import (
    BILL_OVERDUE,
    BILL_PAYABLE,
    FREEZE_STANDING,
    GUARANTEE_STANDING,
    PAYMENT_STEPS,
    PLEDGE_RETURNING,
    REQUEST_PAID,
    SETTLEMENT_RECEIPT_STEPS,
    TOKEN_USABLE,
    counted,
    may_lead,
    paying_bank_of,
    replaced_by,
    require_able,
    require_amount,
    require_capability,
    require_date,
    require_maker_and_checker,
    require_new_reference,
    require_not_stopped,
    require_policy,
    require_reference,
    require_text,
    successor_of,
)

receipts = own_table("receipt")  # [bank, reference] -> receipt row
payments = own_table("payment")  # [bill, token] -> payment row
held = own_table("held")  # [freeze, bill, token] -> {}: the money that is set aside under a freeze
steps = own_table("step")  # bill -> how far a settlement, or a reversal, that takes several steps has come
newest = own_table("newest")  # bill -> {"bank", "reference", "count"}: its newest standing receipt, how many stand
paid = own_table("paid")  # [bank, reference] -> {"count"} of the payments of that receipt that are paid
agenda = own_table("agenda")
bills = read_table("bill", "bill")
parties = read_table("party", "party")
accounts = read_table("account", "account")
standings = read_table("standing", "standing")
requests_read = read_table("finance", "request")
quotes_read = read_table("finance", "quote")
claimed = read_table("finance", "claimed")
tokens_read = read_table("token", "token")
ranges = read_table("core", "range")
pledges = read_table("pledge", "pledge")
freezes_read = read_table("legal", "freeze")
written_off = read_table("write_off", "written")
guarantees = read_table("guarantee", "guarantee")
prepayments = read_table("prepayment", "prepayment")

DAYS_OF_COURT = 1827  # after five years a court's money that its bank has not reported is an alert
MOST_DAYS_RETURNED = 30  # a payment that came back is set aside after so many
MOST_RECEIPTS = 100  # that stand for one bill: each partial one leaves a piece of every token
MOST_GUARANTEED = 100  # tokens of one payment of a guarantor
MOST_LEAVES_BACK = 1500  # that one step of a reversal looks at
WORK_OF_CANCELLING = 10  # leaves that are looked at: a token, its piece, its pledge and its financing are written


# --- acts -------------------------------------------------------------------------------------------------------------
@call
def settle(bill, amount, reference, value_date, partial):
    """Record the debtor's money as its paying bank (兑付), from acceptance of the bill on.

    amount: minor units; less than what is outstanding only with partial = True, and is then shared out over all live
    tokens in proportion. value_date: date on which the money arrived. A bill of very many tokens is settled, or paid in
    part, in several steps: while "complete" is False the bank goes on with `proceed`.
    """
    require_reference(reference)
    require_text(bill)
    require_amount(amount)
    require_date(value_date)
    require(kind_of(partial) == "bool", "partial_not_said")
    content = digest(["settlement", bill, amount, value_date, partial])
    known = known_result(bill, reference, content)
    if known is not None:
        return known
    row = bills.get(bill)
    require(row is not None, "bill_unknown")
    require(paying_bank_of(row) == ctx.party, "not_the_paying_bank")
    require_capability("maker")
    require(row["status"] in BILL_PAYABLE, "bill_not_payable", {"status": row["status"]})
    require(not steps.has(bill), "settlement_under_way", {"bill": bill})
    require(row["accepted_on"] <= value_date, "value_date_before_acceptance", {"accepted_on": row["accepted_on"]})
    require(value_date <= ctx.today, "value_date_in_future", {"today": ctx.today})
    outstanding = row["face"] - row["settled"] - row["diluted"] - row["void"]
    money = row["currency"]
    require(amount <= outstanding, "amount_exceeds_outstanding", {"outstanding": outstanding, "currency": money})
    whole = partial or amount == outstanding
    require(whole, "amount_below_outstanding", {"outstanding": outstanding, "currency": money})
    last = newest.get(bill)
    few = amount == outstanding or last is None or last["count"] < MOST_RECEIPTS
    require(few, "too_many_receipts", {"most": MOST_RECEIPTS})
    require_policy(parties.get(ctx.party), "settlement.settle", row["currency"], amount)

    result = take_step(row, {
        "bank": ctx.party,
        "reference": reference,
        "value_date": value_date,
        "amount": amount,
        "outstanding": outstanding,
        "next": 0,
        "seen": 0,
    })  # fmt: skip
    keep_receipt(reference, content, bill, amount, value_date, "settlement", result)
    newest.put(bill, {"bank": ctx.party, "reference": reference, "count": 1 if last is None else last["count"] + 1})
    emit("received", {"bill": bill, "bank": ctx.party, "amount": amount, "value_date": value_date})
    tell_of_money(row, amount, reference, value_date)
    return result


@call
def settle_prepaid(token, reference, value_date):
    """Record as its paying bank that the debtor has paid a token early at the price agreed on (买方提前付款).

    value_date: of the money, from the day of agreement to pay_by; recorded up to the business day after that. The
    token settles whole; its holder is owed the price, and what it forgoes is kept. Such a receipt is not reversed.
    """
    require_text(token)
    require_reference(reference)
    require_date(value_date)
    content = digest(["prepaid", token, value_date])
    prepayment = prepayments.get(token)
    bill = "" if prepayment is None else prepayment["bill"]
    known = known_result(bill, reference, content)
    if known is not None:
        return known
    require(prepayment is not None, "prepayment_unknown")
    row = bills.get(bill)
    require(paying_bank_of(row) == ctx.party, "not_the_paying_bank")
    require_capability("maker")
    invoke("prepayment", "require_agreed", token)
    require(not steps.has(bill), "settlement_under_way", {"bill": bill})
    require(value_date <= ctx.today, "value_date_in_future", {"today": ctx.today})
    agreed_on = prepayment["agreed_on"]
    require(agreed_on <= value_date, "value_date_before_agreement", {"agreed_on": agreed_on})
    require(value_date <= prepayment["pay_by"], "value_date_after_pay_by", {"pay_by": prepayment["pay_by"]})
    require(ctx.today <= prepayment["until"], "prepayment_lapsed", {"until": prepayment["until"]})
    price = prepayment["price"]
    require_policy(parties.get(ctx.party), "settlement.settle_prepaid", row["currency"], price)

    done = invoke("token", "settle_one", token)
    owed = owe_payees(row, done, {"bank": ctx.party, "reference": reference, "kind": "prepaid"})
    entry = owed["payments"][0]
    entry["amount"] = price
    payment = payments.get([bill, token])
    payment["amount"] = price
    payments.put([bill, token], payment)
    left = invoke("bill", "record_payment", bill, owed["amount"], value_date)
    invoke("prepayment", "prepaid", token, ctx.party, reference, value_date)
    result = {"payment": entry, "forgone": prepayment["forgone"], "outstanding": left, "repeated": False}
    keep_receipt(reference, content, bill, price, value_date, "prepaid", result)
    emit("prepaid", {
        "bill": bill, "token": token, "bank": ctx.party, "holder": prepayment["holder"],
        "debtor": prepayment["debtor"], "amount": owed["amount"], "price": price, "value_date": value_date,
    })  # fmt: skip
    tell_of_money(row, price, reference, value_date)
    return result


@call
def pay_guarantee(bill, guarantor, tokens, reference, value_date):
    """Record as the bank of its account that a guarantor has paid whole tokens of an overdue bill in full (CC 700).

    tokens: 1 to 100 ids, whole, so that it never stands beside a creditor who is paid in part (SI 23). Whoever the
    payee rule names is owed the money; pledges and freezes follow that, and the guarantor has the tokens free. Nothing
    is settled: the debtor owes the guarantor now. value_date: on which the money came, behind the day of payment. Such
    a receipt is not reversed.
    """
    require_reference(reference)
    require_text(bill)
    require_text(guarantor)
    require_date(value_date)
    require(kind_of(tokens) == "list" and 1 <= len(tokens) <= MOST_GUARANTEED, "too_many_tokens")
    for token in tokens:
        require_text(token)
    content = digest(["guarantee", bill, guarantor, tokens, value_date])
    known = known_result(bill, reference, content)
    if known is not None:
        return known
    row = bills.get(bill)
    require(row is not None, "bill_unknown")
    guarantee = guarantees.get([guarantor, bill])
    require(guarantee is not None, "guarantee_unknown")
    found = []
    for token in tokens:
        one = tokens_read.get(token)
        require(one is not None and one["bill"] == bill, "token_unknown")
        found += [one]
    account = accounts.get([guarantor, row["currency"]])
    require(account is not None and account["bank"] == ctx.party, "not_the_guarantors_bank", {"id": guarantor})
    bank = require_not_stopped(ctx.party)
    require_capability("maker")
    require(guarantee["status"] in GUARANTEE_STANDING, "guarantee_transition", {"status": guarantee["status"]})
    require(row["status"] in BILL_OVERDUE, "bill_not_overdue", {"status": row["status"]})
    require(not steps.has(bill), "settlement_under_way", {"bill": bill})
    places = []
    for one in found:
        require(one["status"] in TOKEN_USABLE, "token_already_used", {"status": one["status"]})
        places += [[one["lo"], one["id"]]]
    invoke("guarantee", "require_all_payable", tokens, guarantor)
    by_lo = []  # tokens are paid by their cents, whatever order they are named in
    for place in sorted(places):
        require(place[1] not in by_lo, "token_named_twice")
        by_lo += [place[1]]
    last = invoke("calendar", "business_days_after", row["pay_on"], 1)  # what came on it may still be recorded
    require(ctx.today > last, "bill_overdue_too_short", {"until": last})
    require(value_date <= ctx.today, "value_date_in_future", {"today": ctx.today})
    require(value_date > row["pay_on"], "value_date_before_overdue", {"pay_on": row["pay_on"]})
    amount = 0
    for one in found:
        amount += one["hi"] - one["lo"]
    require_policy(bank, "settlement.pay_guarantee", row["currency"], amount)

    done = invoke("token", "pay_for_debtor", by_lo, guarantor)
    step = {"bank": ctx.party, "reference": reference, "kind": "guarantee"}
    result = {"payments": owe_payees(row, done, step)["payments"], "tokens": [], "repeated": False}
    for one in done["paid"]:
        result["tokens"] += [one["taken"]]
    tell_pledges(done)
    invoke("guarantee", "guarantor_paid", bill, guarantor, amount)
    keep_receipt(reference, content, bill, amount, value_date, "guarantee", result)
    emit("guarantee_paid", {
        "bill": bill, "guarantor": guarantor, "bank": ctx.party, "amount": amount, "tokens": result["tokens"],
    })  # fmt: skip
    return result


@call
def proceed(bill):
    """Go on with a settlement, or a reversal, of several steps: the bank that reported the money, or who pays now.

    The payments are those of the bank that reported the money, whoever goes on: its receipt is its promise to pay them.
    """
    row = bills.get(bill)
    require(row is not None, "bill_unknown")
    step = steps.get(bill)
    began = step is not None and step["bank"] == ctx.party
    require(began or paying_bank_of(row) == ctx.party, "not_the_paying_bank")
    require_capability("maker")
    require(step is not None, "nothing_to_proceed")
    steps.delete(bill)
    if "reversal" in step:
        return step_back(row, step)
    return take_step(row, step)


@call
def reverse(reference, reason):
    """Take a receipt of the debtor's money back that should not be there (冲正), as the bank that recorded it: by two.

    It is the bill's newest that stands, none of its payments is paid, and it was recorded today or on the business day
    before. Its cents live again, as they were held and pledged; its payments are cancelled; its reference stays used.
    What had ended with the money, such as an offer, stays ended. Very many tokens come back in several steps: while
    "complete" is False the bank goes on with `proceed`. Always open.
    """
    require_reference(reference)
    require_text(reason)
    receipt = receipts.get([ctx.party, reference])
    kinds = ("settlement", "guarantee", "prepaid")
    found = receipt is not None and receipt["kind"] in kinds and "status" in receipt
    require(found, "receipt_unknown", {"reference": reference})
    require_maker_and_checker()
    bill = receipt["bill"]
    may = may_lead(SETTLEMENT_RECEIPT_STEPS, "settlement.reverse", receipt, "reversed")
    require(may, "receipt_transition", {"from": receipt["status"], "to": "reversed"})
    require(receipt["kind"] == "settlement", "reversal_too_late", {"until": receipt["value_date"]})
    last = newest.get(bill)
    is_newest = last["bank"] == ctx.party and last["reference"] == reference
    require(is_newest, "reversal_not_newest", {"bill": bill})
    gone = paid.has([ctx.party, reference]) or claimed.has([ctx.party, reference])
    require(not gone, "payment_already_paid", {"bill": bill})
    require(not steps.has(bill), "settlement_under_way", {"bill": bill})
    until = last_day_of_reversal(receipt)
    require(ctx.today <= until, "reversal_too_late", {"until": until})
    require(receipt["transaction"] != ctx.transaction, "settle_in_its_own_transaction")

    receipt["status"] = "reversed"
    receipt["reversed_on"] = ctx.today
    receipt["reason"] = reason
    receipt["reversal"] = {"height": ctx.height, "transaction": ctx.transaction}
    receipts.put([ctx.party, reference], receipt)
    if last["count"] == 1:
        newest.delete(bill)
    else:
        before = receipt["before"]
        newest.put(bill, {"bank": before["bank"], "reference": before["reference"], "count": last["count"] - 1})
    emit("reversed", {"bill": bill, "bank": ctx.party, "reference": reference, "amount": receipt["amount"]})
    return step_back(bills.get(bill), {
        "bank": ctx.party,
        "reference": reference,
        "value_date": receipt["value_date"],
        "reversal": True,
        "next": 0,
    })  # fmt: skip


@call
def pay_result(bill, token, status, reference):
    """Report what became of one payee's payment: paid, returned (退汇), instructed once more, or set aside (留存).

    A payment stays with the bank that instructed it; that bank or its successor (承继行) reports. Banks learn late:
    what was paid may come back. It is set aside once its payee is closed, or 30 days after it came back; and instead of
    instructed where it falls to a holder whose cents were frozen.
    """
    require_reference(reference)
    require_text(bill)
    require_text(token)
    require_text(status)
    content = digest(["payment", bill, token, status])
    known = known_result(bill, reference, content)
    if known is not None:
        return known
    row = payments.get([bill, token])
    require(row is not None and ctx.party in (row["bank"], successor_of(row["bank"])), "not_the_instructing_bank")
    require_capability("maker")
    require_payment_step(row, "settlement.pay_result", status)
    turn_if_over(row)
    require_not_awaited(row)
    require_not_frozen(row)
    by_order = account_by_order(row)
    if row["status"] == "set_aside":  # a court's account is paid as it is, and nobody else is
        then = "paid" if by_order else "instructed"
        require(status == then, "payment_transition", {"from": row["status"], "to": status})
    require_receipt_stands(row)
    if status == "set_aside":
        since = waits_since(row)
        closed = parties.get(row["party"])["status"] == "closed"
        late = ctx.today > add_days(since, MOST_DAYS_RETURNED)
        require(closed or late, "set_aside_too_early", {"until": add_days(since, MOST_DAYS_RETURNED)})
    if status == "instructed" and by_order:
        account = row["account"]
        payee = row["party"]
    elif status == "instructed":
        short = short_of(row)
        payee = tokens_read.get(token)["holder"] if short == 0 else row["party"]
        account = account_of(payee, row["currency"])
        waits = waits_for_administrator(payee, account)
        require(not waits, "administrator_account_missing", {"id": payee})
        facts = {"amount": row["amount"], "short": short, "currency": row["currency"]}
        require(short == 0 or short >= row["amount"], "payment_above_secured", facts)
    require_policy(parties.get(ctx.party), "settlement.pay_result", row["currency"], row["amount"])
    row["last_reference"] = reference
    if status == "instructed":
        row["account"] = account
        if payee != row["party"]:
            turn_to_holder(row, payee)
            if len(row["freezes"]) > 0:
                status = "set_aside"
    bring(row, status)
    result = {"bill": bill, "token": token, "status": status, "repeated": False}
    keep_receipt(reference, content, bill, row["amount"], ctx.today, "payment", result)
    return result


@call
def acknowledge(bill, token):
    """Say as its payee that a payment has arrived (收妥确认), which its bank does not report: maker and checker.

    Whatever the bank said last: one that never reports, or said "returned" and then nothing, would else keep payee and
    itself from being closed. It is a receipt, so no report follows it. No reference of a bank is used.
    """
    row = payments.get([bill, token])
    require(row is not None and row["party"] == ctx.party, "not_the_payee")
    require_able(ctx.party)
    require_maker_and_checker()
    require_payment_step(row, "settlement.acknowledge", "paid")
    require_not_awaited(row)
    require_not_frozen(row)
    require(not account_by_order(row), "not_the_payee")
    require_receipt_stands(row)
    row["acknowledged"] = {"height": ctx.height, "transaction": ctx.transaction}
    bring(row, "paid")
    return {"bill": bill, "token": token, "status": "paid"}


@each_day("agenda")
def on_day(date, item, row):
    """Set a payment aside that came back and was not instructed again for 30 days; warn of one that no court got.

    One that waited for an agreed financing is owed to whom it is, once that is over.
    """
    payment = payments.get([row["bill"], row["token"]])
    if item[0] == "court":
        if payment["status"] != "paid":
            place = {"bill": row["bill"], "token": row["token"], "party": payment["party"], "bank": payment["bank"]}
            place["since"] = add_days(date, -DAYS_OF_COURT)
            emit("payment_waits", place)
        return
    if awaited_by(payment) != "":
        turn_or_wait(payment)
        return
    if payment["status"] == "returned" and ctx.today > add_days(waits_since(payment), MOST_DAYS_RETURNED):
        bring(payment, "set_aside")
        place = {"bill": row["bill"], "token": row["token"], "party": payment["party"], "bank": payment["bank"]}
        place["since"] = payment["waits_since"]
        emit("payment_waits", place)


# --- what courts decide ---------------------------------------------------------------------------------------------
@internal("legal")
def keep_freezes(bill, token, freezes):
    """Let these freezes stand on money in the place of those it was set aside under; without any it is instructed.

    freezes: [{"freeze", "since", "until"}] in their order.
    """
    row = payments.get([bill, token])
    file_under(row, freezes)
    if len(freezes) > 0 or awaited_by(row) != "":
        payments.put([bill, token], row)
        return
    row["account"] = account_of(row["party"], row["currency"])
    instruct(row)


@internal("legal")
def give_by_order(bill, token, party, account, order):
    """Owe money that is set aside to whom a court decides, free of freezes: a registered party, or an account.

    party: of the ledger, and then the money is instructed to its account; "": whoever has the account with this hash,
    then it is the court's (执行款专户), and the bank reports it as paid. The holder is owed nothing any more and may be
    closed; until the report the bank owes it, as it were to itself.
    """
    row = payments.get([bill, token])
    require_receipt_stands(row)
    require_not_awaited(row)
    file_under(row, [])
    count_as_paid(row, 1)  # nobody but the court takes it back
    row["order"] = order
    if party == "":
        row["kind"] = "court"
        row["account"] = account
        row["party"] = row["bank"]
        row["changed_on"] = ctx.today
        payments.put([bill, token], row)
        agenda.put([add_days(ctx.today, DAYS_OF_COURT), "court", bill, token], {"bill": bill, "token": token})
        return
    emit("payment_turned", {"bill": bill, "token": token, "from": row["party"], "to": party})
    row["kind"] = "order"
    row["party"] = party
    row["account"] = account_of(party, row["currency"])
    instruct(row)


def turn_or_wait(row):
    """Instruct money that waited for an agreed financing once that is over; else look at it again tomorrow.

    Where the holder has it, freezes that stand on it go on. row: the payment's.
    """
    turn_if_over(row)
    if awaited_by(row) != "":
        wait_for_financing(row)
    elif len(row["freezes"]) > 0:
        payments.put([row["bill"], row["token"]], row)
    else:
        row["account"] = account_of(row["party"], row["currency"])
        instruct(row)


def turn_if_over(row):
    """Owe money that waited for an agreed financing that is over to its bank, or to the holder. row: the payment's.

    To the bank where its own money is of an earlier day than that on which the cents were paid, free of freezes: they
    were its own by then. To the holder where it is of a later day, or never came. It is not stored here.
    """
    asked = requests_read.get(awaited_by(row))
    if asked is None or asked["status"] == "agreed":
        return
    agreed = quotes_read.get(asked["agreed_quote"])
    row["request"] = ""
    if asked["status"] in REQUEST_PAID and agreed["value_date"] < row["changed_on"]:
        place = {"bill": row["bill"], "token": row["token"], "from": row["party"], "to": agreed["bank"]}
        emit("payment_turned", place)
        file_under(row, [])
        row["party"] = agreed["bank"]
        row["kind"] = "financing"


def wait_for_financing(row):
    """Have a payment looked at tomorrow that waits for an agreed financing. row: the payment's."""
    item = [add_days(ctx.today, 1), "financing", row["bill"], row["token"]]
    agenda.put(item, {"bill": row["bill"], "token": row["token"]})


def instruct(row):
    """Instruct money that was set aside, or let it wait for an administrator's account. row: the payment's."""
    if waits_for_administrator(row["party"], row["account"]):
        row["account"] = ""
        payments.put([row["bill"], row["token"]], row)
    else:
        bring(row, "instructed")


def file_under(row, freezes):
    """File money under the freezes that it is set aside under, for whoever asks what a freeze is on. row: its payment.

    It is not stored here.
    """
    place = [row["bill"], row["token"]]
    for entry in freezes_of(row):
        held.delete([entry["freeze"]] + place)
    for entry in freezes:
        held.put([entry["freeze"]] + place, {})
    row["freezes"] = freezes


def freezes_of(row):
    """The freezes that a payment is set aside under, in their order. row: the payment's."""
    return row["freezes"] if "freezes" in row else []


def account_by_order(row):
    """Say whether a payment goes to an account that a court named. row: the payment's."""
    return row["kind"] == "court" if "kind" in row else False


def awaited_by(row):
    """The request whose agreed financing a payment waits for, "" if none. row: the payment's."""
    return row["request"] if "request" in row else ""


def require_not_awaited(row):
    """A payment does not wait for the money of an agreed financing. row: the payment's."""
    request = awaited_by(row)
    until = requests_read.get(request)["until"] if request != "" else ""
    require(request == "", "payment_awaits_financing", {"until": until})


def require_not_frozen(row):
    """No freeze stands on a payment. row: the payment's."""
    freezes = freezes_of(row)
    require(len(freezes) == 0, "payment_frozen", {"freeze": freezes[0]["freeze"] if len(freezes) > 0 else ""})


# --- payments ---------------------------------------------------------------------------------------------------------
def bring(row, status):
    """Bring a payment to another status, and tell the pledge that it belongs to. row: the payment's."""
    if pledge_behind(row) != "":
        change = change_for_pledge(row, status)
        invoke("pledge", "payment_changed", row["pledge"], change["received"], change["unpaid"])
    count_paid(row, status)
    put_status(row, status)


def put_status(row, status):
    """Keep a payment under another status, and its place on the agenda. row: the payment's."""
    was = row["status"]
    since = waits_since(row)
    if was == "returned":
        agenda.delete([day_of_setting_aside(since), "returned", row["bill"], row["token"]])
    if status == "returned":
        since = ctx.today
        item = [day_of_setting_aside(since), "returned", row["bill"], row["token"]]
        agenda.put(item, {"bill": row["bill"], "token": row["token"]})
    row["waits_since"] = since if status in ("returned", "set_aside") else ""
    row["status"] = status
    row["changed_on"] = ctx.today
    payments.put([row["bill"], row["token"]], row)
    emit("payment_changed", {"bill": row["bill"], "token": row["token"], "party": row["party"], "status": status})


def waits_since(row):
    """The day on which a payment came back that was not instructed again since; "" of others. row: the payment's."""
    if "waits_since" in row:
        return row["waits_since"]
    return row["changed_on"] if row["status"] == "returned" else ""


def day_of_setting_aside(since):
    """The day after the last one on which a payment waits that came back: of 2027-03-01, 04-01."""
    return add_days(since, MOST_DAYS_RETURNED + 1)


def pledge_behind(row):
    """The pledge whose pledgee this payment is for, "" if none. row: the payment's."""
    return row["pledge"] if "pledge" in row else ""


def count_paid(row, status):
    """Keep count of the payments of a receipt that are paid: with one of them it is not reversed. row: a payment's."""
    change = (1 if status == "paid" else 0) - (1 if row["status"] == "paid" else 0)
    if change != 0:
        count_as_paid(row, change)


def count_as_paid(row, change):
    """Count payments of a receipt that bar its reversal: what is paid, and what a court gave. row: a payment's."""
    receipt = [row["bank"], row["reference"]]
    count = counted(paid.get(receipt), change)
    if count > 0:
        paid.put(receipt, {"count": count})
    else:
        paid.delete(receipt)


def change_for_pledge(row, status):
    """What a payment's new status changes for its pledge: {"received", "unpaid"}. row: the payment's, as it is.

    Received is not what came back, until it is instructed again, nor what is cancelled.
    """
    counted_before = waits_since(row) == ""
    counts = status in ("instructed", "paid") or (status == "set_aside" and counted_before)
    received = 0
    if counts and not counted_before:
        received = row["amount"]
    if counted_before and not counts:
        received = -row["amount"]
    unpaid = (0 if status in ("paid", "cancelled") else 1) - (0 if row["status"] == "paid" else 1)
    return {"received": received, "unpaid": unpaid}


def short_of(row):
    """What the payee of a payment may still get of it: all, but of one to a pledgee that came back what it still lacks.

    Secured 250, all of it came back and 250 of later money went to the pledgee: 0, and the first 250 are the holder's.
    Where the pledgee lacks some of it, it says what it got (settlement.acknowledge), or releases the pledge as far as
    it got money; the ledger does not share one payment out. row: the payment's.
    """
    if pledge_behind(row) == "" or waits_since(row) == "":
        return row["amount"]
    terms = pledges.get(row["pledge"])
    taken = terms["owed"] if terms["status"] == "enforced" else 0
    return max(terms["secured"] - terms["received"] - taken, 0)


def turn_to_holder(row, holder):
    """A payment that came back, and that its pledgee does not need any more, is the holder's. row: the payment's."""
    emit("payment_turned", {"bill": row["bill"], "token": row["token"], "from": row["party"], "to": holder})
    freezes = freezes_again(row, holder)
    moves = [{"holder": holder, "amount": -row["amount"], "freezes": row["beside"]}] if len(freezes) > 0 else []
    invoke("pledge", "tokens_back", row["pledge"], 0, -1, [], moves)
    row["party"] = holder
    row["pledge"] = ""
    row["kind"] = "holder"
    file_under(row, freezes)
    if len(freezes) > 0:
        row["account"] = ""


def freezes_again(row, holder):
    """The freezes under which money of a pledgee is set aside when it falls to the holder: of its cents, as they stand.

    None where they have moved to other cents already, which the pledge set free: see pledge.move_freezes. The first
    runs on as it does elsewhere. row: the payment's.
    """
    found = []
    names = []
    for entry in row["beside"]:
        names += [entry["freeze"]]
    for move in pledges.get(row["pledge"])["moves"] if len(names) > 0 else []:
        gone = move["moved"] if "moved" in move else 0
        if move["holder"] == holder and move["freezes"] == names and move["amount"] > gone:
            for lock in invoke("pledge", "locks_of", names):
                found += [{"freeze": lock["ref"], "since": lock["since"], "until": lock["until"]}]
    return found


def require_payment_step(row, act, then):
    """A payment stands where this act may bring it to `then`."""
    may = may_lead(PAYMENT_STEPS, act, row, then) and row["acknowledged"]["height"] == 0
    require(may, "payment_transition", {"from": row["status"], "to": then})


def require_receipt_stands(row):
    """The receipt behind a payment is not being reversed in steps, of which one will cancel it. row: the payment's."""
    step = steps.get(row["bill"])
    going = step is not None and "reversal" in step and step["reference"] == row["reference"]
    require(not (going and step["bank"] == row["bank"]), "settlement_under_way", {"bill": row["bill"]})


# --- receipts ---------------------------------------------------------------------------------------------------------
def known_result(bill, reference, content):
    """The result that the sender's reference had before; nothing if it is new. Other content under it is refused."""
    known = receipts.get([ctx.party, reference])
    if known is None:
        known = receipt_of_predecessor(bill, reference)
    if known is None:
        require_new_reference(reference)
        return None
    require(known["digest"] == content, "reference_used_otherwise", {"reference": reference})
    result = known["result"]
    result["repeated"] = True
    if "status" in known and known["status"] == "reversed":
        result["reversed"] = True
    return result


def receipt_of_predecessor(bill, reference):
    """What a bank that the sender succeeded reported under this reference on this bill: the same money is not new.

    On another bill it is, since each bank counts its references by itself.
    """
    for bank in replaced_by(ctx.party):
        receipt = receipts.get([bank, reference])
        if receipt is not None and receipt["bill"] == bill:
            return receipt
    return None


def keep_receipt(reference, content, bill, amount, value_date, kind, result):
    """Write down what the sender reported under its reference, so that it counts once.

    content: digest of what was said. kind: "settlement", "guarantee", "prepaid" or "payment". amount: minor units.
    """
    money = kind == "settlement"
    receipts.put([ctx.party, reference], {
        "digest": content,
        "bill": bill,
        "amount": amount,
        "value_date": value_date,
        "kind": kind,
        "result": result,
        "status": "standing",
        "entered_on": ctx.today,
        "reversible_until": invoke("calendar", "business_days_after", ctx.today, 1) if money else "",
        "stood_ms": invoke("calendar", "stood_ms") if money else 0,
        "before": newest.get(bill) if money and newest.has(bill) else {},
        "reversed_on": "",
        "reason": "",
        "reversal": {"height": 0, "transaction": ""},
        "height": ctx.height,
        "transaction": ctx.transaction,
    })  # fmt: skip


def tell_of_money(bill, amount, reference, value_date):
    """Tell of a debtor's money that came although the debtor was insolvent by then, or is recorded late. bill: its row.

    amount: minor units.
    """
    debtor = parties.get(bill["debtor"])
    if debtor["status"] == "insolvent" and value_date >= debtor["insolvent_since"]:
        facts = {"bill": bill["id"], "bank": ctx.party, "debtor": bill["debtor"], "amount": amount}
        emit("paid_after_insolvency", facts)
    if ctx.today > invoke("calendar", "business_days_after", value_date, 1):
        facts = {"bill": bill["id"], "bank": ctx.party, "reference": reference, "value_date": value_date}
        emit("late_receipt", facts)


def last_day_of_reversal(receipt):
    """The last day on which a receipt may be reversed; no day counts on which the network stood still."""
    day_after = add_days(receipt["reversible_until"], 1)
    later = invoke("calendar", "after_standstill", day_after, receipt["stood_ms"])
    return add_days(later["acts_on"], -1)


# --- steps ------------------------------------------------------------------------------------------------------------
def take_step(bill, step):
    """Pay the next tokens, write down whom the bank owes what, and how far the settlement has come."""
    whole = step["outstanding"]
    share = 2 if written_off.has(bill["id"]) else 1  # a mark takes as much room as its token
    if step["amount"] == whole:
        done = invoke("token", "settle_whole", bill["id"], step["next"], share)
    else:
        done = invoke("token", "settle_part", bill["id"], step["next"], share, step["seen"], step["amount"], whole)
    owed = owe_payees(bill, done, step)
    left = invoke("bill", "record_payment", bill["id"], owed["amount"], step["value_date"])
    complete = left == 0 or done["next"] == bill["face"]  # what lies above the last live cent was paid before
    if not complete:
        step["next"] = done["next"]
        step["seen"] = done["seen"]
        steps.put(bill["id"], step)
    tell_pledges(done)  # by now a step under way is known: what a pledge frees is not joined below it
    return {"payments": owed["payments"], "outstanding": left, "complete": complete, "repeated": False}


def owe_payees(bill, done, step):
    """Write down whom the bank owes what was paid, and tell financings and write-offs: {"payments", "amount"}.

    bill: its row. done: see token.pay_all. step: who reported the money and under which reference; "kind": "guarantee"
    where it was no debtor's, "prepaid" where it was paid early.
    """
    entries = []
    ended = []
    amount = 0
    for one in done["paid"]:
        waits = "beside" in one and tell_who_waits(one, step)  # it is not where nothing stood on the token
        entry = keep_payment(bill, one, step)
        if waits:
            entry["status"] = set_aside_for(bill, one)
        entries += [entry]
        amount += one["amount"]
        ended += [one["token"]]
    if written_off.has(bill["id"]):
        invoke("write_off", "cents_paid", bill["id"], ended)
    return {"payments": entries, "amount": amount}


def tell_pledges(done):
    """Tell the pledges of tokens that were paid. done: see token.pay_all."""
    for told in done["pledges"]:
        invoke("pledge", "tokens_paid", told)


def step_back(bill, step):
    """Let the next tokens of a reversed receipt live again, cancel their payments, and keep how far it has come."""
    found = paid_from(bill, step)
    taken = []
    for row in found["payments"]:
        taken += [{"token": row["token"], "locks": locks_again(row)}]
    done = invoke("token", "take_back", taken)
    told = {}
    amount = 0
    ended = []
    for row in found["payments"]:
        amount += row["amount"]
        ended += [row["token"]]
        token = tokens_read.get(row["token"])
        if token["financing"] != "":
            invoke("finance", "bank_owed_again", token["financing"], row["amount"])
        if token["claim"] != "none":
            invoke("recourse", "cents_back", token["claim"], row["amount"])
        cancel(row, told)
    for entry in done["pledged"]:
        of_pledge(told, entry[0])["tokens"] += [entry[1]]
    invoke("write_off", "cents_back", bill["id"], ended)
    for token in done["tokens"]:
        back = tokens_read.get(token)
        for lock in back["locks"] if back["status"] in TOKEN_USABLE else []:
            if lock["kind"] == "in_finance":
                size = back["hi"] - back["lo"]
                invoke("finance", "token_back", lock["ref"], token, size, step["bank"], step["reference"])
    left = invoke("bill", "take_payment_back", bill["id"], amount, step["value_date"])
    invoke("guarantee", "demanded_late", bill["id"], receipts.get([step["bank"], step["reference"]])["entered_on"])
    step["next"] = max(found["next"], done["next"])
    complete = step["next"] == bill["face"]
    if not complete:
        steps.put(bill["id"], step)
    for pledge in sorted(told):
        one = told[pledge]
        invoke("pledge", "tokens_back", pledge, one["received"], one["unpaid"], one["tokens"], one["frozen"])
    return {"bill": bill["id"], "tokens": done["tokens"], "outstanding": left, "complete": complete}


def paid_from(bill, step):
    """The next payments of a receipt, by lo, and the cent above the last leaf that was looked at.

    bill: its row. step: of the reversal. Answers {"payments": rows with "under", "next"}.
    """
    rows = []
    work = 0
    lo = step["next"]
    for walked in range(MOST_LEAVES_BACK):
        if lo == bill["face"] or walked + work >= MOST_LEAVES_BACK:
            break
        leaf = ranges.get([bill["id"], lo])
        require(leaf is not None, "settle_in_its_own_transaction")
        status = tokens_read.get(leaf[1])["status"]
        require(status not in ("split", "moved", "reversed"), "settle_in_its_own_transaction")
        if status == "settled":
            row = payments.get([bill["id"], leaf[1]])
            if row["bank"] == step["bank"] and row["reference"] == step["reference"]:
                rows += [row]
                work += WORK_OF_CANCELLING + len(freezes_of(row)) + len(row["beside"])
        lo = leaf[0]
    return {"payments": rows, "next": lo}


def locks_again(row):
    """The locks of a token that was paid and is live again: of the pledge and the freezes that still stand.

    row: its payment's. Of an agreed financing that it waited for: all of that one's. None of a pledge that was let go,
    or enforced for all that it secured. The freezes are those that stand on the money now; of money for the pledgee
    those that stood on the token, as far as they are not over, and none where the first of them is over.
    """
    if awaited_by(row) != "" and requests_read.get(row["request"])["status"] == "agreed":
        return locks_of_agreement(row)
    locks = []
    if row["under"] != "":
        pledge = pledges.get(row["under"])
        taken = pledge["owed"] if pledge["status"] == "enforced" else 0
        if pledge["status"] in PLEDGE_RETURNING and pledge["secured"] > taken:
            since = {"since": pledge["pledged_on"], "height": pledge["accepted"]["height"], "until": ""}
            locks += [lock_of("pledged", row["under"], since)]
    frozen = []
    for entry in freezes_of(row) + row["beside"]:
        freeze = freezes_read.get(entry["freeze"])
        first_in_force = len(frozen) > 0 or entry["since"] != ""
        if freeze["status"] in FREEZE_STANDING and first_in_force:
            since = {"since": entry["since"], "height": freeze["created"]["height"], "until": entry["until"]}
            frozen += [lock_of("frozen", entry["freeze"], since)]
    return locks + frozen


def locks_of_agreement(row):
    """The locks of a token of an agreed financing: those of what is left of it, or as they were. row: a payment's."""
    asked = requests_read.get(row["request"])
    rest = tokens_read.get(asked["token"])
    if rest["status"] in TOKEN_USABLE:
        return rest["locks"]
    since = {"since": row["locked_since"], "height": asked["created"]["height"], "until": asked["until"]}
    locks = [lock_of("in_finance", asked["id"], since)]
    for one in asked["suspended_by"]:
        freeze = freezes_read.get(one["freeze"])
        first = len(locks) == 1
        since = {"since": freeze["since"] if first else "", "height": freeze["created"]["height"]}
        since["until"] = freeze["until"] if first else ""
        if freeze["status"] in FREEZE_STANDING:
            locks += [lock_of("frozen", freeze["id"], since)]
    return locks


def lock_of(kind, ref, since):
    """A lock as it was before a payment. since: {"since", "height", "until"}."""
    return {"kind": kind, "ref": ref, "since": since["since"], "height": since["height"], "until": since["until"]}


def cancel(row, told):
    """Cancel a payment whose receipt is reversed, and keep what its pledge is to hear. row: the payment's."""
    if pledge_behind(row) != "":
        change = change_for_pledge(row, "cancelled")
        told_of = of_pledge(told, row["pledge"])
        told_of["received"] += change["received"]
        told_of["unpaid"] += change["unpaid"]
        holder = tokens_read.get(row["token"])["holder"]
        told_of["frozen"] += [{"holder": holder, "amount": -row["amount"], "freezes": row["beside"]}]
    file_under(row, [])
    if awaited_by(row) != "":
        row["request"] = ""
    put_status(row, "cancelled")


def of_pledge(told, pledge):
    """What a pledge is to hear of a reversal, in `told`: {"received", "unpaid": changes, "tokens", "frozen"}."""
    if pledge not in told:
        told[pledge] = {"received": 0, "unpaid": 0, "tokens": [], "frozen": []}
    return told[pledge]


def tell_who_waits(one, step):
    """Tell of a paid token: a bank got its money back, a request or a claim is over, or less.

    Says whether the money waits for an agreed financing, whose bank may have paid before. one: see token.pay. step: of
    the settlement.
    """
    if "claim" in one:
        invoke("recourse", "cents_gone", one["claim"], one["rest"] if "rest" in one else "", one["amount"])
    if "financing" in one:
        invoke("finance", "bank_repaid", one["financing"], one["amount"])
    if "request" not in one:
        return False
    money = {"bank": step["bank"], "reference": step["reference"], "on": ctx.today, "amount": one["amount"]}
    if "rest" in one:
        return invoke("finance", "token_paid", one["request"], one["rest"], one["rest_amount"], money)
    return invoke("finance", "token_paid", one["request"], "", 0, money)


def keep_payment(bill, one, step):
    """Write down whom the bank owes the cents of a paid token; answers what the settlement says of it.

    bill: its row. one: see token.pay. step: of the settlement, who reported the money and under which reference.
    """
    account = account_of(one["party"], bill["currency"])
    status = "instructed"
    if waits_for_administrator(one["party"], account):
        account = ""
        status = "set_aside"
    row = {
        "bill": bill["id"],
        "token": one["token"],
        "party": one["party"],
        "account": account,
        "amount": one["amount"],
        "currency": bill["currency"],
        "status": status,
        "kind": "pledge" if one["pledge"] != "" else step["kind"] if "kind" in step else "holder",
        "pledge": one["pledge"],
        "under": one["under"],
        "beside": one["beside"] if one["pledge"] != "" else [],
        "order": "",
        "waits_since": "",
        "bank": step["bank"],
        "reference": step["reference"],
        "last_reference": "",
        "changed_on": ctx.today,
        "acknowledged": {"height": 0, "transaction": ""},
    }  # fmt: skip
    file_under(row, one["freezes"] if "freezes" in one else [])
    if len(row["freezes"]) > 0:  # set aside until the last of them ends (留存)
        row["status"] = "set_aside"
        row["account"] = ""
    payments.put([bill["id"], one["token"]], row)
    return {"party": one["party"], "token": one["token"], "amount": one["amount"], "status": row["status"]}


def set_aside_for(bill, one):
    """Set what was just paid aside for an agreed financing, until that has brought its money or is over: its status.

    bill: its row. one: see token.pay.
    """
    row = payments.get([bill["id"], one["token"]])
    row["status"] = "set_aside"
    row["account"] = ""
    row["request"] = one["request"]
    row["locked_since"] = one["locked_since"]
    payments.put([bill["id"], one["token"]], row)
    wait_for_financing(row)
    return row["status"]


def account_of(party, currency):
    """The hash of the account that is paid; "" if the payee has none, then its money waits at the paying bank."""
    account = accounts.get([party, currency])
    if account is None or account["status"] != "active":
        return ""
    return account["digest"]


def waits_for_administrator(party, account):
    """Say whether money for an insolvent party is set aside: until its administrator's own account is there (BL 17)."""
    standing = standings.get(party)  # very few parties have one
    if standing is None or standing["insolvent"] == "":
        return False
    return standing["administrator"] == "" or account == ""
