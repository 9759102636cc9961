"""Certificate warnings: of a node's own, of those that its peers have shown, and of the CA's. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from chainbill_node.foundation.node_warning import (
    AUTHORITY_ENDS,
    CERTIFICATE_ENDS,
    CERTIFICATE_FILES_REFUSED,
    PEER_CERTIFICATE_ENDS,
    NodeWarning,
)
from chainbill_node.foundation.operator_error import OperatorError, Pair
from chainbill_node.network.certificate import WARN_DAYS, Authority, Fault, NodeCertificate, Refusal, date_said

RENEW_THERE: Pair = (
    "tell who runs it: `chainbill --home DIR node renew` on its machine, without a stop",
    "请告知其运营方：在其机器上运行 `chainbill --home DIR node renew`，无需停止节点",
)
CLOCKS: Pair = ("look at this machine's clock (`chronyc tracking`)", "请查看本机时钟（`chronyc tracking`）")


def certificate_warnings(
    own: NodeCertificate,
    refusal: Refusal | None,
    peers: Mapping[str, NodeCertificate],
    *,
    authorities: Iterable[Authority],
    now_s: float,
    renew: str,
) -> Iterator[NodeWarning]:
    """What ends within 30 days or has ended.

    refusal: what others have against the own one. peers: by name. renew: the command that renews the own one.
    """
    here = (
        f"run `{renew}` on this node's machine; the node need not be stopped",
        f"请在本节点所在机器上运行 `{renew}`，无需停止节点",
    )
    if refusal is not None:
        yield _own_refused(own, refusal, now_s, here)
    elif own.days_left(now_s) < WARN_DAYS:
        yield _own_ends(own, now_s, here)
    for name, one in sorted(peers.items()):
        if one.days_left(now_s) < WARN_DAYS:
            yield _peer_ends(name, one, now_s)
    names = {one.issuer for one in (own, *peers.values()) if not one.own_key}
    for authority in authorities:
        if authority.name in names and authority.days_left(now_s) < WARN_DAYS:
            yield _authority_ends(authority, now_s)


def files_refused(fault: OperatorError) -> NodeWarning:
    """New files lie there that cannot be used."""
    return NodeWarning(
        CERTIFICATE_FILES_REFUSED,
        (
            f"new certificate files are not used, those from before are: {fault.what[0]}",
            f"新的证书文件未启用，仍沿用此前的文件：{fault.what[1]}",
        ),
        fault.mend,
        {},
    )


def _own_ends(own: NodeCertificate, now_s: float, mend: Pair) -> NodeWarning:
    date, days = date_said(own.ends_s), own.days_left(now_s)
    return NodeWarning(
        CERTIFICATE_ENDS,
        (
            f"the certificate of this node ends on {date}, in {days} days; from then on no other node lets it connect",
            f"本节点的证书将于 {date} 到期（还有 {days} 天），届时其他节点将拒绝其连接",
        ),
        mend,
        {"ends": date, "days_left": days},
    )


def _own_refused(own: NodeCertificate, refusal: Refusal, now_s: float, here: Pair) -> NodeWarning:
    date, now = date_said(refusal.at_s), date_said(now_s)
    what = {
        Fault.ENDED: (
            f"the certificate of this node ended on {date}: no other node lets it connect",
            f"本节点的证书已于 {date} 到期，其他节点拒绝其连接",
        ),
        Fault.EARLY: (
            f"the certificate of this node is not valid before {date}, and it is {now} by this machine's clock",
            f"本节点的证书自 {date} 起才有效，而本机时间为 {now}",
        ),
        Fault.AUTHORITY_ENDED: (
            f"the certificate of the CA that signed this node's ended on {date}: no other node lets it connect",
            f"签发本节点证书的 CA 的证书已于 {date} 到期，其他节点拒绝其连接",
        ),
    }.get(
        refusal.fault,
        (
            "the certificate of this node is in its own list of revoked ones (tls/revoked.txt)",
            "本节点的证书在其自身的吊销名单中（tls/revoked.txt）",
        ),
    )
    mend = CLOCKS if refusal.fault is Fault.EARLY else here
    fields: dict[str, str | int | None] = {"fault": str(refusal.fault), "ends": date_said(own.ends_s)}
    return NodeWarning(CERTIFICATE_ENDS, what, mend, {**fields, "days_left": own.days_left(now_s)})


def _peer_ends(name: str, one: NodeCertificate, now_s: float) -> NodeWarning:
    date, days = date_said(one.ends_s), one.days_left(now_s)
    what = (
        f"the certificate of {name} ends on {date}, in {days} days; from then on no other node lets it connect",
        f"{name} 的证书将于 {date} 到期（还有 {days} 天），届时其他节点将拒绝其连接",
    )
    if now_s >= one.ends_s:
        what = (
            f"the certificate of {name} ended on {date}: no other node lets it connect anew",
            f"{name} 的证书已于 {date} 到期，其他节点拒绝其重新连接",
        )
    return NodeWarning(PEER_CERTIFICATE_ENDS, what, RENEW_THERE, {"node": name, "ends": date, "days_left": days})


def _authority_ends(authority: Authority, now_s: float) -> NodeWarning:
    date, days = date_said(authority.ends_s), authority.days_left(now_s)
    return NodeWarning(
        AUTHORITY_ENDS,
        (
            f"the certificate of the CA in tls/ca.pem ends on {date}; certificates signed by it count until then only",
            f"tls/ca.pem 中 CA 的证书将于 {date} 到期，其签发的证书届时一并失效",
        ),
        (
            "let every node make a certificate of its own key: `chainbill --home DIR node renew` on its machine",
            "请各节点以自身密钥制作证书：在各自机器上运行 `chainbill --home DIR node renew`",
        ),
        {"ends": date, "days_left": days},
    )
