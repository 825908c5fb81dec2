# yindi: `make run` for the example, `make test` for everything CI runs. Needs Python >= 3.11 and a package registry.

PYTHON ?= $(shell for p in python3.14 python3.13 python3.12 python3.11 python3 python; do \
	command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
BIN := .venv/bin
READY := .venv/.installed
SYSTEM := .venv/.system-looked-at
EXAMPLE := examples/china-provinces
RESULTS := results/china-provinces
export OMP_NUM_THREADS ?= 1

.PHONY: setup run test lint serve clean
.DELETE_ON_ERROR:

setup: $(READY)

$(READY): pyproject.toml
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed (or say make PYTHON=/path/to/python)."; exit 2; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[test,web]'
	@touch $@

run: $(READY)
	$(BIN)/yindi run $(EXAMPLE) --out $(RESULTS)

lint: $(READY)
	$(BIN)/ruff check src tests tools
	$(BIN)/ruff format --check src tests tools
	$(BIN)/mypy -p yindi
	$(BIN)/lint-imports

# A browser, Chinese fonts and a word processor, for the tests that look at pages; those tests skip where they are absent.
$(SYSTEM): tools/system_packages.sh | $(READY)
	@sh tools/system_packages.sh
	@touch $@

test: $(READY) $(SYSTEM) lint
	$(BIN)/python -m pytest --numprocesses auto --dist loadfile

serve: $(READY)
	$(BIN)/yindi serve $(RESULTS)

clean:
	rm -rf .venv results build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
