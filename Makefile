# Two commands are enough: `make run` and `make test`. Both install what they need.
.DEFAULT_GOAL := help
.PHONY: help run test check bench faults lock assets tools
PY := .venv/bin/python
PORT ?= 8000
export PORT

help:  ## list the targets
	@grep -hE '^[a-z]+:.*##' Makefile | sed 's/:.*##/\t/' | expand -t 10

.venv/app.done: requirements/app.txt
	test -x $(PY) || python3 -m venv .venv
	$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/app.txt
	touch $@

.venv/dev.done: requirements/dev.txt .venv/app.done
	$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	touch $@

node_modules/.done: package-lock.json
	npm ci --no-audit --no-fund --loglevel=error
	touch $@

crm/static/vendor/.done: node_modules/.done scripts/assets.mjs crm/static/icons.txt
	node scripts/assets.mjs
	touch $@

assets: crm/static/vendor/.done

tools: .venv/dev.done
	@sh scripts/test_tools.sh $(PY)

run: .venv/app.done assets  ## start Handoff on http://127.0.0.1:8000 (PORT= for another, DEMO=1 for a sample practice)
	@.venv/bin/flask init
	@if [ -n "$(DEMO)" ]; then .venv/bin/flask demo load --owner; fi
	@exec .venv/bin/flask serve

test: .venv/dev.done assets tools  ## run all tests, on SQLite and on PostgreSQL
	$(PY) -m pytest -n 2 --dist loadfile
	HANDOFF_TEST_DATABASE=postgresql $(PY) -m pytest -n 2 --dist loadfile -m "not browser"

check: .venv/dev.done assets tools  ## format, lint, types, tests, as CI does
	$(PY) -m ruff format --check .
	$(PY) -m ruff check .
	$(PY) -m mypy
	$(MAKE) test

bench: .venv/dev.done assets  ## measure the running product on a large data set, writes bench.json
	$(PY) tests/bench/run.py

faults: .venv/dev.done  ## kill the worker 2,000 times on each database and count every mail, writes faults.json (SMALL=1 to try it)
	$(PY) tests/faults/crash_run.py $(if $(SMALL),--small)

lock: .venv/dev.done  ## renew the lock files from requirements/*.in
	$(PY) -m pip install --quiet uv
	$(PY) -m uv pip compile -q --upgrade --no-strip-extras --generate-hashes --no-emit-index-url --no-annotate --no-header requirements/app.in -o requirements/app.txt
	$(PY) -m uv pip compile -q --upgrade --no-strip-extras --generate-hashes --no-emit-index-url --no-annotate --no-header requirements/dev.in -o requirements/dev.txt
