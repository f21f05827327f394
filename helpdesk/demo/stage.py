"""The order of time: every life acts when its moment comes, and every clock rings when it is due."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable
from datetime import datetime

from helpdesk.demo.life import Life, Moments
from helpdesk.demo.storyline import live
from helpdesk.lib.clock import standing_at
from helpdesk.lib.database import db
from helpdesk.tickets.escalating import climb


class _Player:
    """A life on the stage, with what it waits for: its next act, and the next look of one of its clocks."""

    def __init__(self, place: int, life: Life) -> None:
        self.place = place
        self.life = life
        self._acts: Moments = live(life)
        self._acts_at = next(self._acts, None)

    def waits_for(self) -> datetime | None:
        """The next moment at which something happens here; None when nothing ever will."""
        moments = [moment for moment in (self._acts_at, self._looks_at()) if moment is not None]
        return min(moments, default=None)

    def play(self, moment: datetime) -> None:
        """Let happen what is due at *moment*: a clock before an act, as the sweep would have been there first."""
        with standing_at(moment):
            if self._looks_at() == moment:
                self._ring(moment)
            else:
                self._acts_at = next(self._acts, None)

    def _looks_at(self) -> datetime | None:
        if not self.life.has_begun:
            return None
        looks = [clock.look_at for clock in self.life.ticket.clocks if clock.look_at is not None]
        return min(looks, default=None)

    def _ring(self, moment: datetime) -> None:
        db.session.flush()  # a clock that has just started has no id yet
        for clock in list(self.life.ticket.clocks):
            if clock.look_at is not None and clock.look_at <= moment:
                climb(clock.id, moment)


def play_all(lives: Iterable[Life], until: datetime, say: Callable[[int], None]) -> None:
    """Play every life up to the moment *until*, inside one unit of work; *say* hears how many have begun."""
    players = [_Player(place, life) for place, life in enumerate(lives)]
    waiting = [
        (moment, player.place) for player in players if (moment := player.waits_for()) is not None
    ]
    heapq.heapify(waiting)
    begun = 0
    while waiting and waiting[0][0] <= until:
        moment, place = heapq.heappop(waiting)
        player = players[place]
        is_new = not player.life.has_begun
        player.play(moment)
        if is_new:
            begun += 1
            say(begun)
        following = player.waits_for()
        if following is not None:
            heapq.heappush(waiting, (max(following, moment), place))
