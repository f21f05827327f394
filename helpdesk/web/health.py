"""Is the process alive? Asked by machines."""

from helpdesk.web.doors import door as make_door

door = make_door("health", __name__, opens_to=None)


@door.get("/healthz")
def alive() -> str:
    """Answer without touching the database."""
    return "ok"
