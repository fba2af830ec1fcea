"""Showing a message: exactly what left, pictures inside, nothing in it that works."""

from dso.models import Message
from dso.queries.messages.facts import Company
from dso.queries.messages.material import company
from dso.services.documents import pdf


def with_pictures(markup: str, seller: Company) -> str:
    """HTML whose logo stands in it, as a browser without access to the mail needs it."""
    return markup.replace('src="cid:logo"', f'src="{pdf.picture(seller.logo, seller.logo_type)}"')


def document(message: Message) -> str:
    """The kept HTML of a message, to be shown in a frame that may do nothing."""
    return with_pictures(message.body_html, company(message.entity_id))
