"""Floor 2: letters. A letter is fields, numbered and kept; its PDF is drawn from them and kept by
digest.

Here belong the model, what each kind of letter says, and drawing it. Not here: where the fields
come from (the domain above fills plain dataclasses, already masked and in the letter's language)
and who may read a letter (that domain knows its subject; a letter names it as ``(kind, id)`` only).

A letter never changes. New facts make another letter; the same facts give the same one again. No
secret is ever among the fields: a PIN or a signed link goes to the paper handed over, and is kept
nowhere.
"""
