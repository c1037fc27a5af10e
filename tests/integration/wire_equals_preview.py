#!/usr/bin/env python3
"""The main end-to-end test: what an independent program decodes off the wire EQUALS the preview of that instant.

The real daemon drives a simulator through each wire; the k-th decoded frame is the k-th frame of the daemon's trace,
which gives its instant; `bangtin preview --stage panel` paints that instant. A still, a scrolling and a paging message,
a page with a clock and a ticker, transitions between them, over a window's border and over a reload.
"""
import os
import sys

from harness import (Scratch, Site, Tap, digest, free_port, instant, json_lines, new_network, read_png, stop,
                     wait_for)

tap = Tap()
WIDTH, HEIGHT, RATE = 64, 16, 30
BORDER = 1772413200 * 10**9  # 2026-03-02 08:00 in the site's zone: one window ends, the next begins
SERIAL = ("adalight", "awa", "tpm2")
UDP = ("ddp", "artnet", "sacn", "wled", "tpm2net", "flaschen")
SIGNS = ("alpha", "hanover")  # serial, slow: pages come where others scroll
RAW = ("colorlight",)

PLAYLISTS = """
layouts:
  bo-cuc:
    zones:
      gio: {{kind: clock, at: [0, 0, 20, 16], text: "{{time:%S}}"}}
      chay: {{kind: ticker, at: [22, 0, 42, 16], text: "Phút {{time:%M}}, giây {{time:%S}}, còn {{countdown:2026-12-31}}"}}
messages:
  bo-cuc: {{layout: bo-cuc}}
  mo: {{text: "Một cửa {word}"}}
  chay: {{text: "Nộp hồ sơ trực tuyến tại Cổng Dịch vụ công tỉnh {word}"}}
  trang: {{text: "Trang một Trang hai Trang ba Trang bốn {word}"}}
playlists:
  truoc:
    - {{show: mo, for: 700ms}}
    - {{show: bo-cuc, for: 1100ms}}
    - {{show: chay, for: 900ms, enter: scroll-left, transition: fade, transition-time: 400ms}}
  sau:
    - {{show: trang, for: 1200ms, enter: page, transition: push-left}}
    - {{show: bo-cuc, for: 1100ms, transition: wipe-left, transition-time: 300ms}}
    - {{show: chay, for: 800ms, enter: scroll-up}}
schedule:
  - {{play: truoc, on: [led], hours: ["07:00-08:00"]}}
  - {{play: sau, on: [led], hours: ["08:00-17:00"]}}
"""


def where_of(scratch, protocol):
    """Where the simulator is, how one sees that it is there, and the driver options that reach it."""
    if protocol in RAW:
        return (("--listen", "card"), lambda: len(open("/proc/net/packet", encoding="ascii").readlines()) > 1,
                'interface = "host"; link-speed = "any";')
    if protocol in UDP:
        port = free_port()
        return (("--listen", f"127.0.0.1:{port}"),
                lambda: f":{port:04X} " in open("/proc/net/udp", encoding="ascii").read(),
                f'host = "127.0.0.1"; port = {port};')
    link = os.path.join(scratch.path, "tty")
    baud = {"alpha": 38400, "hanover": 115200}.get(protocol, 2000000)
    return ("--pty", link), lambda: os.path.exists(link), f'port = "{link}"; baud = {baud};'


def start_simulator(scratch, protocol):
    """The simulator, the driver options that reach it, and its output file."""
    out = os.path.join(scratch.path, "decoded")
    where, is_there, options = where_of(scratch, protocol)
    simulator = scratch.start("bangtin-simulator", "--protocol", protocol, "--size", f"{WIDTH}x{HEIGHT}", "--json",
                              *where, out=out)
    wait_for(is_there)
    return simulator, options, out


def preview_digests(scratch, site, playlists, frames):
    """The digests of the previews of every frame instant of a span: one call paints them all."""
    first, last = frames[0]["instant"], frames[-1]["instant"]
    directory = scratch.file(f"previews-{frames[0]['generation']}/")
    code, _, err = site.bangtin("preview", "-d", "board", "--stage", "panel", "--at", instant(first), "--until",
                                instant(last + 1), "-o", directory + "%05d.png", playlists)
    if code:
        raise RuntimeError(err)
    return [digest(read_png(directory + name)[2]) for name in sorted(os.listdir(directory))]


def check_equality(protocol, scratch, site, playlists, frames):
    trace = [t for t, _ in frames]
    painted = preview_digests(scratch, site, playlists, trace)
    differ = []
    for t, d in frames:
        index = round((t["instant"] - trace[0]["instant"]) * RATE / 1e9)
        if painted[index] != d["digest"]:
            differ.append(t["sequence"])
    different = len(set(d["digest"] for _, d in frames))
    tap.ok(not differ and different > (1 if protocol in SIGNS else 10),
           f"{protocol}: generation {trace[0]['generation']}: {len(frames)} decoded frames equal the preview of their "
           f"instant, {different} different pictures", f"sequences that differ: {differ[:10]}")


def check_protocol(protocol):
    with Scratch() as scratch:
        simulator, options, out = start_simulator(scratch, protocol)
        colours = 'colours = "mono-white";' if protocol == "hanover" else ""
        site = Site(scratch, f"""{{ name = "board"; tags = ["led"]; size = "{WIDTH}x{HEIGHT}"; rate = {RATE}.0;
            gamma = 2.2; brightness = 80; {colours} driver = {{ name = "{protocol}"; {options} }}; }}""")
        old = site.playlists(PLAYLISTS.format(word="cũ"), directory="old")
        new = site.playlists(PLAYLISTS.format(word="mới"), directory="new")
        code, _, err = site.bangtin("load", old)
        if not tap.ok(code == 0, f"{protocol}: the playlists load", err):
            return
        slow = protocol in SIGNS
        site.start("2026-03-02 07:59:57,1")
        wait_for(lambda: len(json_lines(site.trace)) > (7 if slow else 130), 15)
        code, _, err = site.live("load", new)
        tap.ok(code == 0, f"{protocol}: a reload while it runs", err)
        loaded = len(json_lines(site.trace))
        wait_for(lambda: len(json_lines(site.trace)) > loaded + (3 if slow else 45), 8)
        stop(site.daemon)
        trace = json_lines(site.trace)
        wait_for(lambda: sum("frame" in f for f in json_lines(out)) >= len(trace), 3)
        stop(simulator)
        decoded = [f for f in json_lines(out) if "frame" in f]
        tap.ok(len(trace) > (8 if slow else 150) and len(decoded) == len(trace),
               f"{protocol}: {len(decoded)} of the {len(trace)} frames handed to the driver were decoded")
        if not slow:  # theirs is digested as it is packed: the preview has to do
            wrong = [i for i, (d, t) in enumerate(zip(decoded, trace)) if d["digest"] != t["digest"]]
            tap.ok(not wrong, f"{protocol}: every decoded frame is the one that was handed over", f"wrong: {wrong[:10]}")
        # The last picture is the one that the daemon leaves behind: it belongs to no instant of the schedule.
        pairs = [p for p in zip(trace, decoded) if p[0]["instant"] != trace[-1]["instant"]]
        after = sum(t["instant"] >= BORDER for t, _ in pairs)
        tap.ok(0 < after < len(pairs), f"{protocol}: {after} of them lie after the window's border")
        for generation, playlists in ((1, old), (2, new)):
            check_equality(protocol, scratch, site, playlists, [p for p in pairs if p[0]["generation"] == generation])


for name in sys.argv[1:] or SERIAL + UDP + SIGNS + RAW:
    if name in RAW and not new_network():
        tap.ok(True, f"{name}: # SKIP no network namespace is to be had here")
        continue
    check_protocol(name)
tap.done()
