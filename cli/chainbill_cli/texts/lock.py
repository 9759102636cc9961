"""What ends a lock of a token, by what it is for: the next step of who found it locked."""

from __future__ import annotations

TEXTS: dict[str, tuple[str, str]] = {
    "lock.offered_transfer": (
        "the holder takes the offer back: chainbill token recall {id}",
        "由持有人撤回转让要约：chainbill token recall {id}",
    ),
    "lock.offered_return": (
        "the holder takes the offer to give it back again: chainbill token recall {id}",
        "由持有人撤回退回要约：chainbill token recall {id}",
    ),
    "lock.offered_sale": (
        "the bank that sells takes the offer back: chainbill token recall {id}",
        "由转出行撤回再转让要约：chainbill token recall {id}",
    ),
    "lock.offered_pledge": (
        "the holder takes the pledge that it offered back: chainbill pledge withdraw {id}",
        "由出质人撤回出质要约：chainbill pledge withdraw {id}",
    ),
    "lock.offered_prepay": (
        "before the debtor agrees, the holder takes the offer back: chainbill token recall {id}; once it has agreed, "
        "wait for the money: chainbill prepay show {id}",
        "债务人同意前，由持有人撤回：chainbill token recall {id}；已同意的，请等待付款：chainbill prepay show {id}",
    ),
    "lock.in_finance": (
        "the holder withdraws the request: chainbill finance withdraw {id}",
        "由持有人撤回融资申请：chainbill finance withdraw {id}",
    ),
    "lock.pledged": (
        "the pledgee releases the pledge: chainbill pledge release {id}",
        "由质权人解除质押：chainbill pledge release {id}",
    ),
    "lock.frozen": (
        "wait until the freeze ends: chainbill freeze show {id}",
        "请等待冻结结束：chainbill freeze show {id}",
    ),
}
