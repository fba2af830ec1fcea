"""CSV endpoints, drop-in for extractors written for this kind of tool (2.5): the body is the file."""

import gzip
import zlib
from collections.abc import Iterator
from typing import Any, BinaryIO, cast

from flask import request
from marshmallow import fields, validate
from werkzeug.exceptions import RequestEntityTooLarge, UnsupportedMediaType

from dso.api import bp
from dso.api.answers import Stopped, Taken
from dso.api.asking import OfEntity, chosen_entity
from dso.api.fields import Switch, Text
from dso.api.operations import described
from dso.api.taking import received, take
from dso.domain.codes import ImportKind, ImportMode
from dso.domain.errors import Refused
from dso.domain.imports.dates import DayOrder
from dso.domain.permissions import Capability
from dso.http.guard import requires, viewer
from dso.services import imports

_CHUNK = 1 << 20
_MARKS = {"comma": ",", "point": ".", "": ""}
_MODES = {True: ImportMode.STOCK, False: ImportMode.DELTA, None: None}


def _switch(words: str, unsaid: bool | None = False) -> Switch:
    listed = {"description": words, "type": "string", "enum": ["1", "0", "true", "false"]}
    return Switch(load_default=unsaid, allow_none=False, metadata=listed)


class FeedAsked(OfEntity):
    """How a file is to be taken in."""

    encoding = Text(
        load_default="utf-8",
        validate=validate.Length(1, 40),
        metadata={"description": "Encoding of the file, such as windows-1252."},
    )
    clear_items_not_modified = _switch("Items: every open item is in the file; what is absent counts as paid.", None)
    replace_users_association = _switch("Customers: sales colleagues take the place of those earlier files set.")
    create_customers = _switch("Items: unknown customers are made as drafts; unsaid: as on the import page.", None)
    force = _switch("Go in although the brake stops.")
    day_order = fields.String(
        load_default="",
        validate=validate.OneOf([each.value for each in DayOrder]),
        metadata={"description": "What comes first where the dates of a column fit both orders."},
    )
    decimal = fields.String(
        load_default="",
        validate=validate.OneOf(["comma", "point"]),
        metadata={"description": "The decimal mark where the amounts of a column fit both."},
    )


def _feed(kind: ImportKind, query: dict[str, Any]) -> tuple[dict[str, Any], int]:
    imports.check_right(kind, viewer())
    encoding = query["encoding"]
    said: dict[str, Any] = {
        "file_name": f"{kind.value}.csv",
        # With or without the mark that Windows puts in front of it.
        "encoding": "utf-8-sig" if encoding.lower() in ("utf-8", "utf8") else encoding,
        "separator": ";",
        "mode": _MODES[query["clear_items_not_modified"]] if kind is ImportKind.ITEMS else None,
        "replace_colleagues": query["replace_users_association"],
        "create_customers": query["create_customers"],
        "day_order": DayOrder(query["day_order"]) if query["day_order"] else None,
        "decimal": _MARKS[query["decimal"]],
        "force": query["force"],
    }
    stored_as = received(chosen_entity(query["entity"]), kind, _body, **said)
    _report, answer, status = take(chosen_entity(query["entity"]), kind, stored_as, **said)
    return answer, status


def _body() -> Iterator[bytes]:
    """The body in pieces, unpacked; it is in memory one piece at a time."""
    if request.mimetype.startswith("multipart/"):
        raise UnsupportedMediaType("Send the file itself as the body, not a form.")
    packed = request.headers.get("Content-Encoding", "").strip().lower()
    if packed not in ("", "identity", "gzip"):
        raise UnsupportedMediaType("Send the file plain or packed with gzip.")
    stream = cast(BinaryIO, request.stream)
    return _limited(_unpacked(stream) if packed == "gzip" else iter(lambda: stream.read(_CHUNK), b""))


def _unpacked(stream: BinaryIO) -> Iterator[bytes]:
    try:
        with gzip.GzipFile(fileobj=stream, mode="rb") as file:
            while chunk := file.read(_CHUNK):
                yield chunk
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise Refused("What was sent is not whole gzip.") from error


def _limited(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """What a small packed file unpacks to is held to the same size as a plain one."""
    size = 0
    for chunk in chunks:
        size += len(chunk)
        if size > (request.max_content_length or size):
            raise RequestEntityTooLarge
        yield chunk


_imports = requires(Capability.DATA_IMPORT, reads_first=True)
_ANSWERS = {207: Taken, 409: Stopped}


@bp.post("/clients")
@_imports
@described("Customers as CSV", Taken, query=FeedAsked, csv=True, also=_ANSWERS)
def feed_customers(query: dict[str, Any]) -> tuple[dict[str, Any], int]:
    """Take a customers file in."""
    return _feed(ImportKind.CUSTOMERS, query)


@bp.post("/items")
@_imports
@described("Items as CSV", Taken, query=FeedAsked, csv=True, also=_ANSWERS)
def feed_items(query: dict[str, Any]) -> tuple[dict[str, Any], int]:
    """Take an items file in."""
    return _feed(ImportKind.ITEMS, query)


@bp.post("/contacts")
@_imports
@described("Contacts as CSV", Taken, query=FeedAsked, csv=True, also=_ANSWERS)
def feed_contacts(query: dict[str, Any]) -> tuple[dict[str, Any], int]:
    """Take a contacts file in."""
    return _feed(ImportKind.CONTACTS, query)


@bp.post("/users")
@_imports
@described("Users as CSV", Taken, query=FeedAsked, csv=True, also=_ANSWERS)
def feed_users(query: dict[str, Any]) -> tuple[dict[str, Any], int]:
    """Take a users file in."""
    return _feed(ImportKind.USERS, query)
