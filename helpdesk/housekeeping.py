"""Floor 6: what is thrown away by the hour, once it has served its time."""

from __future__ import annotations

from datetime import datetime, timedelta

from helpdesk.accounts import sessions
from helpdesk.intake import examining, kept_files
from helpdesk.lib import heartbeats, limits_storage, once
from helpdesk.lib.database import unit_of_work
from helpdesk.lib.settings import current_settings
from helpdesk.lib.storage import get_storage
from helpdesk.tickets import case_files, likeness, presence

ONCE_KEYS_FOR = timedelta(days=7)  # a form may lie open on a shared computer for days
SESSIONS_FOR = timedelta(days=30)
DRAFTS_FOR = timedelta(days=1)  # of files; what is still being written is younger


def keep_house(at: datetime) -> None:
    """Remove what is no longer needed at *at*; each kind in its own short unit of work."""
    unit_of_work(lambda: once.forget_old(at - ONCE_KEYS_FOR))
    unit_of_work(lambda: limits_storage.forget_expired(at))
    kept_files.forget_old(at)
    get_storage().forget_drafts(at - DRAFTS_FOR)
    unit_of_work(likeness.forget_old_stems)
    case_files.forget_old(at - case_files.KEPT_FOR)
    unit_of_work(lambda: sessions.forget_ended(at - SESSIONS_FOR))
    unit_of_work(lambda: presence.forget_gone(at))
    if not current_settings().clamd:  # nor is anybody told how they ended when there was a scanner
        unit_of_work(lambda: heartbeats.forget(examining.JOBS))
