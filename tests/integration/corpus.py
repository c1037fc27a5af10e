#!/usr/bin/env python3
"""tests/corpus through `bangtin check`: the same places and words as in the library's test, and the exit status."""
import glob
import os
import re
import time

from harness import ROOT, Scratch, Tap, run

tap = Tap()
CORPUS = os.path.join(ROOT, "tests", "corpus")


def expected(path):
    try:
        with open(os.path.splitext(path)[0] + ".expect", encoding="utf-8") as f:
            return [line.split(" ", 2) for line in f.read().splitlines()]
    except FileNotFoundError:
        return []


def found(path, text):
    line = re.compile(re.escape(path) + r":(\d+:\d+): (error|warning): (.*)")
    return [match.groups() for match in map(line.match, text.splitlines()) if match]


def agree(path, text):
    diagnostics, wanted = found(path, text), expected(path)
    return len(diagnostics) == len(wanted) and all(
        place == d[0] and severity == d[1] and d[2].startswith(words)
        for d, (place, severity, words) in zip(diagnostics, wanted))


def check(path, good):
    code, out, err = run("bangtin", "check", path)
    tap.ok(code == (0 if good else 1) and agree(path, err), f"check {os.path.relpath(path, CORPUS)}",
           f"status {code}\n{out}{err}")


def check_nested(scratch):
    path = scratch.file("brackets.yaml", "[" * 100000)
    start = time.monotonic()
    code, out, err = run("bangtin", "check", path)
    spent = time.monotonic() - start
    # The library's own time is measured in tests/unit/test_conf.c; here is a process start besides.
    tap.ok(code == 1 and f"{path}:1:17: error: nested deeper" in err and spent < 2, "check: 100 KB of [",
           f"{spent:.3f} s\n{err}")


for name in sorted(glob.glob(os.path.join(CORPUS, "broken", "*.[yc]*"))):
    check(name, False)
with Scratch() as scratch:
    check_nested(scratch)
tap.done()
