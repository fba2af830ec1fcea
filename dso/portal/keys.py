"""The key of a form on a public page: proves where the page came from, tells a double click from a second answer."""

import hashlib
import secrets
from typing import cast

from flask import current_app
from itsdangerous import BadData, URLSafeSerializer

from dso.models import Link


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(
        cast(str, current_app.config["SECRET_KEY"]), salt="dso.answer", signer_kwargs={"digest_method": hashlib.sha256}
    )


def issue(link: Link) -> str:
    """A new key for the forms of a link's page."""
    return str(_serializer().dumps([link.id, secrets.token_urlsafe(12)]))


def read(text: str, link: Link) -> str | None:
    """The random part of a key of this link; None when it was not made here for it."""
    try:
        content = _serializer().loads(text)
    except BadData:
        return None
    match content:
        case [int(number), str(key)] if number == link.id:
            return key
    return None
