# make run    set up and run the main job on the bundled example portals, then serve (SERVE=0: do not serve)
# make test   set up and run every test
# make check  format, lint, types, layers
# make soak   the long runs
SHELL := /bin/bash
.DEFAULT_GOAL := help
SERVE ?= 1
LOA_HOME ?= var/demo

.PHONY: help run test check soak bench clean

help:
	@sed -n 's/^# //p' $(firstword $(MAKEFILE_LIST))

run:
	@scripts/setup run
	@.venv/bin/loa --home $(LOA_HOME) demo $(if $(filter 0,$(SERVE)),--no-serve,)

test:
	@scripts/setup dev
	@scripts/test

check:
	@scripts/setup dev
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .
	.venv/bin/mypy
	.venv/bin/lint-imports

soak:
	@scripts/setup dev
	@scripts/test -m soak

bench:
	@scripts/setup dev
	.venv/bin/python -m benchmarks.pipeline

clean:
	rm -rf .venv var .mypy_cache .ruff_cache .pytest_cache .hypothesis
