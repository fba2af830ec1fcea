"""For machines that watch the product: is it alive, is it ready."""

from flask import Blueprint, Response, jsonify
from sqlalchemy.exc import SQLAlchemyError

from dso import clock, schema
from dso.db import db
from dso.http.guard import public
from dso.queries import jobs

bp = Blueprint("health", __name__)


@bp.get("/healthz")
@public()
def alive() -> Response:
    """The process answers; nothing else is asked."""
    return jsonify(status="alive")


@bp.get("/readyz")
@public()
def ready() -> tuple[Response, int]:
    """Database, migrations and scheduler; 503 and which of them when one is not as it should be."""
    checks = _checks()
    good = all(value == "ok" for value in checks.values())
    return jsonify(status="ready" if good else "not ready", **checks), 200 if good else 503


def _checks() -> dict[str, str]:
    try:
        migrated = schema.is_current()
        beating = migrated and jobs.scheduler_is_alive(clock.now())
    except SQLAlchemyError:
        db.session.rollback()
        return {"database": "away", "migrations": "unknown", "scheduler": "unknown"}
    return {
        "database": "ok",
        "migrations": "ok" if migrated else "behind",
        "scheduler": "ok" if beating else "silent",
    }
