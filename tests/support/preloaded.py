"""The last of the imports that processes are forked from; nobody else imports it.

What was imported stays until the end. Left to the garbage collector, all of it would be walked through again in every
process, and be copied from the shared memory for that, at the price of three applications.
"""

from __future__ import annotations

import gc

from tests.support.compiled import keep_compiled

keep_compiled()
gc.collect()
gc.freeze()
