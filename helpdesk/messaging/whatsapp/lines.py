"""The WhatsApp number of the house: set up, its secrets kept, and how it is doing."""

from __future__ import annotations

import json
import secrets as lots
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import update

from helpdesk.accounts.actor import Actor
from helpdesk.audit import trail
from helpdesk.lib import clock
from helpdesk.lib.clients.faults import Trouble, WireFault
from helpdesk.lib.database import db, keep_in_unit, kept_in_unit
from helpdesk.lib.errors import Conflict
from helpdesk.lib.sealing import Unreadable, seal, unseal
from helpdesk.lib.settings import current_settings
from helpdesk.messaging.whatsapp.line import WhatsAppLine
from helpdesk.messaging.whatsapp.line_settings import LineSettings, check_settings, tidied

LINE_ID = 1
HOOK_PATH = "/hooks/whatsapp"
ERROR_LENGTH = 500
HEARD_EVERY = timedelta(minutes=1)  # no finer: each note is a write that every POST would wait for
_PURPOSE = _KEPT = "whatsapp line"


@dataclass(frozen=True)
class LineSecrets:
    """*app_secret* signs what comes in, *access_token* opens the way out, *verify_token* proves the webhook."""

    app_secret: str = field(default="", repr=False)
    access_token: str = field(default="", repr=False)
    verify_token: str = field(default="", repr=False)


def line() -> WhatsAppLine | None:
    """The number as it is set up, active or not; None when there is none."""
    return kept_in_unit(_KEPT, lambda: db.session.get(WhatsAppLine, LINE_ID))


def active_line() -> WhatsAppLine | None:
    """The number that speaks and hears now; None: messages go to files, and no webhook is taken."""
    found = line()
    return found if found is not None and found.is_active else None


def secrets_of(found: WhatsAppLine) -> LineSecrets:
    """What is kept secret about the number. Raises WireFault when SECRET_KEY is not the one that sealed it."""
    try:
        kept = json.loads(unseal(found.secret, purpose=_PURPOSE, owner=LINE_ID))
    except Unreadable:
        raise WireFault(Trouble.SECRET) from None
    return LineSecrets(**kept)


def webhook_url() -> str:
    """Where the provider brings what people write."""
    return current_settings().base_url + HOOK_PATH


def set_up(
    settings: LineSettings,
    *,
    app_secret: str = "",
    access_token: str = "",
    verify_token: str = "",
    seen_version: int | None,
    by: Actor,
) -> WhatsAppLine:
    """Set the number up or change it, inside the caller's unit of work; an empty secret keeps the stored one.

    The verify token is drawn by lot when none is given. *seen_version* is the version that was read, None where there
    was no number. Raises Invalid, and Conflict when somebody else changed it. A stored access token is not sent to
    another server: it must be typed again.
    """
    found = db.session.get(WhatsAppLine, LINE_ID, with_for_update=True)
    if (found.version if found else None) != seen_version:
        raise Conflict(_l("Somebody changed these settings in the meantime. Look again."))
    settings = tidied(settings)
    kept = _kept_secrets(found) if found else LineSecrets()
    can_reuse_token = found is not None and found.graph_url == settings.graph_url
    check_settings(
        settings,
        has_secret=bool(app_secret or kept.app_secret),
        has_token=bool(access_token or (kept.access_token and can_reuse_token)),
    )
    before = _facts(found) if found else {}
    if found is None:
        found = WhatsAppLine(id=LINE_ID, version=0, secret=_sealed(LineSecrets()))
        db.session.add(found)
    for name, value in asdict(settings).items():
        setattr(found, name, value)
    found.secret = _sealed(
        LineSecrets(
            app_secret or kept.app_secret,
            access_token or kept.access_token,
            verify_token or kept.verify_token or lots.token_urlsafe(24),
        )
    )
    if access_token:
        found.error = ""  # what was wrong with the old one is no news; the next message will tell
    _note_change(found, before, by, is_secret_new=bool(app_secret or access_token or verify_token))
    keep_in_unit(_KEPT, found)
    return found


def renew_verify_token(*, by: Actor) -> str:
    """Another verify token, such as when the old one was seen by somebody; in the caller's unit of work."""
    found = db.session.get_one(WhatsAppLine, LINE_ID, with_for_update=True)
    drawn = lots.token_urlsafe(24)
    before = _facts(found)
    found.secret = _sealed(replace(_kept_secrets(found), verify_token=drawn))
    _note_change(found, before, by, is_secret_new=True)
    return drawn


def switch(*, is_active: bool, by: Actor) -> None:
    """Let the number speak and hear, or not any more; in the caller's unit of work."""
    found = db.session.get_one(WhatsAppLine, LINE_ID, with_for_update=True)
    if found.is_active == is_active:
        return
    before = _facts(found)
    found.is_active = is_active
    _note_change(found, before, by, is_secret_new=False)


def note_heard(at: datetime) -> None:
    """A POST with a good signature came; in the caller's unit of work."""
    found = line()
    if found is None or (found.heard_at is not None and at - found.heard_at < HEARD_EVERY):
        return
    _write(heard_at=at)


def note_refused(at: datetime) -> None:
    """A POST with a bad signature came and was refused; in the caller's unit of work."""
    _write(refused_at=at, refused_count=WhatsAppLine.refused_count + 1)


def note_quality(quality: str, at: datetime) -> None:
    """What the provider thinks of our number: ``green``, ``yellow``, ``red``; in the caller's unit of work."""
    _write(quality=quality.lower()[:20], quality_at=at)


def note_synced(at: datetime) -> None:
    """The provider was asked for templates and quality, and answered; in the caller's unit of work."""
    _write(synced_at=at)


def note_failing(error: str, at: datetime) -> None:
    """Nothing can be sent, for *error* (a code, then what was said); in the caller's unit of work.

    Since when is kept until it works again.
    """
    found = db.session.get(WhatsAppLine, LINE_ID, with_for_update=True)
    if found is None:
        return
    found.error = error[:ERROR_LENGTH]
    if found.failing_since is None:
        found.failing_since = at


def note_working() -> None:
    """A message was taken; in the caller's unit of work.

    ``failing_since`` stays until the administrators were told that it is over, if they were told that it began.
    """
    _write(error="")


def _write(**values: object) -> None:
    """In one statement, which does not meet the version that an administrator reads."""
    db.session.execute(update(WhatsAppLine).where(WhatsAppLine.id == LINE_ID).values(**values))


def _note_change(
    found: WhatsAppLine, before: dict[str, object], by: Actor, *, is_secret_new: bool
) -> None:
    found.changed_at = clock.now()
    found.version += 1
    db.session.flush()
    details = trail.differing(before, _facts(found)) | {"is_secret_new": is_secret_new}
    trail.record(
        "whatsapp_line_changed", by=by, subject=("whatsapp_line", LINE_ID), details=details
    )


def _facts(found: WhatsAppLine) -> dict[str, object]:
    """What the trail tells of a change: never a secret."""
    return {name: getattr(found, name) for name in LineSettings.__dataclass_fields__}


def _sealed(kept: LineSecrets) -> str:
    return seal(json.dumps(asdict(kept)), purpose=_PURPOSE, owner=LINE_ID)


def _kept_secrets(found: WhatsAppLine) -> LineSecrets:
    """What is stored; nothing where it can no longer be read, so that it can be set up anew."""
    try:
        return secrets_of(found)
    except WireFault:
        return LineSecrets()
