"""Talking to a mail server, step by step, so that it is always known whether it may have taken the message."""

import re
import smtplib
import socket
import ssl
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import unquote, urlsplit

from dso.domain.sending import EXPLANATIONS

#: Seconds a server may take to answer one command; for the last one, after the text, it may need longer.
PATIENCE = 30
LAST_PATIENCE = 120
_POLICY = re.compile(r"\b5\.[37]\.\d+")


class Outcome(StrEnum):
    """How an attempt ended."""

    SENT = "sent"
    #: Try this message again later.
    LATER = "later"
    #: Never try again.
    REFUSED = "refused"
    #: The server may or may not have taken it.
    UNCERTAIN = "uncertain"
    #: The server cannot be reached or used: nothing was handed over, this message and the others wait.
    AWAY = "away"


@dataclass(frozen=True, slots=True)
class Result:
    """An outcome in words; `bad_address` when the recipient's address itself was refused."""

    outcome: Outcome
    words: str = ""
    bad_address: bool = False


@dataclass(frozen=True, slots=True)
class Server:
    """A mail server to send by."""

    host: str
    port: int
    #: "none", "starttls" or "tls".
    security: str = "starttls"
    user: str = ""
    secret: str = ""


def server_from_url(url: str) -> Server | None:
    """The server of `DSO_SMTP_URL`: smtps:// is TLS from the start, smtp:// on port 587 upgrades, else it is plain."""
    if not url:
        return None
    parts = urlsplit(url)
    implicit = parts.scheme == "smtps"
    port = parts.port or (465 if implicit else 25)
    security = "tls" if implicit else "starttls" if port == 587 else "none"
    return Server(parts.hostname or "", port, security, unquote(parts.username or ""), unquote(parts.password or ""))


class Connection:
    """One connection, kept open over many messages and made again when it broke."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self._smtp: smtplib.SMTP | None = None

    def send(self, sender: str, recipients: list[str], content: bytes) -> Result:
        """Hand one message over; the first recipient is the one that counts, copies may be refused."""
        try:
            smtp = self._ready()
        except smtplib.SMTPAuthenticationError as error:
            self.close()
            return Result(Outcome.AWAY, f"{EXPLANATIONS['login']}: {_words(error.smtp_code, error.smtp_error)}")
        except (OSError, smtplib.SMTPException) as error:
            self.close()
            return Result(Outcome.AWAY, f"{EXPLANATIONS['unreachable']}: {self.server.host}, {error}")
        try:
            return self._hand_over(smtp, sender, recipients, content)
        except (OSError, smtplib.SMTPException, UnicodeError) as error:
            self.close()
            return Result(Outcome.LATER, f"{EXPLANATIONS['broke']}: {error}")

    def greet(self) -> str:
        """Connect and log in, hand nothing over; what is wrong, empty when nothing is."""
        try:
            self._ready()
        except (OSError, smtplib.SMTPException) as error:
            return f"the mail server {self.server.host} cannot be used: {error}"
        return ""

    def close(self) -> None:
        """Say goodbye if that is still possible."""
        smtp, self._smtp = self._smtp, None
        if smtp is not None:
            try:
                smtp.quit()
            except (OSError, smtplib.SMTPException):
                smtp.close()

    def _ready(self) -> smtplib.SMTP:
        """A connection that answers: the one at hand, or a new one."""
        if self._smtp is not None:
            try:
                if self._smtp.noop()[0] == 250:
                    return self._smtp
            except (OSError, smtplib.SMTPException):
                pass
            self._smtp.close()
            self._smtp = None
        self._smtp = self._connect()
        return self._smtp

    def _connect(self) -> smtplib.SMTP:
        server = self.server
        if server.security == "tls":
            smtp: smtplib.SMTP = smtplib.SMTP_SSL(
                server.host, server.port, timeout=PATIENCE, context=ssl.create_default_context()
            )
        else:
            smtp = smtplib.SMTP(server.host, server.port, timeout=PATIENCE)
        if smtp.sock is not None:
            # The closing dot is a packet of its own: it must not wait for the text to be acknowledged.
            smtp.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        smtp.ehlo_or_helo_if_needed()
        if server.security == "starttls":
            smtp.starttls(context=ssl.create_default_context())
            smtp.ehlo()
        if server.user:
            smtp.login(server.user, server.secret)
        return smtp

    def _hand_over(self, smtp: smtplib.SMTP, sender: str, recipients: list[str], content: bytes) -> Result:
        code, words = smtp.mail(sender)
        if code != 250:
            return self._turned_down(smtp, code, words)
        code, words = smtp.rcpt(recipients[0])
        if code not in (250, 251):
            return self._turned_down(smtp, code, words, about_address=True)
        refused = [copy for copy in recipients[1:] if smtp.rcpt(copy)[0] not in (250, 251)]
        code, words = smtp.docmd("DATA")
        if code != 354:
            return self._turned_down(smtp, code, words)
        smtp.send(_quoted(content))
        return self._finish(smtp, refused)

    def _finish(self, smtp: smtplib.SMTP, refused: list[str]) -> Result:
        """The last line makes the server responsible: whatever breaks from here on leaves it unknown."""
        try:
            if smtp.sock is not None:
                smtp.sock.settimeout(LAST_PATIENCE)
            smtp.send(b".\r\n")
            code, words = smtp.getreply()
            if smtp.sock is not None:
                smtp.sock.settimeout(PATIENCE)
        except (OSError, smtplib.SMTPException) as error:
            self.close()
            return Result(Outcome.UNCERTAIN, f"{EXPLANATIONS['broke_late']}: {error}")
        if code == 250:
            return Result(Outcome.SENT, f"{EXPLANATIONS['copy_refused']}: {', '.join(refused)}" if refused else "")
        return self._turned_down(smtp, code, words, about_address=True)

    def _turned_down(self, smtp: smtplib.SMTP, code: int, words: bytes, *, about_address: bool = False) -> Result:
        """The server said no: 4xx for now, 5xx for good. 421 means that it closes."""
        said = _words(code, words)
        try:
            if code == 421:
                raise smtplib.SMTPServerDisconnected
            smtp.rset()
        except (OSError, smtplib.SMTPException):
            self.close()
        if 500 <= code < 600:
            bad = about_address and code not in (552, 555) and not _POLICY.search(said)
            return Result(Outcome.REFUSED, f"{EXPLANATIONS['refused']}: {said}", bad)
        return Result(Outcome.LATER, f"{EXPLANATIONS['later']}: {said}")


def _quoted(content: bytes) -> bytes:
    """The text with line ends as SMTP wants them and leading dots doubled; the closing dot is sent apart."""
    lines = re.sub(rb"\r\n|\r|\n", b"\r\n", content)
    lines = re.sub(rb"(?m)^\.", b"..", lines)
    return lines if lines.endswith(b"\r\n") else lines + b"\r\n"


def _words(code: int, words: bytes | str) -> str:
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    return f"{code} {text}".strip()
