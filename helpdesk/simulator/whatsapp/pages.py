"""The telephone in the browser: a chat with the house, and what may go wrong on the way."""

from __future__ import annotations

from typing import Any

from flask import (
    Blueprint,
    Flask,
    Response,
    abort,
    flash,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import CSRFProtect
from werkzeug.datastructures import FileStorage

from helpdesk.simulator.whatsapp import graph
from helpdesk.simulator.whatsapp.bubbles import bubbles_of, quote_of
from helpdesk.simulator.whatsapp.chats import Message, Owner, user_id_of
from helpdesk.simulator.whatsapp.file import Switch
from helpdesk.simulator.whatsapp.provider import Provider
from helpdesk.simulator.whatsapp.sending import LONGEST_TEXT
from helpdesk.simulator.whatsapp.telephone import VOICE_TYPE, Telephone
from helpdesk.simulator.whatsapp.telephones import VOICE, Telephones, telephones_here

LARGEST_FILE = 16_000_000  # bytes: what the provider takes of a film or a sound
EMOJIS = ("👍", "❤️", "🙏", "😢")
SHOWN_IN_PAGES = frozenset(
    {"image/jpeg", "image/png", "image/webp", "image/gif", "audio/mpeg", "audio/mp4", "video/mp4"}
)
door = Blueprint("phone", __name__, url_prefix="/ponsel")

# What a switch is called, and what it does.
SWITCHES: dict[Switch, tuple[Any, Any]] = {
    Switch.DUPLICATE: (
        _l("Duplicates"),
        _l("Everything that happens on WhatsApp is reported three times, at the same moment."),
    ),
    Switch.OUT_OF_ORDER: (
        _l("Out of order"),
        _l("Messages and receipts overtake each other by up to five seconds."),
    ),
    Switch.MEDIA_EXPIRED: (
        _l("Files expired"),
        _l("Photos, voice messages and documents cannot be fetched any more."),
    ),
    Switch.NO_NUMBER: (
        _l("No telephone number"),
        _l("People come by the id of their username alone."),
    ),
    Switch.PROVIDER_DOWN: (
        _l("WhatsApp is down"),
        _l("Whatever the product sends or fetches is refused for now."),
    ),
}


def init_telephones(app: Flask, telephones: Telephones, csrf: CSRFProtect) -> None:
    """Put telephones and Graph API into the simulator."""
    telephones.know_in(app)
    csrf.exempt(graph.door)  # the house comes with a token, and is no browser
    app.register_blueprint(graph.door)
    app.register_blueprint(door)


@door.get("/<key>")
def chat(key: str) -> ResponseReturnValue:
    """The chat of one person with the house."""
    telephone = _telephone(key)
    answered = _find(key, request.args.get("balas", 0, int)) if "balas" in request.args else None
    on = _provider().file.switched_on()
    return render_template(
        "simulator/phone.html",
        **_chat_of(telephone),
        about=telephones_here().about(key),
        answered=answered,
        answered_words=quote_of(answered) if answered else "",
        switches=[(switch, *words, switch in on) for switch, words in SWITCHES.items()],
        waiting=len(_provider().posts.waiting()),
        longest=LONGEST_TEXT,
    )


@door.get("/<key>/kini")
def chat_now(key: str) -> ResponseReturnValue:
    """The bubbles alone, when any of them changed; having them on the screen is reading them."""
    telephone = _telephone(key)
    shown = _chat_of(telephone)
    answer = Response(render_template("simulator/chat.html", **shown))
    answer.set_etag(shown["revision"])
    return answer.make_conditional(request)


@door.post("/<key>/kirim")
def send(key: str) -> ResponseReturnValue:
    """Send words, files, or both."""
    telephone = _telephone(key)
    text = request.form.get("text", "").replace("\r\n", "\n").strip()
    files = [file for file in request.files.getlist("files") if file.filename]
    answered = (
        _find(key, request.form.get("reply_to", 0, int)) if "reply_to" in request.form else None
    )
    reply_to = answered.wamid if answered else None
    if not text and not files:
        flash(_("Write something, or choose a file."), "warn")
    elif len(text) > LONGEST_TEXT:
        flash(_("WhatsApp takes %(most)s characters at once.", most=LONGEST_TEXT), "warn")
    elif files:
        _send_files(telephone, files, text, reply_to)
    else:
        telephone.write(text, reply_to=reply_to)
    return _back(key)


@door.post("/<key>/contoh/<name>")
def send_sample(key: str, name: str) -> ResponseReturnValue:
    """Send a file that is at hand."""
    sample = telephones_here().samples.get(name)
    if sample is None:
        abort(404)
    is_voice = name == VOICE
    media_type = VOICE_TYPE if is_voice else sample.media_type
    _telephone(key).send_file(sample.content, media_type, sample.name, is_voice=is_voice)
    return _back(key)


@door.post("/<key>/lokasi")
def send_place(key: str) -> ResponseReturnValue:
    """Send where they are."""
    place = telephones_here().place
    _telephone(key).send_place(place.latitude, place.longitude, place.name, place.address)
    return _back(key)


@door.post("/<key>/pesan/<int:message_id>/pilih")
def tap(key: str, message_id: int) -> ResponseReturnValue:
    """Tap a button or a row."""
    tapped = _telephone(key).tap(_find(key, message_id), request.form.get("choice", ""))
    if tapped is None:
        abort(404)
    return _back(key)


@door.post("/<key>/pesan/<int:message_id>/tanggapi")
def react(key: str, message_id: int) -> ResponseReturnValue:
    """Put a reaction under a message, or take it back."""
    emoji = request.form.get("emoji", "")
    if emoji not in EMOJIS:
        abort(404)
    _telephone(key).react(_find(key, message_id), emoji)
    return _back(key)


@door.post("/<key>/pesan/<int:message_id>/hapus")
def delete(key: str, message_id: int) -> ResponseReturnValue:
    """Take back what they said."""
    _telephone(key).delete(_find(key, message_id))
    return _back(key)


@door.get("/<key>/berkas/<media_id>")
def file(key: str, media_id: str) -> ResponseReturnValue:
    """A file of a chat: shown where that is harmless, else to be kept."""
    _telephone(key)
    media = _provider().shelf.find(media_id)
    if media is None:
        abort(404)
    plain = media.media_type.partition(";")[0]
    if plain in SHOWN_IN_PAGES or plain.startswith("audio/"):
        return Response(media.content, mimetype=plain)
    answer = Response(media.content, mimetype="application/octet-stream")
    answer.headers.set("Content-Disposition", "attachment", filename=media.name or media.id)
    return answer


@door.post("/sakelar/<name>")
def turn(name: str) -> ResponseReturnValue:
    """Let something go wrong, or be well again."""
    if name not in set(Switch):
        abort(404)
    switch, provider = Switch(name), _provider()
    is_on = not provider.file.is_on(switch)
    provider.file.turn(switch, on=is_on)
    words = {"switch": SWITCHES[switch][0]}
    flash(_("“%(switch)s” is on.", **words) if is_on else _("“%(switch)s” is off.", **words))
    key = request.form.get("key", "")
    return redirect(url_for("phone.chat", key=key) if key else url_for("simulator.people"), 303)


@door.post("/baru")
def newcomer() -> ResponseReturnValue:
    """Take a telephone with a number of one's own choice."""
    digits = "".join(filter(str.isdigit, request.form.get("number", "")))
    wa_id = f"62{digits[1:]}" if digits.startswith("0") else digits
    name = " ".join(request.form.get("name", "").split())[:60]
    if not 8 <= len(wa_id) <= 15 or not name:
        flash(_("A name and a telephone number are needed. Example: 0812 3456 7890"), "warn")
        return redirect(url_for("simulator.people"), 303)
    _provider().chats.know(Owner(name, wa_id, user_id_of(wa_id)))
    return redirect(url_for("phone.chat", key=wa_id), 303)


def _send_files(
    telephone: Telephone, files: list[FileStorage], text: str, reply_to: str | None
) -> None:
    """Each is a message of its own; the words stand under the first, or by themselves where it can have none."""
    if text and files[0].mimetype.startswith("audio/"):
        telephone.write(text, reply_to=reply_to)
        text = ""
    for place, file in enumerate(files):
        content = file.read()
        if not content or len(content) > LARGEST_FILE:
            flash(_("%(name)s is empty or larger than 16 MB.", name=file.filename), "warn")
            continue
        telephone.send_file(
            content,
            file.mimetype or "application/octet-stream",
            file.filename or "",
            caption="" if place else text,
            reply_to=reply_to,
        )


def _chat_of(telephone: Telephone) -> dict[str, Any]:
    chats = telephone.provider.chats
    return {
        "owner": telephone.owner,
        # Before it: what comes in between is asked for
        "revision": chats.revision_of(telephone.owner.key),
        "bubbles": bubbles_of(telephone.look()),
        "emojis": EMOJIS,
        "display_number": telephone.provider.account.display_number,
    }


def _back(key: str) -> ResponseReturnValue:
    _provider().posts.hurry()
    return redirect(url_for("phone.chat", key=key, _anchor="tulis"), 303)


def _find(key: str, message_id: int) -> Message:
    found = _provider().chats.find_in(key, message_id)
    if found is None:
        abort(404)
    return found


def _telephone(key: str) -> Telephone:
    owner = _provider().chats.owner_of(key)
    if owner is None or owner.key != key:
        abort(404)
    return Telephone(_provider(), owner)


def _provider() -> Provider:
    return telephones_here().provider
