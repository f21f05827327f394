"""The guided conversation, pure but for the language of its sentences: what was meant, and what is to be done.

``reading`` understands words, ``steps`` answers one thing that was said, given where the talk stands (``talk``) and
what is known (``Situation``); nothing here asks the database or the clock. What it decides is carried out by
``intake.whatsapp.acting``.
"""
