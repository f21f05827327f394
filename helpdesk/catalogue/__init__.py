"""Floor 2: what people complain about and where: categories and places, and the unit usually responsible."""
