#!/usr/bin/env python3
"""Fails on an #include or a word that tools/dependencies.toml does not allow.

usage: check_dependencies.py [--root FOLDER] [--table FILE] [--stamp FILE]

Every build runs it, so the picture in docs/design.md cannot drift away from the code. Each violation
is one line: file, line, what was found, which rule forbids it. Exit 1 if there is any.
"""
import argparse
import fnmatch
import os
import pathlib
import re
import sys
import tomllib

SKIPPED_FOLDERS = {"build", "node_modules"}  # and those that start with a dot
NOT_CODE = re.compile(r"""/\*.*?\*/ | //(?:\\\n|[^\n])* | "(?:\\.|[^"\\\n])*" | '(?:\\.|[^'\\\n])*'""",
                      re.S | re.X)
INCLUDE = re.compile(r'^[ \t]*#(?:[ \t]|\\\n)*include(?:_next)?\b(?:[ \t]|\\\n)*(\S[^\n]*)', re.M)
HEAP = re.compile(r"\b(malloc|calloc|realloc|free|strdup|strndup|alloca|aligned_alloc)\s*\(")
FLOAT = re.compile(r"\b(float|double|_Float\w+|_Decimal\w+|_Complex)\b"
                   r"|(?<![\w.])((?:\d+\.\d*|\.\d+)(?:[eE][+-]?\d+)?[fFlL]?|\d+[eE][+-]?\d+[fFlL]?)(?![\w.])")


def blank(text, keep_strings):
    """text with comments (and strings) as spaces, so that offsets and lines stay."""
    def replace(match):
        token = match.group()
        if keep_strings and token[0] in "\"'":
            return token
        return re.sub(r"[^\n]", " ", token)
    return NOT_CODE.sub(replace, text)


def source_files(root):
    for folder, folders, files in os.walk(root):
        folders[:] = sorted(f for f in folders if f not in SKIPPED_FOLDERS and f[0] != ".")
        for name in sorted(files):
            if name.endswith((".c", ".h")):
                yield pathlib.Path(folder, name).relative_to(root).as_posix()


def rule_of(path, table):
    """The row of path itself or of the deepest folder that holds it, or None."""
    rows = [row for row in table["rule"] if (path + "/").startswith(row["folder"] + "/")]
    return max(rows, key=lambda row: len(row["folder"]), default=None)


def is_in(path, folders):
    return path.split("/")[0] in folders


def is_core(path, table):
    core = table["core"]
    return is_in(path, core["folders"]) and not path.startswith(tuple(f + "/" for f in core["hosted"]))


def check_include(path, target, row, table):
    """-> what is wrong with '#include target' in path, or None"""
    if target.startswith("<"):
        name = target[1:target.find(">")]
        if not is_core(path, table) or name in table["core"]["system_headers"]:
            return None
        return f"<{name}>: core folders may include only {' '.join(table['core']['system_headers'])}"
    if not target.startswith('"'):
        return f"{target}: an #include of a macro cannot be checked"
    name = target[1:target.find('"', 1)]
    if ".." in name.split("/"):
        return f'"{name}": paths start at the root of the repository'
    own = [] if row["folder"].endswith(".h") else [row["folder"] + "/*"]
    allowed = row["may"] + own
    if any(fnmatch.fnmatchcase(name, pattern) for pattern in allowed):
        return None
    return f'"{name}": {row["folder"]} may include only {", ".join(allowed)} ({row["because"]})'


def check_words(path, text, table):
    """-> (offset, what is wrong) of each word that path must not use"""
    code = blank(text, keep_strings=False)
    if is_core(path, table):
        for match in HEAP.finditer(code):
            yield match.start(), f"{match.group(1)}(): core folders have no heap"
    if is_in(path, table["core"]["integer_folders"]):
        for match in FLOAT.finditer(code):
            yield match.start(), f"{match.group()}: the legally relevant folders have no floating point"


def check_file(root, path, table):
    """-> one line of text for each violation in the file"""
    row = rule_of(path, table)
    if row is None:
        yield f"{path}:1: the folder has no row in tools/dependencies.toml"
        return
    text = (root / path).read_text(encoding="utf-8").replace("\r\n", "\n")
    found = [(match.start(1), check_include(path, match.group(1).strip(), row, table))
             for match in INCLUDE.finditer(blank(text, keep_strings=True))]
    found += check_words(path, text, table)
    for offset, problem in sorted(f for f in found if f[1] is not None):
        yield f"{path}:{text.count(chr(10), 0, offset) + 1}: {problem}"


def main():
    parser = argparse.ArgumentParser()
    here = pathlib.Path(__file__).resolve().parent
    parser.add_argument("--root", type=pathlib.Path, default=here.parent)
    parser.add_argument("--table", type=pathlib.Path, default=here / "dependencies.toml")
    parser.add_argument("--stamp", type=pathlib.Path, help="is touched when nothing is wrong")
    args = parser.parse_args()
    table = tomllib.loads(args.table.read_text(encoding="utf-8"))
    files = list(source_files(args.root))
    violations = [line for path in files for line in check_file(args.root, path, table)]
    for line in violations:
        print(line, file=sys.stderr)
    if violations or not files:
        sys.exit(f"dependencies: {len(violations)} violations in {len(files)} files")
    if args.stamp:
        args.stamp.touch()


if __name__ == "__main__":
    main()
