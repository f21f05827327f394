"""Tanggap: a complaint helpdesk.

Domains hold the rules, doors under ``web`` hold the pages; imports go down the floors only:

7 app · 6 web, api, cli, worker, demo · 5 monitoring · 4 intake · 3 tickets ·
2 registry, catalogue, sla, messaging, letters · 1 accounts → audit · 0 lib
"""
