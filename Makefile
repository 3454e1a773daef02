# `make build` and `make test` are all there is to set up: they make the virtual environment first.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
NAME ?= demo

# A process that may not keep compiled modules compiles every library anew: six seconds of each.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: build review publish test check docs matrix badfiles fuzz performance clean help

help:
	@echo "make build        build the demo benchmark (NAME=other for another one)"
	@echo "make review       open the review desk in the browser, for the demo (NAME=other for another one)"
	@echo "make publish      bring output/NAME/release to the Hub (NAME=... REPO=user/name; private, or PUBLIC=1)"
	@echo "make test         run the tests"
	@echo "make matrix       run the tests with the oldest libraries, and with each Python from 3.11 to 3.13"
	@echo "make check        lint, types, documents"
	@echo "make docs         build the documentation as a site in .cache/site/"
	@echo "make badfiles     read broken and hostile files, and write what came of it to docs/reliability.md"
	@echo "make fuzz         read 20,000 mutated files twice, and write what came of it to docs/reliability.md"
	@echo "make performance  measure everything against other ways (ROUNDS=3, PEERS=PYTHON); needs a quiet machine"
	@echo "make clean        empty output/, but for keys of hidden splits and models' answers"

$(VENV)/ready: pyproject.toml
	@# a Python of another place over the one that is there makes neither
	$(BIN)/python -c "import ssl" 2>/dev/null || $(PYTHON) -m venv --clear $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade pip
	@# libraries are compiled when they are first imported: most of their modules never are
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile --editable '.[dev]'
	@touch $@

build: $(VENV)/ready
	@$(BIN)/benchsmith build $(NAME) --fetch

review: $(VENV)/ready
	@$(BIN)/benchsmith review $(NAME)

publish: $(VENV)/ready
	@$(BIN)/benchsmith publish $(NAME) --repo "$(REPO)" $(if $(PUBLIC),,--private)

test: $(VENV)/ready
	@$(BIN)/python -m pytest -q -n auto --dist loadscope --no-loadscope-reorder --durations 25

matrix: $(VENV)/ready
	@$(BIN)/python .ci/matrix.py $(ENVIRONMENTS)

check: $(VENV)/ready
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/benchsmith check

docs: $(VENV)/ready
	@NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build
	@echo .cache/site/index.html

badfiles: $(VENV)/ready
	@$(BIN)/python -m tests.badfiles

fuzz: $(VENV)/ready
	@$(BIN)/python -m tests.value_fuzz

performance: $(VENV)/ready
	@$(BIN)/python -m performance.suite --rounds $(or $(ROUNDS),3) $(if $(PEERS),--peers $(PEERS))

# What cannot be built again stays: keys of hidden splits, and answers that were paid for.
clean:
	find output -mindepth 1 -maxdepth 1 -type f ! -name README.md -delete
	find output -mindepth 2 -maxdepth 2 ! -name private ! -name answers ! -name shuffled -exec rm -rf {} +
	find output -mindepth 1 -maxdepth 1 -type d -empty -delete
