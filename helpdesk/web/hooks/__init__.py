"""The door of machines: what other services post to us. No session, no form, no page.

A hook stores what came and says so; what it means is found out later, by the worker. Who sent it is proved by a
signature over the bytes, never by a cookie. Floor 6.
"""

from helpdesk.web.doors import door as make_door

door = make_door("hooks", __name__, opens_to=None, prefix="/hooks")

from helpdesk.web.hooks import whatsapp  # noqa: E402 - the hooks hang themselves on the door above

__all__ = ["door", "whatsapp"]
