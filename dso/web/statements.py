"""The statement of account of a customer as a file."""

import io
from typing import Any

from flask import Blueprint, Response, request, send_file

from dso import clock
from dso.domain.permissions import Capability
from dso.http.guard import requires, viewer
from dso.queries.scope import get_customer
from dso.services import statements
from dso.web.downloads import table_answer

bp = Blueprint("statements", __name__, url_prefix="/customers/<int:customer_id>")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@bp.get("/statement.pdf")
@requires(Capability.CUSTOMERS_SEE)
def pdf(customer_id: int) -> Response:
    """Everything open today as PDF, in the customer's language or that of `?language=`."""
    page = _page(customer_id)
    return _download(statements.draw(page), statements.file_name(page, "pdf"), "application/pdf")


@bp.get("/statement.csv")
@requires(Capability.CUSTOMERS_SEE)
def csv(customer_id: int) -> Response:
    """Everything open today as a table for programs: one line an item."""
    page = _page(customer_id)
    return table_answer(statements.table(page), statements.file_name(page, "csv").removesuffix(".csv"), "csv")


@bp.get("/statement.xlsx")
@requires(Capability.CUSTOMERS_SEE)
def xlsx(customer_id: int) -> Response:
    """Everything open today as a spreadsheet."""
    page = _page(customer_id)
    return _download(statements.spread(page), statements.file_name(page, "xlsx"), XLSX)


def _page(customer_id: int) -> statements.Page:
    customer = get_customer(viewer(), customer_id)
    language = request.args.get("language", "")
    known = language if language in ("en", "fr", "de") else None
    return statements.page(customer, today=clock.today(customer.entity.timezone), language=known)


def _download(content: bytes, name: str, content_type: str) -> Response:
    sent: Any = send_file(io.BytesIO(content), mimetype=content_type, as_attachment=True, download_name=name)
    response: Response = sent
    return response
