#!/usr/bin/env python3
"""bangtin-testpattern find-map, led by somebody at a terminal who sees only the board: bangtin-simulator decodes what is lit
in wire order, a wiring that is described here once more says where that is, and the answers are typed on a pty. The
map that comes out, read back from a configuration, must put each module of the pattern where it belongs."""
import glob
import os
import pty
import re
import select
import subprocess
import sys
import time
import tty

from harness import Scratch, Site, Tap, program, read_png, run, wait_for

tap = Tap()


class Wiring:
    """Where each wire pixel is on the board: written from bangtind.conf(5)."""

    def __init__(self, width, height, module, chain="rows", **flags):
        self.size, self.module, self.flags, places = (width, height), module, flags, []
        mw, mh = module
        across, down = (width // mw, height // mh) if chain == "rows" else (height // mh, width // mw)
        for line in range(down):
            at = down - 1 - line if flags.get("bottom" if chain == "rows" else "right") else line
            backward = bool(flags.get("serpentine")) and line % 2 == 1
            order = list(range(across))
            if bool(flags.get("right" if chain == "rows" else "bottom")) != backward:
                order.reverse()
            for step in order:
                column, row = (step, at) if chain == "rows" else (at, step)
                for x, y in self.inside(mw, mh):
                    if backward and flags.get("flip"):
                        x, y = mw - 1 - x, mh - 1 - y
                    places.append((column * mw + x, row * mh + y))
        if flags.get("upside_down"):
            places = [(width - 1 - x, height - 1 - y) for x, y in places]
        self.places = places
        assert len(set(places)) == width * height

    def inside(self, mw, mh):
        down = self.flags.get("pixel_columns")
        for line in range(mw if down else mh):
            order = list(range(mh if down else mw))
            if self.flags.get("pixel_serpentine") and line % 2:
                order.reverse()
            for step in order:
                yield (line, step) if down else (step, line)


class Board:
    """The simulator, and the eyes of whoever stands before it."""

    def __init__(self, scratch, wiring):
        self.wiring, self.dump = wiring, os.path.join(scratch.path, "dump")
        self.tty = os.path.join(scratch.path, "tty")
        os.mkdir(self.dump)
        width, height = wiring.size
        scratch.start("bangtin-simulator", "--protocol", "adalight", "--size", f"{width}x{height}", "--pty", self.tty,
                      "--dump", self.dump)
        wait_for(lambda: os.path.islink(self.tty))

    def lit(self):
        """{place: colour} of the newest picture."""
        files = sorted(glob.glob(os.path.join(self.dump, "*.png")))
        if not files:
            return {}
        try:
            _, _, pixels = read_png(files[-1])
        except Exception:  # half written
            return {}
        return {self.wiring.places[i // 3]: pixels[i:i + 3] for i in range(0, len(pixels), 3) if any(pixels[i:i + 3])}


class Session:
    def __init__(self, *arguments):
        self.master, slave = pty.openpty()
        tty.setraw(slave)
        self.process = subprocess.Popen([program("bangtin-testpattern"), *arguments], stdin=slave,
                                        stdout=subprocess.PIPE, stderr=slave)
        os.close(slave)
        self.said, self.asked = "", 0

    def question(self, within=30):
        """The next text that ends in a colon or a question, or None at the end."""
        end = time.monotonic() + within
        while time.monotonic() < end:
            if select.select([self.master], [], [], 0.1)[0]:
                try:
                    self.said += os.read(self.master, 4096).decode()
                except OSError:
                    return None
            new = self.said[self.asked:]
            if re.search(r"(: |\(y/n\) )$", new):
                self.asked = len(self.said)
                return new
            if self.process.poll() is not None and not select.select([self.master], [], [], 0)[0]:
                return None
        return None

    def answer(self, text):
        os.write(self.master, (text + "\n").encode())

    def end(self):
        out = self.process.communicate(timeout=30)[0].decode()
        os.close(self.master)
        return self.process.returncode, out


def look(board, count):
    """What is lit, once so many pixels are."""
    seen = wait_for(lambda: (lit := board.lit()) and len(lit) == count and lit, 10)
    return seen or {}


def converse(board, mislead=False):
    """(exit code, standard output, questions)."""
    (mw, mh), (width, height) = board.wiring.module, board.wiring.size
    session = Session("find-map", "--driver", "adalight", "--port", board.tty, "--size", f"{width}x{height}", "-o",
                      "baud=2000000")
    questions, before = 0, None
    while (text := session.question()) is not None:
        if "How many pixels" in text:
            session.answer("" if (mw, mh) == (width, height) else f"{mw}x{mh}")
        elif "(y/n)" in text:
            session.answer("y")
        else:
            questions += 1
            module = "One module" in text
            lit = wait_for(lambda: (seen := look(board, mw * mh if module else 1)) != before and seen, 10)
            before = lit
            x, y = min(lit)
            wrong = "No wiring does that" in text
            if mislead and questions == 1:
                session.answer("nonsense")
                before = None
            elif module:
                session.answer(f"{x // mw + 1} {y // mh + 1}")
            elif (x % mw, y % mh) == (0, mh - 1):
                session.answer("bl")
            else:
                session.answer(f"{x % mw + 1} {y % mh + 1}")
            if wrong:
                tap.ok(False, "what was seen was believed", text)
                break
    return (*session.end(), questions)


def check(name, wiring, mislead=False):
    with Scratch() as scratch:
        board = Board(scratch, wiring)
        code, out, questions = converse(board, mislead)
        tap.ok(code == 0 and questions <= 9, f"{name}: found with {questions} questions", f"{code} {out}")
        width, height = wiring.size
        site = Site(scratch, f"""{{ name = "board"; size = "{width}x{height}"; {out}
            driver = {{ name = "adalight"; port = "{board.tty}"; baud = 2000000; }}; }}""")
        code, _, err = run("bangtin-testpattern", "show", "border", "--display", "board", "-c", site.configuration,
                           "--for", "1s", "--keep")
        lit = wait_for(lambda: len(seen := board.lit()) == 2 * (width + height) - 4 and seen, 10) or {}
        wanted = {(x, y): b"\xff\xff\xff" if x == width - 1 else b"\0\0\xff" if x == 0 else
                  b"\0\xff\0" if y == height - 1 else b"\xff\0\0"
                  for x in range(width) for y in range(height) if x in (0, width - 1) or y in (0, height - 1)}
        tap.ok(code == 0 and lit == wanted, f"{name}: with it the picture is where it belongs: {out.strip()}",
               f"{code} {err} {len(lit)}")


def ended():
    with Scratch() as scratch:
        board = Board(scratch, Wiring(32, 16, (16, 16)))
        session = Session("find-map", "--driver", "adalight", "--port", board.tty, "--size", "32x16", "--module",
                          "16x16", "-o", "baud=2000000")
        session.question()
        session.answer("q")
        code, out = session.end()
        tap.ok(code == 1 and out == "", "q gives up: no map", f"{code} {out}")
    for arguments, wanted in (((), 2), (("--display", "a"), 2), (("--driver", "null", "--size", "30x16", "--module",
                                                                  "16x16"), 1)):
        tap.equal(run("bangtin-testpattern", "find-map", *arguments)[0], wanted, f"find-map {' '.join(arguments)}")


check("straight", Wiring(24, 16, (24, 16)))
check("a serpentine strip", Wiring(24, 16, (24, 16), pixel_serpentine=True), mislead=True)
check("columns from the right, upwards, back and forth",
      Wiring(48, 32, (16, 8), "columns", right=True, bottom=True, serpentine=True, flip=True, pixel_columns=True,
             pixel_serpentine=True))
check("rows back and forth", Wiring(64, 32, (16, 16), serpentine=True, bottom=True))
check("hung upside down", Wiring(32, 32, (16, 8), "columns", upside_down=True, pixel_serpentine=True))
ended()
tap.done()
