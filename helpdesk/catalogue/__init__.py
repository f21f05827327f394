"""Floor 2: what people complain about and where: categories and places, and the unit usually responsible.

Services with forms and requirements join here when they are built.
"""
