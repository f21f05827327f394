"""Floor 6: the doors, one per audience. A page knows who may open it because of the door it hangs on.

A view fetches scoped, validates a form, calls one verb and redirects. No rules here, no SQL.
"""
