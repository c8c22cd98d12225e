#!/usr/bin/env python3
"""Writes docs/legal/: the commands of the protective interface and the protected parameters, from the tables that the meter
itself works by.

usage: legal_docs.py [--root FOLDER] [--check]

Commands come from WH_COMMAND_LIST in legal/interface.h, parameters from the table of app/parameter.c. --check writes
nothing and fails if a page is not up to date.
"""
import argparse
import pathlib
import re
import sys

COMMAND = re.compile(r"X\(\s*(\w+),\s*(\w+),\s*(\w+),\s*(\w+),\s*(\w+),\s*((?:\"[^\"]*\"\s*)+)\)")
PARAMETER = re.compile(r"^    (U|S|ONLY|LIST|CODES)\((\d+), (\w+), (.*)\),$", re.M)
OPEN = {
    "NOTHING": "–",
    "UTILITY_SEAL": "utility seal",
    "TERMINAL_COVER": "terminal cover",
    "VERIFICATION_SEAL": "verification seal",
}
NUMBERS = {"WH_TARIFFS": "4", "WH_RATIO_HIGHEST": "600", "0xffffffff": "2^32 − 1"}

COMMANDS_HEAD = """# Commands of the protective interface

Made by `make legal-docs` from `WH_COMMAND_LIST` in `legal/interface.h`; do not edit.

These are all the ways in which other software can change the legally relevant part (WELMEC 7.2, P3, P4 and S3). What is not in
this table is refused with `WH_ERR_UNSUPPORTED`, an argument outside its range with `WH_ERR_ARGUMENT`, a command whose protection
is closed with `WH_ERR_SEALED`; a command that must leave an entry in the audit log is refused with `WH_ERR_SPACE` when the log is
full. A refused command has changed nothing. `tests/legal/test_command.c` goes through every row.

| command | argument | must be open | audit log | effect |
|---|---|---|---|---|
"""

PARAMETERS_HEAD = """# Parameters and what protects them

Made by `make legal-docs` from the table of `app/parameter.c`; do not edit.

A configuration is changed whole or not at all. Parameters behind the verification seal are the factory's: a change of any of them leaves
an entry in the legal audit log with the CRC-32 of all of them.

| parameter | id | values | must be open | meaning |
|---|---|---|---|---|
"""


def text_of(strings):
    return "".join(re.findall(r'"([^"]*)"', strings))


def commands(root):
    source = (root / "legal/interface.h").read_text().replace("\\\n", " ")
    source = source[source.index("#define WH_COMMAND_LIST"):]
    source = source[:source.index("enum wh_command")]
    rows = COMMAND.findall(re.sub(r"\s+", " ", source))
    lines = [COMMANDS_HEAD.rstrip("\n")]
    for name, least, greatest, protection, audit, text in rows:
        span = f"{NUMBERS.get(least, least)} … {NUMBERS.get(greatest, greatest)}"
        entry = "–" if audit == "0" else audit.removeprefix("WH_AUDIT_").lower().replace("_", " ")
        lines.append(f"| `{name}` | {span} | {OPEN[protection]} | {entry} | {text_of(text)} |")
    return "\n".join(lines) + "\n", len(rows)


def parameter_row(kind, number, name, rest):
    text = re.search(r'"([^"]*)"$', rest).group(1)
    arguments = [part.strip() for part in rest[:rest.index('"')].rstrip(", ").split(",")]
    protection = arguments[-1] if arguments[-1] in OPEN else "NOTHING"
    values = {
        "U": lambda: f"{arguments[0]} … {arguments[1]}",
        "S": lambda: f"{arguments[0]} … {arguments[1]}",
        "ONLY": lambda: "listed",
        "LIST": lambda: "quantities",
        "CODES": lambda: "numbers",
    }[kind]().replace("ANY_U8", "255")
    return f"| `{name}` | {number} | {values} | {OPEN[protection]} | {text} |"


def parameters(root):
    rows = PARAMETER.findall((root / "app/parameter.c").read_text())
    return PARAMETERS_HEAD + "\n".join(parameter_row(*row) for row in rows) + "\n", len(rows)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--root", type=pathlib.Path, default=pathlib.Path(__file__).parent.parent)
    parser.add_argument("--check", action="store_true")
    arguments = parser.parse_args()
    stale = []
    for page, make in (("commands.md", commands), ("parameters.md", parameters)):
        path = arguments.root / "docs/legal" / page
        text, rows = make(arguments.root)
        if rows == 0:
            sys.exit(f"{page}: the table was not found")
        if not arguments.check:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        elif not path.exists() or path.read_text() != text:
            stale.append(page)
    if stale:
        sys.exit(f"docs/legal/{stale[0]} is not up to date: make legal-docs")


if __name__ == "__main__":
    main()
