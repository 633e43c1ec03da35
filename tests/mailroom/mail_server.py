"""A real mail server for the tests, which can be told at which step to refuse, to fall silent or to hang up."""

from __future__ import annotations

import asyncio
import ssl
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from types import TracebackType
from typing import Any, Self, cast

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from desk.children import free_port

HANG = "hang"
DROP = "drop"
TAKEN = "250 Taken"


@dataclass
class Behaviour:
    """The answer to each step (mail, rcpt, data, dot): a line of SMTP, `HANG` or `DROP`; without one all is well."""

    answers: dict[str, str] = field(default_factory=dict)
    pause: float = 0.0
    seen: list[str] = field(default_factory=list)
    contents: list[bytes] = field(default_factory=list)
    envelopes: list[Envelope] = field(default_factory=list)

    async def answer(self, step: str, server: SMTP, well: str = "250 OK") -> str:
        self.seen.append(step)
        await asyncio.sleep(self.pause)
        said = self.answers.get(step, well)
        if said == HANG:
            await cast("Any", server).hung.wait()
        if said in {HANG, DROP}:
            server.transport.abort()
            return "421 Gone"
        return said


class _Steps:
    def __init__(self, behaviour: Behaviour) -> None:
        self.behaviour = behaviour

    async def handle_MAIL(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        said = await self.behaviour.answer("mail", server)
        envelope.mail_from, envelope.mail_options = address, options
        return said

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        said = await self.behaviour.answer("rcpt", server)
        if said.startswith("2"):
            envelope.rcpt_tos.append(address)
        return said

    async def handle_RSET(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        return await self.behaviour.answer("rset", server)

    async def handle_QUIT(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        return await self.behaviour.answer("quit", server, "221 Bye")

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        self.behaviour.contents.append(cast("bytes", envelope.content))
        self.behaviour.envelopes.append(envelope)
        return await self.behaviour.answer("dot", server, TAKEN)


class _Smtp(SMTP):
    behaviour: Behaviour
    hung: asyncio.Event

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802 - aiosmtpd's name
        said = await self.behaviour.answer("data", self, "")
        if said:
            await self.push(said)
        else:
            await super().smtp_DATA(arg)


class MailServer(Controller):
    """Runs in a thread while the block lasts."""

    def __init__(
        self, *, password: str = "", utf8: bool = True, tls: ssl.SSLContext | None = None, **more: Any
    ) -> None:
        self.behaviour = Behaviour()
        self.utf8 = utf8
        self.starttls = tls
        self.password = password
        super().__init__(_Steps(self.behaviour), hostname="127.0.0.1", port=free_port(), ready_timeout=15, **more)

    def factory(self) -> SMTP:
        secure = {"tls_context": self.starttls, "require_starttls": True} if self.starttls else {}
        sign_in = {"authenticator": self._sign_in, "auth_required": True, "auth_require_tls": bool(self.starttls)}
        server = _Smtp(
            self.handler,
            data_size_limit=2**26,
            hostname="mx.test",
            enable_SMTPUTF8=self.utf8,
            **secure,
            **(sign_in if self.password else {}),
        )
        server.behaviour, server.hung = self.behaviour, self._hung
        return server

    def _sign_in(self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, given: object) -> AuthResult:
        well = isinstance(given, LoginPassword) and given.password.decode() == self.password
        return AuthResult(success=well, handled=False)

    def __enter__(self) -> Self:
        self._hung = asyncio.Event()
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.loop.call_soon_threadsafe(self._hung.set)
        self.stop()

    @property
    def mails(self) -> list[EmailMessage]:
        """What arrived behind DATA, whatever was answered to it."""
        return [cast("EmailMessage", message_from_bytes(raw, policy=policy.default)) for raw in self.behaviour.contents]

    @property
    def mail(self) -> EmailMessage:
        (only,) = self.mails
        return only
