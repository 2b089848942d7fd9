"""What comes in over HTTP, by the GraphQL-over-HTTP draft: media types, bodies, and what is refused at the door."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from hub import errors
from hub.query import transport
from hub.query.transport import GRAPHQL, JSON, Asked


def headers(**given: str) -> list[tuple[bytes, bytes]]:
    return [(name.replace("_", "-").encode(), value.encode()) for name, value in given.items()]


@pytest.mark.parametrize(
    "kind", ["application/json", "application/json; charset=utf-8", 'Application/JSON;charset="UTF-8"']
)
def test_json_in_utf8_is_taken(kind: str) -> None:
    transport.check_media_type(headers(content_type=kind))


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"content_type": "text/plain"},
        {"content_type": "application/x-www-form-urlencoded"},
        {"content_type": "multipart/form-data; boundary=x"},
        {"content_type": "application/graphql"},
        {"content_type": "application/json; charset=gbk"},
        {"content_type": "application/json", "content_encoding": "gzip"},
    ],
)
def test_other_bodies_are_refused(given: dict[str, str]) -> None:
    with pytest.raises(errors.MediaTypeUnsupported):
        transport.check_media_type(headers(**given))


def test_a_header_given_twice_is_refused() -> None:
    with pytest.raises(errors.TransportError):
        transport.check_media_type([(b"content-type", b"application/json"), (b"content-type", b"text/plain")])


@pytest.mark.parametrize(
    ("accept", "media"),
    [
        (None, GRAPHQL),
        ("*/*", GRAPHQL),
        ("application/*", GRAPHQL),
        ("application/json", JSON),
        ("application/json; charset=utf-8", JSON),
        ("application/graphql-response+json", GRAPHQL),
        ("application/graphql-response+json, application/json;q=0.9", GRAPHQL),
        ("application/json, application/graphql-response+json", JSON),
        ("application/json;q=0.5, application/graphql-response+json;q=0.4", JSON),
        ("application/graphql-response+json, application/json, text/event-stream, multipart/mixed", GRAPHQL),
        ("text/event-stream, application/json", JSON),
        ("application/graphql-response+json;q=0, */*", JSON),
        ("text/html, */*;q=0.1", GRAPHQL),
    ],
)
def test_media_type_of_the_answer_is_the_callers_best(accept: str | None, media: str) -> None:
    given = [] if accept is None else headers(accept=accept)
    assert transport.accepted(given) == media


@pytest.mark.parametrize(
    "accept",
    ["text/html", "text/event-stream", "application/xml", "application/json;q=0", "application/json; charset=gbk"],
)
def test_what_cannot_be_served_is_said(accept: str) -> None:
    with pytest.raises(errors.NotAcceptable):
        transport.accepted(headers(accept=accept))


async def collected(chunks: Sequence[bytes], limit: int, **given: str) -> bytes:
    waiting = list(chunks)

    async def receive() -> transport.Message:
        chunk = waiting.pop(0)
        return {"type": "http.request", "body": chunk, "more_body": bool(waiting)}

    return await transport.read_body(headers(**given), receive, limit)


def test_body_is_read_in_pieces() -> None:
    assert asyncio.run(collected([b"ab", b"", b"c"], 3)) == b"abc"


@pytest.mark.parametrize(
    ("chunks", "given"),
    [
        ([b"ab", b"cd", b"never asked for"], {}),
        ([b"never asked for"], {"content_length": "4"}),
        ([b"never asked for"], {"content_length": "-1"}),
        ([b"never asked for"], {"content_length": "9" * 400}),
    ],
)
def test_large_bodies_are_refused_before_they_are_read(chunks: list[bytes], given: dict[str, str]) -> None:
    with pytest.raises(errors.BodyTooLarge):
        asyncio.run(collected(chunks, 3, **given))


def test_a_caller_who_hangs_up_is_not_answered() -> None:
    async def receive() -> transport.Message:
        return {"type": "http.disconnect"}

    with pytest.raises(transport.Disconnected):
        asyncio.run(transport.read_body([], receive, 10))


def test_a_request_is_read() -> None:
    body = '{"query":"{a}","operationName":null,"variables":{"x":"张"},"extensions":null,"other":1}'.encode()
    assert transport.read_asked(body) == Asked(query="{a}", operation_name=None, variables={"x": "张"}, extensions={})


@pytest.mark.parametrize(
    ("body", "error"),
    [
        pytest.param(b"", errors.BodyNotJson, id="empty"),
        pytest.param(b"{", errors.BodyNotJson, id="no JSON"),
        pytest.param(b'{"query":"\xff"}', errors.BodyNotJson, id="no UTF-8"),
        pytest.param(b'{"query":"\\ud800"}', errors.BodyNotJson, id="half a surrogate pair"),
        pytest.param(b'{"query":"{a}","variables":{"x":"\\u0000"}}', errors.NulRefused, id="NUL in a variable"),
        pytest.param(b'{"query":"{a}","variables":{"\\u0000":1}}', errors.NulRefused, id="NUL in a name"),
        pytest.param(b'{"query":"{a(x:\\"\\\\u0000\\")}"}', errors.NulRefused, id="NUL in a literal"),
        pytest.param(b'{"query":"{a(x:\\"\\\\u{0}\\")}"}', errors.NulRefused, id="NUL in a literal, braced"),
        pytest.param(b"[" * 5000, errors.BodyNotJson, id="deep"),
        pytest.param(b"1" * 5000, errors.BodyNotJson, id="a huge number"),
        pytest.param(b'{"query":"{a}","variables":{"x":1e400}}', errors.BodyNotJson, id="infinity"),
        pytest.param(b'{"query":"{a}","query":"{b}"}', errors.KeyRepeated, id="a key twice"),
        pytest.param(b'{"query" :"{a}","query":"{b}"}', errors.KeyRepeated, id="a key twice, once with a space"),
        pytest.param(b'{"query":"{a}","qu\\u0065ry":"{b}"}', errors.KeyRepeated, id="a key twice, once escaped"),
        pytest.param(
            b'{"query":"{a}","variables":{"x":[{"y":1,"y":2}],"z":"\\":"}}', errors.KeyRepeated, id="a key twice below"
        ),
        pytest.param(
            b'{"query":"{a}","variables":' + b'{"x":' * 70 + b"1" + b"}" * 71, errors.BodyNotJson, id="nested"
        ),
        pytest.param(b"1", errors.RequestMalformed, id="a number"),
        pytest.param(b"null", errors.RequestMalformed, id="null"),
        pytest.param(b'[{"query":"{a}"}]', errors.RequestMalformed, id="a batch"),
        pytest.param(b"{}", errors.RequestMalformed, id="no query"),
        pytest.param(b'{"query":""}', errors.RequestMalformed, id="an empty query"),
        pytest.param(b'{"query":{}}', errors.RequestMalformed, id="a query that is no text"),
        pytest.param(b'{"query":"{a}","variables":[]}', errors.RequestMalformed, id="variables that are a list"),
        pytest.param(b'{"query":"{a}","variables":"{}"}', errors.RequestMalformed, id="variables that are a text"),
        pytest.param(b'{"query":"{a}","operationName":1}', errors.RequestMalformed, id="a name that is a number"),
        pytest.param(b'{"query":"{a}","extensions":1}', errors.RequestMalformed, id="extensions that are a number"),
    ],
)
def test_malformed_bodies_are_refused(body: bytes, error: type[errors.HubError]) -> None:
    with pytest.raises(errors.TransportError) as caught:
        transport.read_asked(body)
    assert type(caught.value) is error


def test_colons_in_texts_are_no_keys() -> None:
    body = b'{"query" : "{a(x:\\"y\\":1)}", "variables": {"x": "\\":", "y": [{"z":1},{"z":2}]}}'
    assert transport.read_asked(body).variables == {"x": '":', "y": [{"z": 1}, {"z": 2}]}


def test_a_backslash_before_u0000_is_no_nul() -> None:
    assert transport.read_asked(b'{"query":"{a}","variables":{"x":"\\\\u0000"}}').variables == {"x": "\\u0000"}
