#!/usr/bin/env python3
"""Somebody else reaches a controller that can be read back: it is found, told, overwritten, for as long as it takes.
Where nothing can be read back, status says so."""
import os

from harness import Scratch, Site, Tap, free_port, json_lines, stop, wait_for

tap = Tap()
PLAYLISTS = """
messages:
  nhat: {text: "Một"}
  ba: {text: "Ba"}
playlists:
  p: [{show: nhat, for: 4s}, {show: ba, for: 4s}]
schedule:
  - {play: p, on: [led]}
"""
NOW = "2026-03-02 08:00:00,1"


def start_card(scratch, protocol, size, fault):
    out, port = os.path.join(scratch.path, "decoded"), free_port()
    card = scratch.start("bangtin-simulator", "--protocol", protocol, "--size", size, "--tcp", f"127.0.0.1:{port}",
                         f"--json={out}", "--fault", fault)
    return card, out, port


def events(out):
    return [e["event"] for e in json_lines(out) if "event" in e]


def frames(out):
    return [e for e in json_lines(out) if "digest" in e]


def log_of(site):
    with open(site.log, encoding="utf-8", errors="replace") as f:
        return f.read()


def check_picture():
    """A program that a stranger puts on a Huidu card, three times."""
    with Scratch() as scratch:
        card, out, port = start_card(scratch, "huidu", "96x32", "intrude=2,insist=3")
        site = Site(scratch, f"""{{ name = "board"; tags = ["led"]; size = "96x32";
            driver = {{ name = "huidu"; host = "127.0.0.1"; port = {port}; cycle = "1s"; }}; }},
            {{ name = "strip"; tags = ["led"]; size = "64x16"; driver = {{ name = "ddp"; host = "127.0.0.1"; }}; }}""")
        code, _, err = site.bangtin("load", site.playlists(PLAYLISTS))
        tap.ok(code == 0, "a load", err)
        site.start(NOW)
        found = lambda: site.display("board").get("read_back", {})
        tap.ok(wait_for(lambda: found().get("intrusions", 0) > 0, 40), "foreign content is found", found())
        tap.ok(wait_for(lambda: events(out).count("intruder") == 3 and found().get("found") == "own", 60),
               "it is overwritten as often as it comes", f"{events(out)}\n{found()}")
        last = found()
        tap.ok(1 <= last["intrusions"] <= 3 and "stranger" in last["foreign"], "status tells what it was", last)
        log = log_of(site)
        tap.ok("shows what is not ours (the program stranger" in log, "the log tells of it", log)
        tap.ok("shows ours again" in log, "and of its end", log)
        tap.ok(wait_for(lambda: site.display("board").get("health") == "up"), "then all is well", site.display("board"))
        tap.equal(site.display("strip").get("read_back"), {"found": "cannot", "intrusions": 0},
                  "what has no way to read back says so")
        said = site.live("status")[1]
        tap.ok("ddp cannot be read back" in said and "huidu showed foreign content" in said, "in words as well", said)
        stop(site.daemon)
        handed = [t for t in json_lines(site.trace) if t["display"] == "board"]
        tap.equal(frames(out)[-1]["digest"], handed[-1]["digest"], "the card shows what was handed to it last")
        stop(card)


def check_settings():
    """A stranger makes the board dark by its NovaStar cards."""
    with Scratch() as scratch:
        card, out, port = start_card(scratch, "novastar", "8x8", "intrude=8")
        site = Site(scratch, f"""{{ name = "board"; tags = ["led"]; size = "64x16"; brightness = 60;
            driver = {{ name = "null"; }};
            control = {{ name = "novastar"; host = "127.0.0.1"; port = {port}; check-every = "200ms"; }}; }}""")
        site.bangtin("load", site.playlists(PLAYLISTS))
        site.start(NOW)
        control = lambda: (site.display("board").get("control") or {}).get("read_back", {})
        notes = lambda: [e["value"] for e in json_lines(out) if e.get("event") == "brightness"]
        tap.ok(wait_for(lambda: control().get("intrusions") == 1 and control().get("found") == "own", 20),
               "a foreign setting is found and set right", control())
        tap.ok("intruder" in events(out) and notes()[-2:] == ["153", "153"], "to what it was", notes())
        tap.ok("brightness" in control()["foreign"] and "novastar shows what is not ours" in log_of(site),
               "status and log tell of it", f"{control()}\n{log_of(site)}")
        stop(site.daemon)
        stop(card)


check_picture()
check_settings()
tap.done()
