"""Floor 0: what an email says, from its raw bytes alone.

Here belongs the understanding of one message: its fields, its readable text, what of it is new, its
files, whether a person wrote it, what the receiving server thought of its sender. No database, no
network, no tickets: who may do what with it is decided upstairs.

Everything that can arrive by email is read without an exception; what was wrong with it is said in
``ReadMail.defects``. Standard-library parsing is used on raw header values and under bounds of our
own (``structure``), because the typed headers of the modern policy raise on what arrives every day
(``Message-ID: <>``) and read some headers in quadratic time.
"""
