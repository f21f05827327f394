"""The leadership door: is it under control, and which tickets stand behind each figure."""

from helpdesk.accounts.roles import Role
from helpdesk.web.doors import door as make_door

door = make_door(
    "leadership",
    __name__,
    opens_to=frozenset({Role.LEADERSHIP, Role.SUPERVISOR}),
    prefix="/pimpinan",
)

from helpdesk.web.leadership import (  # noqa: E402 - the pages hang themselves on the door above
    instructions,
    overview,
    summaries,
    tickets,
    wallboard,
)

__all__ = ["door", "instructions", "overview", "summaries", "tickets", "wallboard"]
