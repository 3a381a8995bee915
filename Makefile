# Everything sets itself up in .venv; nothing but Python >= 3.11, git and make is needed.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# many tests wait for a clock more than they reckon
WORKERS ?= $(shell $(PYTHON) -c "import os; print(len(os.sched_getaffinity(0)) * 3 // 2 or 1)")
export MPLBACKEND := Agg
export OPENBLAS_NUM_THREADS := 1

.PHONY: setup demo firmware test check format lint types soak hil bench-box bench-dispatch clean

setup: $(VENV)/.done
$(VENV)/.done: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed, this is " + sys.version.split()[0] if sys.version_info < (3, 11) else 0)'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Setting up (about a minute and a half, once) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[bench,dev]'
	@touch $@

demo: setup
	$(BIN)/vpp demo

test: setup
	$(BIN)/python -m pytest -m 'not soak' -n $(WORKERS) --dist loadscope

check: setup
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/python -m pytest -m 'not soak' -n $(WORKERS) --dist loadscope

# what boards of each tier get, compiled: build/firmware/core and /full
firmware: setup
	$(BIN)/python -m osb_hil.firmware

# whole days with other homes, dates and prices: half an hour
soak: setup
	$(BIN)/python -m pytest -m soak

# dispatch from ten homes to 400,000, written to docs/benchmarks.md: half an hour and 16 GB; SIZES="10 100" for less
bench-dispatch: setup
	$(BIN)/python -m osb_hub.dispatch.bench.report $(if $(SIZES),--sizes $(SIZES))

RIG := tests/hil/rungs tests/hil/emulated tests/firmware/hal/test_pico_pulses.py tests/flash/test_flash_emulated.py
# the same tests on every rung that is here: the VM, the emulated Pico and Pico W (PICO_UF2, PICO_W_UF2), a board (BOX= BUS= P1= PAGE= BOARD=pico_w)
hil: setup
	@test -z "$(PICO_UF2)$(PICO_W_UF2)" || $(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[emulator]'
	$(BIN)/python -m pytest $(RIG) --timeout 7200 --target unix --target pico --target pico_w --target board --evidence docs/hil.md \
	  $(if $(BOX),--box $(BOX)) $(if $(BUS),--bus $(BUS)) $(if $(P1),--p1 $(P1)) $(if $(BOARD),--board $(BOARD)) $(if $(PAGE),--page $(PAGE))

# what the box takes of memory, flash and time, written to docs/benchmarks.md and refused where it is 5 % worse than what is stored
bench-box: setup
	@test -z "$(PICO_UF2)$(PICO_W_UF2)" || $(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[emulator]'
	$(BIN)/python -m osb_hil.budgets $(if $(KEEP),--keep)

format: setup
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

lint: setup
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: setup
	$(BIN)/mypy

clean:
	rm -rf $(VENV) build out
