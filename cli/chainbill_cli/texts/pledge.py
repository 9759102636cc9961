"""Pledges."""

from __future__ import annotations

TEXTS: dict[str, tuple[str, str]] = {
    "pledge.offer": (
        "Offer tokens in pledge to a bank; you agree that what is paid early on them goes to it (the holder)",
        "以子凭证向银行出质，并同意提前付款先付给质权人（持有人）",
    ),
    "pledge.accept": ("Accept tokens in pledge (the pledgee)", "接受质押（质权人）"),
    "pledge.release": (
        "Lower what a pledge secures; without --secured it ends and its tokens are free (the pledgee)",
        "调低担保金额；不写 --secured 则解除质押、释放子凭证（质权人）",
    ),
    "pledge.enforce": (
        "Ask the holder, after the debt was due, for cents of what is owed (the pledgee; maker and checker)",
        "债务到期后请求持有人同意按所欠金额转移子凭证（质权人，经办与复核）",
    ),
    "pledge.opt_to": ("The bank that becomes the pledgee", "质权人（银行）"),
    "pledge.opt_secured": ("Up to this the pledgee is paid", "担保金额，质权人受偿以此为限"),
    "pledge.opt_due": ("The day on which the secured debt is due", "被担保债务的到期日"),
    "pledge.opt_contract": ("Number of the pledge contract", "质押合同编号"),
    "pledge.opt_registration": ("Reference of the legal registration", "登记编号（中登网）"),
    "pledge.opt_release": ("What is still secured; 0 frees all", "仍担保的金额，0 为全部解除"),
    "pledge.opt_owed": ("What is owed, at most what is secured and not received", "所欠金额，不超过担保金额减已收金额"),
}
