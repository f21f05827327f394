"""The laws of the house, each held by a test that reads the source or the schema. They grow by themselves."""
