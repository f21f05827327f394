"""Floor 1, below accounts: the append-only trail of who saw, changed or exported what.

It stores the actor's id and label and imports no other domain. What happens to a complaint itself is told by the
ticket's own events; here stands what was done *with* the system and what was read of confidential cases.
"""
