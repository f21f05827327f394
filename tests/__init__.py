"""The proof; `make test` runs all of it."""

import pytest

pytest.register_assert_rewrite("tests.support")
