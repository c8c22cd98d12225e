#!/bin/bash
# Runs every libFuzzer target of the fuzz preset over its kept corpus and a fixed number of new inputs.
# usage: tools/fuzz.sh INPUTS JOBS [SECONDS]: a target that starts whole meters may end by the SECONDS instead (0: never)
# New inputs that reach new code are left in build/fuzz/found/<target>/; an input that fails goes to
# build/fuzz/failed/ and its path is printed: move it into fuzz/corpus/<target>/ with the fix.
set -euo pipefail
cd "$(dirname "$0")/.."
inputs=$1
jobs=$2
seconds=${3:-0}

fuzz_one() {
    target=$(basename "$2")
    mkdir -p "build/fuzz/found/$target" build/fuzz/failed "fuzz/corpus/$target"
    log=build/fuzz/$target.log
    started=$SECONDS
    if "$2" -runs="$1" -max_total_time="$3" -timeout=10 -artifact_prefix="build/fuzz/failed/$target-" \
        "build/fuzz/found/$target" "fuzz/corpus/$target" >"$log" 2>&1; then
        coverage=$(sed -n 's/.*\(cov: [0-9]*\).*/\1/p' "$log" | tail -1)
        echo "ok    $target: $1 inputs, $coverage, $((SECONDS - started)) s"
    else
        echo "FAIL  $target: $(grep -m1 -E 'ERROR|runtime error' "$log" || tail -1 "$log")"
        grep -o 'build/fuzz/failed/[^ ]*' "$log" | tail -1
        return 1
    fi
}
export -f fuzz_one

find build/fuzz/fuzz -maxdepth 1 -type f -executable | sort |
    xargs -r -P "$jobs" -I{} bash -euo pipefail -c 'fuzz_one "$@"' fuzz_one "$inputs" {} "$seconds"
