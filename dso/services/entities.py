"""The selling company: who it is, where debtors pay to, how it sends mail."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO

from PIL import Image, UnidentifiedImageError
from stdnum import bic, iban
from stdnum.exceptions import ValidationError

from dso.db import db
from dso.domain.codes import EventKind
from dso.domain.errors import Refused
from dso.models import BankAccount, Entity, Event, User
from dso.services.sealing import seal
from dso.services.users.accounts import clean_email

#: What is kept of a logo: wide enough for a letter head, small enough for a mail.
LOGO_BOX = (800, 300)
LARGEST_LOGO = 2 * 1024 * 1024
MOST_PIXELS = 25_000_000
SECURITIES = ("starttls", "tls", "none")
TEST_SENT = "Test message sent to %(address)s"
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}\Z")


@dataclass(frozen=True)
class CompanyData:
    """What the company page keeps."""

    legal_name: str
    legal_id: str = ""
    vat_number: str = ""
    address: str = ""
    phone: str = ""
    email: str = ""
    website: str = ""
    language: str = "en"
    colour: str = "#0f5c63"
    legal_footer: Mapping[str, str] | None = None


def update_company(entity: Entity, data: CompanyData) -> None:
    """Change who the company is; Refused when something is not what it claims to be."""
    if not data.legal_name.strip():
        raise Refused("The company needs a legal name.")
    if data.website and not data.website.startswith(("https://", "http://")):
        raise Refused("The website has to begin with https:// or http://.")
    if not _COLOUR.match(data.colour):
        raise Refused("The colour has to be written as #0f5c63.")
    entity.legal_name = data.legal_name.strip()
    entity.legal_id, entity.vat_number, entity.address = data.legal_id, data.vat_number, data.address
    entity.phone, entity.website = data.phone, data.website
    entity.email = clean_email(data.email) if data.email else ""
    entity.language, entity.colour = data.language, data.colour.lower()
    entity.legal_footer = {name: text.strip() for name, text in (data.legal_footer or {}).items() if text.strip()}
    db.session.flush()


def set_logo(entity: Entity, content: bytes) -> None:
    """Keep a PNG or JPEG picture as a new PNG of its pixels alone, small enough for letters and mails."""
    if not content:
        raise Refused("Choose a picture first.")
    if len(content) > LARGEST_LOGO:
        raise Refused("The picture is larger than 2 MB.")
    try:
        with Image.open(BytesIO(content), formats=("PNG", "JPEG")) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise Refused("The picture has too many pixels.")
            pixels = picture.convert("RGBA")
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise Refused("This file is no PNG or JPEG picture.") from error
    pixels.thumbnail(LOGO_BOX)
    kept = BytesIO()
    pixels.save(kept, "PNG", optimize=True)
    entity.logo, entity.logo_type = kept.getvalue(), "image/png"
    db.session.flush()


def remove_logo(entity: Entity) -> None:
    """No logo any more."""
    entity.logo, entity.logo_type = None, ""
    db.session.flush()


@dataclass(frozen=True)
class Account:
    """A bank account as it was typed."""

    currency: str
    holder: str = ""
    bank: str = ""
    iban: str = ""
    bic: str = ""
    details: str = ""


def checked_iban(text: str) -> str:
    """An IBAN in groups of four; Refused when a digit cannot be right."""
    try:
        return str(iban.format(iban.validate(text)))
    except ValidationError as error:
        raise Refused("This IBAN cannot be right: a digit or letter is wrong or missing.") from error


def checked_bic(text: str) -> str:
    """A BIC in its one form; Refused when it cannot be one."""
    try:
        return str(bic.validate(text))
    except ValidationError as error:
        raise Refused("This BIC cannot be right: it has 8 or 11 letters and digits.") from error


def save_account(entity: Entity, account: Account, existing: BankAccount | None = None) -> BankAccount:
    """Add a bank account, or change one; an IBAN or the details of the account are needed."""
    if not account.iban.strip() and not account.details.strip():
        raise Refused("Give the IBAN, or the details of the account where it has none.")
    number = checked_iban(account.iban) if account.iban.strip() else ""
    code = checked_bic(account.bic) if account.bic.strip() else ""
    row = existing or BankAccount(entity_id=entity.id)
    row.currency, row.holder, row.bank = account.currency, account.holder.strip(), account.bank.strip()
    row.iban, row.bic, row.details = number, code, account.details.strip()
    if existing is None:
        entity.bank_accounts.append(row)
    db.session.flush()
    return row


def remove_account(entity: Entity, account: BankAccount) -> None:
    """Debtors are no longer told this account; messages that left keep it."""
    entity.bank_accounts.remove(account)
    db.session.flush()


@dataclass(frozen=True)
class MailServer:
    """How the company sends; `secret` None = the one that is kept, empty = none."""

    host: str
    port: int = 587
    security: str = "starttls"
    user: str = ""
    secret: str | None = None
    mail_from: str = ""
    mail_bcc: str = ""


def set_mail_server(entity: Entity, server: MailServer) -> None:
    """Keep a mail server, or none with an empty host. A new host or user never gets the old secret."""
    if server.security not in SECURITIES:
        raise Refused("The encryption has to be STARTTLS, TLS or none.")
    if not 1 <= server.port <= 65535:
        raise Refused("The port has to be a number from 1 to 65535.")
    host = server.host.strip()
    if any(c.isspace() or ord(c) < 33 for c in host):
        raise Refused("The name of the mail server has no blanks.")
    moved = (host, server.user) != (entity.smtp_host, entity.smtp_user)
    if server.secret is not None:
        entity.smtp_secret = seal(server.secret)
    elif moved:
        entity.smtp_secret = ""
    entity.smtp_host, entity.smtp_port, entity.smtp_security = host, server.port, server.security
    entity.smtp_user = server.user
    entity.mail_from = clean_email(server.mail_from) if server.mail_from else ""
    entity.mail_bcc = clean_email(server.mail_bcc) if server.mail_bcc else ""
    db.session.flush()


def note_test_message(entity: Entity, address: str, *, actor: User, now: datetime) -> None:
    """Write down that the mail server took a test message: the first-steps list asks for it."""
    data = {"params": {"address": address}}
    db.session.add(
        Event(entity_id=entity.id, kind=EventKind.SETTING, text=TEST_SENT, data=data, actor_id=actor.id, at=now)
    )
    db.session.flush()
