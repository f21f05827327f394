"""Who appears on a letter: the organisation at its head, the person who complained."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from helpdesk.accounts.organisation import organisation
from helpdesk.lib.words import language_now


class Identity(StrEnum):
    """How much of the complainant a letter may say."""

    NAMED = "named"
    WITHHELD = "withheld"
    ANONYMOUS = "anonymous"


@dataclass(frozen=True, kw_only=True)
class Letterhead:
    """The organisation, as at the head of its letters; what is empty is left out.

    *parent* is the body above it (a ministry, a foundation), *service* the desk that writes, *desk*
    where that is and when it is open, *city* where letters are dated. *logo_digest* names the stored
    picture of the organisation's sign; without one, a plain mark is drawn.
    """

    organisation: str
    parent: str = ""
    service: str = ""
    address: str = ""
    city: str = ""
    phone: str = ""
    whatsapp: str = ""
    email: str = ""
    website: str = ""
    desk: str = ""
    logo_digest: str = ""


def letterhead() -> Letterhead:
    """The organisation at the head of a letter, in the language of the moment."""
    here = organisation()
    if here is None:
        return Letterhead(organisation="Tanggap")
    is_english = language_now() == "en"
    return Letterhead(
        organisation=here.name,
        parent=here.parent,
        logo_digest=here.logo_digest or "",
        service=here.subtitle_en if is_english else here.subtitle_id,
        address=here.address,
        city=here.city,
        phone=here.phone,
        whatsapp=here.whatsapp,
        email=here.email,
        website=here.website,
        desk=here.desk_en if is_english else here.desk_id,
    )


@dataclass(frozen=True, kw_only=True)
class Complainant:
    """The person who complained, as this letter may show them (masked already where it must be).

    *on_behalf_of* is the person affected when it is somebody else, with the relation: *Siti R.
    (ibu)*.
    """

    identity: Identity
    name: str = ""
    address: str = ""
    phone: str = ""
    email: str = ""
    on_behalf_of: str = ""

    def __post_init__(self) -> None:
        # Not even into the stored fields: whoever fills a letter may forget, the letter must not.
        if self.identity != Identity.NAMED:
            for field in ("name", "address", "phone", "email", "on_behalf_of"):
                object.__setattr__(self, field, "")
