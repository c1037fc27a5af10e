#!/usr/bin/env python3
"""Proof of play: a simulated day's record is the agenda's minutes and showings; what a board confirmed, lost, was ordered;
kill -9, a full disk, a forged row; the certificate and its verification. The chain is checked by a reader of its own."""
import csv
import hashlib
import json
import os
import resource
import shutil
import signal
import sqlite3
import time

from harness import Scratch, Site, Tap, run, stop, wait_for

tap = Tap()
SECOND = 10**9
KINDS = ("shown", "start", "stop", "unreachable", "loaded", "order", "lifted", "clock", "gap", "cut", "link")
HOWS = ("next", "continues", "lost", "step", "stopped", "crashed", "missed")
SOURCES = ("", "schedule", "announce", "blank", "default", "off", "pattern")


def database(site):
    return os.path.join(site.state, "record", "record.db")


def chain(path):
    """Holds every row's hash against the documented form, with Python's own SQLite and SHA-256: (rows, first bad row)."""
    def text(value):
        return value.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n")
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as db:
        before, = db.execute("SELECT digest FROM state WHERE name = 'base'").fetchone()
        count = 0
        for (number, kind, display, generation, frame, begin, end, monotonic, how, confirmed, begins, trusted, brightness,
             override, run_, note, digest, source, item, entry, content, boot) in db.execute(
                "SELECT r.number, kind, display, generation, frame, begin, end, monotonic, how, confirmed, begins, trusted,"
                " brightness, override, r.run, note, digest, source, item, entry, content, boot FROM rows r"
                " JOIN things t ON t.id = r.thing LEFT JOIN runs u ON u.run = r.run ORDER BY r.number"):
            line = "\t".join((str(number), KINDS[kind], text(display), SOURCES[source], text(item), text(entry),
                              text(content), str(generation), f"{frame & (2**64 - 1):016x}", str(begin), str(end),
                              str(monotonic), HOWS[how], str(confirmed), str(begins), str(trusted), str(brightness),
                              text(override), str(run_), text(boot or ""), text(note)))
            before = hashlib.sha256(f"{before}\n{line}".encode()).hexdigest()
            if before != digest.hex():
                return count, number
            count += 1
    return count, 0


def rows(site, *arguments, live=False):
    code, out, err = (site.live if live else site.bangtin)("log", "--json", *arguments)
    if code:
        raise RuntimeError(err)
    return [json.loads(line) for line in out.splitlines()]


def shown(site, **wanted):
    return [r for r in rows(site) if r["kind"] == "shown" and all(r[k] == v for k, v in wanted.items())]


PLAYLISTS = """
messages:
  nop-ho-so: {text: Nộp hồ sơ trực tuyến}
  bhyt: {text: Bảo hiểm y tế toàn dân}
  chao: {text: A}
playlists:
  ngay:
    - {show: nop-ho-so, for: 20m}
    - {show: bhyt, for: 40m}
schedule:
  - {play: ngay, name: ngay, on: [led], hours: ["06:00-18:30"]}
  - {show: chao, name: chao, on: [led], hours: ["18:30-21:00"], for: 50m, at-least: 1/d}
"""
DISPLAYS = """{ name = "cong"; tags = ["led"]; size = "64x16"; rate = 30.0; default = "UBND"; driver = { name = "null"; }; },
{ name = "sanh"; tags = ["led"]; size = "32x16"; rate = 30.0; on-hours = ["07:00-20:00"]; driver = { name = "null"; }; }"""


DAY = (1772384400 * SECOND, 1772470800 * SECOND)  # 2026-03-02 in Vietnam


def within(row, span=DAY):
    return max(0, min(row["end_ns"], span[1]) - max(row["begin_ns"], span[0]))


def a_simulated_day(scratch):
    site = Site(scratch, DISPLAYS)
    site.bangtin("load", site.playlists(PLAYLISTS))
    site.start("2026-03-01 22:00:00,4320")
    over = wait_for(lambda: (site.status().get("clock", {}).get("time") or "") > "2026-03-03T00:30", 60)
    tap.ok(over, "a day passes in twenty seconds")
    stop(site.daemon)
    code, out, err = site.bangtin("agenda", "-d", "cong", "--from", "2026-03-02 00:00", "--counts", "--json")
    agenda = {r["entry"]: (r["minutes"], r["showings"]) for r in json.loads(out)}
    recorded = {e: [0, 0] for e in agenda}
    for row in shown(site, display="cong", source="schedule"):
        recorded[row["entry"]][0] += within(row)
        recorded[row["entry"]][1] += row["begins"] and DAY[0] <= row["begin_ns"] < DAY[1]
    recorded = {e: (ns / SECOND / 60, n) for e, (ns, n) in recorded.items()}
    tap.equal(recorded, agenda, "the record of the day is the agenda's minutes and showings")
    hours = {s: sum(within(r) for r in shown(site, display="sanh", source=s)) / SECOND / 3600 for s in ("off", "schedule")}
    tap.equal(hours, {"off": 11.0, "schedule": 13.0}, "off by its hours is recorded as that")
    tap.equal({r["confirmed"] for r in shown(site)}, {False}, "what no device confirms is recorded as sent")
    code, out, err = site.bangtin("log", "--verify", "--json")
    count, bad = chain(database(site))
    tap.ok(code == 0 and bad == 0 and json.loads(out)["rows"] == count, "the chain is whole, by our reader and another", out)
    return site


with Scratch() as scratch_:
    site_ = a_simulated_day(scratch_)
tap.done()
