"""Taking in what a program sends, by the same import as everybody's; the answer in the shape of 10.2."""

import logging
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from sqlalchemy.exc import IntegrityError, OperationalError, SQLAlchemyError
from werkzeug.exceptions import BadRequest, ClientDisconnected, HTTPException, RequestEntityTooLarge

from dso import clock
from dso import db as database
from dso.api.access import source
from dso.db import db
from dso.domain.codes import ImportKind
from dso.domain.errors import Forbidden, NotFound, Refused
from dso.domain.imports.brake import Braked
from dso.domain.imports.encodings import Damaged
from dso.domain.imports.profile import Undecided
from dso.http.guard import viewer
from dso.models import Entity
from dso.services import files, imports
from dso.services.imports import ImportOptions, ImportReport, failures

log = logging.getLogger("dso.api")

#: How a program answers what only a person can tell.
_QUESTIONS = {
    "day_order": 'The dates of the column "%(column)s" can be read as day/month and as month/day: '
    "add day_order=dmy or day_order=mdy.",
    "mixed": 'The column "%(column)s" mixes both orders of day and month: %(day_first)s has the day first, '
    "%(month_first)s the month. Add day_order=dmy or day_order=mdy for the one that counts: "
    "rows with the other one are rejected.",
    "decimal": 'The amounts of the column "%(column)s" can be read with a decimal comma and with a decimal point: '
    "add decimal=comma or decimal=point.",
    "types": "None of the ERP types is known: %(types)s. Match them once on the import page: that is remembered.",
    "sheet": "The workbook has several sheets: send one, or CSV.",
}
_OTHERWISE_CODED = "The file is not %(encoding)s: add encoding=NAME, such as encoding=windows-1252."
_DAMAGED = (
    "Line %(line)s holds bytes that are no UTF-8, while the rest of the file is: it is damaged or cut off. "
    "Export it again, or add encoding=NAME, such as encoding=windows-1252, if it is another one."
)
_SEPARATED = "That is one column: cells are separated by semicolons."
#: Of JSON, which has its form: days are ISO, amounts have a point.
_QUESTIONS_OF_JSON = {
    "day_order": 'The days of "%(column)s" can be read as day/month and as month/day: '
    "send ISO days such as 2026-11-20.",
    "mixed": '"%(column)s" mixes both orders of day and month: %(day_first)s has the day first, '
    "%(month_first)s the month. Send ISO days such as 2026-11-20.",
    "types": _QUESTIONS["types"],
}


def take(
    entity: Entity, kind: ImportKind, stored_as: str, *, in_json: bool = False, **said: Any
) -> tuple[ImportReport | None, dict[str, Any], int]:
    """Take a stored file in, all or nothing; the report, the answer and its status: 200, 207, or 409 by the brake.

    A file that does not go in is kept for people, who are told of it on their pages.
    """
    options = _options(stored_as=stored_as, **said)
    today, now = clock.today(entity.timezone), clock.now()
    try:
        path = files.path_of(stored_as)
        report = imports.run_import(entity, kind, path, options, actor=viewer(), today=today, now=now)
        failures.made_good(entity, kind, options)
        db.session.commit()
    except BaseException as error:
        db.session.rollback()
        if not _told(entity, kind, options, error):
            files.throw_away([stored_as])
        if isinstance(error, Braked):
            return None, _stopped(error), 409
        if isinstance(error, Undecided):
            raise _asked(error, _QUESTIONS_OF_JSON if in_json else _QUESTIONS) from error
        if isinstance(error, Refused) and not in_json:
            raise _of_csv(error) from error
        raise
    return report, report.as_json(), 207 if report.rejected else 200


def received(entity: Entity, kind: ImportKind, body: Callable[[], Iterable[bytes]], **said: Any) -> str:
    """Put what a program sends into the file store; people are told of a file too large or not whole, as of others."""
    entity_id = entity.id
    # The file may take its time to come: no transaction stays open meanwhile.
    db.session.rollback()
    try:
        return files.keep_chunks(body())
    except (Refused, RequestEntityTooLarge, ClientDisconnected) as error:
        refused = error if isinstance(error, Refused) else _unreceived(error)
        _told(db.session.get_one(Entity, entity_id), kind, _options(**said), refused)
        if isinstance(error, ClientDisconnected):
            raise BadRequest(refused.message) from error
        raise


def _unreceived(error: HTTPException) -> Refused:
    if isinstance(error, ClientDisconnected):
        return Refused("Only a part of the file came, and nothing of it was taken in: send it again.")
    return Refused("The file is larger than any that is taken.")


def _options(**said: Any) -> ImportOptions:
    return ImportOptions(source=source(), begin_writing=_begin_writing, **said)


def _told(entity: Entity, kind: ImportKind, options: ImportOptions, error: BaseException) -> bool:
    """Keep the file and its reason for whoever may import; whether that was done.

    It is not where the program may not, or nobody could write: then it comes again.
    """
    if isinstance(error, Refused):
        # Who looks after the server finds it here as well.
        log.warning("%s: %s not taken in: %s", options.source, kind.value, error)
    if not isinstance(error, Exception) or isinstance(error, Forbidden | NotFound | IntegrityError | OperationalError):
        return False
    try:
        failures.tell(entity, kind, options, error, now=clock.now())
        db.session.commit()
    except SQLAlchemyError:
        db.session.rollback()
        log.exception("%s: %s not taken in, and nobody could be told", options.source, kind.value)
        return False
    return True


def _begin_writing() -> None:
    db.session.commit()
    database.may_write.set(True)


def _stopped(stop: Braked) -> dict[str, Any]:
    reasons = [str(each) for each in stop.stops]
    words = f"Stopped before saving: {'; '.join(reasons)}. Send it again with force=1 if this is right."
    return {"error": words, "stops": reasons}


def _of_csv(error: Refused) -> Refused:
    """What a program can do about a body that is damaged or in another encoding, or has no semicolons."""
    if isinstance(error, Damaged):
        return Refused(_DAMAGED, **error.params)
    if "encoding" in error.params:
        return Refused(_OTHERWISE_CODED, encoding=str(error.params["encoding"]).removesuffix("-sig").upper())
    if "headers" in error.params and ", " not in str(error.params["headers"]):
        return Refused(f"{error.message} {_SEPARATED}", **error.params)
    return error


def _asked(error: Undecided, questions: Mapping[str, str]) -> Refused:
    words = questions.get("mixed" if error.mixed else error.question)
    return Refused(words, **error.params) if words else error
