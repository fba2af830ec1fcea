"""Help: keys, what the colours mean, where to read more."""

from flask import Blueprint, Response

from dso.http.guard import signed_in
from dso.http.pages import page

bp = Blueprint("help", __name__)


@bp.get("/help")
@signed_in()
def show() -> Response:
    """Keys and colours on one page; as a part for the dialog behind `?`."""
    return page("help/show.html", "help/_keys.html")
