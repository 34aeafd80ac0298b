# Two commands to know: `make report` and `make test`. Each sets up what it needs.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: report test lint lab bench requirements clean

.venv/.ready: requirements.txt pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet -r requirements.txt
	$(BIN)/python -m pip install --quiet --no-deps -e .
	touch $@

report: .venv/.ready  ## the sample's reports, in outputs/
	$(BIN)/kkb run

test: .venv/.ready  ## everything that must hold
	$(BIN)/python -m pytest -n auto --max-worker-restart=0 --dist loadfile --no-loadscope-reorder \
		--nbval-lax --nbval-cell-timeout=120 tests notebooks

lint: .venv/.ready  ## format, lint, notebooks without outputs
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/nbstripout --keep-id --verify notebooks/*.ipynb

lab: .venv/.ready  ## JupyterLab on the notebooks, for this machine alone
	$(BIN)/kkb lab

bench: .venv/.ready  ## speed, as ratios against stock tools in the same run
	$(BIN)/python -m tests.benchmarks

requirements: .venv/.ready  ## pin again after a change of pyproject.toml
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --all-extras --no-header --no-annotate \
		--no-emit-index-url --no-emit-find-links pyproject.toml -o requirements.txt
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --all-extras --no-header --no-annotate \
		--no-emit-index-url --no-emit-find-links --generate-hashes pyproject.toml -o requirements.lock

clean:  ## what runs wrote; never data/raw
	rm -rf outputs/* data/tables/* data/sample/tables data/sample/raw
