"""One look into one mailbox: what is read there, in which order, and when the server may forget it.

Read is whatever nobody has seen, and every message above the highest UID up to which all was stored: somebody may have
opened a complaint in webmail before we came. No row of the database is at hand while the network is.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from helpdesk.intake import inbox, mailboxes
from helpdesk.lib import clock
from helpdesk.lib.clients.access_tokens import Grant, access_token, forget_token
from helpdesk.lib.clients.faults import Trouble, WireFault
from helpdesk.lib.clients.imap import ImapFolder, open_folder
from helpdesk.lib.clients.protection import MailAccount, Protection
from helpdesk.lib.database import unit_of_work

TURN_LASTS = timedelta(minutes=1)  # then the rest waits for the next turn, which comes at once
PER_TURN = 200  # messages
PER_MARK = 20  # messages that are stored before the server is told so
REACH_BACK = timedelta(days=2)  # SEARCH SINCE knows whole days, in the zone of the server


@dataclass(frozen=True)
class Terms:
    """A mailbox as it was when its turn began. *is_failing*: the turn before did not go well."""

    mailbox_id: int
    version: int
    account: MailAccount
    folder: str
    move_to: str
    uid_validity: int | None
    read_up_to: int | None
    fetched_at: datetime | None
    is_failing: bool
    grant: Grant | None


@dataclass(frozen=True)
class Turn:
    """What one look into a mailbox brought. *is_more*: there are messages for which the turn was too short."""

    stored: int
    read_up_to: int
    is_more: bool = False
    fault: WireFault | None = None


def look_into(mailbox_id: int, began_at: datetime) -> Turn:
    """Store what waits in the mailbox and tell the server so. Raises WireFault."""
    terms = unit_of_work(lambda: _terms_of(mailbox_id))
    try:
        with open_folder(_with_token(terms).account, terms.folder) as folder:
            return _read(folder, terms, began_at)
    except WireFault as fault:
        if fault.trouble is Trouble.SIGN_IN and terms.grant is not None:
            forget_token(terms.grant)  # perhaps it was revoked: the next turn asks for another
        raise


def try_mailbox(mailbox_id: int) -> int:
    """Sign in and open the folder, changing nothing; how many unseen messages wait there. Raises WireFault.

    For the page of the administrator, outside any unit of work.
    """
    terms = unit_of_work(lambda: _terms_of(mailbox_id))
    with open_folder(_with_token(terms).account, terms.folder) as folder:
        return len(folder.unseen())


def _terms_of(mailbox_id: int) -> Terms:
    row = mailboxes.find_mailbox(mailbox_id)
    secret = mailboxes.secret_of(row)
    is_token = isinstance(secret, Grant)
    account = MailAccount(
        row.host,
        row.port,
        Protection(row.security),
        row.username,
        "" if isinstance(secret, Grant) else secret.text,
        is_token,
    )
    return Terms(
        row.id,
        row.version,
        account,
        row.folder,
        row.move_to,
        row.uid_validity,
        row.read_up_to,
        row.fetched_at,
        row.failing_since is not None,
        secret if isinstance(secret, Grant) else None,
    )


def _with_token(terms: Terms) -> Terms:
    """With an access token in the account where it needs one, renewed over the network if need be."""
    if terms.grant is None:
        return terms
    token = access_token(terms.grant)
    if token.refresh_token != terms.grant.refresh_token:
        renewed = replace(terms.grant, refresh_token=token.refresh_token)
        mailboxes.keep_renewed_grant(terms.mailbox_id, terms.grant, renewed)
    return replace(terms, account=replace(terms.account, secret=token.text))


def _read(folder: ImapFolder, terms: Terms, began_at: datetime) -> Turn:
    """Store what is to be read, and say up to where nothing is missing any more."""
    place = _place_of(terms, folder)
    start = _starting_point(folder, terms)
    unseen = set(folder.unseen())
    wanted = sorted(unseen | set(folder.after(start)))
    # What is stored but unseen is read again: the mark may be missing after a crash, or the number may be used twice.
    known = unit_of_work(
        lambda: inbox.stored_uids(place, [uid for uid in wanted if uid not in unseen])
    )
    _put_away(folder, terms, sorted(known)[:PER_TURN])
    waiting = [uid for uid in wanted if uid not in known]
    at_once = PER_MARK
    if terms.is_failing:
        # A message at which the server breaks off must not stand before all others for ever, nor undo their marks.
        random.shuffle(waiting)
        at_once = 1
    stored, done, fault = 0, set[int](), None
    for batch in _batches(waiting[:PER_TURN], at_once):
        if clock.now() - began_at > TURN_LASTS:
            break
        kept, gone, refusal = _take(folder, terms, place, batch)
        _put_away(folder, terms, [uid for uid, _is_new in kept])
        stored, fault = stored + sum(is_new for _uid, is_new in kept), fault or refusal
        done.update(uid for uid, _is_new in kept)
        done.update(gone)
    missing = [uid for uid in waiting if uid not in done]
    reached = min((uid for uid in missing if uid > start), default=folder.uid_next) - 1
    is_more = fault is None and bool(missing)
    return Turn(stored, max(start, reached), is_more=is_more, fault=fault)


def _batches(uids: Sequence[int], size: int) -> list[Sequence[int]]:
    return [uids[first : first + size] for first in range(0, len(uids), size)]


def _take(
    folder: ImapFolder, terms: Terms, place: str, uids: Sequence[int]
) -> tuple[list[tuple[int, bool]], list[int], WireFault | None]:
    """Store these: which are kept now and whether they are new, which were gone, and why the server withheld one.

    What was gone is not put away: some servers answer OK and nothing for a message that they cannot read.
    """
    kept, gone, refusal = list[tuple[int, bool]](), list[int](), None
    for uid in uids:
        try:
            is_new = _keep(folder, terms, place, uid)
            if is_new is None:
                gone.append(uid)
            else:
                kept.append((uid, is_new))
        except WireFault as fault:
            if fault.trouble is not Trouble.MESSAGE:
                raise
            refusal = fault  # one message never holds up the others
    return kept, gone, refusal


def _keep(folder: ImapFolder, terms: Terms, place: str, uid: int) -> bool | None:
    """Store one message: is it new? None for one that somebody has taken away meanwhile."""
    message = folder.read(uid)
    if message is None:
        return None
    with message:
        try:
            kept = inbox.store_fetched(message, mailbox_id=terms.mailbox_id, place=place, uid=uid)
        except OSError as error:
            raise WireFault(Trouble.STORAGE, error.strerror or "") from None
    return kept.is_new


def _put_away(folder: ImapFolder, terms: Terms, uids: Sequence[int]) -> None:
    """Tell the server that these are stored: only now, after their commit."""
    if not uids:
        return
    folder.mark_seen(uids)
    if terms.move_to:
        folder.move(uids, terms.move_to)


def _place_of(terms: Terms, folder: ImapFolder) -> str:
    """Names the numbering: the mailbox, the folder on the server, and its UIDVALIDITY.

    The folder is part of it because a mailbox that is pointed to another server may meet the same UIDVALIDITY
    there; many servers count it from 1.
    """
    where = "\0".join((terms.account.host, terms.account.username, terms.folder))
    digest = hashlib.sha256(where.encode()).hexdigest()[:8]
    return f"{terms.mailbox_id}-{digest}/{folder.uid_validity}"


def _starting_point(folder: ImapFolder, terms: Terms) -> int:
    """The UID above which everything is read, seen or not; noted at once when it is a new one.

    At the first look into a mailbox it is its end: what people read before we came is their history. After the
    server numbered its messages anew, everything that arrived since shortly before the last good turn is read
    again, and its bytes tell what is stored already.
    """
    known = terms.read_up_to
    if known is not None and terms.uid_validity == folder.uid_validity and known < folder.uid_next:
        return known
    start = folder.uid_next - 1
    if terms.fetched_at is not None:
        recent = folder.arrived_since((terms.fetched_at - REACH_BACK).date())
        start = min(recent, default=folder.uid_next) - 1

    def note() -> None:
        row = mailboxes.find_mailbox(terms.mailbox_id)
        if row.version == terms.version:
            row.uid_validity, row.read_up_to = folder.uid_validity, start

    unit_of_work(note)
    return start
