# `make run` starts the demo, `make test` proves the product; both begin from nothing but Python, git and make.
# The rest is for those who work on it: `make help`.

PYTHON ?= python3
export PYTHON
# Containers often keep no bytecode: every process of every start would compile all that it imports anew.
unexport PYTHONDONTWRITEBYTECODE

RUN := .venv/bin/python -m
# How many tests run at a time: `make test JOBS=1` to read their output in order.
JOBS ?= 2
PYTEST := $(RUN) pytest
# By files, in the order of tests/conftest.py
PYTEST_PARALLEL := $(PYTEST) -n $(JOBS) --dist loadfile --no-loadscope-reorder
CATALOGUES := helpdesk/translations
PYBABEL := $(RUN) babel.messages.frontend
LOCK := $(RUN) uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--custom-compile-command 'make lock'

.DEFAULT_GOAL := help
.PHONY: help run test test-quick test-fresh check bench upgrade lock format messages \
	ready-to-run ready-to-check ready-to-test lint-format lint-code types

help: ## What there is
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' Makefile

run: ready-to-run ## Start web and worker on demo data (PORT, DATABASE_URL, DEMO=0 are honoured)
	@DEMO="$${DEMO-1}" exec $(RUN) flask --app wsgi up

test: ready-to-test ## Everything: format, lint, types, architecture, both databases, browser
	@$(call steps,lint-format lint-code types,$(PYTEST_PARALLEL) --engine both)

test-quick: ready-to-check ## Everything but MariaDB, the browser and what is slow
	@$(call steps,lint-format lint-code types,$(PYTEST_PARALLEL) --engine sqlite --hypothesis-profile quick \
		-m "not browser and not slow")

check: ready-to-check ## Format, lint, types and the laws of the house
	@$(call steps,lint-format lint-code types,$(PYTEST) -q tests/architecture)

test-fresh: ## Both commands of the README in a bare Debian 12; needs root (FRESH=run: only the first; SUITE=trixie: Debian 13)
	@deploy/fresh.sh

upgrade: ready-to-run ## Backup, migrate, check; stop web and worker before (DEMO, DATABASE_URL are honoured)
	@exec $(RUN) flask --app wsgi upgrade

bench: ready-to-check ## Measure; BENCH_ARGS=--quick for the short one
	@$(RUN) bench $(BENCH_ARGS)

format: ready-to-check ## Put the source in order
	@$(RUN) ruff format .
	@$(RUN) ruff check --fix .

lock: ready-to-check ## Resolve requirements*.in into requirements*.txt, with hashes
	@$(LOCK) requirements.in -o requirements.txt
	@$(LOCK) requirements-dev.in -c requirements.txt -o requirements-dev.txt

messages: ready-to-check ## Collect new sentences into the Indonesian catalogue
	@mkdir -p build
	@$(PYBABEL) -q extract -F babel.cfg -k _l -k lazy_gettext -k lazy_ngettext:1,2 \
		--sort-output --no-location --no-wrap --project tanggap -o build/messages.pot .
	@$(PYBABEL) -q update -i build/messages.pot -d $(CATALOGUES) --no-wrap --no-fuzzy-matching --ignore-obsolete
	@sed -i -E '/^"(Report-Msgid-Bugs-To|POT-Creation-Date|PO-Revision-Date|Last-Translator|Language-Team):/d' \
		$(CATALOGUES)/*/LC_MESSAGES/messages.po

ready-to-run:
	@deploy/bootstrap.sh run

ready-to-check:
	@deploy/bootstrap.sh check

ready-to-test:
	@deploy/bootstrap.sh test

lint-format:
	@$(RUN) ruff format --quiet --check .

lint-code:
	@$(RUN) ruff check --quiet .

types:
	@$(RUN) mypy --no-error-summary

# Runs the tests, and beside them the steps named first; says what they had to say, and ends with one line for all.
define steps
verdict=0; said=; running=; mkdir -p build; \
for step in $(1); do \
	$(MAKE) --silent --no-print-directory $$step >build/$$step.said 2>&1 & running="$$running $$step=$$!"; \
done; \
if $(2); then told="tests ok"; else told="tests FAILED"; verdict=1; fi; \
for one in $$running; do \
	if wait $${one#*=}; then said="$$said$${one%=*} ok · "; else said="$$said$${one%=*} FAILED · "; verdict=1; fi; \
	cat build/$${one%=*}.said; \
done; \
echo "$$said$$told"; exit $$verdict
endef
