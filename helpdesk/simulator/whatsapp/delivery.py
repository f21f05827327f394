"""Bringing the posts to the house: signed, several at once where they are due at once, again until they are taken."""

from __future__ import annotations

import logging
import threading
from concurrent.futures import ThreadPoolExecutor

import requests

from helpdesk.lib.whatsapp.signature import HEADER, signature_of
from helpdesk.simulator.whatsapp.chats import Way
from helpdesk.simulator.whatsapp.posts import Post
from helpdesk.simulator.whatsapp.provider import Provider

log = logging.getLogger(__name__)

AT_ONCE = 4
PATIENCE = 20.0  # seconds
LOOKS_EVERY = 5.0  # seconds, when nothing is known to be due
_TAKEN = 200


class Delivery:
    """A thread that brings everything of *provider* to *url*, until it is stopped."""

    def __init__(self, provider: Provider, url: str) -> None:
        self._provider, self._url = provider, url
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._go_on, name="whatsapp delivery", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """Bring what is under way, and no more."""
        self._is_over.set()
        self._provider.posts.added.set()
        self._thread.join(PATIENCE)

    def deliver_due(self) -> int:
        """Bring what is due now; how many were taken."""
        due = self._provider.posts.waiting(only_due=True)
        if not due:
            return 0
        with ThreadPoolExecutor(AT_ONCE) as carriers:
            return sum(carriers.map(self._bring, due))

    def _go_on(self) -> None:
        posts = self._provider.posts
        while not self._is_over.is_set():
            posts.added.clear()
            try:
                self.deliver_due()
                pause = posts.seconds_until_next()
            except Exception:  # the demo goes on, whatever this was
                log.exception("the simulator could not bring its posts")
                pause = None
            posts.added.wait(LOOKS_EVERY if pause is None else min(pause, LOOKS_EVERY))

    def _bring(self, post: Post) -> bool:
        provider = self._provider
        headers = {
            HEADER: signature_of(post.body, provider.account.app_secret),
            "Content-Type": "application/json",
            "User-Agent": "facebookexternalua",
        }
        try:
            with requests.Session() as wire:
                wire.trust_env = False  # no proxy stands between this machine and itself
                answer = wire.post(
                    self._url,
                    data=post.body,
                    headers=headers,
                    timeout=PATIENCE,
                    allow_redirects=False,
                )
            is_taken = answer.status_code == _TAKEN
        except requests.RequestException:
            is_taken = False
        if not is_taken:
            provider.posts.put_off(post)
            return False
        provider.posts.settle(post)
        self._tick(post.wamid)
        return True

    def _tick(self, wamid: str) -> None:
        """The second tick: the house has what somebody said."""
        message = self._provider.chats.find(wamid) if wamid else None
        if message is not None and message.way is Way.OUT:
            self._provider.chats.climb(wamid, "delivered")
