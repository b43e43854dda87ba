# Every target sets itself up in .venv: Python 3.11 or newer with pip is all it needs.
PYTHON    ?= python3
VENV      := .venv
BIN       := $(VENV)/bin
CLI_READY := $(VENV)/cli.stamp
DEV_READY := $(VENV)/dev.stamp

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo test docs bench format clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-7s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: $(CLI_READY) ## Match the people in examples/; write pairs.csv and result.json
	$(BIN)/pairkit match examples/people.csv --program examples/program.toml \
		--out pairs.csv --result result.json --force

# $(call step,heading,command): the heading, then the command
define step
	@printf '\n== %s\n' '$(1)'
	@$(BIN)/$(2)
endef

SPHINX := sphinx-build -W -n -q --keep-going --fresh-env docs docs/_build/html

test: $(DEV_READY) ## Run every check: lint, format, types, layers, tests and examples, docs
	$(call step,Lint: ruff check,ruff check)
	$(call step,Format: ruff format,ruff format --check)
	$(call step,Types: mypy,mypy)
	$(call step,Types: basedpyright,basedpyright --pythonpath $(BIN)/python)
	$(call step,Layers: import-linter,lint-imports --no-cache --no-logo)
	$(call step,Tests and documented examples: pytest,pytest --cov --cov-report=term-missing:skip-covered)
	$(call step,Benchmarks: one pass each,pytest benchmarks --benchmark-disable)
	$(call step,Documentation: sphinx,$(SPHINX))

docs: $(DEV_READY) ## Build the documentation in docs/_build/html
	$(BIN)/$(SPHINX)

bench: PEOPLE ?= 1000
bench: $(DEV_READY) ## Measure the benchmarks; write .benchmarks/ and benchmarks/results/
	@mkdir -p .benchmarks
	PAIRKIT_BENCH_PEOPLE=$(PEOPLE) $(BIN)/pytest benchmarks --benchmark-only \
		--benchmark-json=.benchmarks/bench.json
	$(BIN)/python -m benchmarks.scale $(SCALE)
	$(BIN)/python -m benchmarks.scaling $(SCALING)

format: $(DEV_READY) ## Format the code and mend what ruff can
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

clean: ## Remove everything that is not in the repository: environment, caches, builds, results
	rm -rf $(VENV) build dist docs/_build .benchmarks .coverage .coverage.* htmlcov
	rm -rf .hypothesis .mypy_cache .pytest_cache .ruff_cache
	rm -f pairs.csv result.json
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# Some distributions leave out ensurepip: the machine's own pip helps there.
$(BIN)/python:
	$(PYTHON) -m venv $(VENV) || { $(PYTHON) -m venv --clear --without-pip $(VENV) \
		&& $(PYTHON) -m pip --python $(BIN)/python install --quiet pip; }

$(CLI_READY): pyproject.toml src/pairkit/_version.py | $(BIN)/python
	$(BIN)/python -m pip install -qq --upgrade pip
	$(BIN)/python -m pip install -qq --editable ".[io,cli]"
	@touch $@

$(DEV_READY): pyproject.toml src/pairkit/_version.py | $(BIN)/python
	$(BIN)/python -m pip install -qq --upgrade pip
	$(BIN)/python -m pip install -qq --editable ".[all,dev]"
	@touch $(CLI_READY) $@
