"""A test message by the company's mail server: made from plain values, sent while no transaction is open."""

from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP

from dso.domain.errors import Refused
from dso.models import Entity, User
from dso.services.messages import servers
from dso.services.messages.smtp import Connection, Outcome, Server


@dataclass(frozen=True)
class Attempt:
    """Everything that is needed to try."""

    server: Server
    sender: str
    recipient: str
    content: bytes


@dataclass(frozen=True)
class TestResult:
    """Whether the server took it; what it said otherwise."""

    #: The name begins like a test's; it is none.
    __test__ = False

    sent: bool
    words: str


def prepare(entity: Entity, person: User) -> Attempt:
    """A short message to the person; Refused when there is no server."""
    server = servers.of_entity(entity)
    if server is None:
        raise Refused("There is no mail server yet: name one first.")
    sender = entity.mail_from or entity.email or person.email
    message = EmailMessage(policy=SMTP)
    message["From"], message["To"] = sender, person.email
    message["Subject"] = f"Test message of {entity.name}"
    message["Message-ID"] = servers.message_id(sender)
    message.set_content(f"{entity.name} can send by {server.host}. Nothing went to any customer.\n")
    return Attempt(server, sender, person.email, message.as_bytes())


def server_of(entity: Entity) -> Server | None:
    """The mail server a company sends by; None when there is none."""
    return servers.of_entity(entity)


def reach(server: Server) -> str:
    """What is wrong with a mail server, in words; empty when it answers and lets us in."""
    connection = Connection(server)
    try:
        return connection.greet()
    finally:
        connection.close()


def send(attempt: Attempt) -> TestResult:
    """Talk to the server."""
    connection = Connection(attempt.server)
    try:
        result = connection.send(attempt.sender, [attempt.recipient], attempt.content)
    finally:
        connection.close()
    return TestResult(result.outcome is Outcome.SENT, result.words)
