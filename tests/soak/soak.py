#!/usr/bin/env python3
"""Thirty simulated days: the daemon with its clock running fast, with loads, rollbacks, announcements, blanking, displays
that are lost and come back, and rubbish on the control socket in between. Memory and descriptors must be flat, and at the
end it plays what the clock says.

Environment: DAYS (30), RATE (7200: two hours a second), BANGTIN_BUILD.
"""
import json
import os
import random
import socket
import statistics
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "integration"))
from harness import Scratch, Site, Tap, free_port, stop, wait_for  # noqa: E402

DAYS, RATE = float(os.environ.get("DAYS", "30")), int(os.environ.get("RATE", "7200"))
GROWTH_MOST = 1024  # KiB
tap = Tap()
chance = random.Random(1)


def playlists(number):
    words = " ".join(chance.choice(("Nộp", "hồ", "sơ", "trực", "tuyến", "tại", "nhà")) for _ in range(6))
    return f"""
messages:
  sang: {{text: "{words}", qr: "https://dichvucong.example.gov.vn/{number}"}}
  chieu: {{text: "Lúc {{time:%H:%M}} ngày {{date}}, {words}"}}
playlists:
  p: [{{show: sang, for: 20m}}, {{show: chieu, for: 40m}}]
schedule:
  - {{play: p, on: [led], name: "so-{number}", hours: ["00:00-12:00", "13:00-24:00"]}}
  - {{show: sang, on: [led], hours: "12:00-13:00", priority: 60, name: trua}}
"""


class Soak:
    def __init__(self, scratch):
        self.scratch, self.number, self.done, self.failed = scratch, 0, {}, []
        self.ports = {"adalight": None, "ddp": free_port()}
        self.boards = {}
        self.site = Site(scratch, f"""
            {{ name = "day"; tags = ["led"]; size = "64x32"; rate = 0.5;
               driver = {{ name = "adalight"; port = "{scratch.path}/tty"; baud = 4000000; }}; }},
            {{ name = "tuong"; tags = ["led"]; size = "96x32"; rate = 0.5; on-hours = ( "05:00-22:00" );
               driver = {{ name = "ddp"; host = "127.0.0.1"; port = {self.ports["ddp"]}; }}; }}""")
        self.plug_in()
        self.load()
        # traces grow with what is shown: not here
        self.site.trace = "/dev/null"
        self.site.start(f"2026-03-02 08:00:00,{RATE}")
        self.samples = []

    def plug_in(self):
        for protocol, size, place in (("adalight", "64x32", ("--pty", self.scratch.path + "/tty")),
                                      ("ddp", "96x32", ("--listen", f"127.0.0.1:{self.ports['ddp']}"))):
            if protocol not in self.boards:
                self.boards[protocol] = self.scratch.start("bangtin-simulator", "--protocol", protocol, "--size", size, *place)
        wait_for(lambda: os.path.exists(self.scratch.path + "/tty"))

    # --- what happens

    def ran(self, what, result, codes=(0,)):
        self.done[what] = self.done.get(what, 0) + 1
        if result[0] not in codes:
            self.failed.append(f"{what}: {result[0]}: {result[2][-300:]}")

    def load(self):
        self.number += 1
        directory = self.site.playlists(playlists(self.number))
        alive = self.site.daemon is not None
        self.ran("load", (self.site.live if alive else self.site.bangtin)("load", directory))

    def rollback(self):
        self.ran("rollback", self.site.live("rollback"), (0, 1))

    def announce(self):
        self.ran("announce", self.site.live("announce", f"Thông báo {self.number}", "--all", "--for", "3h"))

    def clear(self):
        self.ran("clear", self.site.live("clear"))

    def blank(self):
        self.ran("blank", self.site.live("blank"))
        self.ran("unblank", self.site.live("unblank"))

    def lose(self):
        protocol = chance.choice(list(self.boards))
        stop(self.boards.pop(protocol))
        self.done["lose"] = self.done.get("lose", 0) + 1
        time.sleep(0.3)
        self.plug_in()

    def rubbish(self):
        self.done["rubbish"] = self.done.get("rubbish", 0) + 1
        for _ in range(20):
            with socket.socket(socket.AF_UNIX) as s:
                s.connect(self.site.socket)
                try:
                    s.sendall(chance.randbytes(3000) + b"\n")
                except OSError:
                    pass

    # --- what is watched

    def sample(self):
        pid = self.site.daemon.pid
        with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as f:
            sizes = {line.split()[0]: int(line.split()[1]) for line in f if line.split()[-1] == "kB"}
        descriptors = len(os.listdir(f"/proc/{pid}/fd"))
        day = (self.site.status()["clock"]["now_ns"] / 1e9 - self.begin) / 86400
        self.samples.append((day, sizes["Rss:"], sizes["Pss:"], descriptors))
        return day

    def run(self):
        self.begin = self.site.status()["clock"]["now_ns"] / 1e9
        events = [self.load, self.rollback, self.announce, self.clear, self.blank, self.lose, self.rubbish]
        turn, told = 0, 0
        while (day := self.sample()) < DAYS and self.site.daemon.poll() is None:
            events[turn % len(events)]()
            turn += 1
            if day >= told + 5:
                told = day
                tap.note(f"day {day:.1f}: RSS {self.samples[-1][1]} kB, {self.samples[-1][3]} descriptors")
            time.sleep(0.5)


def main():
    with Scratch() as scratch:
        soak = Soak(scratch)
        soak.run()
        site, samples = soak.site, soak.samples
        tap.ok(site.daemon.poll() is None and samples[-1][0] >= DAYS, f"{samples[-1][0]:.1f} simulated days", samples[-1])
        tap.ok(not soak.failed, "every order was obeyed", "\n".join(soak.failed[:10]))
        tap.note(json.dumps(soak.done))
        third = DAYS / 3
        early = [s for s in samples if third <= s[0] < 2 * third]
        late = [s for s in samples if s[0] >= 2 * third]
        for index, name in ((1, "RSS"), (2, "PSS")):
            before, after = (statistics.median(s[index] for s in part) for part in (early, late))
            tap.ok(after - before < GROWTH_MOST, f"{name} is flat: {before:.0f} kB in the second third, {after:.0f} kB in the last",
                   [s[index] for s in samples][::10])
        tap.ok(max(s[3] for s in late) <= max(s[3] for s in early),
               f"descriptors are flat: {max(s[3] for s in early)}, {max(s[3] for s in late)}")
        site.live("clear")
        tap.ok(wait_for(lambda: all(d["health"] in ("up", "off") for d in site.status()["displays"]), 30),
               "the displays are well at the end", site.status()["displays"])
        stop(site.daemon)
        tap.equal(site.daemon.returncode, 0, "and it ends as told")


main()
tap.done()
