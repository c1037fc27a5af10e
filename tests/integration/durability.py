#!/usr/bin/env python3
"""kill -9 at random points of 200 loads: what was acknowledged is there after every restart, nothing is half there."""
import json
import os
import random
import re
import signal
import subprocess
import sys
import time

from harness import Scratch, Site, Tap, program, stop, wait_for

tap = Tap()
LOADS = int(sys.argv[1]) if len(sys.argv) > 1 else 200
DISPLAY = '{ name = "board"; tags = ["led"]; size = "64x16"; driver = { name = "null"; }; }'


def playlists(number):
    return f"""
messages:
  so: {{text: "Thông báo số {number}"}}
schedule:
  - {{show: so, on: [led], name: "so-{number}"}}
"""


def playing(site):
    """The number of the load that plays, by what the schedule says, not by what the store says."""
    status = site.status()
    entry = status["displays"][0]["playing"].get("entry", "")
    found = re.search(r"so-(\d+)$", entry)
    return int(found.group(1)) if found else 0


def main():
    random.seed(20260302)
    with Scratch() as scratch:
        site = Site(scratch, DISPLAY)
        acknowledged, lost, torn, starts = 0, [], [], 0
        begun = time.monotonic()
        number = 0
        while number < LOADS:
            site.start("2026-03-02 08:00,0")
            starts += 1
            wait_for(lambda: site.display("board").get("playing", {}).get("source") not in (None, "nothing yet"))
            now = playing(site)
            if now not in (acknowledged, number):
                lost.append((acknowledged, number, now))
            acknowledged = max(acknowledged, now)
            # A few loads, one after the other; the daemon is killed somewhere among them.
            kill_after = random.uniform(0.0, 0.25)
            deadline = time.monotonic() + kill_after
            while number < LOADS:
                number += 1
                site.playlists(playlists(number), directory=f"p{number % 2}")
                client = subprocess.Popen([program("bangtin"), "load", "--socket", site.socket, "--json",
                                           os.path.join(scratch.path, f"p{number % 2}")], stdin=subprocess.DEVNULL,
                                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
                while client.poll() is None and time.monotonic() < deadline:
                    time.sleep(0.001)
                if client.poll() is None:
                    site.daemon.send_signal(signal.SIGKILL)
                    site.daemon.wait()
                out, _ = client.communicate()
                if client.returncode == 0:
                    acknowledged = number
                    json.loads(out)
                if site.daemon.poll() is not None:
                    break
            for name in os.listdir(os.path.join(site.state, "generations")):
                directory = os.path.join(site.state, "generations", name)
                if re.fullmatch(r"\d+", name) and not os.path.exists(os.path.join(directory, "meta.json")):
                    torn.append(name)
        stop(site.daemon)
        tap.ok(not lost, f"{LOADS} loads, {starts} starts, {starts - 1} kills: the last acknowledged load plays after each",
               f"(acknowledged, begun, found): {lost[:5]}")
        tap.ok(starts > LOADS / 20, f"it was killed {starts - 1} times")
        tap.ok(not torn, "no generation is half there", torn[:5])
        site.start("2026-03-02 08:00,0")
        tap.equal(playing(site), max(acknowledged, playing(site)), f"load {acknowledged} plays at the end")
        kept = [n for n in os.listdir(os.path.join(site.state, "generations")) if n.isdigit()]
        tap.ok(len(kept) <= 21, f"{len(kept)} generations are kept")
        tap.note(f"{time.monotonic() - begun:.1f} s")


main()
tap.done()
