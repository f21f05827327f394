"""The staff door."""

from helpdesk.accounts.roles import Role
from helpdesk.web.doors import WORKBENCH
from helpdesk.web.doors import door as make_door

door = make_door("staff", __name__, opens_to=WORKBENCH, prefix="/kerja")
