# Every target is one command of the virtual environment; on Windows run these commands by hand.
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready

.PHONY: render test check bench clean

render: $(READY)
	$(BIN)/tieout render

test: check
	$(BIN)/python -m pytest -n 2

check: $(READY)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/python -m pytest -q tests/architecture

# fails on ratios to what was measured beside, never on seconds
bench: $(READY)
	$(BIN)/python benchmarks/regeneration.py --check
	$(BIN)/python benchmarks/scale.py --check

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Tieout needs Python 3.11 or newer: make PYTHON=python3.12"; exit 1; }
	$(PYTHON) -m venv .venv || { echo "on Debian: apt install python3-venv"; exit 1; }
	$(BIN)/python -m pip install --quiet --require-hashes --requirement requirements.lock
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	touch $(READY)

clean:
	rm -rf .venv .tieout _output
