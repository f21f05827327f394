"""The second step on the real server: one code, sent by eight browsers to two processes, opens one."""

from __future__ import annotations

from functools import partial

from helpdesk.lib.database import db
from tests.concurrency.test_web import at_once, sign_in
from tests.concurrency.visitor import Visitor, hidden_fields
from tests.support.authenticator import enrol
from tests.support.cast import Cast
from tests.support.live import Live

BROWSERS = 8


def test_one_code_opens_one_browser(web: Live, cast: Cast) -> None:
    telephone = enrol(cast.user_ids["ayu"])
    db.session.rollback()
    browsers = [Visitor(web.url, f"127.0.3.{turn + 1}") for turn in range(BROWSERS)]
    forms = []
    for browser in browsers:
        sign_in(browser, "ayu")
        page = browser.get("/masuk/kode")
        assert page.status == 200, page.text[:2000]
        forms.append(hidden_fields(page.text) | {"code": telephone.code()})
    answers = at_once(
        [
            partial(browser.post, "/masuk/kode", form)
            for browser, form in zip(browsers, forms, strict=True)
        ]
    )
    assert sorted(answer.status for answer in answers) == [302, *[422] * (BROWSERS - 1)], web.log
    opened = [browser.get("/admin/unit").status for browser in browsers]
    assert sorted(opened) == [200, *[302] * (BROWSERS - 1)]
