"""The first page: how else to reach the house."""

from __future__ import annotations

import pytest
from flask import Flask

from helpdesk.accounts.organisation import Organisation
from helpdesk.lib.database import db, unit_of_work
from tests.support.cast import Cast


@pytest.mark.parametrize(
    ("number", "link"),
    [
        ("0812-0000-0001", '<a class="num" href="https://wa.me/6281200000001">0812-0000-0001</a>'),
        ("lewat loket", '<span class="num">lewat loket</span>'),
    ],
)
def test_a_whatsapp_number_opens_a_chat_if_it_is_one(
    app: Flask, cast: Cast, number: str, link: str
) -> None:
    def unit() -> None:
        db.session.get_one(Organisation, 1).whatsapp = number

    with app.app_context():
        unit_of_work(unit)
    assert link in app.test_client().get("/").text
