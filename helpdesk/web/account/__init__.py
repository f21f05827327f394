"""The door of one's own account: signing in and out, the second step, leave, and one's own telephone."""

from helpdesk.web.doors import EVERYBODY_IN_HOUSE
from helpdesk.web.doors import door as make_door

door = make_door("account", __name__, opens_to=EVERYBODY_IN_HOUSE)

from helpdesk.web.account import leave, own_telephone, second_factor, signing_in  # noqa: E402 - they hang on it

__all__ = ["door", "leave", "own_telephone", "second_factor", "signing_in"]
