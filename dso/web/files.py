"""Files of customers and items: the list, adding, fetching, and who sees them."""

from typing import BinaryIO, cast

from flask import Blueprint, Response, flash, request, send_file, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, MultipleFileField

from dso import clock
from dso.db import db
from dso.domain.errors import NotFound, Refused
from dso.domain.permissions import Capability
from dso.domain.uploads import EXTENSIONS, LARGEST, MOST_FILES
from dso.http.errors import sentence
from dso.http.forms import Form
from dso.http.guard import requires, viewer
from dso.http.pages import go, page, safe_target
from dso.models import Attachment, Customer
from dso.queries import files as queries
from dso.queries.scope import get_customer, get_items
from dso.services import files as services
from dso.services import lists
from dso.web.customers.file import head
from dso.web.downloads import table_answer

bp = Blueprint("files", __name__)


class FilesForm(Form):
    """Files to add, and who may see them."""

    files = MultipleFileField(_l("Files"))
    debtor = BooleanField(_l("Show them to the customer on the interactive page"))
    colleagues = BooleanField(_l("Show them to colleagues who are asked"), default=True)


def _page(customer: Customer, form: FilesForm, status: int = 200) -> Response:
    return page(
        "files/index.html",
        "files/_list.html",
        status,
        form=form,
        files=queries.of_customer(viewer(), customer),
        items=_ticked(),
        accept=",".join(f".{extension}" for extension in EXTENSIONS),
        **head(customer),
    )


def _ticked() -> list[int]:
    texts = [part for value in request.values.getlist("items") for part in value.split(",")]
    return [int(text) for text in texts if text.isdecimal() and len(text) < 19]


@bp.get("/customers/<int:customer_id>/files")
@requires(Capability.CUSTOMERS_SEE)
def index(customer_id: int) -> Response:
    """The files of a customer and its items; `items` names those that new files are for."""
    customer = get_customer(viewer(), customer_id)
    get_items(viewer(), _ticked())
    return _page(customer, FilesForm(None))


@bp.get("/customers/<int:customer_id>/files/list.<form>")
@requires(Capability.CUSTOMERS_SEE)
def listing(customer_id: int, form: str) -> Response:
    """What the files are, as a file."""
    customer = get_customer(viewer(), customer_id)
    return table_answer(lists.files_of(viewer(), customer), f"files-{customer.id}", form)


@bp.post("/customers/<int:customer_id>/files")
@requires(Capability.COLLECTION_WORK)
def add(customer_id: int) -> Response:
    """Add files to a customer, and to items of it where some are named."""
    request.max_content_length = MOST_FILES * LARGEST + 1024 * 1024
    form = FilesForm()
    uploads = [
        services.Upload(file.filename or "", cast(BinaryIO, file.stream)) for file in request.files.getlist("files")
    ]
    customer = get_customer(viewer(), customer_id)
    items = get_items(viewer(), _ticked())
    try:
        if not form.validate():
            raise Refused("Please look at the marked fields; nothing was saved.")
        checked = services.check_all(uploads)
        services.add(
            checked,
            customer,
            items=items,
            visible_to_debtor=bool(form.debtor.data),
            visible_to_colleagues=bool(form.colleagues.data),
            actor=viewer(),
            now=clock.now(),
        )
    except NotFound:
        raise
    except Refused as error:
        db.session.rollback()
        form.files.errors = [sentence(error)]
        return _page(get_customer(viewer(), customer_id), form, 422)
    target = safe_target(request.form.get("next"), url_for("files.index", customer_id=customer_id))
    db.session.commit()
    flash(_("%(n)s files added.", n=len(checked)), "ok")
    return go(target)


@bp.post("/files/<int:file_id>/visibility")
@requires(Capability.COLLECTION_WORK)
def visibility(file_id: int) -> Response:
    """Show a file to the customer and to colleagues, or not."""
    file = queries.get_file(viewer(), file_id)
    customer = _customer_of(file)
    debtor, colleagues = request.form.get("debtor") == "1", request.form.get("colleagues") == "1"
    services.show_to(file, customer=customer, debtor=debtor, colleagues=colleagues, actor=viewer(), now=clock.now())
    target = safe_target(request.form.get("next"), url_for("files.index", customer_id=customer.id))
    db.session.commit()
    return go(target)


def _customer_of(file: Attachment) -> Customer:
    if file.customer_id is None:
        raise NotFound("There is no such file.")
    return get_customer(viewer(), file.customer_id)


@bp.get("/files/<int:file_id>")
@requires(Capability.CUSTOMERS_SEE)
def download(file_id: int) -> Response:
    """A file, to be saved; never shown inside a page."""
    file = queries.get_file(viewer(), file_id)
    path = services.path_of(file.stored_as)
    return send_file(path, mimetype=file.content_type, as_attachment=True, download_name=file.name)
