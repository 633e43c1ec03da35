"""Handing one mail to the mail server, step by step, so that it is always clear whether the server can have it.

offer     connect, EHLO, TLS, sign in, MAIL, RCPT: whatever fails here, the mail is surely not sent
deliver   DATA: an answer is an answer, silence means that nobody knows
"""

from __future__ import annotations

import contextlib
import smtplib
import ssl
from functools import lru_cache
from types import TracebackType
from typing import Self

from django.conf import settings

from conversations.mailroom.addresses import own_domain
from conversations.mailroom.compose import Envelope
from desk.actions import acting

ANSWER = 10.0  # seconds for each step before DATA
TAKEN = 60.0  # seconds for each answer from DATA on
FAREWELL = 2.0


class NotTaken(Exception):
    """The mail server surely does not have the mail. `for_good`: it never will take it."""

    def __init__(self, code: str, *, for_good: bool = False) -> None:
        super().__init__(code)
        self.code, self.for_good = code, for_good


class Silence(Exception):
    """The mail server was told the mail and did not say what became of it."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Handover:
    """A talk with the mail server of EMAIL_URL about one mail; leaving the block ends it, politely where possible."""

    def __init__(self, envelope: Envelope) -> None:
        self.envelope = envelope
        self._client: smtplib.SMTP | None = None
        self._offered = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._leave()

    def offer(self) -> None:
        """Everything up to DATA. Raises NotTaken; only what the server says to MAIL or RCPT can be for good."""
        _outside_of_actions()
        try:
            self._name_both_ends(self._signed_in())
        except smtplib.SMTPResponseException as error:
            # A greeting or a sign-in that is refused is the organisation's to mend, not the end of the mail.
            raise NotTaken(f"smtp_{error.smtp_code}") from error
        except smtplib.SMTPNotSupportedError as error:
            raise NotTaken("smtp_lacks_tls_or_sign_in") from error
        except ssl.SSLError as error:
            raise NotTaken("no_tls") from error
        except smtplib.SMTPServerDisconnected as error:
            raise NotTaken(_silence(error)) from error
        except TimeoutError as error:
            raise NotTaken("no_answer") from error
        except OSError as error:
            raise NotTaken("no_connection") from error
        self._offered = True

    def deliver(self) -> None:
        """Hand over the text; returns when the server has it. Raises NotTaken on a clear no, Silence on no answer."""
        _outside_of_actions()
        client = self._client
        if client is None or client.sock is None or not self._offered:
            raise RuntimeError("deliver() comes after offer()")
        client.sock.settimeout(TAKEN)
        self._offered = False
        try:
            code, _ = client.data(self.envelope.content())
        except smtplib.SMTPDataError as error:
            # It would not even hear the text: whatever the number, it has nothing.
            raise NotTaken(f"smtp_{error.smtp_code}", for_good=error.smtp_code >= 500) from error
        except (smtplib.SMTPException, OSError) as error:
            raise Silence(_silence(error)) from error
        if 200 <= code < 300:
            return
        if 400 <= code < 600:
            raise NotTaken(f"smtp_{code}", for_good=code >= 500)
        raise Silence("smtp_nonsense")

    def _signed_in(self) -> smtplib.SMTP:
        where = (settings.EMAIL_HOST, settings.EMAIL_PORT)
        # Our own name is given: looking it up can take long where there is no name server.
        name = own_domain()
        if settings.EMAIL_USE_SSL:
            client: smtplib.SMTP = smtplib.SMTP_SSL(*where, local_hostname=name, timeout=ANSWER, context=_trust())
        else:
            client = smtplib.SMTP(*where, local_hostname=name, timeout=ANSWER)
        self._client = client
        client.ehlo_or_helo_if_needed()
        if settings.EMAIL_USE_TLS:
            client.starttls(context=_trust())
            client.ehlo_or_helo_if_needed()
        if settings.EMAIL_HOST_USER:
            client.login(settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD)
        return client

    def _name_both_ends(self, client: smtplib.SMTP) -> None:
        options = []
        if self.envelope.needs_utf8:
            if not client.has_extn("smtputf8"):
                raise NotTaken("smtp_lacks_utf8", for_good=True)
            options = ["SMTPUTF8", "BODY=8BITMIME"]
        code, _ = client.mail(self.envelope.sender, options)
        if code != 250:
            raise NotTaken(f"smtp_{code}", for_good=code >= 500)
        code, _ = client.rcpt(self.envelope.recipient)
        if code not in {250, 251}:
            raise NotTaken(f"smtp_{code}", for_good=code >= 500)

    def _leave(self) -> None:
        client, self._client = self._client, None
        if client is None:
            return
        with contextlib.suppress(smtplib.SMTPException, OSError):
            if client.sock is not None:
                client.sock.settimeout(FAREWELL)
                if self._offered:
                    client.rset()
                client.quit()
        client.close()


def _silence(error: Exception) -> str:
    timed_out = isinstance(error, TimeoutError) or isinstance(error.__context__, TimeoutError)
    return "no_answer" if timed_out else "connection_lost"


def _outside_of_actions() -> None:
    if acting():
        raise RuntimeError("no transaction is open while the network is asked")


@lru_cache(maxsize=1)
def _trust() -> ssl.SSLContext:
    """Whose certificates are believed. Read once: reading them takes 20 ms, in which no other thread of a worker gets on."""
    return ssl.create_default_context()
