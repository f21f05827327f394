"""Webhooks on their way to the house: signed, again until they are taken, and after a restart too."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from flask import Flask, request
from werkzeug.serving import make_server

from helpdesk.lib.whatsapp.signature import HEADER, is_signed
from helpdesk.simulator.whatsapp.chats import Owner, user_id_of
from helpdesk.simulator.whatsapp.delivery import Delivery
from helpdesk.simulator.whatsapp.provider import Provider
from helpdesk.simulator.whatsapp.telephone import Telephone
from tests.support.graph import ACCOUNT
from tests.support.processes import wait_until

RINA = Owner("Rina", "6281234561000", user_id_of("6281234561000"))
NOW = datetime(2026, 11, 20, 3, 15, tzinfo=UTC)


@dataclass
class House:
    """What it was brought with a good signature, and what it answers."""

    url: str = ""
    says: int = 200
    taken: list[bytes] = field(default_factory=list)


@pytest.fixture
def house() -> Iterator[House]:
    product, app = House(), Flask("house")

    @app.post("/hooks/whatsapp")
    def take() -> tuple[str, int]:
        raw = request.get_data()
        assert is_signed(raw, request.headers[HEADER], ACCOUNT.app_secret)
        product.taken.append(raw)
        return "", product.says

    server = make_server("127.0.0.1", 0, app, threaded=True)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    product.url = f"http://127.0.0.1:{server.server_port}/hooks/whatsapp"
    yield product
    server.shutdown()
    server.server_close()


@pytest.fixture
def provider(tmp_path: Path) -> Provider:
    return at(tmp_path)


def at(folder: Path) -> Provider:
    provider = Provider.at(folder / "whatsapp.db", ACCOUNT)
    provider.chats.know(RINA)
    return provider


def test_what_is_taken_gets_its_second_tick(house: House, provider: Provider) -> None:
    said = Telephone(provider, RINA).write("P")
    assert Delivery(provider, house.url).deliver_due() == 1
    assert provider.posts.waiting() == []
    found = provider.chats.find(said.wamid)
    assert found is not None
    assert found.status == "delivered"


@pytest.mark.parametrize("answer", [404, 403, 503, 302])
def test_what_is_not_taken_comes_again_later(house: House, provider: Provider, answer: int) -> None:
    with time_machine.travel(NOW) as clock:
        Telephone(provider, RINA).write("P")
        delivery = Delivery(provider, house.url)
        house.says = answer
        pauses = []
        for _turn in range(8):
            assert delivery.deliver_due() == 0
            pause = provider.posts.seconds_until_next()
            assert pause is not None
            pauses.append(pause)
            assert delivery.deliver_due() == 0
            clock.shift(timedelta(seconds=pause + 0.01))
        assert len(house.taken) == 8
        assert pauses[0] < 1.3
        assert pauses[3] > 6
        assert max(pauses) <= 72
        house.says = 200
        assert delivery.deliver_due() == 1


def test_after_seven_days_nobody_offers_it_any_more(house: House, provider: Provider) -> None:
    house.says = 503
    with time_machine.travel(NOW) as clock:
        Telephone(provider, RINA).write("P")
        clock.shift(timedelta(days=7, seconds=1))
        Delivery(provider, house.url).deliver_due()
    assert provider.posts.waiting() == []


def test_a_house_that_was_away_gets_everything_later(house: House, tmp_path: Path) -> None:
    provider = at(tmp_path)
    for number in range(3):
        Telephone(provider, RINA).write(str(number))
    assert Delivery(provider, "http://127.0.0.1:1/hooks/whatsapp").deliver_due() == 0
    restarted = at(tmp_path)
    restarted.posts.hurry()
    assert Delivery(restarted, house.url).deliver_due() == 3
    assert len(house.taken) == 3


def test_it_goes_by_itself(house: House, provider: Provider) -> None:
    delivery = Delivery(provider, house.url)
    delivery.start()
    Telephone(provider, RINA).write("P")
    wait_until(lambda: len(house.taken) == 1)
    delivery.stop()
    Telephone(provider, RINA).write("P")
    assert len(provider.posts.waiting()) == 1
