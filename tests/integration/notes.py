#!/usr/bin/env python3
"""Notes: the numbers that `check` and `load` give, in text and JSON; `bangtin help`; the man page, which says the same."""
import json
import os
import re
import subprocess

from harness import ROOT, Scratch, Site, Tap, run

tap = Tap()
DISPLAYS = """
{ name = "bang"; tags = ["led"]; size = "128x32"; pitch = 10.0; viewing-distance = 20.0; driver = { name = "null"; }; }
"""
PLAYLIST = """
messages:
  gio: {text: "Giờ làm việc: 7 giờ đến 17 giờ"}
playlists:
  p:
    - {show: gio, for: %s}
schedule:
  - {play: p, on: led}
"""


def words(text):
    return re.sub(r"\s+", " ", text).strip()


def check_numbers(site):
    good = site.playlists(PLAYLIST % "4s")
    code, out, err = site.bangtin("check", good)
    tap.ok(code == 0 and "[B" not in err, "check: long enough to be read", out + err)
    short = site.playlists(PLAYLIST % "1s", directory="short")
    code, out, err = site.bangtin("check", short)
    tap.ok(code == 0 and re.search(r"test\.yaml:\d+:7: warning: .*\[B020\]$", err, re.M), "check: a warning with its number", err)
    code, out, _ = site.bangtin("check", "--format", "json", short)
    found = json.loads(out)
    tap.ok(code == 0 and [d["note"] for d in found] == ["B020"] and found[0]["severity"] == "warning", "check: as JSON", out)
    code, out, err = site.bangtin("load", short)
    tap.ok(code == 0 and "[B020]" in out + err, "load: a warning does not refuse", out + err)
    old = site.playlists(PLAYLIST.replace("Giờ làm việc: 7 giờ đến 17 giờ", "Th«ng b¸o lÞch tiÕp c«ng d©n") % "9s",
                         directory="old")
    code, out, err = site.bangtin("load", old)
    tap.ok(code == 1 and "Thông báo lịch tiếp công dân [B003]" in err, "load: an older encoding is refused, with what it says",
           out + err)


def check_help():
    code, out, _ = run("bangtin", "help", "--json")
    pages = json.loads(out)
    tap.ok(code == 0 and len(pages) >= 14, "help: all as JSON")
    code, out, _ = run("bangtin", "help", "notes")
    tap.ok(code == 0 and all(page["note"] + " " in out for page in pages), "help notes: all are listed", out)
    wrong = []
    for page in pages:
        code, out, _ = run("bangtin", "help", page["note"])
        lines = out.splitlines()
        if code != 0 or words(page["text"]) not in words(out) or max(map(len, lines)) > 110:
            wrong.append(page["note"])
    tap.equal(wrong, [], "help NOTE: each has its page")
    code, _, err = run("bangtin", "help", "B999")
    tap.ok(code == 2 and "bangtin help notes" in err, "help: no such number", err)
    tap.equal(run("bangtin", "help", "announce"), run("bangtin", "announce", "--help"), "help COMMAND is COMMAND --help")
    return pages


def check_man_page(pages):
    source = os.path.join(ROOT, "tools", "man", "bangtin-notes.7")
    page = subprocess.run(["mandoc", "-Tutf8", "-Owidth=300", source], capture_output=True, text=True, check=True).stdout
    page = words(re.sub(".\b", "", page))
    missing = [p["note"] for p in pages
               if f"{p['note']} ({p['severity']}): {p['title']}" not in page or words(p["text"]) not in page]
    tap.equal(missing, [], "bangtin-notes(7) says what `bangtin help` says")
    tap.equal(len(re.findall(r"B\d{3} \((?:error|warning)\):", page)), len(pages), "bangtin-notes(7) has no more")


def check_events():
    """The numbers of the daemon's log: the same for its pages."""
    pages = json.loads(run("bangtin", "help", "events", "--json")[1])
    tap.ok(len(pages) >= 25 and len({p["event"] for p in pages}) == len(pages), "help events: all as JSON")
    wrong = [p["event"] for p in pages if words(p["text"]) not in words(run("bangtin", "help", p["event"])[1])]
    tap.equal(wrong, [], "help EVENT: each has its page")
    source = os.path.join(ROOT, "tools", "man", "bangtin-events.7")
    page = subprocess.run(["mandoc", "-Tutf8", "-Owidth=300", source], capture_output=True, text=True, check=True).stdout
    page = words(re.sub(".\b", "", page))
    missing = [p["event"] for p in pages
               if f"{p['event']} ({p['severity']}): {p['title']}" not in page or words(p["text"]) not in page]
    tap.equal(missing, [], "bangtin-events(7) says what `bangtin help` says")
    tap.equal(len(re.findall(r"E\d{3} \((?:error|warning|notice|info)\):", page)), len(pages), "bangtin-events(7) has no more")
    used, unnumbered = set(), []
    for at, _, names in os.walk(os.path.join(ROOT, "src")):
        for name in names:
            if name.endswith(".c") and name not in ("log.c", "event.c"):
                with open(os.path.join(at, name), encoding="utf-8") as f:
                    text = f.read()
                used.update(re.findall(r"log_event\(\s*(EVENT_\w+)", text))
                unnumbered += [name for _ in re.findall(r"\blog_(?:error|warning|notice|info)\(", text)]
    with open(os.path.join(ROOT, "src", "base", "event.h"), encoding="utf-8") as f:
        known = set(re.findall(r"(EVENT_\w+) = \d+", f.read()))
    tap.equal((sorted(known - used), unnumbered), ([], []), "every event is logged somewhere, and nothing without a number")


def check_sample():
    """Nothing is to be said of the campaign that everybody begins with."""
    sample = os.path.join(ROOT, "playlists")
    code, out, err = run("bangtin", "check", "-c", os.path.join(sample, "bangtind.conf"), sample)
    tap.ok(code == 0 and "warning" not in err, "check: the sample campaign, without a warning", out + err)


with Scratch() as scratch:
    check_numbers(Site(scratch, DISPLAYS))
check_man_page(check_help())
check_events()
check_sample()
tap.done()
