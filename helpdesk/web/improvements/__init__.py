"""The improvements door: what is being done about what keeps coming back, and whether it helped.

Units, customer care and leadership read one register, each their own part of it, so it hangs on a door of its own.
"""

from helpdesk.accounts.roles import Role
from helpdesk.web.doors import door as make_door

door = make_door(
    "improvements",
    __name__,
    opens_to=frozenset(Role) - {Role.INTAKE, Role.ADMIN},
    prefix="/perbaikan",
)

from helpdesk.web.improvements import (  # noqa: E402 - the pages hang themselves on the door above
    linking,
    planning,
    progress,
    register,
)

__all__ = ["door", "linking", "planning", "progress", "register"]
