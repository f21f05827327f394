from hypothesis import settings
from tests.tickets.test_histories import (
    test_whatever_happens_a_ticket_agrees_with_itself as test_many,
)

test_many._hypothesis_internal_use_settings = settings(
    test_many._hypothesis_internal_use_settings, max_examples=250
)
