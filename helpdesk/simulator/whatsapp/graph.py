"""The Graph API: what the house asks of the provider over HTTP.

https://developers.facebook.com/documentation/business-messaging/whatsapp/reference
"""

from __future__ import annotations

import hmac
import re
from typing import Any

from flask import Blueprint, Response, current_app, jsonify, request, url_for
from flask.typing import ResponseReturnValue
from itsdangerous import BadSignature, URLSafeTimedSerializer

from helpdesk.simulator.whatsapp.catalogue import Template
from helpdesk.simulator.whatsapp.file import Switch
from helpdesk.simulator.whatsapp.provider import Provider
from helpdesk.simulator.whatsapp.refusals import (
    GraphRefusal,
    missing,
    no_such_object,
    wrong,
)
from helpdesk.simulator.whatsapp.sending import read_request
from helpdesk.simulator.whatsapp.shelf import Media

URL_GOOD_FOR = 5 * 60  # seconds
MOST_TEMPLATES = 100  # of one page
EXTENSION = "whatsapp provider"
_VERSION = re.compile(r"v\d{1,3}\.\d")
door = Blueprint("graph", __name__, url_prefix="/graph")


@door.before_request
def _let_in() -> None:
    """First whether anybody is there, then whether it is the house."""
    if _provider().file.is_on(Switch.PROVIDER_DOWN):
        raise GraphRefusal(131016, "The simulator plays a provider that is down.", status=503)
    wanted = f"Bearer {_provider().account.access_token}"
    given = request.headers.get("Authorization", "")
    if not hmac.compare_digest(given.encode(), wanted.encode()):
        raise GraphRefusal(190, "Cannot parse access token", status=401)
    version = (request.view_args or {}).get("version")
    if version is not None and not _VERSION.fullmatch(version):
        raise no_such_object(version)


@door.errorhandler(GraphRefusal)
def _refuse(refusal: GraphRefusal) -> ResponseReturnValue:
    return jsonify(refusal.body), refusal.status


@door.post("/<version>/<node>/messages")
def send(version: str, node: str) -> ResponseReturnValue:
    """Send a message, or tell that one was read."""
    provider = _provider()
    if node != provider.account.phone_number_id:
        raise no_such_object(node)
    body = request.get_json(force=True, silent=True)
    if isinstance(body, dict) and body.get("status") is not None:
        return _mark_read(body)
    wanted = read_request(body)
    message = provider.send(wanted)
    whose = "wa_id" if wanted.address.isdigit() else "user_id"
    return jsonify(
        messaging_product="whatsapp",
        contacts=[{"input": wanted.address, whose: wanted.address}],
        messages=[{"id": message.wamid}],
    )


@door.get("/<version>/<account_id>/message_templates")
def templates(version: str, account_id: str) -> ResponseReturnValue:
    """The templates, a page at a time."""
    provider = _provider()
    if account_id != provider.account.account_id:
        raise no_such_object(account_id)
    limit = min(request.args.get("limit", 25, int), MOST_TEMPLATES)
    after = request.args.get("after", "0")
    if not after.isdigit() or limit < 1:
        raise GraphRefusal(100, "after and limit must be numbers")
    found = provider.catalogue.page(after=int(after), limit=limit + 1)
    shown = found[:limit]
    paging: dict[str, Any] = {}
    if shown:
        paging["cursors"] = {"before": str(shown[0].id), "after": str(shown[-1].id)}
    if len(found) > limit:
        paging["next"] = url_for(
            "graph.templates",
            version=version,
            account_id=account_id,
            limit=limit,
            after=shown[-1].id,
            _external=True,
        )
    return jsonify(data=[_shown(template) for template in shown], paging=paging)


@door.post("/<version>/<account_id>/message_templates")
def hand_in(version: str, account_id: str) -> ResponseReturnValue:
    """Hand in a template."""
    provider = _provider()
    if account_id != provider.account.account_id:
        raise no_such_object(account_id)
    body = request.get_json(force=True, silent=True)
    if not isinstance(body, dict):
        raise missing("name")
    template = provider.hand_in(body)
    return jsonify(id=str(template.id), status=template.status, category=template.category)


@door.get("/<version>/<node>")
def look_up(version: str, node: str) -> ResponseReturnValue:
    """The number of the house, its account, or where a file lies for the next minutes."""
    provider = _provider()
    account = provider.account
    if node == account.phone_number_id:
        return jsonify(_wanted_fields(_number_facts(), node))
    if node == account.account_id:
        return jsonify(_wanted_fields({"name": account.name, "currency": "IDR"}, node))
    media = provider.fetchable(node)
    if media is None:
        raise no_such_object(node)
    return jsonify(
        messaging_product="whatsapp",
        url=url_for("graph.download", token=_urls().dumps(media.id), _external=True),
        mime_type=media.media_type,
        sha256=media.sha256,
        file_size=len(media.content),
        id=media.id,
    )


@door.get("/media/<token>/file")
def download(token: str) -> ResponseReturnValue:
    """The bytes of a file, while its address is good."""
    media = _media_behind(token)
    if media is None:
        raise GraphRefusal(100, "The address is not good any more.", status=404)
    return Response(media.content, mimetype=media.media_type)


def _mark_read(body: dict[str, Any]) -> ResponseReturnValue:
    if body["status"] != "read" or body.get("messaging_product") != "whatsapp":
        raise wrong("status", "must be read")
    wamid = str(body.get("message_id", ""))
    chats = _provider().chats
    if chats.find(wamid) is None:
        raise wrong("message_id", "is not a message of this number")
    chats.climb(wamid, "read")
    return jsonify(success=True)


def _number_facts() -> dict[str, Any]:
    account = _provider().account
    return {
        "verified_name": account.name,
        "display_phone_number": account.display_number,
        "quality_rating": "GREEN",
        "name_status": "APPROVED",
        "status": "CONNECTED",
        "messaging_limit_tier": "TIER_2K",
        "throughput": {"level": "STANDARD"},
        "platform_type": "CLOUD_API",
    }


def _wanted_fields(facts: dict[str, Any], node: str) -> dict[str, Any]:
    """Only what ``fields`` asks for, as the provider does it; everything where it is not there."""
    asked = request.args.get("fields", "")
    names = [name.strip() for name in asked.split(",") if name.strip()] or list(facts)
    return {**{name: facts[name] for name in names if name in facts}, "id": node}


def _shown(template: Template) -> dict[str, Any]:
    return {
        "id": str(template.id),
        "name": template.name,
        "language": template.language,
        "status": template.status,
        "category": template.category,
        "parameter_format": template.parameter_format,
        "components": template.components,
    }


def _media_behind(token: str) -> Media | None:
    try:
        media_id = _urls().loads(token, max_age=URL_GOOD_FOR)
    except BadSignature:
        return None
    return _provider().fetchable(str(media_id))


def _urls() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(_provider().account.app_secret, salt="media url")


def _provider() -> Provider:
    provider: Provider = current_app.extensions[EXTENSION]
    return provider
