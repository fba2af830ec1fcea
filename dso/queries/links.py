"""Finding the link of a URL, and the links of a customer."""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from flask import current_app
from itsdangerous import BadData, URLSafeSerializer
from sqlalchemy import select

from dso.db import db
from dso.domain.codes import Flavour
from dso.models import Customer, Link

#: Path of the public page of each flavour of link.
PATHS = {Flavour.INTERACTIVE: "p", Flavour.PLAIN: "p", Flavour.INTERNAL: "i"}


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(
        cast(str, current_app.config["SECRET_KEY"]),
        salt="dso.link",
        signer_kwargs={"digest_method": hashlib.sha256, "key_derivation": "hmac"},
    )


def token(link: Link) -> str:
    """What the URL carries: number and random part of the link, signed."""
    return str(_serializer().dumps([link.id, link.nonce]))


def _read(text: str) -> tuple[int, str] | None:
    """Number and random part of a token; None when it was not signed here, character by character."""
    try:
        content = _serializer().loads(text)
    except BadData:
        return None
    match content:
        case [int(number), str(nonce)] if _serializer().dumps([number, nonce]) == text:
            return number, nonce
    return None


def is_signed(text: str) -> bool:
    """Whether a token was made here; asks no database, so that forged ones cost nothing."""
    return _read(text) is not None


def find(text: str, flavour: Flavour | None) -> Link | None:
    """The link of a token, live or not; None when it is forged, altered or of the other page (None = of any)."""
    content = _read(text)
    if content is None:
        return None
    link = db.session.get(Link, content[0])
    if link is None or not hmac.compare_digest(link.nonce, content[1]):
        return None
    return link if flavour is None or PATHS[link.flavour] == PATHS[flavour] else None


def is_live(link: Link, now: datetime) -> bool:
    """Whether the link still opens its page."""
    return link.revoked_at is None and now < link.expires_at


@dataclass(frozen=True)
class LinkRow:
    """A link as the team sees it; `state` is live, expired or revoked."""

    id: int
    recipient: str
    recipient_name: str
    flavour: Flavour
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    first_opened_at: datetime | None
    last_opened_at: datetime | None
    opened_count: int
    last_address: str
    state: str


def of_customer(customer: Customer, *, now: datetime, limit: int | None = 200) -> list[LinkRow]:
    """The customer's latest links, newest first."""
    query = select(Link).where(Link.customer_id == customer.id).order_by(Link.id.desc()).limit(limit)
    return [
        LinkRow(
            link.id,
            link.recipient,
            link.recipient_name,
            link.flavour,
            link.created_at,
            link.expires_at,
            link.revoked_at,
            link.first_opened_at,
            link.last_opened_at,
            link.opened_count,
            link.last_address,
            "revoked" if link.revoked_at else "live" if now < link.expires_at else "expired",
        )
        for link in db.session.scalars(query)
    ]
