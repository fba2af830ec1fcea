"""Users files: added, or the one with the same e-mail address changed; never their passwords (2.1, 8.1).

Nobody gives by a file what he could not give by hand, locks himself out, or takes the last administrator away.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from dso.db import db
from dso.domain.codes import Role
from dso.domain.errors import Refused
from dso.domain.imports import rejects
from dso.domain.imports.parties import PartyRow, PartyRules, changes
from dso.domain.imports.rejects import Reject
from dso.models import Entity, ImportRun, User
from dso.models.users import user_entities
from dso.queries.dependents_of_users import AFTER, standing
from dso.queries.scope import entities_of
from dso.services.imports import befores
from dso.services.imports.befores import table_of
from dso.services.imports.party_rows import Diff
from dso.services.users import NewUser, add
from dso.services.users.accounts import clean_email
from dso.services.users.signing import new_session_key

_FIELDS = (
    "first_name", "last_name", "role", "active", "job_title", "phone", "mobile", "language", "entities", "may_import",
    "signature", "deputy", "absent_from", "absent_to",
)  # fmt: skip
#: Fields that are columns under another name.
_COLUMNS = {"deputy": "deputy_id"}
#: What a person does not change of himself by a file.
_RIGHTS = {"role", "active", "entities", "may_import"}


class UserBook:
    """The users of the installation, compared with and written from a file."""

    def __init__(self, rules: PartyRules, actor: User | None, *, by_nobody: bool = False) -> None:
        """`actor` None is a shell on the machine, which may do everything, or `by_nobody` whoever fills a folder."""
        self._rules, self._actor, self._by_nobody = rules, actor, by_nobody
        self._fields = [name for name in _FIELDS if name in rules.mapping.targets]
        found = db.session.scalars(select(User).options(selectinload(User.entities)))
        self._users = {user.email: user for user in found}
        self._emails = {user.id: user.email for user in self._users.values()}
        #: Who stands in for whom, to be named once everybody of the file is there.
        self._deputies: dict[User, PartyRow] = {}
        #: Whom the file wrote, and which fields.
        self._written: dict[User, list[str]] = {}
        self._admins = {user.id for user in self._users.values() if user.active and user.role is Role.ADMIN}
        self._own = {entity.id for entity in actor.entities} if actor else set()
        self._allowed = {entity.id for entity in entities_of(actor)} if actor else set()
        self._seen: set[str] = set()
        self._twice: set[str] = set()

    def look_through(self, cells: Mapping[str, str]) -> None:
        """First reading: which addresses stand in the file twice."""
        email = cells.get("email", "").strip().lower()
        (self._twice if email in self._seen else self._seen).add(email)

    def held_back(self) -> list[PartyRow]:
        """Nothing waits for the end of a users file."""
        return []

    def compare(self, rows: Sequence[PartyRow]) -> tuple[list[Diff], list[Reject]]:
        """What rows would do."""
        diffs: list[Diff] = []
        rejected: list[Reject] = []
        for row in rows:
            found = self._compared(row)
            if isinstance(found, Reject):
                rejected.append(found)
            else:
                diffs.append(found)
        return diffs, rejected

    def _compared(self, row: PartyRow) -> Diff | Reject:
        email = row.text("email").lower()
        try:
            email = clean_email(email)
        except Refused:
            return self._no(row, "email", rejects.NOT_AN_EMAIL)
        if email in self._twice:
            return self._no(row, "email", rejects.USER_TWICE, email=email)
        user = self._users.get(email)
        self._settle_deputy(row, email)
        wanted = {name: row.values[name] for name in self._fields if name in row.values}
        found = dict(changes(self._current(user), wanted, self._rules.mapping)) if user else {}
        why = self._forbidden(row, user, found)
        if why is not None:
            return why
        if user is not None and not self._stays_admin(user, found):
            self._admins.discard(user.id)
        name = f"{row.text('first_name')} {row.text('last_name')} ({email})".strip()
        return Diff(row, name, "", user, found)

    def _current(self, user: User) -> dict[str, Any]:
        apart = {
            "entities": tuple(sorted(entity.id for entity in user.entities)),
            "deputy": self._emails.get(user.deputy_id or 0, ""),
        }
        return {name: apart[name] if name in apart else getattr(user, name) for name in self._fields}

    def _settle_deputy(self, row: PartyRow, email: str) -> None:
        """A deputy nobody knows, or the person himself, is left out: whoever stood in so far still does."""
        deputy = row.text("deputy").lower()
        if not deputy:
            return
        known = deputy != email and (deputy in self._users or deputy in self._seen)
        user = self._users.get(email)
        row.values["deputy"] = deputy if known else self._emails.get(user.deputy_id or 0) if user else None
        if not known:
            self._remark(row, deputy)

    def _remark(self, row: PartyRow, deputy: str) -> None:
        self._rules.remarks.add(row.line, self._rules.column("deputy"), deputy[:80], rejects.USER_LEFT_OUT)

    def _forbidden(self, row: PartyRow, user: User | None, found: Mapping[str, tuple[Any, Any]]) -> Reject | None:
        """Why the row may not go in: by the rights of who imports, or because nobody could administer any more."""
        touches = user is None or bool(found)
        admin = row.values.get("role") is Role.ADMIN or (user is not None and user.role is Role.ADMIN)
        if self._by_nobody and (target := "role" if touches and admin else _granted(found)):
            return self._no(row, target, rejects.NO_RIGHTS_BY_FOLDER)
        if (
            user is not None
            and user.id in self._admins
            and not self._stays_admin(user, found)
            and len(self._admins) == 1
        ):
            return self._no(row, "role" if "role" in found else "active", rejects.LAST_ADMIN)
        if self._actor is None:
            return None
        if touches and admin and self._actor.role is not Role.ADMIN:
            return self._no(row, "role", rejects.ONLY_ADMINS)
        if user is not None and user.id == self._actor.id and _RIGHTS & found.keys():
            return self._no(row, min(_RIGHTS & found.keys()), rejects.NOT_ONESELF)
        return self._beyond(row, user, found) if touches and self._own else None

    def _beyond(self, row: PartyRow, user: User | None, found: Mapping[str, tuple[Any, Any]]) -> Reject | None:
        """People and companies that are not the importer's own."""
        theirs = {entity.id for entity in user.entities} if user else set()
        if user is not None and (not theirs or not theirs <= self._own):
            return self._no(row, "email", rejects.FOREIGN_USER)
        named = set(found["entities"][1] or () if "entities" in found else row.values.get("entities") or theirs)
        if not named:
            return self._no(row, "entities", rejects.NAME_A_COMPANY)
        if not named <= self._allowed:
            return self._no(row, "entities", rejects.FOREIGN_USER)
        deputy = self._users.get(row.text("deputy")) if user is None or "deputy" in found else None
        if deputy is not None and not {entity.id for entity in deputy.entities} <= self._own:
            return self._no(row, "deputy", rejects.FOREIGN_USER)
        return None

    def _stays_admin(self, user: User, found: Mapping[str, tuple[Any, Any]]) -> bool:
        return found.get("role", (None, user.role))[1] is Role.ADMIN and bool(
            found.get("active", (None, user.active))[1]
        )

    def _no(self, row: PartyRow, target: str, reason: str, **params: str) -> Reject:
        value = row.values.get(target)
        return Reject(row.line, self._rules.column(target), "" if value is None else str(value), reason, params)

    def write(self, diffs: Sequence[Diff], run: ImportRun, now: datetime) -> set[int]:
        """Write some differences; no customer is touched."""
        _keep(diffs, run)
        for diff in diffs:
            if diff.known is None:
                user = self._add(diff.row, now)
                befores.made(run, table_of(User), [user.id])
                self._written[user] = self._fields
            else:
                self._written[diff.known] = list(diff.changes)
                self._change(diff.known, {name: new for name, (_old, new) in diff.changes.items() if name != "deputy"})
                if "deputy" in diff.changes:
                    self._deputies[diff.known] = diff.row
        db.session.flush()
        return set()

    def finish(self, run: ImportRun, now: datetime) -> set[int]:
        """Deputies are named, who may have come in the same file."""
        known = {user.email: user.id for user in db.session.scalars(select(User))}
        for user, row in self._deputies.items():
            deputy = row.text("deputy")
            user.deputy_id = known.get(deputy)
            if deputy and user.deputy_id is None:
                self._remark(row, deputy)
        db.session.flush()
        befores.after(run, AFTER, ((user.id, standing(user, names)) for user, names in self._written.items()))
        return set()

    def _add(self, row: PartyRow, now: datetime) -> User:
        """A user without a password: nobody can log in as him before he is invited."""
        values = row.values
        new = NewUser(
            email=row.text("email"),
            last_name=row.text("last_name"),
            role=values["role"],
            may_import=values.get("may_import"),
            entities=_entities(values.get("entities") or ()),
            **{name: row.text(name) for name in ("first_name", "language", "job_title", "phone", "mobile")},
        )
        user = add(new, actor=None, now=now)
        user.active = values.get("active") is not False
        user.signature = row.text("signature")
        user.absent_from, user.absent_to = values.get("absent_from"), values.get("absent_to")
        self._deputies[user] = row
        return user

    def _change(self, user: User, values: dict[str, Any]) -> None:
        if "entities" in values:
            user.entities = _entities(values.pop("entities") or ())
        if values.get("active") is False:
            user.session_key = new_session_key()
        for name, value in values.items():
            setattr(user, name, value)


def _granted(found: Mapping[str, tuple[Any, Any]]) -> str | None:
    """The first field by which somebody known could get to do more; leaving is nothing to ask about."""
    gives = {*_RIGHTS, "deputy"} & found.keys()
    if found.get("active", (None, False))[1] is False:
        gives.discard("active")
    return min(gives, default=None)


def _keep(diffs: Sequence[Diff], run: ImportRun) -> None:
    """Write down how those stood who are about to change, and their companies."""
    known = [(diff.known.id, diff.changes) for diff in diffs if diff.known is not None]
    columns = [
        {"id": key, **{_COLUMNS.get(name, name): None for name in found if name != "entities"}} for key, found in known
    ]
    befores.changing(run, table_of(User), [row for row in columns if len(row) > 1])
    befores.linking(run, user_entities, [key for key, found in known if "entities" in found])


def _entities(ids: Sequence[int]) -> list[Entity]:
    return list(db.session.scalars(select(Entity).where(Entity.id.in_(ids)).order_by(Entity.id)))
