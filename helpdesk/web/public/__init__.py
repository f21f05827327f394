"""The public door."""

from helpdesk.accounts.roles import Role
from helpdesk.web.doors import WORKBENCH
from helpdesk.web.doors import door as make_door

door = make_door("public", __name__, opens_to=None, prefix="")
