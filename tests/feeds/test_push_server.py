import asyncio
import gzip
import json
import sys
import tracemalloc
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from bot.errors import TallydeskError
from bot.feeds import push_server
from bot.feeds.push_server import LARGEST, serving_pushes
from bot.feeds.pushes_store import PushAnswer
from bot.feeds.signatures import TOLERANCE, Secrets
from tests.benchmarks import push_attack
from tests.feeds.pushing import COUNTY, HOST, PHONE, STRANGER, Sender, push_desk, pushing, said

UNSIGNED = {"error": "the push is not signed as it should be, or not of now"}


@pytest.fixture
async def sender(tmp_path: Path) -> AsyncIterator[Sender]:
    async with pushing(tmp_path) as sender:
        yield sender


async def nothing_came_in(sender: Sender) -> bool:
    return not any([await sender.newsroom.count(table) for table in ("readings", "refusals", "pushes", "statements")])


async def test_a_signed_push_is_taken_in(sender: Sender) -> None:
    reply = await sender.push(said(100, 90))
    assert (reply.status, reply.body) == (
        200,
        {"taken": 1, "unchanged": 0, "held": 0, "ignored": 0, "refused": 0, "why": []},
    )
    assert (reply.headers["Server"], reply.headers["Cache-Control"]) == ("Tallydesk", "no-store")


@pytest.mark.parametrize("secret", [STRANGER, PHONE])
async def test_a_signature_by_another_secret_does_not_push_for_the_county(sender: Sender, secret: str) -> None:
    reply = await sender.push(said(100, 90), secret=secret)
    assert reply.status == (401 if secret == STRANGER else 422)
    assert not await sender.newsroom.count("readings")
    assert COUNTY not in json.dumps(reply.body)


@pytest.mark.parametrize("header", ["webhook-id", "webhook-timestamp", "webhook-signature"])
@pytest.mark.parametrize(
    "value", [None, "", "x,y", "msg.1", "v1,", "v1,====", "nan", "1e9", "v1,AAAA v1", "v2,AAAA", "é"]
)
async def test_a_push_whose_signature_can_t_be_is_401_and_one_sentence(
    sender: Sender, header: str, value: str | None
) -> None:
    body = json.dumps(said(100, 90)).encode()
    headers = sender.signed(body) | {"Content-Type": "application/json"}
    headers.pop(header)
    reply = await sender.send("POST", "/v1/readings", body, headers | ({} if value is None else {header: value}))
    assert (reply.status, reply.body) == (401, UNSIGNED)
    assert await nothing_came_in(sender)


@pytest.mark.parametrize("seconds", [-TOLERANCE - 20, TOLERANCE + 20])
async def test_a_push_that_is_not_of_now_is_401(sender: Sender, seconds: int) -> None:
    with capture_logs() as logs:
        reply = await sender.push(said(100, 90), at=datetime.now(UTC) + timedelta(seconds=seconds))
    assert (reply.status, reply.body) == (401, UNSIGNED)
    assert "one of the two clocks is wrong" in logs[0]["why"]
    assert await nothing_came_in(sender)


async def test_a_body_that_was_changed_under_its_signature_is_401(sender: Sender) -> None:
    headers = sender.signed(json.dumps(said(100, 90)).encode()) | {"Content-Type": "application/json"}
    reply = await sender.send("POST", "/v1/readings", json.dumps(said(100, 91)).encode(), headers)
    assert (reply.status, reply.body) == (401, UNSIGNED)


async def test_any_of_several_signatures_will_do_so_that_a_secret_can_be_changed(sender: Sender) -> None:
    body = json.dumps(said(100, 90)).encode()
    at = datetime.now(UTC)
    new, old = (sender.signed(body, secret, "msg", at) for secret in (COUNTY, STRANGER))
    both = old | {"webhook-signature": f"{old['webhook-signature']} {new['webhook-signature']}"}
    reply = await sender.send("POST", "/v1/readings", body, both | {"Content-Type": "application/json"})
    assert reply.status == 200


async def test_failed_signatures_do_not_fill_the_log(sender: Sender) -> None:
    with capture_logs() as logs:
        for _ in range(20):
            await sender.push(said(100, 90), secret=STRANGER)
    assert [line["times"] for line in logs] == [1, 2, 4, 8, 16]
    assert not [line for line in logs if STRANGER in str(line)]


async def test_a_source_has_two_secrets_while_its_senders_change_over_and_no_restart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("COUNTY_SECRET", raising=False)
    monkeypatch.delenv("PHONE_SECRET", raising=False)
    settings, body = tmp_path / ".env", json.dumps(said(100, 90)).encode()

    def hold(county: str) -> None:
        settings.write_text(f"COUNTY_SECRET={county}\nPHONE_SECRET={PHONE}\n")

    hold(COUNTY)
    async with pushing(tmp_path) as sender:
        secrets = Secrets(push_desk().sources)

        def who(secret: str) -> str | None:
            return secrets.sender(sender.signed(body, secret), body)

        assert (who(COUNTY), who(STRANGER), who(PHONE)) == ("county", None, "phone")
        hold(f"{STRANGER},{COUNTY}")
        assert (who(COUNTY), who(STRANGER), who(PHONE)) == ("county", "county", "phone")
        hold(f"{STRANGER}")
        assert (who(COUNTY), who(STRANGER)) == (None, "county")
        with capture_logs() as logs:
            hold("whsec_half-typed")
            assert (who(COUNTY), who(STRANGER), who(PHONE)) == (None, "county", "phone")
        assert "COUNTY_SECRET is no secret for pushes" in logs[0]["why"]
        assert STRANGER not in str(logs)


@pytest.mark.parametrize(
    ("fields", "status", "word"),
    [
        ({"path": "/v1/reading"}, 404, "/v1/statements"),
        ({"path": "/metrics"}, 404, "/v1/statements"),
        ({"method": "GET"}, 405, "POST"),
        ({"method": "PUT"}, 405, "POST"),
        ({"kind": "text/plain"}, 415, "application/json"),
        ({"kind": "application/json; charset=utf-16"}, 415, "UTF-8"),
        ({"kind": "application/x-ndjson", "path": "/v1/statements"}, 415, "application/json"),
        ({"headers": {"Content-Encoding": "gzip"}, "body": gzip.compress(b"{}")}, 415, "Content-Encoding"),
        ({"headers": {"Content-Encoding": "br"}}, 415, "Content-Encoding"),
    ],
)
async def test_what_no_push_can_be_is_said_before_the_body_is_read(
    sender: Sender, fields: dict[str, object], status: int, word: str
) -> None:
    reply = await sender.push(said(100, 90), **fields)  # type: ignore[arg-type]  # fields by name
    assert reply.status == status
    assert list(reply.body) == ["error"]
    assert word in reply.body["error"]
    assert await nothing_came_in(sender)


async def test_a_body_that_is_said_to_be_too_large_is_413_before_any_of_it_came(sender: Sender) -> None:
    answer = await raw(sender.port, head(sender, LARGEST + 1))
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert b"over 4 MiB" in answer
    assert await nothing_came_in(sender)


async def test_a_body_without_a_length_is_411(sender: Sender) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        yield json.dumps(said(100, 90)).encode()

    headers = sender.signed(json.dumps(said(100, 90)).encode()) | {"Content-Type": "application/json"}
    reply = await sender.send("POST", "/v1/readings", chunks(), headers)
    assert reply.status == 411
    assert await nothing_came_in(sender)


async def raw(port: int, request: bytes, *, end: bool = False) -> bytes:
    """Write bytes to the port, and return the whole answer."""
    reader, writer = await asyncio.open_connection(HOST, port)
    writer.write(request)
    if end:
        writer.write_eof()
    answer = await reader.read()
    writer.close()
    return answer


def head(sender: Sender, length: int, body: bytes = b"") -> bytes:
    headers = sender.signed(body) | {"Content-Type": "application/json", "Content-Length": str(length), "Host": HOST}
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"POST /v1/readings HTTP/1.1\r\n{lines}\r\n".encode()


async def test_a_body_that_does_not_come_is_408(tmp_path: Path) -> None:
    async with pushing(tmp_path, body_within=0.05) as sender:
        answer = await raw(sender.port, head(sender, 100) + b"{")
        assert answer.startswith(b"HTTP/1.1 408 ")
        assert await nothing_came_in(sender)


async def test_a_body_that_is_cut_short_is_no_push(sender: Sender) -> None:
    await raw(sender.port, head(sender, 100) + b"{", end=True)
    assert await nothing_came_in(sender)
    assert (await sender.push(said(100, 90))).status == 200


async def test_a_head_that_does_not_come_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(push_server, "HEADERS_WITHIN", 0.05)
    async with pushing(tmp_path) as sender:
        assert await raw(sender.port, b"POST /v1/readings HTTP/1.1\r\nHost:") == b""
        assert await raw(sender.port, b"") == b""


async def test_what_is_no_http_harms_nobody_and_is_told_nothing(
    sender: Sender, caplog: pytest.LogCaptureFixture
) -> None:
    unfinished = await raw(sender.port, b"\x16\x03\x01\x02\x00", end=True)  # not a line of it is there
    assert unfinished == b"" or unfinished.startswith(b"HTTP/1.0 400 Bad Request\r\n")  # as Python 3.13 has it
    assert b"aiohttp" not in unfinished
    for junk in (b"POST\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"\x00" * 70000):
        answer = await raw(sender.port, junk)
        assert answer.startswith((b"HTTP/1.0 400 Bad Request\r\n", b"HTTP/1.1 400 Bad Request\r\n"))
        assert b"\r\nServer: Tallydesk\r\n" in answer
        assert answer.endswith(b"\r\n\r\n")
        assert b"aiohttp" not in answer
    assert caplog.records == []
    assert (await sender.push(said(100, 90))).status == 200


async def test_curl_asks_before_it_sends_a_large_body_and_is_told_to(sender: Sender) -> None:
    body = json.dumps(said(100, 90)).encode()
    reader, writer = await asyncio.open_connection(HOST, sender.port)
    writer.write(head(sender, len(body), body).replace(b"\r\nHost", b"\r\nExpect: 100-continue\r\nHost"))
    assert await reader.readuntil(b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
    writer.write(body)
    assert (await reader.read()).startswith(b"HTTP/1.1 200 OK\r\n")
    writer.close()


async def test_a_push_whose_body_does_not_come_takes_no_turn_of_another_s(
    sender: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(push_server, "AT_ONCE", 1)
    slow = [await asyncio.open_connection(HOST, sender.port) for _ in range(3)]
    for reader, writer in slow:
        writer.write(head(sender, 2, b"{}").replace(b"\r\nHost", b"\r\nExpect: 100-continue\r\nHost"))
        await reader.readuntil(b"\r\n\r\n")  # it is waited for now
    assert (await sender.push(said(100, 90))).status == 200
    for reader, writer in slow:
        writer.write(b"{}")
        assert (await reader.read()).startswith(b"HTTP/1.1 422 ")
        writer.close()


async def test_too_many_pushes_at_once_are_told_to_come_again(sender: Sender, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(push_server, "AT_ONCE", 1)
    under_way, go_on = asyncio.Event(), asyncio.Event()
    take_in = sender.pushes.readings

    async def slowly(*args: Any, **kwargs: Any) -> PushAnswer:
        under_way.set()
        await go_on.wait()
        return await take_in(*args, **kwargs)

    monkeypatch.setattr(sender.pushes, "readings", slowly)
    first = asyncio.create_task(sender.push(said(100, 90)))
    await under_way.wait()
    reply = await sender.push(said(110, 90, 1))
    assert (reply.status, reply.headers["Retry-After"]) == (503, "1")
    go_on.set()
    assert (await first).status == 200
    assert (await sender.push(said(110, 90, 1))).status == 200


Opening = Callable[[str], Awaitable[asyncio.StreamReader]]


@pytest.fixture
async def opened(sender: Sender) -> AsyncIterator[Opening]:
    """Give a function that connects from an address of this machine, and sends nothing."""
    writers: list[asyncio.StreamWriter] = []

    async def opened(address: str) -> asyncio.StreamReader:
        reader, writer = await asyncio.open_connection(HOST, sender.port, local_addr=(address, 0))
        writers.append(writer)
        await asyncio.sleep(0)
        return reader

    yield opened
    for writer in writers:
        writer.close()


async def is_over(reader: asyncio.StreamReader) -> bool:
    try:
        return await reader.read(1) == b""
    except ConnectionError:
        return True


async def test_where_connections_are_too_many_the_one_that_has_waited_longest_goes(
    sender: Sender, opened: Opening, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(push_server, "CONNECTIONS", 2)
    idle = [await opened(HOST) for _ in range(4)]
    assert [await is_over(reader) for reader in idle[:2]] == [True, True]
    assert (await sender.push(said(100, 90))).status == 200


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have one address of loopback")
async def test_of_whoever_has_most(opened: Opening, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(push_server, "CONNECTIONS", 3)
    first, second, *_ = [await opened(f"127.0.0.{last}") for last in (2, 3, 3, 3)]
    assert await is_over(second)
    assert not first.at_eof()


@pytest.mark.skipif(sys.platform != "linux", reason="as above")
async def test_a_client_has_few_connections_and_the_web_server_in_front_many(
    sender: Sender, opened: Opening, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(push_server, "OF_ONE_CLIENT", 1)
    first, _ = [await opened("127.0.0.2") for _ in range(2)]
    assert await is_over(first)
    readers = [await opened(HOST) for _ in range(5)]
    assert (await sender.push(said(100, 90))).status == 200
    assert not any(reader.at_eof() for reader in readers)


async def test_bodies_that_are_too_much_together_cost_the_largest_that_is_not_whole(
    sender: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(push_server, "BODIES", 1000)
    monkeypatch.setattr(push_server, "SMALL", 500)
    slow, writer = await asyncio.open_connection(HOST, sender.port)
    writer.write(head(sender, 900) + b"x" * 800)
    await asyncio.sleep(0.05)
    assert (
        await sender.push(said(100, 90, says={}), body=b" " * 300 + json.dumps(said(100, 90)).encode())
    ).status == 200
    assert await is_over(slow)
    writer.close()
    assert (await sender.push(said(110, 90, 1))).status == 200


async def test_a_database_that_can_t_be_written_is_503_and_the_push_can_come_again(
    sender: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def full(*_: object, **__: object) -> None:
        raise TallydeskError("the disk is full")

    with monkeypatch.context() as patched:
        patched.setattr(sender.newsroom.ingest, "accept", full)
        reply = await sender.push(said(100, 90), key="again")
    assert (reply.status, reply.headers["Retry-After"]) == (503, "30")
    assert "disk" not in reply.body["error"]
    assert (await sender.push(said(100, 90), key="again")).status == 200


async def test_a_port_that_is_taken_is_one_sentence(sender: Sender) -> None:
    with pytest.raises(TallydeskError, match=f"TALLYDESK_PUSH_PORT: nobody can listen on port {sender.port} of"):
        async with serving_pushes(HOST, sender.port, sender.pushes, Secrets([])):
            pass


async def test_a_small_body_is_not_let_go_for_large_ones_that_are_whole(
    sender: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(push_server, "BODIES", 0)
    assert (await sender.push(said(100, 90))).status == 200


async def test_bodies_that_nobody_signed_take_no_more_memory_than_they_are_counted(
    sender: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(push_server, "BODIES", 2 << 20)
    tracemalloc.start()
    attack = await push_attack.attack(sender, "unsigned", 1 << 20, 32)
    try:
        for number in range(20):
            assert (await sender.push(said(100 + number, 90, number))).status == 200
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
        attack.kill()
        await attack.wait()
    assert most < 20 << 20


async def test_of_a_large_body_nothing_is_read_before_the_head_of_its_signature_is_there(sender: Sender) -> None:
    reader, writer = await asyncio.open_connection(HOST, sender.port)
    writer.write(head(sender, LARGEST).replace(b"webhook-signature", b"webhook-nothing"))
    assert (await reader.readuntil(b"\r\n")) == b"HTTP/1.1 401 Unauthorized\r\n"
    writer.close()


async def test_bodies_that_were_let_go_are_counted_no_more(sender: Sender, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(push_server, "BODIES", 3000)
    monkeypatch.setattr(push_server, "SMALL", 1000)
    slow = []
    for _ in range(6):  # each but the first lets one go
        reader, writer = await asyncio.open_connection(HOST, sender.port)
        writer.write(head(sender, 2900) + b"x" * 2000)
        await asyncio.sleep(0.02)
        slow.append((reader, writer))
        assert (await sender.push(said(100, 90))).status == 200
    assert [await is_over(reader) for reader, _ in slow[:-1]] == [True] * 5
    for _, writer in slow:
        writer.close()
