# make demo, make test: all that is needed is Python 3.10 or newer, git and make.
PYTHON ?= python3
# A version of moto, for instance MOTO=5.0.28; empty: the newest.
MOTO ?=
# How the tests run: on all cores. For instance PYTEST_ARGS="-k push" runs some of them in one process.
PYTEST_ARGS ?= -n auto --dist loadgroup
MATRIX = 5.0.28 5.1.22 5.2.1

VENV := .venv$(if $(MOTO),-moto-$(MOTO))
BIN := $(VENV)/bin
AWS_CLI := .venv-awscli/bin/aws
# Each pins botocore, so each has an environment of its own.
AIO := .venv-aiobotocore/.done .venv-aioboto3/.done
# AWS's SDK for JavaScript, where there is a Node to run it.
NODE_SDK := $(if $(shell command -v npm),tests/server/clients/node_modules/.installed)

.PHONY: demo test quick matrix check wheel clean
.DELETE_ON_ERROR:

demo: $(VENV)/.runs
	@$(BIN)/python examples/high_score.py

test: $(VENV)/.tests $(AWS_CLI) $(AIO) $(NODE_SDK)
	$(BIN)/coverage erase
	$(BIN)/coverage run -m pytest $(PYTEST_ARGS)
	$(BIN)/coverage combine -qq
	$(BIN)/coverage report

# The tests that start no process, without coverage.
quick: $(VENV)/.tests
	$(BIN)/python -m pytest -q -m "not subprocess" $(PYTEST_ARGS)

matrix:
	for moto in $(MATRIX); do $(MAKE) test MOTO=$$moto || exit 1; done
	$(MAKE) test

check: $(VENV)/.checks wheel
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

# The wheel, installed into an empty environment and tried.
wheel: $(VENV)/.checks
	rm -rf build dist .venv-wheel
	$(BIN)/python -m build --outdir dist > /dev/null
	$(PYTHON) -m venv .venv-wheel
	.venv-wheel/bin/python -m pip install -qq dist/*.whl
	cd dist && ../.venv-wheel/bin/python ../examples/high_score.py > /dev/null
	.venv-wheel/bin/python -m pip install -qq pytest
	cd dist && ../.venv-wheel/bin/pytest -q -c /dev/null --rootdir ../examples ../examples/test_fixture.py ../examples/test_saved_state.py
	.venv-wheel/bin/mock-cognitosync 2>&1 | grep -q 'pip install "mock-cognitosync\[server\]"'
	.venv-wheel/bin/python -m pip install -qq "$$(echo dist/*.whl)[server]"
	cd dist && ../.venv-wheel/bin/pytest -q -c /dev/null --rootdir ../examples ../examples/test_program_at_server.py

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10) and "Python 3.10 or newer is needed: make PYTHON=...")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install -qq --upgrade pip

$(VENV)/.runs: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install -qq --editable . $(if $(MOTO),moto==$(MOTO))
	touch $@

$(VENV)/.tests: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install -qq --editable . --group test $(if $(MOTO),moto==$(MOTO))
	touch $@ $(VENV)/.runs

$(VENV)/.checks: $(VENV)/.tests
	$(BIN)/python -m pip install -qq --group check
	touch $@

# In an environment of its own, since it pins botocore.
$(AWS_CLI):
	$(PYTHON) -m venv .venv-awscli
	.venv-awscli/bin/python -m pip install -qq awscli

$(AIO): .venv-%/.done: pyproject.toml
	$(PYTHON) -m venv .venv-$*
	.venv-$*/bin/python -m pip install -qq --editable . $*
	touch $@

tests/server/clients/node_modules/.installed: tests/server/clients/package.json
	cd tests/server/clients && npm install --no-package-lock --no-audit --no-fund --silent
	touch $@

clean:
	rm -rf .venv* tests/server/clients/node_modules build dist .coverage* .hypothesis .mypy_cache .pytest_cache .ruff_cache
