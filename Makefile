# Every target does its own set-up; a second call skips what is done.
# PYTHON chooses the interpreter (3.11 to 3.13: the versions that TensorFlow is published for).
PYTHON ?= python3
BIN := .venv/bin
export NO_MKDOCS_2_WARNING := 1

# torch for the CPU comes from PyTorch's own index, or from a folder of wheels that this machine keeps for pip.
UV = links="$${PIP_FIND_LINKS:-$$($(PYTHON) -m pip config get global.find-links 2>/dev/null)}"; \
	if ls "$$links"/torch-* >/dev/null 2>&1; then export UV_FIND_LINKS="$$links"; else export UV_TORCH_BACKEND=cpu; fi; \
	$(BIN)/uv pip

.PHONY: serve build book test replicate lint bench lock clean

serve: .venv/ready
	$(BIN)/python -m mkdocs serve

build: .venv/ready
	$(BIN)/python -m mkdocs build

book: build
	$(BIN)/python -m coursebuild book site

test: .venv/browser .venv/firefox .venv/epub/ready .venv/resolved
	@$(MAKE) --no-print-directory -j2 lint build
	$(BIN)/python -m pytest --numprocesses auto --codeblocks tests docs/en

replicate: .venv/ready
	$(BIN)/python -m coursebuild replicate

lint: .venv/ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: .venv/browser
	$(BIN)/python -m tests.bench

lock: .venv/ready
	@$(UV) compile --quiet --universal --python-version 3.11 --generate-hashes --upgrade requirements.in -o requirements.txt

clean:
	rm -rf .venv .cache build site

.venv/bin/uv:
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13) and "Makefile:3: Python %d.%d cannot run TensorFlow (name one from 3.11 to 3.13, as in: make PYTHON=python3.12)" % sys.version_info[:2])'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv==0.13.9

.venv/ready: requirements.txt pyproject.toml | .venv/bin/uv
	@$(UV) sync --require-hashes --compile-bytecode --python $(BIN)/python requirements.txt
	@$(BIN)/uv pip install --quiet --no-deps --python $(BIN)/python --editable .
	@touch $@

.venv/browser .venv/firefox: .venv/%: .venv/ready tests/site/browser.py
	$(BIN)/python tests/site/browser.py $(patsubst browser,chromium,$*) > $@.part
	@mv $@.part $@

.venv/epub/ready: tests/site/epub.txt | .venv/ready
	$(BIN)/uv pip install --quiet --no-deps --require-hashes --target $(@D) --requirement $<
	@touch $@

# What each package says that it needs goes to uv's cache, so that the tests' `uv run` fetches nothing.
.venv/resolved: .venv/ready
	@$(UV) compile --quiet --python $(BIN)/python requirements.txt -o $@
