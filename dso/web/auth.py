"""Signing in and out."""

from flask import Blueprint

from dso.db import db
from dso.extensions import login_manager
from dso.models import User

bp = Blueprint("auth", __name__)


@login_manager.user_loader
def load_user(token: str) -> User | None:
    """The user of a session cookie; None when the password changed since, or the user is no longer active."""
    user_id, _, key = token.partition(":")
    user = db.session.get(User, int(user_id)) if user_id.isdigit() else None
    return user if user and user.active and user.session_key == key else None
