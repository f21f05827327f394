"""An unsafe request that met another writer is run again as if the first attempt had never been."""

from __future__ import annotations

from flask import Flask, flash, get_flashed_messages, session
from sqlalchemy.exc import IntegrityError

from tests.support.cast import Cast


def test_a_flash_of_the_attempt_that_was_rolled_back_is_gone(app: Flask, cast: Cast) -> None:
    attempts = []

    def view() -> str:
        attempts.append(None)
        flash("done")
        if len(attempts) == 1:
            raise IntegrityError("INSERT", {}, Exception("UNIQUE constraint failed: x.y"))
        return "ok"

    app.view_functions["public.close"] = view
    with app.test_request_context("/lacak/tutup", method="POST"):
        session["_flashes"] = [("message", "from the page before")]
        assert app.dispatch_request() == "ok"
        assert get_flashed_messages() == ["from the page before", "done"]
    assert len(attempts) == 2
