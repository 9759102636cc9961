"""Certificates between nodes: what they say, whose count, and, over real sockets, that both sides hear why not."""

from __future__ import annotations

import asyncio
import datetime
import io
import random
import ssl
from itertools import combinations, permutations
from pathlib import Path

import pytest
from authorities import make_authority
from certificate_kit import DAY, Node, logged, members_at, now, of_authority, of_moments, own, put, seconds, until
from chainbill_node.home.config import ConfigError
from chainbill_node.network.certificate import (
    Authority,
    Fault,
    Refusal,
    date_said,
    issuer_of,
    read_certificate,
    read_certificate_file,
    refusal_of,
    refused_here,
    refused_there,
)
from chainbill_node.network.certificate_warnings import certificate_warnings
from chainbill_node.network.hello import make_refusal, read_refusal
from chainbill_node.network.identity import Identity
from chainbill_node.network.seen import Seen
from chainbill_node.setup.certificates import Issued, make_own_certificate
from chainbill_node.setup.ends import PERIOD_DAYS, end_of, place_of
from chainbill_node.setup.ports import LOOPBACK, free_ports
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from chainbill import codec
from chainbill.crypto.keys import PrivateKey

DAY_S = 86_400


@pytest.fixture(scope="module")
def authority() -> Issued:
    return make_authority("test", now())


def two_keys() -> list[PrivateKey]:
    """The first one's node dials."""
    return sorted((PrivateKey.generate() for _ in range(2)), key=lambda one: one.public)


# ---- pure ----


def test_no_two_of_a_network_end_within_thirty_days() -> None:
    seed = random.randrange(2**32)
    chance = random.Random(seed)
    for count in (1, 4, 12, 13, 32, 100):
        places = max(12, count)
        made = [now() + chance.uniform(0, 2_000) * DAY for _ in range(count)]
        ends = [end_of(moment, place, places) for place, moment in enumerate(made)]
        for moment, end in zip(made, ends, strict=True):
            assert 365 <= (end - moment).days <= 365 + PERIOD_DAYS * places, seed
        assert all(abs(one - other) >= PERIOD_DAYS * DAY for one, other in combinations(ends, 2)), seed


def test_a_place_is_that_in_the_genesis_and_else_by_the_key() -> None:
    assert place_of("00" * 31 + "0f", None) == (0, 12)
    assert place_of("ff" * 32, None)[0] in range(12)


def test_days_left_are_whole_and_negative_after_the_end() -> None:
    one = of_moments(0, 100 * DAY_S)
    assert [one.days_left(day * DAY_S) for day in (0, 99, 99.5, 100, 100.1)] == [100, 1, 0, 0, -1]


def test_what_makes_a_certificate_count_no_more() -> None:
    one = of_moments(100, 200)
    assert refusal_of(one, 100) is None
    assert refusal_of(one, 199) is None
    assert refusal_of(one, 99) == Refusal(Fault.EARLY, 100)
    assert refusal_of(one, 200) == Refusal(Fault.ENDED, 200)
    assert refusal_of(one, 150, revoked={one.fingerprint}) == Refusal(Fault.REVOKED)
    assert refusal_of(one, 150, newest=one) is None
    assert refusal_of(one, 150, newest=of_moments(99, 300)) is None
    assert refusal_of(one, 150, newest=of_moments(101, 300)) == Refusal(Fault.REPLACED, 101)
    signed = of_moments(120, 200, own_key=False, issuer=b"ca")
    assert refusal_of(signed, 150, newest=one) == Refusal(Fault.REPLACED, 100), "one of its own key was seen"
    assert refusal_of(one, 150, newest=signed) is None
    assert refusal_of(signed, 150, authorities=[Authority(b"ca", 0, 140)]) == Refusal(Fault.AUTHORITY_ENDED, 140)
    assert refusal_of(signed, 150, authorities=[Authority(b"ca", 0, 140), Authority(b"ca", 0, 160)]) is None


def test_warnings_begin_thirty_days_before_the_end() -> None:
    def keys(days: float, peer_days: float = 300, ca_days: float = 300) -> list[str]:
        mine, peer = of_moments(0, days * DAY_S), of_moments(0, peer_days * DAY_S, own_key=False, issuer=b"ca")
        ca = Authority(b"ca", 0, int(ca_days * DAY_S))
        return [
            one.key
            for one in certificate_warnings(
                mine, refusal_of(mine, 0), {"bank2": peer}, authorities=[ca], now_s=0, renew="renew"
            )
        ]

    assert keys(30) == []
    assert keys(29.9) == ["certificate_ends"]
    assert keys(0) == ["certificate_ends"]
    assert keys(300, 29) == keys(300, -1) == ["peer_certificate_ends"]
    assert keys(300, 300, 29) == ["certificate_authority_ends"]


@pytest.mark.parametrize("fault", list(Fault))
def test_every_refusal_says_its_date_in_both_languages_and_travels(fault: Fault) -> None:
    refusal = Refusal(fault, 0 if fault is Fault.REVOKED else 1_835_762_400)
    for said in (*refused_here(refusal, 0), *refused_there(refusal, "chainbill --home H node renew")):
        assert ("2028-03-04 06:00 UTC" in said) == (fault is not Fault.REVOKED), said
        assert "chainbill" in said or "chronyc" in said
    assert read_refusal(make_refusal(refusal)) == refusal


def test_a_refusal_that_is_none_is_passed_over() -> None:
    good = ["refused", "certificate_ended", 7]
    assert read_refusal(codec.encode([*good, "more"])) == Refusal(Fault.ENDED, 7), "later releases append"
    for bad in ([], 7, good[:2], ["x", *good[1:]], [*good[:2], -1], [*good[:2], 2**62], [*good[:2], "7"],
                ["refused", "words of theirs", 7], ["refused", ["certificate_ended"], 7]):  # fmt: skip
        assert read_refusal(codec.encode(bad)) is None, bad
    assert read_refusal(b"\xff") is None


def der_of(issued: Issued) -> bytes:
    return ssl.PEM_cert_to_DER_cert(issued.certificate.decode())


def test_a_key_vouches_for_its_own_node_only() -> None:
    key, other = two_keys()
    found = read_certificate(der_of(own(key)))
    assert (found.node_id, found.own_key) == (key.public.hex(), True)
    for subject, issuer in ((other, key), (key, other), (key, key)):
        made = x509.CertificateBuilder(
            subject_name=x509.Name([]), issuer_name=issuer_of(issuer.public.hex()), serial_number=1,
            public_key=ec.generate_private_key(ec.SECP256R1()).public_key(), not_valid_before=now() - DAY,
            not_valid_after=now() + DAY,
        ).add_extension(
            x509.SubjectAlternativeName(
                [x509.UniformResourceIdentifier("urn:chainbill:node:" + subject.public.hex())]
            ),
            critical=False,
        ).sign(ec.generate_private_key(ec.SECP256R1()), hashes.SHA256())  # fmt: skip
        with pytest.raises(ValueError, match="signed"):
            read_certificate(made.public_bytes(Encoding.DER))


def test_a_certificate_names_exactly_one_node(authority: Issued) -> None:
    with pytest.raises(ValueError, match="names no node"):
        read_certificate(der_of(authority))


# ---- files ----


def test_files_that_do_not_go_together_are_named(tmp_path: Path, authority: Issued) -> None:
    key, other = two_keys()
    for what, issued in (("another node", own(other)), ("a CA", of_authority(authority, key))):
        with pytest.raises(ConfigError, match=what):
            Identity(put(tmp_path / what, issued), key.public.hex())
    files = put(tmp_path / "mixed", own(key))
    files.key.write_bytes(own(key).key)
    with pytest.raises(ConfigError, match=r"node\.key is not the key of .*node\.pem"):
        Identity(files, key.public.hex())
    for name in ("certificate", "key", "ca"):
        files = put(tmp_path / name, own(key))
        getattr(files, name).write_bytes(b"rubbish")
        with pytest.raises(ConfigError, match=getattr(files, name).name):
            Identity(files, key.public.hex())


def test_a_list_of_revoked_ones_is_read_whole_or_refused(tmp_path: Path) -> None:
    key, _ = two_keys()
    files = put(tmp_path, own(key))
    print_ = "AB:" * 31 + "ab"
    files.revoked.write_text(f"# lost\n\n{print_} bank2, told by phone # yes\n")
    identity = Identity(files, key.public.hex())
    found = of_moments(0, 1)
    assert identity.judge(found, 0) is None
    assert identity.shut_out(type(found)("aa", "ab" * 32, 0, 1, True, b"")) == Refusal(Fault.REVOKED)
    files.revoked.write_text(f"{print_}\nabc\n")
    with pytest.raises(ConfigError, match="line 2: abc"):
        Identity(files, key.public.hex())


def test_a_damaged_new_file_is_refused_aloud_and_the_old_one_stays(tmp_path: Path) -> None:
    key, _ = two_keys()
    files = put(tmp_path, own(key))
    identity = Identity(files, key.public.hex())
    before = identity.own
    assert not identity.look()
    with logged() as stream:
        files.certificate.write_bytes(b"half a f")
        assert not identity.look()
        assert not stream.getvalue(), "somebody may be half way through putting it there"
        assert not identity.look()
        assert "certificate_files_refused" in stream.getvalue()
        assert identity.fault is not None
        assert not identity.look()
        assert stream.getvalue().count("refused") == 1
        assert identity.own is before
        put(tmp_path, own(key))
        assert identity.look()
        assert identity.fault is None
        assert "certificate_files_loaded" in stream.getvalue()
        assert identity.own != before
        files.key.write_bytes(b"")
        assert not identity.look(at_once=True)
        assert stream.getvalue().count("certificate_files_refused") == 2


def test_what_was_seen_outlives_a_restart(tmp_path: Path) -> None:
    key, other = two_keys()
    files = put(tmp_path, own(key))
    old = read_certificate_file(own(other, -3).certificate)
    new = read_certificate_file(own(other, -2).certificate)
    identity = Identity(files, key.public.hex())
    for one in (old, new):
        assert identity.judge(one, seconds(0)) is None
        identity.met(one, {other.public.hex()})
    again = Identity(files, key.public.hex())
    assert again.judge(new, seconds(0)) is None
    assert again.judge(old, seconds(0)) == Refusal(Fault.REPLACED, new.begins_s)
    with logged() as stream:
        for damage in ("", "{}", '{"form": 1, "newest": {"aa": {}}}', '{"form": 9, "newest": {}}', "[]"):
            files.seen.write_text(damage)
            assert Identity(files, key.public.hex()).judge(old, seconds(0)) is None
        assert stream.getvalue().count("certificates_seen_not_read") == 5


@pytest.mark.parametrize("begun", list(permutations((-1, -2, -3))), ids=str)
def test_a_restart_after_any_meeting_knows_what_was_met(tmp_path: Path, begun: tuple[int, ...]) -> None:
    """Of two nodes, each of which shows its certificates in its own order; also where it has only ever shown one."""
    key, other = two_keys()
    files = put(tmp_path, own(key))
    identity = Identity(files, key.public.hex())
    theirs = [PrivateKey.generate(), other]
    members = {one.public.hex() for one in theirs}
    for days, later in zip(begun, reversed(begun), strict=True):
        for one, since in zip(theirs, (days, later), strict=True):
            identity.met(read_certificate_file(own(one, since).certificate), members)
            again = Seen(files.seen)
            assert sorted(again.all(), key=str) == sorted(identity.seen.all(), key=str)
            assert again.newest(one.public.hex()) == identity.seen.newest(one.public.hex()) is not None


# ---- sockets ----


def pair(folder: Path, keys: list[PrivateKey], *issued: Issued, authority: Issued | None = None) -> list[Node]:
    ports = free_ports(2)
    members = members_at(keys, ports)
    return [
        Node(key, put(folder / f"{number}", one, authority), port, members)
        for number, (key, one, port) in enumerate(zip(keys, issued, ports, strict=True))
    ]


async def meet(nodes: list[Node]) -> None:
    await until(lambda: all(len(one.network.connected) == 1 for one in nodes))


async def stop(nodes: list[Node]) -> None:
    for one in nodes:
        await one.network.stop()


def test_certificates_of_own_keys_and_of_a_ca_meet(tmp_path: Path, authority: Issued) -> None:
    async def run() -> None:
        keys = two_keys()
        for number, issued in enumerate(((own(keys[0]), own(keys[1])),
                                         (own(keys[0]), of_authority(authority, keys[1])),
                                         (of_authority(authority, keys[0]), own(keys[1])))):  # fmt: skip
            nodes = pair(tmp_path / f"{number}", keys, *issued, authority=authority)
            for one in nodes:
                await one.network.start()
            await meet(nodes)
            for one, other in (nodes, nodes[::-1]):
                [seen] = one.network.vouching.of_members([other.id]).values()
                assert seen == other.identity.own
            await stop(nodes)

    asyncio.run(run())


SCENES = {
    "ended": (Fault.ENDED, "certificate ended on"),
    "early": (Fault.EARLY, "is not valid before"),
    "of a CA, ended": (Fault.ENDED, "certificate ended on"),
    "of a CA that has ended": (Fault.AUTHORITY_ENDED, "ended on"),
}


def faulty_certificate(scene: str, key: PrivateKey, authority: Issued) -> Issued:
    match scene:
        case "ended":
            return own(key, -10, -0.5)
        case "early":
            return own(key, 0.5, 10)
        case "of a CA, ended":
            return of_authority(authority, key, -0.5)
        case _:
            return of_authority(authority, key)


@pytest.mark.parametrize("scene", SCENES)
@pytest.mark.parametrize("at_fault", [0, 1])
def test_both_sides_say_why_a_certificate_does_not_count(tmp_path: Path, scene: str, at_fault: int) -> None:
    fault, words = SCENES[scene]

    async def run(stream: io.StringIO) -> None:
        authority = make_authority("test", now(), days=-0.5 if fault is Fault.AUTHORITY_ENDED else 100)
        keys = two_keys()
        issued = [own(keys[0]), own(keys[1])]
        issued[at_fault] = faulty_certificate(scene, keys[at_fault], authority)
        nodes = pair(tmp_path, keys, *issued, authority=authority)
        for one in nodes:
            await one.network.start()
        faulty, good = nodes[at_fault], nodes[1 - at_fault]
        mine = faulty.identity.own
        [ca] = faulty.identity.authorities
        date = date_said({Fault.ENDED: mine.ends_s, Fault.EARLY: mine.begins_s}.get(fault, ca.ends_s))

        def told(node: Node, of: Node) -> tuple[str, str]:
            return node.network.unmet.mend_of(of.id) or ("", "")

        await until(lambda: "it refuses this node" in told(faulty, good)[0] and words in told(good, faulty)[0])
        for node, of in ((faulty, good), (good, faulty)):
            said, said_zh = told(node, of)
            assert words in said
            assert date in said
            assert date in said_zh
            assert "证书" in said_zh
        assert not good.network.connected
        assert fault in good.refused
        assert f"certificate_refused peer={faulty.id} why={fault}" in stream.getvalue()
        assert f"certificate_refused_by_peer peer={good.id} why={fault}" in stream.getvalue()
        put(faulty.identity.files.ca.parent, own(keys[at_fault], -0.5))  # renewed, without a restart
        faulty.look()
        await meet(nodes)
        await stop(nodes)

    with logged() as stream:
        asyncio.run(run(stream))


def test_a_revoked_certificate_is_let_go_and_refused_with_a_reason_on_both_sides(tmp_path: Path) -> None:
    async def run(stream: io.StringIO) -> None:
        keys = two_keys()
        nodes = pair(tmp_path, keys, own(keys[0]), own(keys[1]))
        for one in nodes:
            await one.network.start()
        await meet(nodes)
        lost, other = nodes
        other.identity.files.revoked.write_text(f"{lost.identity.own.fingerprint} lost\n")
        other.look()
        other.network.refresh()
        await until(lambda: not other.network.connected and not lost.network.connected)
        await until(lambda: "revoked there" in (lost.network.unmet.mend_of(other.id) or ("",))[0])
        assert "已在本节点被吊销" in (other.network.unmet.mend_of(lost.id) or ("", ""))[1]
        assert Fault.REVOKED in other.refused
        assert f"certificate_refused_by_peer peer={other.id} why=certificate_revoked" in stream.getvalue()
        put(lost.identity.files.ca.parent, own(keys[0], -0.5))
        lost.look()
        await meet(nodes)
        await stop(nodes)

    with logged() as stream:
        asyncio.run(run(stream))


def test_a_new_certificate_shuts_out_whoever_has_the_former_key(tmp_path: Path) -> None:
    async def run(stream: io.StringIO) -> None:
        keys = two_keys()
        nodes = pair(tmp_path, keys, own(keys[0], -2), own(keys[1]))
        lost, other = nodes
        files = lost.identity.files
        copied = put(tmp_path / "thief", Issued(files.certificate.read_bytes(), files.key.read_bytes()))
        thief = Node(keys[0], copied, free_ports(1)[0], lost.network._members())
        for one in nodes:
            await one.network.start()
        await meet(nodes)
        put(lost.identity.files.ca.parent, own(keys[0], -1))
        lost.look()
        lost.network.refresh()
        await until(lambda: "certificate_replaced" in stream.getvalue())
        await meet(nodes)
        await thief.network.start()
        await until(lambda: "was replaced by one of" in (thief.network.unmet.mend_of(other.id) or ("",))[0])
        assert Fault.REPLACED in other.refused
        assert other.network.connected == [lost.id]
        assert not thief.network.connected
        await stop([*nodes, thief])

    with logged() as stream:
        asyncio.run(run(stream))


def test_new_certificates_of_who_says_no_hello_are_not_written_down(tmp_path: Path) -> None:
    """Each put a line into the log and a synced file on the disk, twenty times a second from each of its addresses."""

    class Mute(asyncio.Protocol):
        pass

    async def run(stream: io.StringIO) -> None:
        keys = two_keys()
        hostile, other = pair(tmp_path, keys, own(keys[0], -4), own(keys[1]))
        hostile.identity.trust([other.id])
        await other.network.start()
        for days in (-3, -2):
            put(hostile.identity.files.ca.parent, own(keys[0], days))
            hostile.look()
            port = other.network._settings.port
            await asyncio.get_running_loop().create_connection(Mute, LOOPBACK, port, ssl=hostile.identity.client)
            await until(lambda days=days: len(other.network._pending) == days + 4)  # type: ignore[misc]
        assert other.identity.seen.newest(hostile.id) is None
        assert "certificate_replaced" not in stream.getvalue()
        await hostile.network.start()
        await meet([hostile, other])
        assert other.identity.seen.newest(hostile.id) == hostile.identity.own
        await stop([hostile, other])

    with logged() as stream:
        asyncio.run(run(stream))


def test_a_key_that_is_no_members_is_not_trusted(tmp_path: Path) -> None:
    async def run() -> None:
        keys = two_keys()
        ports = free_ports(2)
        members = members_at(keys, ports)
        alone = {keys[1].public.hex(): members[keys[1].public.hex()]}
        inside = Node(keys[1], put(tmp_path / "in", own(keys[1])), ports[1], alone)
        outside = Node(keys[0], put(tmp_path / "out", own(keys[0])), ports[0], members)
        await inside.network.start()
        await outside.network.start()
        await asyncio.sleep(0.5)
        assert not inside.network.connected
        assert not outside.network.connected
        assert "handshake_failed" in inside.refused
        await stop([inside, outside])

    asyncio.run(run())


def test_the_moment_of_making_is_told_from_that_of_use() -> None:
    """A certificate begins a day before it is made, so that clocks may differ; its end is on the network's calendar."""
    key, _ = two_keys()
    made = datetime.datetime(2026, 11, 30, 12, tzinfo=datetime.UTC)
    issued = make_own_certificate(key, LOOPBACK, made - DAY, end_of(made, 3, 12))
    found = read_certificate_file(issued.certificate)
    assert date_said(found.begins_s) == "2026-11-29 12:00 UTC"
    assert found.ends_s % DAY_S == 6 * 3_600
