# polemos: `make demo` is all that a newcomer needs. It builds .venv once, with venv and pip alone.

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile
NEWEST_FIRST := python3.13 python3.12 python3.11 python3 python
RIGHT_AGE := import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))

.PHONY: demo install test check slow docs audit clean

demo: $(VENV)/.installed
	$(BIN)/polemos demo

install: $(VENV)/.installed

test: $(VENV)/.installed-test
	$(BIN)/python -m pytest -n auto --maxprocesses 4 --dist worksteal

slow: $(VENV)/.installed-dev
	$(BIN)/python -m pytest -m slow

check: $(VENV)/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

docs: $(VENV)/.installed-dev
	@$(PIP) -e '.[docs]'
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --quiet --site-dir build/site
	@echo "The book: build/site/index.html"

# Asks the Python Package Index what is known against the installed versions: needs the network, so CI leaves it out.
audit: $(VENV)/.installed-dev
	@$(PIP) pip-audit
	$(BIN)/pip-audit --skip-editable

clean:
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis

# A venv without pip is what a broken or interrupted try leaves behind: made anew. PYTHON=... overrides the choice.
$(BIN)/pip:
	@python="$(PYTHON)"; \
	if [ -z "$$python" ]; then \
	  for try in $(NEWEST_FIRST); do \
	    if "$$try" -c '$(RIGHT_AGE)' >/dev/null 2>&1; then python="$$try"; break; fi; \
	  done; \
	fi; \
	if [ -z "$$python" ]; then \
	  echo "polemos needs Python 3.11, 3.12 or 3.13, and found none on the path."; \
	  echo "Install one (Debian or Ubuntu: sudo apt-get install python3 python3-venv), or name one: make PYTHON=/path/to/python3"; \
	  exit 1; \
	fi; \
	if ! "$$python" -c '$(RIGHT_AGE)' >/dev/null 2>&1; then \
	  echo "$$python is not Python 3.11, 3.12 or 3.13; name one that is: make PYTHON=/path/to/python3"; \
	  exit 1; \
	fi; \
	if ! "$$python" -c 'import venv, ensurepip' >/dev/null 2>&1; then \
	  echo "$$python lacks the venv module, which Debian and Ubuntu ship apart."; \
	  echo "Mend it with: sudo apt-get install python3-venv    and run make again."; \
	  exit 1; \
	fi; \
	echo "Building $(VENV) with $$($$python --version)."; \
	"$$python" -m venv --clear $(VENV)

$(VENV)/.installed: pyproject.toml | $(BIN)/pip
	@echo "Installing polemos and what it needs into $(VENV) (a minute or so, once)."
	@$(PIP) -e .
	@touch $@

$(VENV)/.installed-test: pyproject.toml | $(BIN)/pip
	@echo "Installing polemos with its tests into $(VENV)."
	@$(PIP) -e '.[test]'
	@# Tests start hundreds of programs: bytecode made once, where Python would write none, saves each of them a second.
	@$(BIN)/python -m compileall -q -j 0 $(VENV)/lib >/dev/null 2>&1 || true
	@touch $@ $(VENV)/.installed

$(VENV)/.installed-dev: pyproject.toml | $(BIN)/pip
	@echo "Installing polemos with its tests and checkers into $(VENV)."
	@$(PIP) -e '.[test,dev]'
	@touch $@ $(VENV)/.installed $(VENV)/.installed-test
