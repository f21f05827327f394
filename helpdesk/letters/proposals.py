"""The sentences with which an official letter is proposed; whoever issues it may change each of them.

They are put into the draft with their values, and from there on they are fields of that letter. What
every letter of a kind says word for word (the rights, the footer) is worded in ``wording``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import force_locale
from flask_babel import lazy_gettext as _l

# What each placeholder holds, ready to read in the letter's language:
#   number     the ticket's, KLH-26-00042-8      channel    how it reached us
#   matter     what was brought, with its number: one of the sentences that begin so
#   received, closed   days in words             until      the last day on which one may object
#   track_url  the address of the track page     asked_until  the day by which an answer is asked for
SENTENCES: dict[str, Any] = {
    "matter.complaint": _l("complaint number %(number)s"),
    "matter.suggestion": _l("suggestion number %(number)s"),
    "matter.praise": _l("words of praise number %(number)s"),
    "matter.information": _l("information request number %(number)s"),
    "addressee.unnamed": _l("the complainant in case %(number)s"),
    "reply.subject": _l("Answer to your %(matter)s"),
    "reply.opening": _l(
        "With reference to your %(matter)s, which we received on %(received)s (%(channel)s), we "
        "answer as follows."
    ),
    "reply.ending": _l(
        "This is our answer. We thank you for telling us, which helps us to serve better."
    ),
    "objection": _l(
        "If the matter is not solved for you, please tell us until %(until)s: open %(track_url)s "
        "with the number and PIN on your receipt, or come to our complaint desk. We then take it "
        "up again."
    ),
    "closing_notice.subject": _l("Notice that %(matter)s is closed"),
    "closing_notice.opening": _l(
        "We hereby notify you that your %(matter)s, which we received on %(received)s (%(channel)s), "
        "was closed on %(closed)s."
    ),
    "closing_notice.ending": _l("We thank you for your trust and for telling us."),
    "request.subject": _l("What we need to know about your %(matter)s"),
    "request.opening": _l(
        "With reference to your %(matter)s, which we received on %(received)s (%(channel)s), we "
        "need to know the following so that we can go on."
    ),
    "request.ending": _l(
        "Please answer until %(asked_until)s: open %(track_url)s with the number and PIN on your receipt, write to us, "
        "or come to our complaint desk. We thank you for your help."
    ),
    "request.ending_late": _l(
        "Your answer is still welcome: open %(track_url)s with the number and PIN on your receipt, write to us, or "
        "come to our complaint desk. We thank you for your help."
    ),
    "referral.subject": _l("Referral of %(matter)s"),
    "referral.opening": _l(
        "We hereby pass on to you the %(matter)s, which we received on %(received)s (%(channel)s), because the matter "
        "is yours to handle."
    ),
    "referral.ending": _l(
        "Please handle it as is yours to do, and tell us the outcome under the number above. We thank you for your "
        "attention and help."
    ),
    "closed.confirmed": _l("It is closed because you told us that the matter is solved."),
    "closed.assumed": _l(
        "It is closed because we answered and heard nothing more from you within the time that our "
        "rules give."
    ),
    "closed.no_contact": _l(
        "It is closed because we answered, and had no contact to ask whether it is solved."
    ),
    "closed.on_the_spot": _l("It is closed because the matter was solved while you were with us."),
    "closed.unilateral": _l("We closed it for the following reason:"),
    "closed.not_ours": _l("The matter is not ours to handle, for the following reason:"),
    "closed.archived": _l("It was filed without further action, for the following reason:"),
    "closed.withdrawn": _l("It is closed because you withdrew it."),
}


def propose(name: str, language: str, values: Mapping[str, str]) -> str:
    """The sentence *name* in *language* with *values* put in.

    Raises KeyError for a sentence that nobody has worded, and for a value that is missing.
    """
    with force_locale(language):
        return str(SENTENCES[name]) % values
