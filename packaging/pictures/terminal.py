#!/usr/bin/env python3
"""Draws a terminal's screen, as 'tmux capture-pane -e -p' prints it, as a page of HTML: usage: terminal.py COLUMNS < screen > page.html"""
import html
import re
import sys
import unicodedata

# The colours of xterm's first sixteen, softened a little.
NAMED = ["#1d2021", "#cc5a52", "#7fa650", "#d0a24c", "#5f87af", "#a377a8", "#5fa3a3", "#c8c3b8",
         "#6b6b66", "#e8786f", "#9cc56b", "#e8c06a", "#83a9d0", "#c296c6", "#7fc4c4", "#f4efe4"]
INK, PAPER = "#dcd7cc", "#16181a"
# A cell, in pixels; even, because half blocks cut it into two.
WIDTH, HEIGHT = 9, 18
SEQUENCE = re.compile(r"\x1b\[([0-9;:]*)m|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[()][A-Z0-9]|[\x0e\x0f]")


def indexed(number):
    if number < 16:
        return NAMED[number]
    if number >= 232:
        return "#" + f"{8 + 10 * (number - 232):02x}" * 3
    steps = [0, 95, 135, 175, 215, 255]
    number -= 16
    return "#%02x%02x%02x" % (steps[number // 36], steps[number // 6 % 6], steps[number % 6])


class Pen:
    def __init__(self):
        self.reset()

    def reset(self):
        self.ink = self.paper = None
        self.bold = self.faint = self.italic = self.underlined = self.swapped = False

    def take(self, sequence):
        """What one SGR sequence says (ECMA-48, 8.3.117)."""
        codes = [int(code or 0) for code in re.split("[;:]", sequence)]
        while codes:
            code = codes.pop(0)
            if code == 0:
                self.reset()
            elif code in (1, 2, 3, 4, 7):
                setattr(self, {1: "bold", 2: "faint", 3: "italic", 4: "underlined", 7: "swapped"}[code], True)
            elif code == 22:
                self.bold = self.faint = False
            elif code in (23, 24, 27):
                setattr(self, {23: "italic", 24: "underlined", 27: "swapped"}[code], False)
            elif code in (38, 48):
                kind = codes.pop(0)
                colour = indexed(codes.pop(0)) if kind == 5 else "#%02x%02x%02x" % tuple(codes.pop(0) for _ in range(3))
                setattr(self, "ink" if code == 38 else "paper", colour)
            elif code in (39, 49):
                setattr(self, "ink" if code == 39 else "paper", None)
            elif 30 <= code <= 37 or 90 <= code <= 97:
                self.ink = NAMED[code - 30 if code < 90 else code - 82]
            elif 40 <= code <= 47 or 100 <= code <= 107:
                self.paper = NAMED[code - 40 if code < 100 else code - 92]

    def style(self, character):
        ink, paper = self.ink or INK, self.paper or PAPER
        if self.swapped:
            ink, paper = paper, ink
        # Pixels of pictures: no font draws these to the edge of their cell.
        if character in "▀▄":
            return f"background:linear-gradient({ink} 50%,{paper} 50%)" if character == "▀" else f"background:linear-gradient({paper} 50%,{ink} 50%)"
        parts = [f"color:{ink}", f"background:{paper}"]
        if self.bold:
            parts.append("font-weight:700")
        if self.faint:
            parts.append("opacity:.6")
        if self.italic:
            parts.append("font-style:italic")
        if self.underlined:
            parts.append("text-decoration:underline")
        return ";".join(parts)


def cells(text):
    """Each character with what combines with it, and how many columns it takes."""
    for character in text:
        if unicodedata.combining(character) or unicodedata.category(character) in ("Cf", "Me"):
            continue
        yield character, 2 if unicodedata.east_asian_width(character) in "WF" else 1


def main():
    columns = int(sys.argv[1])
    pen, lines = Pen(), []
    for line in sys.stdin.read().rstrip("\n").split("\n"):
        out, column, at = [], 0, 0
        for found in [*SEQUENCE.finditer(line), None]:
            text = line[at:found.start() if found else None]
            for character, width in cells(text):
                # Each cell at its place, whatever font it came from.
                if character != " " or pen.swapped or pen.paper or pen.underlined:
                    out.append(f'<i style="left:{column * WIDTH}px;width:{width * WIDTH}px;{pen.style(character)}">{"" if character in "▀▄" else html.escape(character)}</i>')
                column += width
            if found:
                at = found.end()
                if found.group(1) is not None:
                    pen.take(found.group(1))
        lines.append(f"<div>{''.join(out)}</div>")
    print(f"""<!doctype html><meta charset=utf-8><style>
        body {{ margin: 0; background: {PAPER}; }}
        main {{ font: 15px/{HEIGHT}px "DejaVu Sans Mono", monospace; width: {columns * WIDTH}px; padding: 14px 16px; }}
        div {{ position: relative; height: {HEIGHT}px; }}
        i {{ position: absolute; top: 0; height: {HEIGHT}px; font-style: normal; overflow: hidden; white-space: pre; }}
        </style><main>{''.join(lines)}</main>""")


main()
