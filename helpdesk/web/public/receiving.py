"""The page with number and PIN, shown to the browser that sent the form, for one hour."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from helpdesk.intake.admission import Admitted
from helpdesk.letters.drawing import draw
from helpdesk.lib.errors import NotFound
from helpdesk.lib.limits_storage import limited
from helpdesk.lib.qr import qr_svg
from helpdesk.tickets import keys
from helpdesk.tickets.papers import receipt_of
from helpdesk.tickets.states import Identity
from helpdesk.tickets.ticket import Ticket
from helpdesk.web import handed_over, words
from helpdesk.web.downloads import send_pdf
from helpdesk.web.paper_choice import paper_in_use
from helpdesk.web.public import door, keyring
from helpdesk.web.public.story import way_of

_HERE = "received"


def hand_over(admitted: Admitted) -> None:
    """Remember what this browser may be shown."""
    handed_over.hand_over(_HERE, admitted.number, admitted.pin)
    keyring.add(admitted.ticket)


def forget() -> None:
    """Show number and PIN no longer."""
    handed_over.forget(_HERE)


@door.get("/keluhan/diterima")
def received() -> ResponseReturnValue:
    """Number, PIN, deadline, and what happens next."""
    try:
        ticket, number, pin = _handed_over()
    except NotFound:
        return redirect(url_for("public.track"))
    link = _link_of(ticket)
    return render_template(
        "public/received.html",
        number=number,
        pin=pin,
        ticket=ticket,
        link=link,
        qr=qr_svg(link, title=_("QR code of your page")) if link else "",
        whatsapp_url=_whatsapp_url(ticket, number, link) if link else "",
        way=way_of(ticket),
    )


@door.get("/keluhan/tanda-terima.pdf")
@limited("20/minute", methods=("GET",))  # drawing takes a second
def receipt_with_pin() -> ResponseReturnValue:
    """The receipt to take away, with PIN and link on it."""
    ticket, number, pin = _handed_over()
    letter = receipt_of(ticket, say=words.word)
    pdf = draw(letter, pin=pin, link=_link_of(ticket), paper=paper_in_use())
    return send_pdf(pdf, f"{number}.pdf")


def _handed_over() -> tuple[Ticket, str, str]:
    """What this browser sent last; raises NotFound after an hour and for everybody else."""
    number, pin = handed_over.recall(_HERE)
    ticket, _actor = keyring.fetch(number)
    return ticket, number, pin


def _link_of(ticket: Ticket) -> str:
    """The signed link; whoever is anonymous keeps number and PIN only, which no chat remembers."""
    return "" if ticket.identity == Identity.ANONYMOUS else keys.link_of(ticket)


def _whatsapp_url(ticket: Ticket, number: str, link: str) -> str:
    """Opens the person's own WhatsApp with number and link, never the PIN: a chat is read by many."""
    kind = words.word(ticket.kind, "kind")
    said = _("%(kind)s %(number)s. How it stands: %(link)s", kind=kind, number=number, link=link)
    return "https://wa.me/?" + urlencode({"text": said})
