"""Mail for the gallery: a complaint by email with everything that can come after it, and what was set aside."""

from __future__ import annotations

from helpdesk.intake.mailbox import MailRoute
from helpdesk.lib.database import db, unit_of_work
from tests.intake.mailing import (
    STRANGER,
    arrive,
    compose,
    have_mailbox,
    number,
    receipt_id,
)
from tests.support.files import jpeg

LAID_OUT = (
    "<h2>Obat sirup habis</h2><p>Yth. RSIA Contoh, <b>obat sirup</b> anak saya habis sejak pagi.</p>"
    '<table><tr><td>Antre</td><td>09.00</td></tr></table><p><a href="https://example.org">Rincian</a></p>'
    '<img src="https://tracker.example/p.gif" alt="logo keluarga">'
)
QUOTED = (
    "Sampai sore ini belum ada kabar.\n\nPada Sab, 21 Nov 2026 pukul 10.00 RSIA Contoh <keluhan@rs.example> menulis:\n"
    "> Keluhan Anda kami terima.\n> Kami menjawab paling lambat Selasa."
)


def hang_mail(unit_id: int) -> dict[str, object]:
    """Let it all arrive; the places where it hangs. One address stands for the unit *unit_id*."""
    mailbox_id = have_mailbox()
    files = [("resep.jpg", jpeg()), ("catatan.pages", b"\x00\x01\x02" * 200)]
    opened = arrive(
        compose(
            "Obat sirup anak saya habis sejak pagi, kami disuruh membeli di luar.",
            subject="Obat sirup habis",
            html=LAID_OUT,
            files=files,
            checks="spf=pass; dmarc=pass",
        ),
        mailbox_id,
    )
    ours = receipt_id(opened.ticket_id)
    arrive(compose(QUOTED, answers=ours, checks="dmarc=pass"), mailbox_id)
    arrive(compose("Saya kakaknya, mohon kami dikabari juga.", sender=STRANGER, answers=ours))
    machine = arrive(
        compose("Saya sedang cuti sampai Senin.", answers=ours, Auto_Submitted="auto-replied"),
        mailbox_id,
    )
    denied = compose("Petugas loket tidak ramah.", subject="Loket", checks="dmarc=fail")
    doubted = arrive(denied, mailbox_id)
    arrive(compose("Bagaimana kabarnya?", subject=number(opened)))
    quoting = compose("Saya juga mengalaminya.", sender=STRANGER, subject=f"Sama: {number(opened)}")
    other = arrive(quoting)
    aside = arrive(
        compose(
            "Saya cabut laporan saya.",
            subject="Re: Obat sirup habis",
            answers=ours,
            checks="dmarc=fail",
            html="<p>Saya <b>cabut</b> laporan saya.</p>",
        ),
        mailbox_id,
    )
    arrive(compose("Penawaran.", sender="", subject="Penawaran kerja sama"))
    route = MailRoute(address="farmasi@rs.example", unit_id=unit_id)
    unit_of_work(lambda: db.session.add(route))
    return {
        "mailbox": mailbox_id,
        "route": route.id,
        "mail": opened.id,
        "mail_ticket": number(opened),
        "mail_other": number(other),
        "mail_aside": aside.id,
        "mail_machine": machine.id,
        "mail_doubted": number(doubted),
    }
