"""The channels against a real mail server and a real gateway on this machine."""

from __future__ import annotations

import json
import socket
import threading
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING, Any

import pytest
from aiosmtpd.controller import Controller

from app.notices.channels import senders
from app.notices.channels.console import Console
from tests.installation import settings_for

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from aiosmtpd.smtp import SMTP, Envelope, Session


class Mailbox:
    """What a mail server received."""

    def __init__(self) -> None:
        self.mails: list[Envelope] = []

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        self.mails.append(envelope)
        return "250 OK"


class GatewayHandler(BaseHTTPRequestHandler):
    """Keeps what it is sent, or refuses."""

    got: list[tuple[dict[str, Any], dict[str, str]]]
    status: int

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        type(self).got.append((body, dict(self.headers)))
        self.send_response(type(self).status)
        self.send_header("Location", "http://127.0.0.1:9/")
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Stay silent."""


@pytest.fixture
def mailbox() -> Iterator[tuple[Mailbox, str]]:
    box = Mailbox()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    yield box, f"smtp://127.0.0.1:{port}"
    controller.stop()


@pytest.fixture
def gateway() -> Iterator[tuple[type[GatewayHandler], str]]:
    handler = type("Handler", (GatewayHandler,), {"got": [], "status": 202})
    server = HTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield handler, f"http://key:s%40cret@127.0.0.1:{server.server_port}/send"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_mail_arrives_with_a_neutral_subject(mailbox: tuple[Mailbox, str], tmp_path: Path) -> None:
    box, address = mailbox
    settings = replace(settings_for(tmp_path), mail=address)

    senders(settings).mail.send("li@union.example", "您有一条工会服务消息，请登录查看。", "abc")

    mail = box.mails[0]
    assert (mail.rcpt_tos, mail.mail_from) == (["li@union.example"], "xingfu@union.example")
    assert b"Message-ID: <abc@union.example>" in (mail.content or b"")


def test_a_gateway_gets_number_text_and_reference(gateway: tuple[Any, str], tmp_path: Path) -> None:
    handler, address = gateway

    senders(replace(settings_for(tmp_path), phone_codes=address)).phone.send("+8613900000001", "您好", "abc")

    body, headers = handler.got[0]
    assert body == {"to": "+8613900000001", "text": "您好", "reference": "abc"}
    assert headers["Idempotency-Key"] == "abc"
    assert headers["Authorization"] == "Basic a2V5OnNAY3JldA=="


@pytest.mark.parametrize("status", [302, 400, 503])
def test_a_gateway_that_refuses_is_a_failure(gateway: tuple[Any, str], tmp_path: Path, status: int) -> None:
    handler, address = gateway
    handler.status = status

    with pytest.raises(OSError, match=str(status)):
        senders(replace(settings_for(tmp_path), phone_codes=address)).phone.send("+8613900000001", "您好", "abc")


def test_the_console_prints(capsys: pytest.CaptureFixture[str]) -> None:
    Console("phone").send("+8613900000001", "您的验证码是 123456", "abc")

    assert "123456" in capsys.readouterr().out
