"""What units found and did: an action stands beside the cause it was written for."""

from __future__ import annotations

from helpdesk.monitoring.summaries.facts import Cause, FoundAndDone
from helpdesk.monitoring.summaries.findings import Findings, shortened
from helpdesk.tickets.states import Root
from helpdesk.tickets.ticket import Disposition

PHARMACY, MEDICINE = 1, 7


def found(*written: tuple[Root | str, str, str]) -> Findings:
    """As one unit wrote it, the oldest first: root, how it was put, what was done."""
    findings = Findings()
    for place, (root, text, action) in enumerate(written, start=1):
        row = Disposition(
            unit_id=PHARMACY,
            ticket_id=place,
            root_cause=str(root),
            root_cause_text=text,
            corrective_action=action,
        )
        findings.note(row, MEDICINE)
    return findings


def test_the_action_is_of_the_disposition_that_tells_the_cause() -> None:
    findings = found(
        (Root.COMMUNICATION, "Alur tidak diketahui", "Alur ditempel di loket"),
        (Root.COMMUNICATION, "Tanggal tertukar", "Tanggal dibacakan kepada pasien"),
        (Root.SUPPLY, "Pemasok terlambat", "Pemasok kedua"),
        (Root.COMMUNICATION, "Hanya sebabnya ditulis", ""),
    )
    for category_id in (None, MEDICINE):
        assert findings.causes(PHARMACY, category_id) == (
            Cause(
                root="communication",
                count=3,
                text="Tanggal tertukar",
                action="Tanggal dibacakan kepada pasien",
            ),
            Cause(root="supply", count=1, text="Pemasok terlambat", action="Pemasok kedua"),
        )


def test_a_cause_without_an_action_borrows_none() -> None:
    findings = found((Root.PEOPLE, "Kurang orang", ""), ("", "", "Jadwal ditinjau"))
    causes, actions = findings.causes(PHARMACY), findings.actions(PHARMACY)
    assert [cause.action for cause in causes] == [""]
    assert FoundAndDone(causes=causes, actions=actions).beside == ("",)
    assert FoundAndDone(actions=actions).beside == ("Jadwal ditinjau",)


def test_what_was_stored_before_keeps_its_actions() -> None:
    stored = FoundAndDone(causes=(Cause(root="people", count=2),), actions=("Jadwal ditinjau",))
    assert stored.beside == ("Jadwal ditinjau",)


def test_an_action_is_cut_at_a_whole_word_and_only_where_it_is_long() -> None:
    action = (
        "Stok minimum dinaikkan, daftar obat kosong ditempel setiap pagi, "
        "obat dipinjam antar-kamar dan antar-gedung"
    )
    assert shortened(f"{action}.") == action
    assert shortened("x" * 145 + " antar-kamar antar-gedung") == "x" * 145 + " antar-kamar…"
    assert shortened("x" * 150 + " antar-kamar") == "x" * 150 + "…"
