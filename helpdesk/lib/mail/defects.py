"""What can be wrong with a mail, as codes that are stored and looked for."""

from __future__ import annotations

from enum import StrEnum


class Defect(StrEnum):
    """One thing that was wrong or unusual; none of them stops the reading."""

    EMPTY = "empty"
    """Not one byte, or nothing but blank lines."""
    FROM_MISSING = "from_missing"
    FROM_DOUBLED = "from_doubled"
    """Several From headers or addresses: servers check one of them and people see another."""
    FROM_UNREADABLE = "from_unreadable"
    MESSAGE_ID_MISSING = "message_id_missing"
    MESSAGE_ID_DOUBLED = "message_id_doubled"
    DATE_MISSING = "date_missing"
    DATE_UNREADABLE = "date_unreadable"
    DATE_ABSURD = "date_absurd"
    HEADER_CUT = "header_cut"
    """A header longer than any honest one."""
    STRUCTURE_BROKEN = "structure_broken"
    """Boundaries or headers are not as they should be; what could be read was."""
    TRUNCATED = "truncated"
    """The end is missing, most likely lost on the way."""
    NESTED_TOO_DEEP = "nested_too_deep"
    """Parts within parts beyond the limit are left as a file."""
    TOO_MANY_PARTS = "too_many_parts"
    CHARSET_UNKNOWN = "charset_unknown"
    CHARSET_WRONG = "charset_wrong"
    """The characters are not of the set that the mail names; guessed."""
    NUL_REMOVED = "nul_removed"
    TEXT_CUT = "text_cut"
    HTML_CUT = "html_cut"
    HTML_TOO_COMPLEX = "html_too_complex"
    """Only its text is shown."""
    FILES_LEFT_OUT = "files_left_out"
    ENCODING_BROKEN = "encoding_broken"
    """Base64 with letters that are none; what could be decoded was."""
    ENCRYPTED = "encrypted"
    """S/MIME or PGP: nobody here can read it."""
    SIGNATURE_NOT_CHECKED = "signature_not_checked"
    WINMAIL_UNREADABLE = "winmail_unreadable"
    WINMAIL_ALONE = "winmail_alone"
    """No words stand beside winmail.dat: they may be inside, in Outlook's own form, which nobody here reads."""
    ELSEWHERE = "elsewhere"
    """A part is not in the mail: message/partial or message/external-body."""
    UNREADABLE_FIELD = "unreadable_field"
    """A fault of ours while reading one field, written to the log."""


UNREAD = frozenset({Defect.ENCRYPTED, Defect.WINMAIL_UNREADABLE, Defect.WINMAIL_ALONE})
"""The defects by which words may have been lost on their reader: somebody must look at the original, or ask."""
