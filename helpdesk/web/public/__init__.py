"""The public door: complain, follow, add, confirm, rate. No account, no script needed.

What belongs to one complaint is opened by number and PIN or by the signed link, and stays open in
this browser for two hours (``keyring``).
"""

from helpdesk.web.doors import door as make_door

door = make_door("public", __name__, opens_to=None, prefix="")

from helpdesk.web.public import (  # noqa: E402 - the pages hang themselves on the door above
    complaining,
    contacting,
    home,
    lost_keys,
    openness,
    receiving,
    tracking,
    writing,
)

__all__ = [
    "complaining",
    "contacting",
    "door",
    "home",
    "lost_keys",
    "openness",
    "receiving",
    "tracking",
    "writing",
]
