"""Reads the LCD that `watthour run --tty` draws, segments and all, back into a value."""
import re

A, B, C, D, E, F, G = (1 << n for n in range(7))
DIGITS = {A | B | C | D | E | F: "0", B | C: "1", A | B | D | E | G: "2", A | B | C | D | G: "3", B | C | F | G: "4",
          A | C | D | F | G: "5", A | C | D | E | F | G: "6", A | B | C: "7", A | B | C | D | E | F | G: "8",
          A | B | C | D | F | G: "9", G: "-", 0: " "}
LINES = 8  # of the glass


def last_drawing(text):
    """-> the lines of the last complete drawing; None if there is none yet"""
    for drawing in reversed(text.split("\x1b[H")[1:]):
        lines = re.split(r"\r+\n", drawing)  # the terminal may add a return of its own
        if len(lines) > LINES:
            return lines
    return None


def digit(lines, column):
    top, middle, bottom = (line[column:column + 3] for line in lines)
    lit = [(A, top[1]), (F, middle[0]), (G, middle[1]), (B, middle[2]), (E, bottom[0]), (D, bottom[1]), (C, bottom[2])]
    return DIGITS[sum(segment for segment, mark in lit if mark != " ")]


class Screen:
    """What the glass says: id, text, unit, value as a string with its point."""

    def __init__(self, drawing):
        self.drawing = drawing
        lines = [line.strip("│") for line in drawing]
        self.indicators, self.note = lines[5], lines[7]
        rows = [line[1:] for line in lines[2:5]]
        self.id, self.text = re.match(r" (\S*) +(\S*) *$", lines[1]).groups()
        self.unit = rows[2][4 * 9:].strip()
        self.value = "".join(digit(rows, 4 * d) + rows[2][4 * d + 3].strip() for d in range(9)).strip()
