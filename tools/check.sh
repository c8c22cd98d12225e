#!/bin/bash
# What "make check" does: formatting, generated files, dependencies, cppcheck, clang-tidy. Runs all of
# them before it fails, so that one call shows everything. usage: tools/check.sh JOBS
set -euo pipefail
cd "$(dirname "$0")/.."
jobs=$1
failed=""

step() {
    echo "== $1"
    shift
    started=$SECONDS
    "$@" || failed="$failed $1"
    echo "   $((SECONDS - started)) s"
}

format() {
    git ls-files '*.c' '*.h' | xargs clang-format --dry-run -Werror
}

# Both need the compile commands, and the headers that the build generates.
build() {
    cmake --log-level=WARNING --preset host >/dev/null && cmake --build --preset host --parallel "$jobs"
}

# One file a call: with several, the analyzer of clang 14 mistakes va_list of the second.
tidy() {
    python3 tools/compiled_sources.py build/host/compile_commands.json |
        xargs -P "$jobs" -n 1 clang-tidy --quiet -p build/host 2>build/host/tidy.log
}

cpp_check() {
    mkdir -p build/host/cppcheck
    python3 tools/compiled_sources.py build/host/compile_commands.json \
        build/host/cppcheck/compile_commands.json
    xargs cppcheck -j "$jobs" --project=build/host/cppcheck/compile_commands.json <.cppcheck
}

step "format (make format repairs it)" format
step "traceability (make traceability makes it)" python3 tools/traceability.py --check
step "legal documents (make legal-docs makes them)" python3 tools/legal_docs.py --check
step "dependencies" python3 tools/check_dependencies.py
step "build" build
step "cppcheck" cpp_check
step "clang-tidy" tidy
[ -z "$failed" ] || { echo "make check failed:$failed"; exit 1; }
