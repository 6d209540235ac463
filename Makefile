# make demo, make test: all that is needed is Python 3.10 or newer, git and make.
PYTHON ?= python3
# Versions of moto and of boto3 with its botocore, for instance MOTO=5.0.28; empty: the newest.
MOTO ?=
BOTO3 ?=
# How the tests run: on all cores. For instance PYTEST_ARGS="-k push" runs some of them in one process.
PYTEST_ARGS ?= -n auto --dist loadgroup
# Not empty: measure branch coverage of the package, which must be 100 %. The tests then take twice as long.
COVERAGE ?=
# What `make matrix` tries: the oldest moto, the last of each minor version since, and the oldest boto3.
MATRIX_MOTO = 5.0.28 5.1.22
MATRIX_BOTO3 = 1.34.0
MATRIX_PYTHON = 3.10 3.11 3.12 3.13 3.14

# The tests start hundreds of processes, which would each compile the package.
unexport PYTHONDONTWRITEBYTECODE

VENV := .venv$(if $(MOTO),-moto-$(MOTO))$(if $(BOTO3),-boto3-$(BOTO3))
BIN := $(VENV)/bin
PINS := $(if $(MOTO),moto==$(MOTO)) $(if $(BOTO3),boto3==$(BOTO3) botocore==$(BOTO3))
AWS_CLI := .venv-awscli/bin/aws
# Each pins botocore, so each has an environment of its own.
AIO := .venv-aiobotocore/.done .venv-aioboto3/.done
# It generates requests of the control API; its pytest plugin would slow down every run of pytest.
SCHEMATHESIS := .venv-fuzz/bin/schemathesis
# AWS's SDK for JavaScript, where there is a Node to run it.
NODE_SDK := $(if $(shell command -v npm),tests/server/clients/node_modules/.installed)

# The library that draws the diagrams of the site, from the package index, so that building needs Python alone. The package
# has the file of npm's mermaid 11.16.0, as its digest in .ci/check_site.py proves; code of the package does not run.
MERMAID := $(VENV)/mermaid/artoo_mermaid/assets/mermaid.min.js

MOTO_TESTS := $(VENV)/moto-tests
# One service for each protocol, and S3. Left out: tests that need Docker, port 5000, or names below localhost.
MOTO_SELECTION = test_apigateway test_cognitoidentity test_kinesis test_route53 test_s3 test_sns test_sts
MOTO_EXCEPTIONS = --ignore tests/test_s3/test_s3_lambda_integration.py \
	--deselect tests/test_s3/test_s3.py::test_upload_data_without_content_type \
	--deselect tests/test_s3/test_server.py::test_s3_server_post_cors_multiple_origins

.PHONY: demo test quick fuzz fuzz-api simulation docs moto-server-tests test-without-model mutants matrix check wheel
.PHONY: try-wheel clean
.DELETE_ON_ERROR:

demo: $(VENV)/.runs
	@$(BIN)/python examples/high_score.py

test: $(VENV)/.tests $(AWS_CLI) $(AIO) $(SCHEMATHESIS) $(NODE_SDK)
ifeq ($(COVERAGE),)
	$(BIN)/python -m pytest $(PYTEST_ARGS)
else
	$(BIN)/coverage erase
	$(BIN)/coverage run -m pytest $(PYTEST_ARGS)
	$(BIN)/coverage combine -qq
	$(BIN)/coverage report
endif

# The tests that start no process.
quick: $(VENV)/.tests
	$(BIN)/python -m pytest -q -m "not subprocess" $(PYTEST_ARGS)

# At least 5,000 generated requests of the control API, in about a minute.
fuzz-api: $(VENV)/.tests $(SCHEMATHESIS)
	$(BIN)/python tests/server/fuzz_control_api.py 60

# A selection of moto's own tests, in its server mode, against a server of ours in each process.
moto-server-tests: $(MOTO_TESTS)/.done
	cd $(MOTO_TESTS) && PYTHONPATH=$(CURDIR)/tests/server TEST_SERVER_MODE=true AWS_DEFAULT_REGION=us-east-1 \
		AWS_ACCESS_KEY_ID=testing AWS_SECRET_ACCESS_KEY=testing \
		$(CURDIR)/$(BIN)/python -m pytest -q -c /dev/null --rootdir . --confcutdir . -p moto_tests_plugin -W ignore \
		-p no:randomly -p no:cacheprovider -n 2 --dist loadfile $(MOTO_EXCEPTIONS) $(MOTO_SELECTION:%=tests/%)

# These make calls that other tests make too.
WITHOUT_MODEL_IGNORED = exploration fuzz phone project simulation control/test_snapshot_hostile.py operations/test_state_machine.py

# Tests that start no process, with a botocore that has dropped the service.
test-without-model:
	$(MAKE) VENV=.venv-without-model .venv-without-model/.tests
	.venv-without-model/bin/python tests/without_model.py
	.venv-without-model/bin/python -m pytest -q -m "not subprocess" $(WITHOUT_MODEL_IGNORED:%=--ignore=tests/%) $(PYTEST_ARGS)

# Whether the tests notice small mistakes; for instance MUTANTS="--sample 300 'mock_cognitosync/cognitosync/**/*.py'".
mutants: $(VENV)/.tests
	PYTHONPATH=tests $(BIN)/python -m mutation.run $(MUTANTS)

# The whole suite for each moto, for the oldest boto3, and for each Python of this machine; a row that fails hides no other.
matrix:
	@row() { name=$$1; shift; echo "== $$name"; $(MAKE) test "$$@" || failed="$$failed; $$name"; }; \
	for moto in $(MATRIX_MOTO); do row "moto $$moto" MOTO=$$moto; done; \
	for boto3 in $(MATRIX_BOTO3); do \
		row "boto3 $$boto3, oldest moto" BOTO3=$$boto3 MOTO=$(firstword $(MATRIX_MOTO)); done; \
	for version in $(MATRIX_PYTHON); do \
		if python$$version -c "" 2> /dev/null; then \
			row "Python $$version, newest moto" PYTHON=python$$version VENV=.venv-python-$$version; \
		else skipped="$$skipped $$version"; fi; done; \
	echo "== failed:$${failed:- none}; skipped Python:$${skipped:- none} (not on this machine)"; test -z "$$failed"

# The documentation site, in docs/_build; `make docs && open docs/_build/index.html` shows it.
docs: $(VENV)/.docs $(MERMAID)
	rm -rf docs/_build
	cp $(MERMAID) docs/_static/
	$(BIN)/sphinx-build -q -E -W --keep-going -n -b html -d $(VENV)/doctrees docs docs/_build
	$(BIN)/python .ci/check_site.py docs/_build

# Fleets of phones under random faults, for as many steps as STEPS says; see docs/robustness.md.
simulation: $(VENV)/.tests
	$(BIN)/python tests/simulation/simulate.py --steps $(or $(STEPS),1000000)

# Broken requests, as many as REQUESTS says, in process or, with FUZZ=--http, at a server; see docs/robustness.md.
fuzz: $(VENV)/.tests
	$(BIN)/python tests/fuzz/fuzzer.py --requests $(or $(REQUESTS),1000000) $(FUZZ)

check: $(VENV)/.checks wheel
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/ruff check --config .ci/moto-ruff.toml mock_cognitosync/cognitosync
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/zizmor --offline --quiet .github
	$(BIN)/check-jsonschema --builtin-schema vendor.github-workflows .github/workflows/*.yml
	$(BIN)/check-jsonschema --builtin-schema vendor.dependabot .github/dependabot.yml
	$(BIN)/check-jsonschema --builtin-schema vendor.github-issue-forms .github/ISSUE_TEMPLATE/differs-from-aws.yml
	$(BIN)/check-jsonschema --builtin-schema vendor.github-issue-config .github/ISSUE_TEMPLATE/config.yml
	$(BIN)/check-jsonschema --builtin-schema vendor.compose-spec examples/players/compose.yaml

# The wheel and the source distribution, checked; the wheel is installed into an empty environment and tried, with the
# oldest and the newest Python of this machine.
wheel: $(VENV)/.checks
	rm -rf build dist
	$(BIN)/python -m build --outdir dist > /dev/null
	$(BIN)/twine check --strict dist/*
	$(BIN)/python .ci/check_dist.py dist
	@set -e; found=$$(for version in $(MATRIX_PYTHON); do \
		python$$version -c "" 2> /dev/null && echo python$$version; done || true); \
	for python in $$(echo "$${found:-$(PYTHON)}" | sed -n '1p;$$p' | uniq); do \
		echo "== the wheel with $$python"; $(MAKE) --no-print-directory try-wheel PYTHON=$$python; done

try-wheel:
	rm -rf .venv-wheel
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
	$(BIN)/python -m pip install -qq --editable . $(PINS)
	touch $@

$(VENV)/.tests: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install -qq --editable . --group test $(PINS)
	touch $@ $(VENV)/.runs

$(VENV)/.checks: $(VENV)/.tests
	$(BIN)/python -m pip install -qq --group check
	touch $@

$(VENV)/.docs: $(VENV)/.runs
	$(BIN)/python -m pip install -qq --group docs
	touch $@

$(MERMAID): | $(VENV)/.docs
	rm -rf $(VENV)/mermaid
	$(BIN)/python -m pip install -qq --no-deps --only-binary :all: --python-version 3.12 --target $(VENV)/mermaid \
		artoo-mermaid==11.16.0

# The tests in the source distribution of the moto that is installed.
$(MOTO_TESTS)/.done: $(VENV)/.tests
	rm -rf $(MOTO_TESTS)
	mkdir $(MOTO_TESTS)
	version=$$($(BIN)/python -c 'import importlib.metadata; print(importlib.metadata.version("moto"))') && \
		$(BIN)/python -m pip download -qq --no-deps --no-binary moto --dest $(MOTO_TESTS) moto==$$version && \
		tar -xzf $(MOTO_TESTS)/moto-$$version.tar.gz -C $(MOTO_TESTS) --strip-components=1 moto-$$version/tests
	touch $@

# In an environment of its own, since it pins botocore.
$(AWS_CLI):
	$(PYTHON) -m venv .venv-awscli
	.venv-awscli/bin/python -m pip install -qq awscli

$(SCHEMATHESIS):
	$(PYTHON) -m venv .venv-fuzz
	.venv-fuzz/bin/python -m pip install -qq schemathesis

$(AIO): .venv-%/.done: pyproject.toml
	$(PYTHON) -m venv .venv-$*
	.venv-$*/bin/python -m pip install -qq --editable . $* fastapi httpx2 pytest
	touch $@

tests/server/clients/node_modules/.installed: tests/server/clients/package.json
	cd tests/server/clients && npm install --no-package-lock --no-audit --no-fund --silent
	touch $@

clean:
	rm -rf .venv* tests/server/clients/node_modules build dist .coverage* .hypothesis .mypy_cache .pytest_cache .ruff_cache
