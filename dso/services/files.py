"""Taking files in and finding them again: checked, kept outside the web root under random names."""

import hashlib
import os
import secrets
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from flask import current_app
from sqlalchemy import event
from sqlalchemy.orm import Session, SessionTransaction

from dso.db import db
from dso.domain import uploads as rules
from dso.domain.codes import EventKind
from dso.domain.errors import NotFound, Refused
from dso.models import Attachment, Customer, Item, Reply, User, attachment_items
from dso.services import history

_CHUNK = 1024 * 1024
#: Where a session keeps the stored names that leave with its commit.
_LEAVING = "files that leave with the commit"


@dataclass(frozen=True)
class Upload:
    """A file somebody sent: the name they gave it, and its bytes, which can be read from the start again."""

    name: str
    stream: BinaryIO


@dataclass(frozen=True)
class Checked:
    """A file that may be taken in."""

    name: str
    content_type: str
    size: int
    sha256: str
    stream: BinaryIO


def check(upload: Upload) -> Checked:
    """The file, if its name and its content are of a type that is taken (8.3); Refused in words otherwise."""
    kind = rules.kind_of(upload.name, upload.stream)
    digest = hashlib.sha256()
    size = 0
    for chunk in _chunks(upload.stream):
        digest.update(chunk)
        size += len(chunk)
    return Checked(rules.clean_name(upload.name), kind.content_type, size, digest.hexdigest(), upload.stream)


def check_all(uploads: Iterable[Upload], *, most: int = rules.MOST_FILES) -> list[Checked]:
    """All files or none: Refused names the first that is not taken."""
    found = [upload for upload in uploads if upload.name]
    if len(found) > most:
        raise Refused("At most %(most)s files can be sent at once.", most=most)
    return [check(upload) for upload in found]


def _chunks(stream: BinaryIO) -> Iterable[bytes]:
    stream.seek(0)
    return iter(lambda: stream.read(_CHUNK), b"")


def folder() -> Path:
    """The file store."""
    store: Path = current_app.config["DSO"].files_path
    return store


def path_of(stored_as: str) -> Path:
    """Where the bytes of a stored name lie; NotFound when the store does not hold them."""
    path = folder() / stored_as[:2] / stored_as
    if not stored_as.isalnum() or not path.is_file():
        raise NotFound("This file is no longer there.")
    return path


def throw_away(names: Iterable[str]) -> None:
    """Remove the bytes of stored names; what is gone already is gone."""
    for name in names:
        with suppress(NotFound, FileNotFoundError):
            path_of(name).unlink()


def throw_away_later(names: Iterable[str]) -> None:
    """Remove the bytes of stored names with the commit that removes their records; a rollback keeps all of them."""
    db.session().info.setdefault(_LEAVING, []).extend(names)


@event.listens_for(Session, "after_commit")
def _throw_away(session: Session) -> None:
    if not session.in_nested_transaction():
        throw_away(session.info.pop(_LEAVING, ()))


@event.listens_for(Session, "after_soft_rollback")
def _keep_all(session: Session, _ended: SessionTransaction) -> None:
    """Which of them a savepoint took back is not known: what stays too long, the cleaning of the store removes."""
    session.info.pop(_LEAVING, None)


def keep(stream: BinaryIO) -> str:
    """Write bytes into the store, whole or not at all; gives the random name they are found by."""
    return keep_chunks(_chunks(stream))


def keep_chunks(chunks: Iterable[bytes]) -> str:
    """`keep` for bytes that come once and in pieces; what stops them leaves nothing behind."""
    name = secrets.token_hex(20)
    target = folder() / name[:2] / name
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_suffix(".part")
    try:
        with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            for chunk in chunks:
                file.write(chunk)
        partial.replace(target)
    except BaseException:
        partial.unlink(missing_ok=True)
        raise
    return name


def attach(
    files: Sequence[Checked],
    customer: Customer,
    *,
    items: Sequence[Item] = (),
    reply: Reply | None = None,
    visible_to_debtor: bool = False,
    visible_to_colleagues: bool = True,
    actor: User | None,
    now: datetime,
) -> list[Attachment]:
    """Keep files on a customer, and on items of it where some are named."""
    made = []
    for file in files:
        attachment = Attachment(
            entity_id=customer.entity_id,
            customer_id=customer.id,
            reply_id=reply.id if reply else None,
            name=file.name,
            content_type=file.content_type,
            size=file.size,
            sha256=file.sha256,
            stored_as=keep(file.stream),
            visible_to_colleagues=visible_to_colleagues,
            visible_to_debtor=visible_to_debtor,
            author_id=actor.id if actor else None,
            created_at=now,
        )
        db.session.add(attachment)
        made.append(attachment)
    db.session.flush()
    put_on(made, items)
    return made


def put_on(files: Sequence[Attachment], items: Sequence[Item]) -> None:
    """Put files on items."""
    rows = [{"attachment_id": file.id, "item_id": item.id} for file in files for item in items]
    if rows:
        db.session.execute(attachment_items.insert(), rows)


def add(
    files: Sequence[Checked],
    customer: Customer,
    *,
    items: Sequence[Item] = (),
    visible_to_debtor: bool = False,
    visible_to_colleagues: bool = True,
    actor: User,
    now: datetime,
) -> list[Attachment]:
    """What a colleague does: keep files on a customer or items, and write it down."""
    if not files:
        raise Refused("Choose at least one file.")
    if any(customer.id not in (item.customer_id, item.account_id) for item in items):
        raise NotFound("There is no such item.")
    made = attach(
        files,
        customer,
        items=items,
        visible_to_debtor=visible_to_debtor,
        visible_to_colleagues=visible_to_colleagues,
        actor=actor,
        now=now,
    )
    for file in made:
        history.record(
            customer,
            EventKind.FILE,
            "File %(name)s added",
            actor=actor,
            now=now,
            item_ids=[item.id for item in items],
            name=file.name,
        )
    return made


def show_to(
    file: Attachment, *, customer: Customer, debtor: bool, colleagues: bool, actor: User, now: datetime
) -> None:
    """Decide who sees a file."""
    if (file.visible_to_debtor, file.visible_to_colleagues) == (debtor, colleagues):
        return
    if file.visible_to_debtor != debtor:
        words = "File %(name)s is shown to the customer" if debtor else "File %(name)s is hidden from the customer"
        history.record(customer, EventKind.FILE, words, actor=actor, now=now, name=file.name)
    file.visible_to_debtor, file.visible_to_colleagues = debtor, colleagues
    db.session.flush()
