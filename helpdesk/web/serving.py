"""How gunicorn serves the product: ``gunicorn --config python:helpdesk.web.serving --bind ... wsgi:app``.

The program is read once, before the web processes are forked from it: they share its memory, and start at once.
"""

from __future__ import annotations

import os

from helpdesk.web.metrics import SERVER

preload_app = True
worker_class = "gthread"
workers = 2
threads = 8
timeout = 60  # seconds
graceful_timeout = 20  # seconds
control_socket_disable = True
raw_env = [f"{SERVER}={os.getpid()}"]  # gunicorn reads this in the process that forks the others
