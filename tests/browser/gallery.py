"""One complaint in every state, so that every page has something to show."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta

from sqlalchemy import func, select

from helpdesk.accounts import setup, staff
from helpdesk.accounts.actor import Actor
from helpdesk.accounts.organisation import Organisation
from helpdesk.accounts.passwords import draw_one_time_password, hash_password
from helpdesk.accounts.roles import Role
from helpdesk.accounts.staff import Holding, Person
from helpdesk.accounts.unit import Unit
from helpdesk.catalogue.category import Category, Place
from helpdesk.intake.submission import Wish
from helpdesk.lib import clock
from helpdesk.lib.database import db, unit_of_work
from helpdesk.lib.uploads import COMPLAINANT
from helpdesk.messaging.message import OutboxMessage
from helpdesk.monitoring.facts import settle_days
from helpdesk.monitoring.period import Period, PeriodKind
from helpdesk.monitoring.summaries.asking import Wanted, ask_for_summary
from helpdesk.monitoring.summaries.building import build_now
from helpdesk.tickets import (
    access,
    answering,
    closing,
    dispositions,
    follow_ups,
    instructions,
    keys,
    merging,
    more_time,
    questions,
)
from helpdesk.tickets.case_file import gather
from helpdesk.tickets.case_files import order_case_file
from helpdesk.tickets.dispositions import Instruction, UnitAnswer
from helpdesk.tickets.leaving import leave_by_exit
from helpdesk.tickets.records import TicketEvent
from helpdesk.tickets.states import Access, Grade, Phrase, Root, Status
from helpdesk.tickets.ticket import Disposition, Ticket
from tests.browser.conftest import House
from tests.browser.improvements_gallery import hang_improvements
from tests.browser.letters_gallery import hang_letters
from tests.browser.line_gallery import hang_line
from tests.browser.mail_gallery import hang_mail
from tests.browser.talks_gallery import hang_talks
from tests.support.authenticator import enrol
from tests.support.cast import PASSWORD, Cast
from tests.support.files import photograph

RECOVERY_CODES_OF_HARI: list[str] = []
LONG = (
    "Ibu saya menunggu obat sejak jam 9 sampai jam 12. Nomornya dilewati dua kali. Ketika saya bertanya, petugas "
    "bilang stok habis dan kami disuruh membeli di apotek luar seharga Rp 184.500.\n\nApakah selalu begini?"
)


class Gallery:
    """What hangs there; ``places`` fills the addresses of pages."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.places: dict[str, object] = {}

    def hang(self) -> Gallery:
        """Let everything happen, some of it days ago."""
        with self.house.on_stage(ago=timedelta(days=9)) as cast:
            self._furnish()
            self._answered_and_forgotten(cast)
            self._missed(cast)
            self.places |= hang_improvements(cast, str(self.places["late"]))
        with self.house.on_stage(ago=timedelta(hours=30)) as cast:
            self._in_work(cast)
        with self.house.on_stage(ago=timedelta(minutes=50)) as cast:
            self._fresh(cast)
            self._closed(cast)
            self._joined(cast)
            self.places |= hang_mail(cast.unit_ids["farmasi"])
            self.places |= hang_letters(cast)
            hang_line(cast.user_ids["lestari"])
            self.places |= hang_talks(cast)
        self.house.sweep()
        with self.house.on_stage() as cast:
            self._instruct(cast)
            self._remember(cast)
            settle_days(clock.now())
        return self

    def _furnish(self) -> None:
        def unit() -> None:
            here = db.session.get_one(Organisation, 1)
            here.phone, here.whatsapp = "(0751) 123456", "0812-0000-0001"
            here.emergency_phone, here.emergency_id = "(0751) 118", "Datang ke IGD atau telepon."
            here.emergency_en = "Come to the emergency room or call."
            here.shows_figures = True
            here.letter_code, here.letter_initials = "HM.02", "RSIA-C"
            here.signatory_name, here.signatory_title = "dr. Hanifah", "Direktur"
            here.desk_id = "Lobi utama, Senin-Sabtu 07.30-16.00"
            here.desk_en = "Main lobby, Monday to Saturday 07.30-16.00"
            for name in ("dimas", "lestari"):
                staff.choose_language(self.house.cast.user_ids[name], "en")
            self.places["board_key"] = setup.renew_board_key(by=Actor.system())
            self._name_at_length()

        unit_of_work(unit)
        self._let_two_more_in()

    def _name_at_length(self) -> None:
        """One long word, which no page may be pushed sideways by."""
        cast = self.house.cast
        for one in (
            db.session.get_one(Unit, cast.unit_ids["farmasi"]),
            db.session.get_one(Category, cast.category_ids["obat"]),
            db.session.get_one(Place, cast.place_ids["farmasi"]),
        ):
            one.name_id = one.name_en = "Penanggulanganbencanaterpadupelayananmedik"

    def _let_two_more_in(self) -> None:
        """Gita may set up a second factor and nobody misses her; Hari has one."""

        def unit() -> None:
            by, password = Actor.system(), draw_one_time_password()
            for name in ("gita", "hari"):
                user = staff.add_user(
                    Person(name, name.title()), [Holding(Role.CARE)], password=password, by=by
                )
                user.password_hash = hash_password(PASSWORD)
                user.must_change_password, user.password_expires_at = False, None
                self.places[name] = user.id

        unit_of_work(unit)
        RECOVERY_CODES_OF_HARI[:] = enrol(int(str(self.places["hari"]))).recovery_codes

    def _answered_and_forgotten(self, cast: Cast) -> None:
        number = self._hang("answered", cast, "Perawat sif malam ketus ketika ditanya soal infus.")
        cast.triage(number, Grade.GREEN)
        self._answer(cast, number, "Perawat kami tegur, dan kami mohon maaf kepada Ibu.")

    def _missed(self, cast: Cast) -> None:
        number = self._hang(
            "late", cast, "Etiket sirup salah: 3 kali 1 sendok, kata dokter 2 kali setengah."
        )
        cast.triage(number, Grade.RED)
        _send(cast, number, "farmasi", "keuangan")
        self._hang("unread", cast, "AC ruang 305 mati, anak saya rewel.", whatsapp="")

    def _in_work(self, cast: Cast) -> None:
        number = self._hang("work", cast, LONG, place_id=cast.place_ids["farmasi"])
        cast.triage(number, title="Obat habis, disuruh beli di luar")
        _send(cast, number, "farmasi", "keuangan", "keperawatan")
        cast.act(
            "budi", number, lambda t, by: dispositions.accept_disposition(_of(t, "farmasi"), by=by)
        )
        cast.act(
            "sari",
            number,
            lambda t, by: follow_ups.write_note(t, "Keluarga sudah ditelepon.", by=by),
        )
        cast.act(
            "sari", number, lambda t, by: answering.reply_interim(t, "Sedang kami periksa.", by=by)
        )
        _submit(cast, number, "tono", "keuangan")
        reviewed = self._hang("approved", cast, "Kuitansi rawat inap belum diberikan.")
        cast.triage(reviewed, Grade.GREEN)
        _send(cast, reviewed, "keuangan")
        _submit(cast, reviewed, "tono", "keuangan")
        cast.act(
            "sari",
            reviewed,
            lambda t, by: answering.approve_answer(_of(t, "keuangan"), by=by),
        )

    def _fresh(self, cast: Cast) -> None:
        photos = [photograph(purpose=COMPLAINANT), photograph("maroon", purpose=COMPLAINANT)]
        self._hang("new", cast, LONG, files=photos, place_id=cast.place_ids["farmasi"])
        self._hang("anonymous", cast, "Ada yang minta uang.", wish=Wish.ANONYMOUS)
        guarded = self._hang("guarded", cast, "Jadwal jaga kurang orang.", wish=Wish.CONFIDENTIAL)
        cast.triage(
            guarded, access=Access.RESTRICTED, reported_unit_ids=[cast.unit_ids["keuangan"]]
        )
        graded = self._hang("graded", cast, "Satpam membentak ibu saya di depan IGD.")
        cast.triage(graded, Grade.YELLOW)
        copied = self._hang("copied", cast, "Tagihan obat saya tercetak dua kali.")
        cast.triage(copied, Grade.GREEN)
        _send(cast, copied, "keuangan", phrases=(Phrase.FOR_INFORMATION,))
        longer = self._hang("longer", cast, "Pompa ASI di ruang laktasi masih rusak.")
        cast.triage(longer, Grade.GREEN)
        _send(cast, longer, "farmasi", "keuangan")
        until, why = clock.now() + timedelta(days=9), "Suku cadang baru datang pekan depan."
        cast.act(
            "budi",
            longer,
            lambda t, by: more_time.ask_for_time(_of(t, "farmasi"), until, why, by=by),
        )
        cast.act(
            "sari",
            longer,
            lambda t, by: more_time.set_deadline(_of(t, "keuangan"), until, why, by=by),
        )
        asked = self._hang("asked", cast, "Uang muka saya belum kembali.")
        cast.triage(asked, Grade.GREEN)
        cast.act(
            "sari", asked, lambda t, by: questions.ask_complainant(t, "Nomor kuitansi?", by=by)
        )

    def _closed(self, cast: Cast) -> None:
        number = self._hang("closed", cast, "Toilet lantai 1 bau.")
        cast.triage(number, Grade.GREEN)
        self._answer(cast, number, "Sudah dibersihkan dan dijadwalkan.")
        _as_complainant(cast, number, lambda t, by: closing.object_to_answer(t, "Belum.", by=by))
        self._answer(cast, number, "Sudah diperbaiki salurannya.")
        _as_complainant(cast, number, lambda t, by: closing.confirm_solved(t, by=by))
        left = self._hang("left", cast, "Parkir di mal depan rumah sakit mahal.")
        cast.act(
            "sari",
            left,
            lambda t, by: leave_by_exit(t, Status.NOT_OURS, "Itu wewenang pengelola mal.", by=by),
        )

    def _instruct(self, cast: Cast) -> None:
        """One word of leadership that waits for a unit, and one that customer care has answered."""
        number, give = str(self.places["late"]), instructions.give_instruction
        pharmacy, monday = cast.unit_ids["farmasi"], clock.now() + timedelta(days=3)
        self.places["order"] = cast.act(
            "hanifah",
            number,
            lambda t, by: give(t, "Temui keluarganya.", unit_id=pharmacy, due_at=monday, by=by).id,
        )
        told = cast.act("hanifah", number, lambda t, by: give(t, "Telepon pelapor.", by=by).id)
        said = instructions.answer_instruction
        cast.act("sari", number, lambda t, by: said(told, t, "Sudah kami telepon.", by=by))

    def _joined(self, cast: Cast) -> None:
        """Two that go one way, and a third that is like them."""
        lead = self._hang("lead", cast, "Obat sirup racikan anak habis, kami disuruh beli di luar.")
        cast.triage(lead)
        _send(cast, lead, "farmasi")
        follower = self._hang(
            "follower", cast, "Sirup racikan untuk anak kehabisan, disuruh membeli di apotek luar.",
            name="Rina Marlina", whatsapp="0813-9999-0001",
        )  # fmt: skip
        cast.act(
            "sari",
            follower,
            lambda t, by: merging.merge_ticket(
                t, access.find_to_change(by, lead), "Hal dan hari yang sama.", by=by
            ),
        )
        self._hang(
            "twin", cast, "Sirup racikan anak habis lagi, disuruh beli obat di luar.",
            name="Tini Sumarni", whatsapp="0813-9999-0002",
        )  # fmt: skip

    def _hang(self, name: str, cast: Cast, text: str, /, **facts: object) -> str:
        admitted = cast.complain(text, **facts)
        self.places[name] = admitted.number
        self.places[f"{name}_pin"] = admitted.pin
        self.places[f"{name}_link"] = keys.link_token(admitted.ticket)
        return admitted.number

    def _answer(self, cast: Cast, number: str, text: str) -> None:
        def verb(ticket: Ticket, by: Actor) -> None:
            if ticket.followed_up_at is None:
                follow_ups.record_follow_up(ticket, "Dibicarakan dengan unit.", by=by)
            answering.answer_ticket(ticket, text, by=by)

        cast.act("sari", number, verb)

    def _order_a_case_file(self, cast: Cast) -> None:
        """One that no worker has built yet."""

        def unit() -> None:
            by, ticket = cast.actor("sari"), cast.ticket(str(self.places["new"]))
            order_case_file(ticket, gather(ticket, by, "id"), "id", by=by)

        unit_of_work(unit)

    def _remember(self, cast: Cast) -> None:
        self._order_a_case_file(cast)
        for name in ("work", "late", "copied", "longer"):
            for one in cast.ticket(str(self.places[name])).dispositions:
                self.places[f"{name}_{one.unit.code}"] = one.id
        self.places |= _sum_up(cast)
        self.places |= {
            "farmasi": cast.unit_ids["farmasi"],
            "keuangan": cast.unit_ids["keuangan"],
            "category": cast.category_ids["obat"],
            "place": cast.place_ids["farmasi"],
            "user": cast.user_ids["budi"],
            "message": db.session.scalar(
                select(OutboxMessage.id).order_by(OutboxMessage.id).limit(1)
            ),
            "month": f"{clock.now():%Y-%m}",
            "new_said": db.session.scalar(
                select(func.min(TicketEvent.id)).where(
                    TicketEvent.ticket_id == cast.ticket(str(self.places["new"])).id
                )
            ),
            "quarter": str(Period.containing(clock.now().date(), PeriodKind.QUARTER)),
        }


def _sum_up(cast: Cast) -> dict[str, object]:
    """This month in both languages; one summary that stays under way, and one that failed."""
    by = cast.actor("hanifah")
    month = Period.containing(clock.now().date())
    ready = [build_now(Wanted(month, language=language), by=by).id for language in ("id", "en")]

    def unit() -> list[int]:
        stuck, failed = (ask_for_summary(Wanted(month), by=by) for _one in range(2))
        stuck.status, stuck.progress, stuck.look_at = "building", 40, None
        failed.status, failed.look_at = "failed", None
        failed.error = "OSError in helpdesk.lib.storage:98"
        return [stuck.id, failed.id]

    names = ("summary", "summary_en", "summary_under_way", "summary_failed")
    return dict(zip(names, [*ready, *unit_of_work(unit)], strict=True))


def _of(ticket: Ticket, unit: str) -> Disposition:
    return next(one for one in ticket.dispositions if one.unit.code == unit)


def _send(
    cast: Cast,
    number: str,
    *units: str,
    phrases: Sequence[Phrase] = (Phrase.SOLVE, Phrase.DRAFT_ANSWER),
) -> None:
    orders = [
        Instruction(
            unit_id=cast.unit_ids[unit],
            note="Telepon keluarga dulu.",
            phrases=phrases,
        )
        for unit in units
    ]
    cast.act("sari", number, lambda t, by: dispositions.dispose_ticket(t, orders, by=by))


def _submit(cast: Cast, number: str, who: str, unit: str) -> None:
    answer = UnitAnswer(
        findings="Selisih tagihan ditemukan dan dikembalikan.",
        root_cause=Root.PROCEDURE,
        corrective_action="Kasir memeriksa ulang sebelum mencetak.",
        draft_answer="Selisih sudah kami kembalikan. Mohon maaf atas kesalahan ini.",
    )
    cast.act(
        who,
        number,
        lambda t, by: dispositions.submit_answer(
            _of(t, unit), answer, by=by, evidence=[photograph("olive")]
        ),
    )


def _as_complainant(cast: Cast, number: str, verb: Callable[[Ticket, Actor], object]) -> None:
    def unit() -> None:
        ticket = cast.ticket(number)
        verb(ticket, Actor.complainant(ticket.id, "Wati"))

    unit_of_work(unit)
