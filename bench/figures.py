"""Prints the table of figures: every "figure: what | peers | reach | ours" of a log of "make bench", in its order. The
reach is "<= number" or ">= number"; a row that misses it is marked. A figure is no test: machines differ.

    figures.py log
"""
import operator
import sys

COMPARE = {"<=": operator.le, ">=": operator.ge}


def rows(lines):
    for line in lines:
        if line.startswith("figure: "):
            what, peers, reach, ours = (field.strip() for field in line[len("figure: "):].split("|"))
            sign, limit = reach.split()
            reached = COMPARE[sign](float(ours), float(limit))
            yield what, peers, reach, f"{float(ours):.10g}" + ("" if reached else "  missed")


def main(path):
    with open(path, encoding="utf-8") as log:
        table = [("what", "peers", "reach", "ours"), *rows(log)]
    widths = [max(len(row[column]) for row in table) for column in range(4)]
    for row in table:
        print(" | ".join(field.ljust(width) for field, width in zip(row, widths)).rstrip())


if __name__ == "__main__":
    main(*sys.argv[1:])
