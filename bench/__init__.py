"""How fast the house is, beside what the same machine can do at best in the same minute.

Belongs here: a throwaway database with many tickets, the pages and acts that are measured, the references they are
held against, and the report. Nothing here is part of the product, and no existing database is ever touched.

``python -m bench`` measures on SQLite, ``--mariadb`` on a private server; see docs/bench.md.
"""
