"""From a rendered message to the bytes a mail server takes: text, HTML, pictures, files, safe headers."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from dso.domain.errors import Refused
from dso.services.messages import clean

#: Files of one message in all (4.2); what base64 makes of it is the mail server's concern.
MOST_BYTES = 20 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class File:
    """A file that goes with a message."""

    name: str
    content_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Mail:
    """One e-mail as it is to leave."""

    sender_name: str
    sender_address: str
    to_name: str
    to_address: str
    subject: str
    text: str
    html: str
    message_id: str
    at: datetime
    reply_to: str = ""
    cc: tuple[str, ...] = ()
    bcc: tuple[str, ...] = ()
    references: str = ""
    automatic: bool = False
    #: Content id to picture.
    pictures: dict[str, File] = field(default_factory=dict)

    @property
    def recipients(self) -> list[str]:
        """Everybody the server is to take it for, the main address first."""
        return list(dict.fromkeys([self.to_address, *self.cc, *self.bcc]))


def build(mail: Mail, files: Sequence[File] = ()) -> bytes:
    """The message in bytes; files beyond 20 MB in all are left out, the largest first."""
    message = EmailMessage(policy=SMTP)
    message["From"] = _address(mail.sender_name, mail.sender_address)
    message["To"] = _address(mail.to_name, mail.to_address)
    if mail.cc:
        message["Cc"] = [_address("", address) for address in mail.cc]
    if mail.reply_to:
        message["Reply-To"] = _address("", mail.reply_to)
    message["Subject"] = clean.subject(mail.subject)
    message["Date"] = format_datetime(mail.at)
    message["Message-ID"] = mail.message_id
    if mail.references:
        message["References"] = clean.subject(mail.references)
        message["In-Reply-To"] = mail.references.split()[-1]
    if mail.automatic:
        message["Auto-Submitted"] = "auto-generated"
    _write_body(message, mail)
    for file in within_limit(files):
        maintype, _, subtype = file.content_type.partition("/")
        message.add_attachment(file.content, maintype=maintype, subtype=subtype or "octet-stream", filename=file.name)
    return message.as_bytes()


def _write_body(message: EmailMessage, mail: Mail) -> None:
    message.set_content(mail.text, cte="quoted-printable")
    message.add_alternative(mail.html, subtype="html", cte="quoted-printable")
    html_part = message.get_payload()[1]  # type: ignore[index]
    for name, picture in mail.pictures.items():
        if f"cid:{name}" in mail.html:
            maintype, _, subtype = picture.content_type.partition("/")
            html_part.add_related(  # type: ignore[union-attr]
                picture.content,
                maintype=maintype,
                subtype=subtype,
                cid=f"<{name}>",
                filename=picture.name,
                disposition="inline",
            )


def within_limit(files: Sequence[File]) -> list[File]:
    """The files that fit; the rest can be had on the interactive page."""
    kept = list(files)
    while sum(len(file.content) for file in kept) > MOST_BYTES:
        kept.remove(max(kept, key=lambda file: len(file.content)))
    return kept


def left_out(files: Sequence[File]) -> set[str]:
    """The names of those that do not fit."""
    kept = within_limit(files)
    return {file.name for file in files if file not in kept}


def _address(name: str, address: str) -> Address:
    """An address that can not smuggle a header in: the parser refuses line ends and what is no address."""
    try:
        return Address(display_name=clean.subject(name), addr_spec=address.strip())
    except (ValueError, IndexError, MessageError) as error:
        raise Refused('"%(address)s" is not an e-mail address.', address=address) from error
