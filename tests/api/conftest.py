"""A program that is let in, in the name of an administrator who may import."""

import base64
import gzip
import json
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from dso.models import ApiUser, Entity, User
from dso.services import api_users
from tests.conftest import NOW, Client


@dataclass
class Program:
    """A program with its secret, as its own HTTP client."""

    client: Client
    name: str
    secret: str
    made: ApiUser

    @property
    def bearer(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.secret}"}

    @property
    def basic(self) -> dict[str, str]:
        pair = base64.b64encode(f"{self.name}:{self.secret}".encode()).decode()
        return {"Authorization": f"Basic {pair}"}

    def get(self, path: str, **query: Any) -> TestResponse:
        return self.client.get(f"/api/v1/{path}", query_string=query, headers=self.bearer)

    def post(self, path: str, body: Any) -> TestResponse:
        return self.client.post(f"/api/v1/{path}", json=body, headers=self.bearer)

    def feed(self, path: str, text: str, packed: bool = False, coded: str = "utf-8", **query: Any) -> TestResponse:
        """Post a file to a CSV endpoint, as an extractor does."""
        body = text.encode(coded)
        headers = {**self.basic, **({"Content-Encoding": "gzip"} if packed else {})}
        data = gzip.compress(body) if packed else body
        return self.client.post(
            f"/api/{path}", data=data, query_string=query, headers=headers, content_type="text/csv; charset=utf-8"
        )


def said(answer: TestResponse) -> Any:
    """The JSON of an answer."""
    assert answer.mimetype == "application/json", answer.get_data(as_text=True)[:500]
    return json.loads(answer.get_data(as_text=True))


def let_in(app: Flask, user: User, name: str = "ERP") -> Program:
    """A program in the name of a user."""
    made, secret = api_users.make(name, user, actor=user, now=NOW)
    return Program(app.test_client(), name, secret, made)  # type: ignore[arg-type]


@pytest.fixture
def program(app: Flask, admin: User, entity: Entity) -> Program:
    return let_in(app, admin)
