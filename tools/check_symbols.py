#!/usr/bin/env python3
"""Proves properties of the built core libraries that no source check can show.

usage: check_symbols.py [--objdump PROGRAM] CHECK ...

  closed LIBRARY...             together they need nothing from outside but memcpy and its kin, the
                                compiler's integer helpers and the sanitizers' runtime: no heap, no
                                I/O, no clock, on a soft-float target no floating point
  stateless LIBRARY...          no byte of .data, .bss or thread storage: a meter is a value
  behind HEADER[,HEADER] LIBRARY USER...
                                what the users take from the library is declared in the headers

Exit 1 with one line for each violation.
"""
import argparse
import pathlib
import re
import subprocess
import sys

ALLOWED_OUTSIDE = re.compile(r"""
    mem(cpy|set|move|cmp) | bcmp  # clang makes bcmp of a memcmp that only asks for equality
  | __aeabi_mem(cpy|set|clr|move)[48]?
  | __aeabi_(idiv|uidiv|idivmod|uidivmod|ldivmod|uldivmod|lmul|llsl|llsr|lasr|lcmp|ulcmp)
  | __u?(div|mod|mul|divmod)[sdt]i[34] | __(ashl|ashr|lshr|neg)[dt]i[23] | __(clz|ctz|popcount|bswap)[sdt]i2
  | __(asan|ubsan|sanitizer|sancov|lsan)_.* | ___asan_.* | __start___.* | __stop___.*
  | _GLOBAL_OFFSET_TABLE_ | __stack_chk_(fail|guard)
""", re.X)
WRITABLE = re.compile(r"\.(data|bss|tdata|tbss|sdata|sbss)(?!\.rel\.ro)\b|\*COM\*")
SECTION = re.compile(r"\s*\d+ (\S+)\s+([0-9a-f]+) ")
SYMBOL = re.compile(r"[0-9a-f]{8,16} (.{7}) (\S+)\t[0-9a-f]+ (?:\.hidden )?(\S+)$")
MEMBER = re.compile(r"(?:\S+\()?([^\s()]+)\)?:\s+file format ")


class Library:
    """What objdump says of an archive."""

    def __init__(self, objdump, path):
        self.path = path
        self.defined = set()     # global symbols
        self.undefined = {}      # symbol -> an object that needs it
        self.state = []          # (object, section, bytes, names of the symbols in it)
        sizes, names, member = {}, {}, "?"
        for line in subprocess.run([objdump, "-h", "-t", "-w", path], check=True, text=True,
                                   stdout=subprocess.PIPE).stdout.splitlines():
            if match := MEMBER.match(line):
                member = match.group(1)
            elif match := SECTION.match(line):
                sizes[member, match.group(1)] = int(match.group(2), 16)
            elif match := SYMBOL.match(line):
                flags, section, name = match.groups()
                self.add_symbol(member, flags, section, name)
                if "d" not in flags:
                    names.setdefault((member, section), []).append(name)
        if not sizes:
            sys.exit(f"{path}: no object files in it")
        self.state += [(m, s, size, names.get((m, s), [])) for (m, s), size in sizes.items()
                       if size > 0 and WRITABLE.match(s)]
        self.state += [(m, s, 0, n) for (m, s), n in names.items() if s == "*COM*"]

    def add_symbol(self, member, flags, section, name):
        if section == "*UND*":
            self.undefined.setdefault(name, member)
        elif flags[0] in "gu!" or flags[1] == "w":
            self.defined.add(name)


def check_closed(libraries):
    defined = set().union(*(library.defined for library in libraries))
    for library in libraries:
        for name, member in sorted(library.undefined.items()):
            if name not in defined and not ALLOWED_OUTSIDE.fullmatch(name):
                yield f"{library.path}({member}): needs {name} from outside"


def check_stateless(libraries):
    for library in libraries:
        for member, section, size, names in library.state:
            yield f"{library.path}({member}): {size} bytes in {section}: {' '.join(names)}"


def check_behind(headers, library, users):
    text = "".join(pathlib.Path(header).read_text(encoding="utf-8") for header in headers.split(","))
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.S)
    declared = set(re.findall(r"\b\w+(?=\s*\()", text))
    for user in users:
        for name, member in sorted(user.undefined.items()):
            if name in library.defined and name not in declared:
                yield f"{user.path}({member}): calls {name} past {headers}"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--objdump", default="objdump")
    parser.add_argument("check", choices=["closed", "stateless", "behind"])
    parser.add_argument("files", nargs="+")
    args = parser.parse_args()
    files = args.files
    headers = files.pop(0) if args.check == "behind" else None
    libraries = [Library(args.objdump, path) for path in files]
    if args.check == "closed":
        violations = list(check_closed(libraries))
    elif args.check == "stateless":
        violations = list(check_stateless(libraries))
    else:
        violations = list(check_behind(headers, libraries[0], libraries[1:]))
    for line in violations:
        print(line)
    print(f"{args.check}: {len(libraries)} libraries, {len(violations)} violations")
    sys.exit(1 if violations else 0)


if __name__ == "__main__":
    main()
