"""How every act of the workbench goes: fetched scoped, its form read, one verb called, back to the ticket.

Each act has a page of its own. A page that is refused keeps every word that was typed; when somebody was faster it
also shows what happened meanwhile, and sending again is then a decision. The hidden key makes a double click, the
browser's retry and the same page sent again do the act once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from wtforms import HiddenField

from helpdesk.lib.clock import now
from helpdesk.lib.database import db, in_transaction, take_back, unit_of_work
from helpdesk.lib.errors import Conflict, Invalid, NotFound
from helpdesk.lib.uploads import EVIDENCE, Purpose, Received
from helpdesk.registry.masking import mask_name
from helpdesk.tickets import access
from helpdesk.tickets.access import Scope
from helpdesk.tickets.moves import Move
from helpdesk.tickets.opening import number_of
from helpdesk.tickets.picture import remedy_for, text_for, title_for
from helpdesk.tickets.roads import road_of_notice
from helpdesk.tickets.ticket import Disposition
from helpdesk.web.doors import current_actor
from helpdesk.web.forms import Difference, HouseForm
from helpdesk.web.once import OnceMixin, done_before, draw_key
from helpdesk.web.staff.meanwhile import Meanwhile, meanwhile, newest_event, require_step
from helpdesk.web.staff.noting import note_reads
from helpdesk.web.staff.ticket import find_to_read
from helpdesk.web.typed import whole_number
from helpdesk.web.uploads_in_forms import keep_for_next_try, take_in

ON_WORK = "/tiket/<number>/disposisi/<int:disposition_id>"  # where acts on a unit's work are
_NOT_SAID = {"csrf_token", "once"}


class ActForm(OnceMixin, HouseForm):
    """The form of an act. *seen* is the newest event that its page knew of."""

    seen = HiddenField()


class DecisionForm(ActForm):
    """The form of an act that decides on what was read: it carries the version that was read."""

    version = HiddenField()

    def standing(self, act: Act) -> Iterable[Difference]:
        """What now stands where this form writes, in words beside what was typed; nothing by default."""
        return ()


class Act:
    """One act of the signed-in person on a ticket, or on one of its dispositions.

    Raises NotFound for what is not theirs to see, Refused for what is not theirs to do, and on opening the page
    Conflict when the ticket no longer stands where the act is possible. *of_own_unit*: without a disposition named,
    an officer acts on the one of their unit.
    """

    def __init__(
        self,
        number: str,
        move: Move,
        disposition_id: int | None = None,
        *,
        of_own_unit: bool = False,
    ) -> None:
        self.by = current_actor()
        self.move = move
        self.files: list[Received] = []
        self.meanwhile: Meanwhile | None = None
        self._asked_for, self._disposition_id = number, disposition_id
        try:
            self._fetch()
        except NotFound:
            self._answer_twin()  # the act may have been what took the ticket out of sight
            raise
        if of_own_unit and disposition_id is None:
            self._choose_own_work()
        try:
            require_step(self.ticket, self.disposition, move, by=self.by)
        except Conflict:
            if request.method != "POST":
                raise  # a form that was filled in is refused later, on its own page

    def _fetch(self) -> None:
        # Of a restricted ticket it is noted who opens the form; of one that is sent, when its page is drawn.
        is_reading = request.method == "GET"
        find = find_to_read if is_reading else access.find_for
        self.ticket = find(self.by, self._asked_for)
        self.disposition = self._own_disposition()

    def _own_disposition(self) -> Disposition | None:
        if self._disposition_id is None:
            return None
        return access.disposition_of(self.ticket, self._disposition_id, self.by)

    def _choose_own_work(self) -> None:
        """What somebody of a unit does about a ticket belongs to the newest work on it that is theirs."""
        if self.scope is not Scope.UNIT:
            return
        sent = self.ticket.dispositions
        own = [one for one in sent if access.works_on(self.by, one)]
        at_work = [one for one in own if one.is_open] or own
        at_work = at_work or [one for one in sent if access.has_it(self.by, one)]
        if at_work:  # who only reads it has none, and is refused as on any other act
            self.disposition = at_work[-1]
            self._disposition_id = self.disposition.id

    @property
    def number(self) -> str:
        """The ticket's number as people read it."""
        return number_of(self.ticket)

    @property
    def work(self) -> Disposition:
        """The disposition of an act that has one."""
        if self.disposition is None:
            raise NotFound
        return self.disposition

    @property
    def scope(self) -> Scope:
        """How much of the ticket this person sees."""
        return access.scope_of(self.by, self.ticket)

    @property
    def said(self) -> str:
        """The complaint as this person may read it."""
        return text_for(self.scope, self.ticket)

    @property
    def remedy(self) -> str:
        """What the complainant hopes for, as far as this person may read it."""
        return remedy_for(self.scope, self.ticket)

    @property
    def title(self) -> str:
        """The ticket's title as this person may read it."""
        return title_for(self.scope, self.ticket)

    @property
    def complainant(self) -> str:
        """The masked name, where this person may know it and there is one."""
        person = self.ticket.complainant
        if person is None or not access.knows_complainant(self.by, self.ticket):
            return ""
        return mask_name(person.name) if person.name else ""

    @property
    def road(self) -> str:
        """By which channel the complainant learns of it; '' where no notice would reach them."""
        return road_of_notice(self.ticket, self.move, now())

    @property
    def ticket_url(self) -> str:
        """Where the person came from."""
        return url_for("staff.ticket", number=self.number)

    def done(
        self, form: ActForm, verb: Callable[[], object], *, purpose: Purpose = EVIDENCE
    ) -> bool:
        """Was the form sent, in order, and *verb* called? Else the form says what is in the way.

        The verb reads ``ticket``, ``disposition`` and ``files`` from here: inside the unit of work they are the
        locked rows and the cleaned files. Of a form that is refused, its files are kept for the next try.
        """
        if not form.is_submitted():
            self._open(form)
            return False
        form.validate()
        if "files" in form:
            self.files = take_in(form["files"], form.key, purpose=purpose)
        problem = None if form.errors else self._attempt(form, verb)
        if not form.errors and problem is None:
            return True
        if "files" in form:
            keep_for_next_try(form.key, self.files)
        if problem or "files" in form:
            self._fetch()  # a unit came between, and what was read before it is gone
        if problem:
            self._explain(form, problem)
        return False

    def _open(self, form: ActForm) -> None:
        form.seen.data = str(newest_event(self.ticket))
        if isinstance(form, DecisionForm):
            form.version.data = str(self._version)

    @property
    def _version(self) -> int:
        return (self.disposition or self.ticket).version

    def _attempt(self, form: ActForm, verb: Callable[[], object]) -> Invalid | Conflict | None:
        """Perform it; gives what was in the way."""

        def unit() -> None:
            self._perform(form, verb)

        try:
            if in_transaction():
                unit()
            else:
                unit_of_work(unit)
        except (Invalid, Conflict) as problem:
            take_back()  # nothing of a refused act stays, not even its key
            if isinstance(problem, Conflict):
                form.once.data = draw_key()  # sending it all the same is a new act
            return problem
        return None

    def _perform(self, form: ActForm, verb: Callable[[], object]) -> None:
        # The key comes first: the twin of a double click waits there until the other has finished.
        if done_before(self._name, form.key, *_said(self.files)):
            return
        seen = whole_number(form.version.data) if isinstance(form, DecisionForm) else None
        on_ticket = self._disposition_id is None
        self.ticket = access.find_to_change(
            self.by, self._asked_for, version=seen if on_ticket else None
        )
        self.disposition = self._own_disposition()
        if self.disposition and seen is not None and self.disposition.version != seen:
            raise Conflict(access.CHANGED)
        verb()

    def _explain(self, form: ActForm, problem: Invalid | Conflict) -> None:
        if isinstance(problem, Invalid):
            form.take_errors(problem)
            return
        form.form_errors.append(problem.reason)
        since = whole_number(form.seen.data) or 0
        self.meanwhile = meanwhile(
            self.ticket, self.disposition, self.move, by=self.by, since=since
        )
        if isinstance(form, DecisionForm):
            pairs = form.standing(self)
            self.meanwhile.differences = [one for one in pairs if str(one.now) != str(one.typed)]
        self._open(form)

    def _answer_twin(self) -> None:
        """Answer the second of a double click whose first has taken the ticket out of this person's sight."""
        key = request.form.get("once")
        if key and in_transaction() and done_before(self._name, key, *_said(())):
            abort(redirect(url_for("staff.worklist")))

    @property
    def _name(self) -> str:
        return f"{self.move}/{self._asked_for}/{self._disposition_id or ''}"

    def back(self, sentence: Any, *, is_warning: bool = False) -> ResponseReturnValue:
        """To the ticket, with a sentence about what was done; to the list when it is out of sight now."""
        flash(sentence, "warn" if is_warning else "message")
        db.session.flush()
        visible = access.find_candidates(self.by, self._asked_for, limit=1)
        return redirect(self.ticket_url if visible else url_for("staff.worklist"))

    def told(self, sent: str, shown: str) -> ResponseReturnValue:
        """Back, with what became of a word to the complainant."""
        return self.back(self.telling(sent, shown))

    def telling(self, sent: str, shown: str) -> str:
        """What became of a word to the complainant: *sent*, or only *shown* to them and why."""
        ticket = self.ticket
        if ticket.can_be_written_to:
            return sent
        if ticket.can_be_reached:
            why = _("Only a telephone number was left: please call as well.")
        elif ticket.unproved_address:
            why = _("No notice is sent before somebody has made sure of the sender's address.")
        else:
            why = _("The complainant left no contact.")
        return f"{shown} {why}"

    def page(self, template: str, form: HouseForm, **values: Any) -> ResponseReturnValue:
        """The act's page; 409 when somebody was faster, 422 when something is to be put right.

        It shows the complaint once more, perhaps to whoever sent the form without having opened it.
        """
        if request.method == "POST" and note_reads(self.by, [self.ticket]) and not in_transaction():
            self._fetch()
        status = 409 if self.meanwhile else 422 if form.errors else 200
        return render_template(f"staff/acts/{template}.html", act=self, form=form, **values), status


def _said(files: Sequence[Received]) -> list[str]:
    """Everything that was sent, for telling the same form sent twice from another one."""
    typed = [
        f"{name}={text}" for name, text in request.form.items(multi=True) if name not in _NOT_SAID
    ]
    return [*sorted(typed), *sorted(file.sha256 for file in files)]
