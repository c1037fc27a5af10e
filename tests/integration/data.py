#!/usr/bin/env python3
"""Data from files: what a field shows follows a JSON file, equals the preview, outlives the daemon, and a file that is
broken changes nothing."""
import os

from harness import Scratch, Site, Tap, read_png, wait_for

tap = Tap()
DISPLAY = """{ name = "board"; tags = ["led"]; size = "320x96"; driver = { name = "null"; }; }"""
PLAYLISTS = """
layouts:
  goi-so:
    zones:
      text: {kind: text, at: [0, 0, 100%, 60%]}
      so: {kind: clock, at: [0, 60%, 100%, 40%], text: "Quầy 1: {data:queue.rooms.q1|chưa gọi}"}
messages:
  goi: {layout: goi-so, text: "Mời số {data:queue.now}"}
schedule:
  - {show: goi, on: led}
"""


def put(directory, name, text):
    """As programs should: beside, then renamed."""
    with open(os.path.join(directory, "." + name), "w", encoding="utf-8") as f:
        f.write(text)
    os.rename(os.path.join(directory, "." + name), os.path.join(directory, name))


def shown(scratch, site):
    """What the display shows now, and what preview says of the same instant."""
    pictures = []
    for command, name in (("snapshot", "now.png"), ("preview", "preview.png")):
        path = scratch.file(name)
        code, _, err = site.live(command, "-d", "board", "-o", path)
        if code:
            raise RuntimeError(err)
        pictures.append(read_png(path))
    return pictures


with Scratch() as scratch:
    feed = scratch.file("feed/")
    site = Site(scratch, DISPLAY, extra=f'data-directory = "{feed}";')
    playlists = site.playlists(PLAYLISTS)
    code, _, err = site.bangtin("load", playlists)
    tap.ok(code == 0, "a page with data loads", err)
    site.start(clock="2026-03-02 08:15:20,0")
    nothing, preview = shown(scratch, site)
    tap.ok(nothing == preview, "without data: what stands for it, in daemon and preview")

    put(feed, "queue.json", '{"now": "A 042", "rooms": {"q1": 17}}')
    tap.ok(wait_for(lambda: shown(scratch, site)[0] != nothing, 30), "a file appears, and is shown")
    first, preview = shown(scratch, site)
    tap.ok(first == preview, "the preview shows the same")

    put(feed, "queue.json", '{"now": "A 043", "rooms": {"q1": 17}}')
    tap.ok(wait_for(lambda: shown(scratch, site)[0] not in (nothing, first), 30), "a number changes, and is shown")
    second, preview = shown(scratch, site)
    tap.ok(second == preview, "the preview shows the same")

    put(feed, "queue.json", '{"now": ')
    put(feed, "other.json", '{"a": "b"}')  # it is known to have been looked at when this is there
    kept = os.path.join(site.state, "data.json")
    tap.ok(wait_for(lambda: "other.a" in open(kept, encoding="utf-8").read(), 30), "the snapshot is kept")
    tap.ok(shown(scratch, site)[0] == second, "a broken file changes nothing")

    site.daemon.kill()
    site.daemon.wait()
    site.start(clock="2026-03-02 08:15:20,0")
    tap.ok(shown(scratch, site)[0] == second, "after kill -9 the last snapshot shows")
tap.done()
