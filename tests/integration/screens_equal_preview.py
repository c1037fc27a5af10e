#!/usr/bin/env python3
"""What has no simulator: the files of `png`, the bytes of `terminal`, and what is handed to `null`, equal the preview of
their instant. The terminal's bytes are read by an emulator of our own, which knows a move, two colours and a half block."""
import os
import re
import sys

from harness import Scratch, Site, Tap, digest, instant, json_lines, read_png, stop, wait_for

tap = Tap()
WIDTH, HEIGHT, RATE = 48, 16, 15
PLAYLISTS = """
messages:
  dung: {text: "Một cửa"}
  chay: {text: "Nộp hồ sơ trực tuyến"}
  trang: {text: "Trang một Trang hai Trang ba"}
playlists:
  tat-ca:
    - {show: dung, for: 700ms}
    - {show: chay, for: 900ms, enter: scroll-left}
    - {show: trang, for: 900ms, enter: page}
schedule:
  - {play: tat-ca, on: [led]}
"""
TOKENS = re.compile(r"\x1b\[(\??[0-9;]*)([A-Za-z])|(.)", re.S)


def previews(scratch, site, playlists, trace):
    """Pixels by instant, of the frames in the trace."""
    first, last = trace[0]["instant"], trace[-1]["instant"]
    directory = scratch.file("previews/")
    code, _, err = site.bangtin("preview", "-d", "board", "--stage", "panel", "--at", instant(first), "--until",
                                instant(last + 1), "-o", directory + "%05d.png", playlists)
    if code:
        raise RuntimeError(err)
    painted = [read_png(directory + name)[2] for name in sorted(os.listdir(directory))]
    return [painted[round((t["instant"] - first) * RATE / 1e9)] for t in trace]


def cells_of(pixels):
    """(upper, lower) colours by cell, row by row."""
    def pixel(x, y):
        at = (y * WIDTH + x) * 3
        return tuple(pixels[at:at + 3])
    return {(x, y): (pixel(x, 2 * y), pixel(x, 2 * y + 1)) for y in range(HEIGHT // 2) for x in range(WIDTH)}


class Terminal:
    """Draws until the screen shows a wanted picture."""

    def __init__(self, text):
        self.tokens = TOKENS.finditer(text)
        self.screen, self.x, self.y = {}, 0, 0
        self.upper = self.lower = None

    def control(self, parameters, final):
        if final == "H":
            row, column = (parameters or "1;1").split(";")
            self.y, self.x = int(row) - 1, int(column) - 1
        elif final == "m":
            numbers = [int(n) for n in parameters.split(";") if n]
            if numbers[:2] == [38, 2]:
                self.upper = tuple(numbers[2:5])
            elif numbers[:2] == [48, 2]:
                self.lower = tuple(numbers[2:5])

    def draw_until(self, wanted):
        wrong = sum(self.screen.get(at) != cell for at, cell in wanted.items())
        while wrong:
            token = next(self.tokens, None)
            if token is None:
                return False
            parameters, final, character = token.groups()
            if character == "\u2580":
                at = (self.x, self.y)
                wrong += (self.screen.get(at) == wanted.get(at)) - ((self.upper, self.lower) == wanted.get(at))
                self.screen[at] = (self.upper, self.lower)
                self.x += 1
            elif final:
                self.control(parameters, final)
        return True


def check_png(scratch, trace, expected):
    files = sorted(name for name in os.listdir(scratch.file("png/")) if name.endswith(".png"))
    shown = [read_png(os.path.join(scratch.file("png/"), name))[2] for name in files]
    tap.ok(len(shown) >= len(trace), f"png: a file for each of {len(trace)} frames", len(shown))
    wrong = [i for i, (a, b) in enumerate(zip(shown, expected)) if a != b]
    tap.ok(not wrong, f"png: {len(expected)} files equal the preview of their instant", wrong[:10])


def check_terminal(scratch, expected):
    with open(scratch.file("tty"), encoding="utf-8") as f:
        terminal = Terminal(f.read())
    missing = next((i for i, pixels in enumerate(expected) if not terminal.draw_until(cells_of(pixels))), None)
    tap.ok(missing is None, f"terminal: the screen shows {len(expected)} previews, one after the other",
           f"the {missing}th never appears")


def check(driver, options):
    with Scratch() as scratch:
        scratch.file("png/x", "")
        site = Site(scratch, f"""{{ name = "board"; tags = ["led"]; size = "{WIDTH}x{HEIGHT}"; rate = {RATE}.0;
            gamma = 2.2; brightness = 80; driver = {{ name = "{driver}"; {options.format(scratch.path)} }}; }}""")
        playlists = site.playlists(PLAYLISTS)
        code, _, err = site.bangtin("load", playlists)
        tap.ok(code == 0, f"{driver}: the playlists load", err)
        site.start("2026-03-02 07:59:59,1")
        wait_for(lambda: len(json_lines(site.trace)) > 50, 15)
        stop(site.daemon)
        trace = json_lines(site.trace)[:-1]  # the last is what the daemon leaves behind
        expected = previews(scratch, site, playlists, trace)
        wrong = [t["sequence"] for t, pixels in zip(trace, expected) if digest(pixels) != t["digest"]]
        tap.ok(len(trace) > 40 and len(set(expected)) > 10 and not wrong,
               f"{driver}: {len(trace)} frames handed over equal their previews", wrong[:10])
        if driver == "png":
            check_png(scratch, trace, expected)
        if driver == "terminal":
            check_terminal(scratch, expected)


for name, text in (("png", 'path = "{}/png/%05d.png";'), ("terminal", 'tty = "{}/tty"; colours = "24bit";'), ("null", "")):
    if name in (sys.argv[1:] or name):
        check(name, text)
tap.done()
