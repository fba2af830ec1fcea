"""What the tests of the public pages share: an account with a link, and how a debtor's browser answers."""

import re
from typing import Any

from dso.models import Customer, Item, Link, User
from dso.services import links
from tests import factories
from tests.conftest import NOW, Client


def an_account(**values: Any) -> tuple[Customer, User]:
    """A customer with a collector and a contact."""
    collector = factories.a_user(first_name="Zoé", last_name="Lambert", phone="+33 1 42 00 00 17")
    customer = factories.a_customer(collector_id=collector.id, **values)
    factories.a_contact(customer, email="ines@client.example")
    return customer, collector


def a_link(customer: Customer, **values: Any) -> Link:
    """A link of the customer's contact."""
    defaults = {"now": NOW, "name": "Inès Moreau", "language": "en"}
    return links.create(customer, None, "ines@client.example", **{**defaults, **values})


def path(link: Link, rest: str = "") -> str:
    """The path of the link's page."""
    return links.url(link).removeprefix("http://localhost") + rest


def form_key(client: Client, link: Link) -> str:
    """The key the page's form carries."""
    text = client.get(path(link)).get_data(as_text=True)
    found = re.search(r'name="csrf_token" value="([^"]+)"', text)
    assert found, "the page carries no form key"
    return found.group(1)


def answer(client: Client, link: Link, items: list[Item], **fields: Any) -> Any:
    """Post an answer as the page's form does."""
    data = {
        "csrf_token": fields.pop("key", None) or form_key(client, link),
        "items": [str(item.id) for item in items],
        "kind": "comment",
        "text": "Hello",
        "author": "Inès Moreau",
        "email": "ines@client.example",
        **fields,
    }
    return client.post(path(link), data=data, content_type="multipart/form-data")
