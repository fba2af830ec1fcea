"""What the debtor may fetch: the statement as PDF and table, files shown to the debtor, logo and picture."""

import io

from flask import Blueprint, Response, send_file

from dso.domain.colours import carries_white
from dso.domain.errors import NotFound
from dso.domain.uploads import picture_type
from dso.http.guard import public
from dso.http.locales import language
from dso.portal.visits import Visit, enter, limited, protect
from dso.queries import debtors, statement
from dso.services import files, statements

bp = Blueprint("portal_files", __name__, url_prefix="/p/<token>")
protect(bp)
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@bp.get("/statement.pdf")
@public()
@limited("10 per minute")
def pdf(token: str) -> Response:
    """The statement of account as PDF."""
    visit = enter(token)
    content = statements.statement_pdf(visit.customer, today=visit.today, language=language())
    return _download(content, "application/pdf", _name(visit, "pdf"))


@bp.get("/statement.xlsx")
@public()
@limited("10 per minute")
def xlsx(token: str) -> Response:
    """The statement of account as a table."""
    visit = enter(token)
    content = statements.statement_xlsx(visit.customer, today=visit.today, language=language())
    return _download(content, _XLSX, _name(visit, "xlsx"))


def _name(visit: Visit, extension: str) -> str:
    code = "".join(c if c.isalnum() else "-" for c in visit.customer.code)
    return f"statement-{code}-{visit.today.isoformat()}.{extension}"


def _download(content: bytes, content_type: str, name: str) -> Response:
    return send_file(io.BytesIO(content), mimetype=content_type, as_attachment=True, download_name=name)


@bp.get("/files/<int:file_id>")
@public()
@limited("60 per minute")
def file(token: str, file_id: int) -> Response:
    """A file the team shows to this debtor; never opened inside the page."""
    visit = enter(token)
    found = statement.file_for_debtor(visit.customer, file_id)
    if found is None:
        raise NotFound("There is no such file.")
    path = files.path_of(found.stored_as)
    return send_file(path, mimetype=found.content_type, as_attachment=True, download_name=found.name)


#: The company's colour as accent: darker under the pointer, lighter on a dark page.
_COLOURS = """:root, [data-bs-theme] {
  --accent: light-dark(%(colour)s, color-mix(in srgb, %(colour)s 35%%, white));
  --accent-strong: light-dark(color-mix(in srgb, %(colour)s 80%%, black), color-mix(in srgb, %(colour)s 20%%, white));
  --accent-soft: light-dark(color-mix(in srgb, %(colour)s 8%%, white), color-mix(in srgb, %(colour)s 25%%, #14181a));
  --accent-fill: %(colour)s;
  --accent-fill-hover: color-mix(in srgb, %(colour)s 80%%, black);
}
"""


@bp.get("/colours.css")
@public()
@limited("120 per minute")
def colours(token: str) -> Response:
    """The company's colour for links and buttons, where words in it can be read."""
    colour = enter(token, None).entity.colour
    return Response(_COLOURS % {"colour": colour} if carries_white(colour) else "", mimetype="text/css")


@bp.get("/logo")
@public()
@limited("120 per minute")
def logo(token: str) -> Response:
    """The entity's logo."""
    return _picture(debtors.logo(enter(token, None).entity))


@bp.get("/person")
@public()
@limited("120 per minute")
def person(token: str) -> Response:
    """The picture of the colleague who looks after the account."""
    return _picture(debtors.picture(enter(token, None).customer))


def _picture(content: bytes | None) -> Response:
    kind = picture_type(content) if content else None
    if content is None or kind is None:
        raise NotFound("There is no such picture.")
    return Response(content, mimetype=kind)
