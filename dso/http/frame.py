"""What stands around every staff page: who, which company, counters, banners."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from importlib.metadata import version
from typing import Any

from flask import Flask, current_app, request, url_for
from flask_babel import gettext, ngettext
from flask_login import current_user

from dso import clock
from dso.domain.codes import ImportKind
from dso.domain.errors import NotFound
from dso.domain.permissions import Capability
from dso.http.entity import current_entity
from dso.http.guard import viewer
from dso.http.sources import source_words
from dso.models import Entity, User
from dso.queries import frame as queries
from dso.queries import import_tasks, settings
from dso.queries.scope import entities_of, may


@dataclass(frozen=True)
class Banner:
    """A line above the page: "test", "paused", "ledger" or "feed".

    `url` is where to do something about it, empty when one may not; `act` what that is called.
    """

    kind: str
    text: str
    url: str = ""
    act: str = ""


@dataclass(frozen=True)
class Frame:
    """The frame of a staff page."""

    version: str
    user: User | None = None
    entity: Entity | None = None
    entities: list[Entity] = field(default_factory=list)
    counters: queries.Counters = field(default_factory=queries.Counters)
    banners: list[Banner] = field(default_factory=list)
    last_import: datetime | None = None

    @property
    def same_elsewhere(self) -> str:
        """Where choosing another company leads: this page, or its list where it shows one record of this company."""
        if request.url_rule is not None and not request.view_args:
            return request.path
        index = f"{request.blueprint}.index"
        return url_for(index if index in current_app.view_functions else "auth.home")


def _banners(user: User, entity: Entity) -> list[Banner]:
    settings_url = url_for("settings.index") if user.can(Capability.COMPANY_EDIT) else ""
    found = []
    if not settings.is_live():
        text = gettext("Test mode: messages stay in the outbox, nothing reaches your customers.")
        found.append(Banner("test", text, settings_url))
    if settings.value(entity, "sending.paused"):
        found.append(Banner("paused", gettext("Automatic sending is paused."), settings_url))
    limit = settings.number(entity, "collection.ledger_max_age_hours")
    old = entity.ledger_at and clock.now() - entity.ledger_at > timedelta(hours=max(limit, 24) * 2)
    if limit and old:
        act = gettext("Import")
        import_url = url_for("imports.index") if may(user, Capability.DATA_IMPORT) else ""
        found.append(Banner("ledger", gettext("The ledger is old: import today's open items."), import_url, act))
    if may(user, Capability.DATA_IMPORT) and (failed := _failed(user, entity)):
        found.append(failed)
    return found


def _failed(user: User, entity: Entity) -> Banner | None:
    """Nobody stands beside the watched folder, nor beside a program: whoever opens a page is told what failed there."""
    edits = user.can(Capability.SETTINGS_EDIT)
    files = [each for each in import_tasks.failed(entity) if edits or each.kind is not ImportKind.USERS]
    if not files:
        return None
    text = ngettext(
        "A file was not taken in: %(name)s (%(way)s).",
        "%(num)s files were not taken in, the last one %(name)s (%(way)s).",
        len(files),
        name=files[0].file,
        way=source_words(files[0].source),
    )
    return Banner("feed", text, url_for("imports.index"), gettext("Look at it"))


def bare() -> Frame:
    """The frame around nothing of the staff's: pages of debtors."""
    return Frame(version("dso"))


def build() -> Frame:
    """The frame for the person who is logged in; a bare one when nobody is."""
    release = version("dso")
    if not current_user.is_authenticated:
        return Frame(release)
    user = viewer()
    try:
        entity = current_entity()
    except NotFound:
        return Frame(release, user)
    return Frame(
        release,
        user,
        entity,
        entities_of(user),
        queries.counters(user, entity, today=clock.today(entity.timezone)),
        _banners(user, entity),
        entity.ledger_at,
    )


def _can(capability: str) -> bool:
    return bool(current_user.is_authenticated) and may(viewer(), Capability(capability))


def register(app: Flask) -> None:
    """Give templates `frame()` (computed when a page asks for it) and `can('noun:verb')`."""

    @app.context_processor
    def _context() -> dict[str, Any]:
        return {"frame": _Lazy(), "can": _can}


class _Lazy:
    """The frame, built when a template first reads from it: parts and errors pay nothing."""

    def __init__(self) -> None:
        self._frame: Frame | None = None

    def __getattr__(self, name: str) -> Any:
        if self._frame is None:
            self._frame = build()
        return getattr(self._frame, name)
