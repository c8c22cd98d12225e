#!/usr/bin/env python3
"""The sources of a compile_commands.json that lie in this tree and are not generated.

usage: compiled_sources.py COMPILE_COMMANDS [OWN_COMMANDS]

Prints their names, or writes their entries to OWN_COMMANDS. (An analyzer takes minutes over the generated
arrays of embedded files, for nothing.)
"""
import json
import pathlib
import sys

root = pathlib.Path(__file__).resolve().parent.parent
commands = json.loads(pathlib.Path(sys.argv[1]).read_text(encoding="utf-8"))


def is_own(command):
    path = pathlib.Path(command["file"])
    return path.is_relative_to(root) and not path.is_relative_to(root / "build")


own = [command for command in commands if is_own(command)]
if len(sys.argv) > 2:
    pathlib.Path(sys.argv[2]).write_text(json.dumps(own, indent=1), encoding="utf-8")
else:
    for name in sorted({command["file"] for command in own}):
        print(pathlib.Path(name).relative_to(root))
