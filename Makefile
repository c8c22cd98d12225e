# The things one does with Watthour, by name. Each installs what it needs (tools/install.sh) and then
# only calls CMake, CTest or a script of tools/; nothing is decided here.
FUZZ_RUNS ?= 10000000
FUZZ_SECONDS ?= 0
YEARS ?= 10
JOBS ?= $(shell nproc)
ARGS ?=
configure = cmake --log-level=WARNING >/dev/null --preset
build = cmake --build --parallel $(JOBS) --preset
# What was installed for the tests must be there: a test that misses its foreign program fails.
peers = $(if $(WATTHOUR_NO_INSTALL),,WATTHOUR_PEERS=required)
ctest = $(peers) ctest --parallel $(JOBS) --no-tests=error --preset
say = @printf '== %s\n'

.PHONY: help run build test check format bench fuzz soak traceability legal-docs clean
help:
	@echo 'make run           a virtual meter in the browser (ARGS="..." are passed on)'
	@echo 'make build         the program, build/host/watthour'
	@echo 'make test          all tests: Linux, the emulated Cortex-M4, a second compiler'
	@echo 'make check         formatting, clang-tidy, cppcheck, dependencies, generated files'
	@echo 'make format        formats all C files'
	@echo 'make bench         instruction counts on the Cortex-M4 and ratios on this machine'
	@echo 'make fuzz          every decoder with $(FUZZ_RUNS) inputs (FUZZ_RUNS=...)'
	@echo 'make soak          ten years of each model with everything that can happen (YEARS=...)'
	@echo 'make traceability  docs/traceability.md from the names in the tests'
	@echo 'make legal-docs    docs/legal/ from the tables of commands and parameters'
	@echo 'make clean         removes build/'

run: build
	build/host/watthour run --open $(ARGS)

build:
	@tools/install.sh run
	$(say) 'building with gcc'
	@$(configure) host && $(build) host

test:
	@tools/install.sh test
	$(say) 'Linux, gcc: building'
	@$(configure) host && $(build) host
	$(say) 'Linux, gcc: tests'
	@$(ctest) host
	$(say) 'emulated Cortex-M4: building the images'
	@$(configure) cortex-m4 && $(build) cortex-m4
	$(say) 'emulated Cortex-M4: tests in QEMU'
	@$(ctest) cortex-m4
	$(say) 'Linux, clang: the golden tests, which must give the same bits'
	@$(configure) host-clang && $(build) host-clang --target golden
	@$(ctest) host-clang --no-tests=ignore --label-regex golden

check:
	@tools/install.sh check
	@tools/check.sh $(JOBS)

format:
	@tools/install.sh check
	git ls-files '*.c' '*.h' | xargs clang-format -i

# All that is printed is kept for the table of figures at the end.
bench: SHELL = bash
bench: .SHELLFLAGS = -o pipefail -c
bench:
	@tools/install.sh test
	@$(configure) cortex-m4 && $(build) cortex-m4
	$(say) 'emulated Cortex-M4: instructions'
	@ctest --preset cortex-m4 --label-regex bench --verbose | sed -n 's/^[0-9]*: //p' | tee build/bench.log
	$(say) 'this machine: ratios'
	@$(configure) host && $(build) host --target bench | tee -a build/bench.log
	$(say) 'figures'
	@python3 bench/figures.py build/bench.log

fuzz:
	@tools/install.sh test
	$(say) 'building the fuzz targets'
	@$(configure) fuzz && $(build) fuzz --target fuzz/all
	@tools/fuzz.sh $(FUZZ_RUNS) $(JOBS) $(FUZZ_SECONDS)

soak:
	@tools/install.sh test
	@$(configure) host && $(build) host --target soak
	build/host/tests/soak/soak $(YEARS)

traceability:
	@python3 tools/traceability.py

legal-docs:
	@python3 tools/legal_docs.py

clean:
	rm -rf build
