"""Files as answers."""

from flask import Response, make_response

#: Kinds of files and what browsers call them.
FORMS = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def file_answer(content: bytes, name: str, form: str) -> Response:
    """A file to be saved, never shown."""
    response = make_response(content)
    response.headers["Content-Type"] = FORMS[form]
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.{form}"'
    return response
