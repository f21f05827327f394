"""WhatsApp's Cloud API (Meta's Graph API) over HTTPS: messages, media, templates, and how the number is doing.

One client is one connection that is kept open, for one thread. The access token goes to the provider only: no redirect
is followed, and a file is fetched from the provider's own hosts alone. A refusal comes out as :class:`Declined`, a
network that is in the way as :class:`WireFault`. Sources:
https://developers.facebook.com/documentation/business-messaging/whatsapp/ (messages/send-messages,
business-phone-numbers/media, templates, business-scoped-user-ids).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from types import TracebackType
from typing import Any, Self

import requests
from urllib3.exceptions import LocationParseError
from urllib3.util import parse_url

from helpdesk.lib.clients.faults import Trouble, WireFault
from helpdesk.lib.clients.graph_faults import Declined, Hindrance, TooLarge, declined
from helpdesk.lib.clients.https import fault_in, open_session, pieces_of, refuse_open_road
from helpdesk.lib.clients.whatsapp_answers import (
    FoundTemplate,
    MediaPlace,
    interactive_of,
    next_page_in,
    object_in,
    rows_in,
    template_in,
    text_in,
)

TIMEOUT = (5.0, 20.0)  # seconds to connect, and between two pieces of the answer
FILE_WITHIN = 200.0  # seconds for a whole file
TEMPLATES_A_PAGE = 100
MOST_PAGES = 50  # an account has at most 6,000 templates
_PRODUCT = {"messaging_product": "whatsapp"}
_OK = 200


class WhatsAppClient:
    """Speaks for one number. Raises WireFault and Declined from every method that asks the provider."""

    def __init__(
        self,
        graph_url: str,
        version: str,
        phone_number_id: str,
        account_id: str,
        access_token: str,
        *,
        media_hosts: Collection[str] = (),
    ) -> None:
        refuse_open_road(graph_url)
        self._graph_url = graph_url.rstrip("/")
        self._base = f"{self._graph_url}/{version}"
        self._number, self._account, self._token = phone_number_id, account_id, access_token
        self._media_hosts = media_hosts
        self._session = open_session(access_token, self._base)

    def send_text(self, to: str, text: str, *, our_data: str = "") -> str:
        """Say *text* freely; the provider's id of the message. *our_data* comes back with every receipt."""
        # No preview: the provider would fetch the complainant's link, and show of the page what it finds.
        return self._send(to, our_data, "text", {"body": text, "preview_url": False})

    def send_choices(
        self, to: str, text: str, choices: Mapping[str, Any], *, our_data: str = ""
    ) -> str:
        """Say *text* with something to tap: ``{"buttons": [...]}`` or ``{"list": {...}}`` of an outbox message."""
        interactive = {"body": {"text": text}, **interactive_of(choices)}
        return self._send(to, our_data, "interactive", interactive)

    def send_template(
        self,
        to: str,
        name: str,
        language: str,
        parameters: Mapping[str, str],
        *,
        our_data: str = "",
    ) -> str:
        """Say the approved template *name*, its body filled with the named *parameters*."""
        filled = [
            {"type": "text", "parameter_name": key, "text": value}
            for key, value in parameters.items()
        ]
        body = [{"type": "body", "parameters": filled}] if filled else []
        template = {"name": name, "language": {"code": language}, "components": body}
        return self._send(to, our_data, "template", template)

    def mark_read(self, provider_id: str) -> None:
        """Let the person see that their message was read."""
        body = {**_PRODUCT, "status": "read", "message_id": provider_id}
        self._ask("POST", f"{self._number}/messages", body)

    def media(self, media_id: str) -> MediaPlace:
        """Where the file of a message lies; its id lives seven days. Declined with code 100 when it is gone."""
        answer = self._ask("GET", media_id)
        size = str(answer.get("file_size"))
        return MediaPlace(
            url=text_in(answer, "url"),
            mime_type=text_in(answer, "mime_type"),
            sha256=text_in(answer, "sha256"),
            size=int(size) if size.isdecimal() else 0,
        )

    def download(self, url: str, *, most: int) -> Iterator[bytes]:
        """The bytes of a file, piece by piece, from the *url* that :meth:`media` gave; raises TooLarge after *most*."""
        self._refuse_strangers(url)
        response = self._request("GET", url)
        try:
            if response.status_code != _OK:
                raise Declined(
                    response.status_code, "the file is not handed over", _of_file(response)
                )
            taken = 0
            for piece in pieces_of(response, within=FILE_WITHIN):
                taken += len(piece)
                if taken > most:
                    raise TooLarge(f"more than {most} bytes")
                yield piece
        finally:
            response.close()

    def templates(self) -> list[FoundTemplate]:
        """Every template of the account, in all languages."""
        asked: dict[str, str] = {
            "fields": "name,language,status,category,components,rejected_reason",
            "limit": str(TEMPLATES_A_PAGE),
        }
        found: list[FoundTemplate] = []
        for _page in range(MOST_PAGES):
            answer = self._ask("GET", f"{self._account}/message_templates", query=asked)
            found += [template_in(row) for row in rows_in(answer)]
            after = next_page_in(answer)
            if not after:
                return found
            asked = {**asked, "after": after}
        raise WireFault(Trouble.ANSWER, "templates without end")

    def create_template(
        self, name: str, language: str, body: str, examples: Mapping[str, str]
    ) -> str:
        """Ask for the approval of a utility template with named parameters; its status, such as ``pending``.

        *examples* gives a value for each ``{{name}}`` in *body*: the reviewers want to see one.
        """
        shown = [{"param_name": key, "example": value} for key, value in examples.items()]
        component: dict[str, Any] = {"type": "BODY", "text": body}
        if shown:
            component["example"] = {"body_text_named_params": shown}
        asked = {
            "name": name,
            "language": language,
            "category": "UTILITY",
            "parameter_format": "NAMED",
            "components": [component],
        }
        answer = self._ask("POST", f"{self._account}/message_templates", asked)
        return text_in(answer, "status").lower() or "pending"

    def number_quality(self) -> str:
        """What the provider thinks of our number: ``green``, ``yellow``, ``red`` or ``unknown``."""
        answer = self._ask("GET", self._number, query={"fields": "quality_rating"})
        return text_in(answer, "quality_rating").lower()

    def close(self) -> None:
        """Let the connection go."""
        self._session.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _send(self, to: str, our_data: str, kind: str, content: Mapping[str, Any]) -> str:
        body: dict[str, Any] = {**_PRODUCT, "recipient_type": "individual", "type": kind}
        # A number goes under "to", a business-scoped id under "recipient".
        body |= {"to": to.removeprefix("+")} if to.startswith("+") else {"recipient": to}
        body[kind] = dict(content)
        if our_data:
            body["biz_opaque_callback_data"] = our_data
        answer = self._ask("POST", f"{self._number}/messages", body)
        sent = answer.get("messages")
        first = sent[0] if isinstance(sent, list) and sent else None
        reference = first.get("id") if isinstance(first, dict) else None
        if not isinstance(reference, str) or not reference:
            raise WireFault(Trouble.ANSWER, "no id of the message")
        return reference

    def _ask(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        *,
        query: Mapping[str, str] | None = None,
    ) -> dict[str, Any]:
        response = self._request(method, f"{self._base}/{path}", body, query)
        try:
            answer = object_in(response)
        finally:
            response.close()
        if response.status_code != _OK or answer.get("error"):
            raise self._refusal(response.status_code, answer)
        return answer

    def _request(
        self,
        method: str,
        url: str,
        body: Mapping[str, Any] | None = None,
        query: Mapping[str, str] | None = None,
    ) -> requests.Response:
        try:
            return self._session.request(
                method,
                url,
                json=body,
                params=query,
                timeout=TIMEOUT,
                allow_redirects=False,  # another host must not get the token
                stream=True,
            )
        except requests.RequestException as error:
            raise fault_in(error).without(self._token) from None

    def _refuse_strangers(self, url: str) -> None:
        """Raise WireFault unless a file lies where we ask anyway, or over TLS at one of the provider's other hosts."""
        refuse_open_road(url)
        try:
            place = parse_url(url)  # as the connection will read it
        except LocationParseError:
            raise WireFault(Trouble.ANSWER, "no address") from None
        host = place.host or ""
        is_theirs = place.scheme == "https" and any(
            host == one or host.endswith(f".{one}") for one in self._media_hosts
        )
        if not is_theirs and place.netloc != parse_url(self._graph_url).netloc:
            raise WireFault(Trouble.ANSWER, f"a file at {host}")

    def _refusal(self, status: int, answer: Mapping[str, Any]) -> Declined:
        refusal = declined(status, answer)
        words = refusal.words.replace(self._token, "•••") if self._token else refusal.words
        return Declined(refusal.code, words, refusal.trouble)


def _of_file(response: requests.Response) -> Hindrance:
    """The address of a file is good for some minutes; 401, 403, 404 and 410 want a new one, asked for by its id."""
    return Hindrance.OURS if response.is_redirect else Hindrance.LATER
