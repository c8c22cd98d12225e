#!/usr/bin/env python3
"""Prints the sources of a compile_commands.json that lie in this tree and are not generated.

usage: compiled_sources.py COMPILE_COMMANDS
"""
import json
import pathlib
import sys

root = pathlib.Path(__file__).resolve().parent.parent
commands = json.loads(pathlib.Path(sys.argv[1]).read_text(encoding="utf-8"))
files = {pathlib.Path(command["file"]) for command in commands}
for path in sorted(files):
    if path.is_relative_to(root) and not path.is_relative_to(root / "build"):
        print(path.relative_to(root))
