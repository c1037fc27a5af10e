#!/usr/bin/env python3
"""kill -9 at random points of 200 loads: what was acknowledged is there after every restart, nothing is half there."""
import json
import os
import random
import re
import signal
import struct
import subprocess
import sys
import time
import zlib

from harness import Scratch, Site, Tap, program, stop, wait_for

tap = Tap()
LOADS = int(sys.argv[1]) if len(sys.argv) > 1 else 200
DISPLAY = '{ name = "board"; tags = ["led"]; size = "64x16"; driver = { name = "null"; }; }'


def playlists(number):
    return f"""
messages:
  so: {{text: "Thông báo số {number}", image: anh.png}}
schedule:
  - {{show: so, on: [led], name: "so-{number}"}}
"""


def picture(number):
    """A picture of that load alone, large enough to be caught half written."""
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    rows = b"\0" + bytes((number & 255, number >> 8, 0))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)) + \
        chunk(b"noIs", random.Random(number).randbytes(60000)) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def stored_picture(site):
    try:
        with open(os.path.join(site.state, "current", "files", "province", "anh.png"), "rb") as f:
            return f.read()
    except FileNotFoundError:
        return b""


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
        acknowledged, lost, torn, starts, pictures = 0, [], [], 0, []
        begun = time.monotonic()
        number, one = 0, 0.0  # one: seconds that a load takes here, so that the kills fall into the first few
        while number < LOADS:
            site.start("2026-03-02 08:00,0")
            starts += 1
            wait_for(lambda: site.display("board").get("playing", {}).get("source") not in (None, "nothing yet"))
            now = playing(site)
            if now not in (acknowledged, number):
                lost.append((acknowledged, number, now))
            if now and stored_picture(site) != picture(now):
                pictures.append(now)
            acknowledged = max(acknowledged, now)
            # A few loads, one after the other; the daemon is killed somewhere among them.
            kill_after = random.uniform(0.0, 3 * one) if one else 60
            deadline = time.monotonic() + kill_after
            while number < LOADS:
                number += 1
                unit = os.path.join(site.playlists(playlists(number), directory=f"p{number % 2}"), "province")
                with open(os.path.join(unit, "anh.png"), "wb") as f:
                    f.write(picture(number))
                sent = time.monotonic()
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
                    if not one:
                        one = max(time.monotonic() - sent, 0.02)
                        deadline = 0
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
        tap.ok(starts > LOADS / 20 and acknowledged > LOADS / 10, f"it was killed {starts - 1} times")
        tap.ok(not pictures, "and so does its picture, byte for byte", pictures[:5])
        tap.ok(not torn, "no generation is half there", torn[:5])
        site.start("2026-03-02 08:00,0")
        tap.equal(playing(site), max(acknowledged, playing(site)), f"load {acknowledged} plays at the end")
        kept = [n for n in os.listdir(os.path.join(site.state, "generations")) if n.isdigit()]
        tap.ok(len(kept) <= 21, f"{len(kept)} generations are kept")
        tap.note(f"{time.monotonic() - begun:.1f} s")


main()
tap.done()
