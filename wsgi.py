"""The WSGI entry: ``gunicorn wsgi:app``. A server refuses to start on a schema of another program.

Every process begins here, commands too: what it writes is nobody else's to read, and a wrong setting is one line.
"""

from __future__ import annotations

import gc
import os
import sys

import click

from config import Settings, WrongSetting
from helpdesk.app import create_app
from helpdesk.lib import schema
from helpdesk.web import metrics

# ``flask`` comes here as well, and its commands are what brings a schema up to date.
is_server = click.get_current_context(silent=True) is None
WRONG_SETTING = 2

os.umask(0o077)
try:
    settings = Settings.from_environment()
except WrongSetting as wrong:
    print(wrong, file=sys.stderr)  # noqa: T201
    # gunicorn would start again whoever ends with another code than this
    sys.exit(schema.EXIT_CODE if is_server else WRONG_SETTING)
if is_server:
    metrics.share_counts(settings.instance_path)
app = create_app(settings)
if is_server:
    try:
        schema.refuse_other_schema(app)
    except schema.OtherSchema as refusal:
        print(refusal, file=sys.stderr)  # noqa: T201 - whoever started the server reads it there
        sys.exit(schema.EXIT_CODE)
    # What the program is made of stays until it ends: the collector need not walk through it during somebody's request.
    gc.collect()
    gc.freeze()
