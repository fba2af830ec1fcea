"""Which mail server an entity sends by, and from which address."""

from email.utils import make_msgid

from flask import current_app

from dso.domain.codes import Channel
from dso.domain.sending import EXPLANATIONS
from dso.models import Entity
from dso.queries import settings
from dso.queries.messages.facts import Company, Sender
from dso.services.messages.smtp import Server, server_from_url
from dso.services.sealing import unseal


def of_entity(entity: Entity) -> Server | None:
    """The entity's own server, else that of the installation; None when neither is set."""
    if entity.smtp_host:
        secret = unseal(entity.smtp_secret)
        return Server(entity.smtp_host, entity.smtp_port, entity.smtp_security, entity.smtp_user, secret)
    return server_from_url(current_app.config["DSO"].smtp_url)


TEST, NO_SERVER, NO_PROVIDER = (EXPLANATIONS[key] for key in ("test", "no_server", "no_provider"))


def stays_here(entity: Entity, channel: Channel) -> str:
    """Why a message can not leave whatever happens; empty when it can, or when a copy goes to the test address."""
    if channel is Channel.SMS:
        return NO_PROVIDER
    live = settings.is_live(entity)
    if channel is Channel.LETTER:
        return "" if live else TEST
    if of_entity(entity) is None:
        return NO_SERVER if live else TEST
    return "" if live or test_address(entity) else TEST


def test_address(entity: Entity) -> str:
    """Where everything goes in test mode; empty = nowhere."""
    return settings.get(entity, "sending.test_address").strip()


def from_address(company: Company, sender: Sender) -> tuple[str, str]:
    """The address a message comes from, and the one answers go to (empty = the same).

    Where the company has an address of its own, mails come from it in the sender's name, and answers reach the sender.
    """
    if company.mail_from and company.mail_from.lower() != sender.email.lower():
        return company.mail_from, sender.email
    return sender.email or company.mail_from or company.email, ""


def message_id(address: str) -> str:
    """A new Message-ID in the domain of the sending address."""
    domain = address.rpartition("@")[2]
    return make_msgid("dso", domain if domain and domain.isascii() else "localhost.localdomain")
