#!/usr/bin/env python3
"""Writes docs/traceability.md: which test shows which promise of docs/requirements.md.

usage: traceability.py [--root FOLDER] [--check]

A test shows a promise by naming its ID, in its body, in the comment above it, or in its name
(test_mem_1_...). An ID elsewhere in a test file, as in its opening comment, counts for the file.
Ranges as in MET-5…9 (also "..", "...") stand for each of their IDs. An ID that is no
promise is an error. --check writes nothing and fails if the page is not up to date.
"""
import argparse
import pathlib
import re
import sys
from collections import namedtuple

Requirement = namedtuple("Requirement", "id promise")
Test = namedtuple("Test", "name first last")  # lines, counted from 1

TEST_START = {
    ".c": re.compile(r"^(?:static )?void (test_\w+)\("),
    ".py": re.compile(r"^\s*(?:async )?def (test_\w+)\("),
    ".mjs": re.compile(r"""^\s*(?:await )?(?:t\.)?(?:test|it)\(\s*(['"`])(.+?)\1"""),
}
TEST_START[".js"] = TEST_START[".mjs"]
COMMENT = re.compile(r"^\s*(/\*|\*|//|#(?!include|define|if|endif)|@)|\*/\s*$|^\s*$")
NOT_SCANNED = "tests/tools/"  # the tests of this program are full of IDs that mean nothing


def read_chapters(text):
    """-> [(title, [Requirement])] from the tables of docs/requirements.md"""
    chapters = []
    for line in text.splitlines():
        if line.startswith("## "):
            chapters.append((line[3:].strip(), []))
        elif match := re.match(r"\| ([A-Z]+-\d+) \| (.+?) \|", line):
            chapters[-1][1].append(Requirement(*match.groups()))
    return [chapter for chapter in chapters if chapter[1]]


def short(promise):
    """The first sentence, without markup, at most about a line long."""
    text = re.sub(r"[*`]", "", promise)
    text = re.split(r"(?<=[^.]{4})[.:;](?= )", text + " ")[0].strip().rstrip(".")
    return text if len(text) <= 90 else text[:90].rsplit(" ", 1)[0].rstrip(",(") + " …"


def end_of_block(lines, first, last):
    """-> the last line of Python that is indented deeper than line first, which opens the block"""
    def indent(number):
        return len(lines[number - 1]) - len(lines[number - 1].lstrip())
    for number in range(first + 1, last + 1):
        text = lines[number - 1].strip()
        if text and not text.startswith(("#", ")")) and indent(number) <= indent(first):
            return number - 1
    return last


def find_tests(suffix, lines):
    """-> the test functions of a file, in order"""
    pattern = TEST_START[suffix]
    starts = [(n, m.group(m.lastindex)) for n, line in enumerate(lines, 1)
              if (m := pattern.match(line))]
    tests = []
    for (first, name), following in zip(starts, [n for n, _ in starts[1:]] + [len(lines) + 1]):
        last = following - 1
        if suffix == ".py":
            last = end_of_block(lines, first, last)
        if suffix == ".c":  # a function of C ends with a brace in the first column
            last = next((n for n in range(first, following) if lines[n - 1].startswith("}")), last)
        while last > first and COMMENT.match(lines[last - 1]):
            last -= 1  # the comment above the next test is not this one's
        tests.append(Test(name, first, last))
    return tests


def test_at(line, tests, lines):
    """The name of the test that a mention in this line belongs to; '' for the whole file."""
    for test in tests:
        if test.first <= line <= test.last:
            return test.name
        if line < test.first and all(COMMENT.match(lines[n - 1]) or in_comment(lines, n)
                                     for n in range(line, test.first)):
            return test.name
    return ""


def in_comment(lines, number):
    """Whether a line is inside a block comment, by looking back for its opening."""
    for line in reversed(lines[:number]):
        if "/*" in line:
            return "*/" not in line.split("/*")[-1]
        if "*/" in line:
            return False
    return False


def mentions(lines, tests, chapters):
    """-> (line, ID) of each promise that is named"""
    prefix = "|".join(sorted({r.id.split("-")[0] for _, rows in chapters for r in rows}))
    written = re.compile(rf"\b({prefix})-(\d+)(?:\s?(?:…|\.\.\.?|–)\s?(?:\1-)?(\d+))?")
    for number, line in enumerate(lines, 1):
        for match in written.finditer(line):
            first, last = int(match.group(2)), int(match.group(3) or match.group(2))
            for n in range(first, last + 1):
                yield number, f"{match.group(1)}-{n}"
    named = re.compile(rf"(?:^|_)({prefix})_(\d+)(?=_|$)", re.I)
    for test in tests:
        for match in named.finditer(test.name):
            yield test.first, f"{match.group(1).upper()}-{match.group(2)}"


def scan(root, chapters):
    """-> {ID: {path: {test names}}}, and the mentions of IDs that do not exist"""
    shown = {r.id: {} for _, rows in chapters for r in rows}
    unknown = []
    for path in sorted((root / "tests").rglob("*")):
        name = path.relative_to(root).as_posix()
        if path.suffix not in TEST_START or name.startswith(NOT_SCANNED) or "node_modules" in name:
            continue
        lines = path.read_text(encoding="utf-8").splitlines()
        tests = find_tests(path.suffix, lines)
        for number, identifier in mentions(lines, tests, chapters):
            if identifier in shown:
                test = test_at(number, tests, lines)
                shown[identifier].setdefault(name, set()).add(test)
            else:
                unknown.append(f"{name}:{number}: {identifier} is no promise of docs/requirements.md")
    return shown, unknown


def cell(places):
    """The tests of one promise as Markdown."""
    parts = []
    for path, names in sorted(places.items()):
        named = sorted(names - {""})
        parts.append(f"[{path[6:]}](../{path})" + (": " + ", ".join(named) if named else ""))
    return "<br>".join(parts).replace("|", "\\|") or "not yet shown"


def page(chapters, shown):
    total = sum(1 for places in shown.values() if places)
    lines = ["# Which test shows which promise", "",
             "Made by `make traceability` from the IDs that the tests name; not written by hand. The",
             "promises in full are in [requirements.md](requirements.md).", "",
             f"{total} of {len(shown)} promises are named by a test."]
    for title, rows in chapters:
        count = sum(1 for row in rows if shown[row.id])
        lines += ["", f"## {title}", "", f"{count} of {len(rows)}.", "",
                  "| ID | Promise | Tests |", "|---|---|---|"]
        lines += [f"| {row.id} | {short(row.promise)} | {cell(shown[row.id])} |" for row in rows]
    return "\n".join(lines) + "\n"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--root", type=pathlib.Path,
                        default=pathlib.Path(__file__).resolve().parent.parent)
    parser.add_argument("--check", action="store_true")
    args = parser.parse_args()
    chapters = read_chapters((args.root / "docs/requirements.md").read_text(encoding="utf-8"))
    shown, unknown = scan(args.root, chapters)
    if unknown:
        sys.exit("\n".join(unknown))
    output = args.root / "docs/traceability.md"
    text = page(chapters, shown)
    if not args.check:
        output.write_text(text, encoding="utf-8")
    elif not output.exists() or output.read_text(encoding="utf-8") != text:
        sys.exit("docs/traceability.md is not up to date: run make traceability")


if __name__ == "__main__":
    main()
