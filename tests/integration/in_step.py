#!/usr/bin/env python3
"""Screens with the same clock are in step: two daemons, started at different moments, hand over the same picture at the same
instant. A still display wakes nobody. A hasty clock does not keep the daemon."""
import os
import time

from harness import Scratch, Site, Tap, json_lines, stop, wait_for

tap = Tap()
TEXT = "Nộp hồ sơ trực tuyến tại Cổng Dịch vụ công tỉnh"
MOVING = f"""
messages:
  chay: {{text: "{TEXT}"}}
  mo: {{text: "Một cửa"}}
playlists:
  p:
    - {{show: chay, enter: scroll-left}}
    - {{show: mo, for: 1s}}
    - {{show: chay, enter: scroll-up}}
schedule:
  - {{play: p, on: [led]}}
"""
STILL = """
messages:
  mo: {text: "Một cửa"}
playlists:
  p: [{show: mo, for: 1h}]
schedule:
  - {play: p, on: [led]}
"""


def display(name, refresh=10):
    return f'{{ name = "{name}"; tags = ["led"]; size = "96x16"; rate = 30.0; refresh = "{refresh}s"; driver = {{ name = "null"; }}; }}'


def start(scratch, displays, playlists, clock=None):
    site = Site(scratch, displays)
    code, _, err = site.bangtin("load", site.playlists(playlists))
    if code:
        raise RuntimeError(err)
    site.start(clock)
    return site


def by_instant(site, name):
    """The digest that display's driver got at each instant; the first time, when a whole refresh came later."""
    digests = {}
    for line in json_lines(site.trace)[:-2]:  # the daemon leaves its last pictures by itself
        if line["display"] == name:
            digests.setdefault(line["instant"], line["digest"])
    return digests


def check_in_step():
    with Scratch() as one, Scratch() as two:
        first = start(one, display("a") + "," + display("b"), MOVING)
        wait_for(lambda: len(json_lines(first.trace)) > 60, 20)
        second = start(two, display("a"), MOVING)
        wait_for(lambda: len(json_lines(second.trace)) > 150, 30)
        for site in (first, second):
            stop(site.daemon)
        a, b, c = by_instant(first, "a"), by_instant(first, "b"), by_instant(second, "a")
        for what, other in (("of one daemon", b), ("of two daemons, the second started later", c)):
            common = sorted(set(a) & set(other))
            wrong = [t for t in common if a[t] != other[t]]
            tap.ok(not wrong and len(common) > 60 and len({a[t] for t in common}) > 30,
                   f"two displays {what}: the same picture at {len(common)} common instants, "
                   f"{len({a[t] for t in common})} different ones", f"wrong: {wrong[:5]}")
        tap.ok(min(a) < min(c), "the second has not seen what the first began with")


def wake_ups(pid):
    total = 0
    for task in os.listdir(f"/proc/{pid}/task"):
        with open(f"/proc/{pid}/task/{task}/status", encoding="ascii") as f:
            total += sum(int(line.split()[1]) for line in f if line.startswith("voluntary_ctxt"))
    return total


def count_wake_ups(playlists):
    """In four seconds of the site's clock in which no minute begins, no item ends, and no whole refresh is due."""
    with Scratch() as scratch:
        site = start(scratch, display("a", 60) + "," + display("b", 60), playlists, "2026-03-02 08:00:05,1")
        wait_for(lambda: site.display("b").get("playing", {}).get("source") == "schedule")
        time.sleep(3)  # what was to be prepared ahead is
        before = wake_ups(site.daemon.pid)
        time.sleep(4)
        return wake_ups(site.daemon.pid) - before


def check_hasty_clock():
    """A thousand seconds a second, and each has its picture: an hour of them ahead would keep it for minutes."""
    with Scratch() as scratch:
        site = Site(scratch, """{ name = "a"; tags = ["led"]; size = "128x32"; driver = { name = "null"; }; }""")
        code, _, err = site.bangtin("load", site.playlists("""
messages:
  gio: {text: "{time:%H:%M:%S}"}
schedule:
  - {show: gio, on: led}
"""))
        tap.ok(code == 0, "a text with seconds loads", err)
        site.start("2026-03-02 08:00:00,1000")
        tap.ok(wait_for(lambda: len(json_lines(site.trace)) > 3, 60), "a thousand times faster: it shows pictures")
        tap.equal(stop(site.daemon, within=60), 0, "and ends when it is told to")


check_in_step()
check_hasty_clock()
still = count_wake_ups(STILL)  # the guard looks after everything every two seconds
tap.ok(still <= 3, f"two still displays: the daemon sleeps, all of it but the guard ({still} wake-ups)")
moving = count_wake_ups(MOVING)
tap.ok(moving > 20, f"moving ones wake it ({moving} times): what was counted is what was meant")
tap.done()
