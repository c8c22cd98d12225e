#!/bin/bash
# Installs what is missing on Debian 12 for the purposes given: run, test, check, firmware.
# Says nothing and changes nothing when all is there. Other systems: see the list that it prints.
# For test, the peers that tests talk to go into .venv/ (tests/requirements.txt, from PyPI) and .jars/
# (tests/interop/java/pom.xml, from Maven Central).
set -euo pipefail

compiler="gcc libc6-dev make cmake ninja-build pkg-config git python3 diffutils"
libraries="libuv1-dev libwebsockets-dev libwebsockets-evlib-uv libcyaml-dev libyaml-dev libjansson-dev libssl-dev"
charts="gnuplot-nox" # draws those of watthour accuracy
emulator="gcc-arm-none-eabi libnewlib-arm-none-eabi qemu-system-arm"

packages_for() {
    case $1 in
    run) echo "$compiler $libraries $charts" ;;
    firmware) echo "$compiler $emulator" ;;
    test) echo "$compiler $libraries $charts $emulator libcmocka-dev clang llvm libclang-rt-14-dev" \
        "valgrind chromium fonts-dejavu-core" ;;
    check) echo "$compiler $libraries $emulator libcmocka-dev clang clang-format clang-tidy" \
        "cppcheck universal-ctags" ;;
    *)
        echo "tools/install.sh: unknown purpose '$1'; known: run test check firmware" >&2
        exit 2
        ;;
    esac
}

# Node, Python and Java may come from elsewhere: only their absence counts.
packages_by_command() {
    case $1 in run | test | check)
        command -v node >/dev/null || echo nodejs
        command -v npm >/dev/null || echo npm
        ;;
    esac
    if [ "$1" = test ]; then
        command -v javac >/dev/null || echo openjdk-17-jdk-headless
        command -v mvn >/dev/null || echo maven
    fi
    if [ "$1" = test ] && command -v python3 >/dev/null; then
        python3 -c 'import ensurepip, venv' 2>/dev/null || echo python3-venv
    elif [ "$1" = test ]; then
        echo python3-venv
    fi
}

installed() {
    [ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

[ $# -gt 0 ] || { echo "usage: tools/install.sh run|test|check|firmware ..." >&2; exit 2; }
wanted=""
by_command=""
for purpose in "$@"; do
    packages=$(packages_for "$purpose") || exit
    wanted="$wanted $packages"
    by_command="$by_command $(packages_by_command "$purpose")"
done

if [ -z "${WATTHOUR_NO_INSTALL:-}" ]; then
    if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
        echo "tools/install.sh: not a Debian system. Install the counterparts of:" >&2
        printf ' %s' $wanted $by_command >&2
        printf '\nand then set WATTHOUR_NO_INSTALL=1 to skip this step.\n' >&2
        exit 1
    fi
    missing=""
    for package in $(printf '%s\n' $wanted | sort -u); do
        installed "$package" || missing="$missing $package"
    done
    missing=$(printf '%s\n' $missing $by_command | sort -u | xargs)
    if [ -n "$missing" ]; then
        root=""
        if [ "$(id -u)" -ne 0 ]; then
            root=sudo
            if ! command -v sudo >/dev/null; then
                echo "tools/install.sh: these packages are missing, and installing them needs root:" >&2
                echo "  apt-get install --no-install-recommends $missing" >&2
                exit 1
            fi
        fi
        echo "installing for $*: $missing"
        log=$(mktemp)
        { $root apt-get -qq update &&
            $root env DEBIAN_FRONTEND=noninteractive apt-get -qq -y -o DPkg::Lock::Timeout=300 \
                install --no-install-recommends $missing; } >"$log" 2>&1 || {
            cat "$log" >&2
            echo "tools/install.sh: could not install: $missing" >&2
            exit 1
        }
        rm -f "$log"
    fi
fi

python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
    echo "tools/install.sh: Python 3.11 or newer is needed (tomllib); found $(python3 --version)" >&2
    exit 1
}

# The crypto of the emulated Cortex-M4, as source; what needs it is left out when it cannot be had.
if [[ " $* " == *" test "* || " $* " == *" firmware "* ]] && [ -z "${WATTHOUR_NO_INSTALL:-}" ]; then
    "${0%/*}/mbedtls.sh" || echo "images with ciphering are left out"
fi

peers=tests/requirements.txt
cd "${0%/*}/.."
if [[ " $* " == *" test "* && -z "${WATTHOUR_NO_INSTALL:-}" && -f $peers ]] &&
    ! cmp -s $peers .venv/installed.txt; then
    echo "installing the peers of the tests into .venv"
    python3 -m venv --clear .venv
    .venv/bin/pip install --quiet --disable-pip-version-check -r $peers
    cp $peers .venv/installed.txt
fi

# Maven's own parts, ten times as large as the peer, are not kept.
jars=tests/interop/java/pom.xml
if [[ " $* " == *" test "* && -z "${WATTHOUR_NO_INSTALL:-}" && -f $jars ]] &&
    ! cmp -s $jars .jars/installed.xml; then
    echo "installing the Java peer of the tests into .jars"
    rm -rf .jars
    mvn --quiet --batch-mode -Dstyle.color=never --file $jars -Dmaven.repo.local="$PWD/.jars/maven" \
        dependency:copy-dependencies -DoutputDirectory="$PWD/.jars"
    rm -rf .jars/maven
    cp $jars .jars/installed.xml
fi
