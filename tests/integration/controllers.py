#!/usr/bin/env python3
"""Controllers that answer, end to end: the real daemon drives the simulator's card over each of its wires; every decoded
frame is the one that was handed over and EQUALS the preview of its instant. Slow boards page instead of scrolling, in
the preview too; on-hours switch the power, brightness and clock are the card's."""
import os
import socket
import sys

from harness import Scratch, Site, Tap, digest, instant, json_lines, read_png, run, stop, wait_for

tap = Tap()
MORNING = "2026-03-02 08:00:00,1"

PLAYLISTS = """
messages:
  mo: {text: "Một cửa"}
  chay: {text: "Nộp hồ sơ trực tuyến tại Cổng Dịch vụ công tỉnh"}
playlists:
  ngay:
    - {show: mo, for: 500ms}
    - {show: chay, for: 20s, enter: scroll-left}
schedule:
  - {play: ngay, on: [led]}
"""


def free_port(kind):
    with socket.socket(socket.AF_INET, kind) as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def listens(wire, port):
    with open(f"/proc/net/{wire}", encoding="ascii") as f:
        return f":{port:04X} 00000000:" in f.read()


def start_card(scratch, protocol, wire, size, *arguments):
    """The simulator, the driver options that reach it, and its output file."""
    out = os.path.join(scratch.path, "decoded")
    link = os.path.join(scratch.path, "tty")
    port = free_port(socket.SOCK_DGRAM if wire == "udp" else socket.SOCK_STREAM)
    where = {"serial": ("--pty", link), "tcp": ("--tcp", f"127.0.0.1:{port}"),
             "udp": ("--listen", f"127.0.0.1:{port}")}[wire]
    simulator = scratch.start("bangtin-simulator", "--protocol", protocol, "--size", size, "--json", *where, *arguments,
                              out=out)
    if wire == "serial":
        wait_for(lambda: os.path.exists(link))
        return simulator, f'device = "{link}";', out
    wait_for(lambda: listens(wire, port))
    transport = ' transport = "udp";' if wire == "udp" else ""
    return simulator, f'host = "127.0.0.1"; port = {port};{transport}', out


def display(protocol, options, size, more=""):
    return f"""{{ name = "board"; tags = ["led"]; size = "{size}"; rate = 30.0; {more}
        driver = {{ name = "{protocol}"; {options} }}; }}"""


def frames_of(out):
    return [f for f in json_lines(out) if "frame" in f]


def check_equal(what, scratch, site, playlists, simulator, out):
    """Stops both; compares what came out with what went in, and with the preview."""
    stop(site.daemon)
    trace = json_lines(site.trace)
    wait_for(lambda: len(frames_of(out)) >= len(trace), 3)
    stop(simulator)
    decoded = frames_of(out)
    tap.ok(len(trace) > 3 and len(decoded) == len(trace), f"{what}: {len(decoded)} of {len(trace)} frames were decoded")
    wrong = [i for i, (d, t) in enumerate(zip(decoded, trace)) if d["digest"] != t["digest"]]
    tap.ok(not wrong, f"{what}: every one is the one that was handed over", f"wrong: {wrong[:10]}")
    tap.ok(not [e for e in json_lines(out) if e.get("event") == "checksum"], f"{what}: no frame arrives spoilt")
    differ, pictures = [], set()
    pairs = list(zip(trace, decoded))[:-1]
    for t, d in pairs[::1 + len(pairs) // 15]:  # the last one is what the daemon leaves behind
        path = os.path.join(scratch.path, "preview.png")
        code, _, err = site.bangtin("preview", "-d", "board", "--stage", "panel", "--at", instant(t["instant"]), "-o",
                                    path, playlists)
        if code:
            tap.ok(False, f"{what}: preview", err)
            return
        pictures.add(d["digest"])
        if digest(read_png(path)[2]) != d["digest"]:
            differ.append(t["sequence"])
    tap.ok(not differ and len(pictures) > 2, f"{what}: they equal the preview of their instant, {len(pictures)} different "
           "pictures", f"sequences that differ: {differ}")


def check_wire(protocol, wire, size, options, more, wanted):
    what = f"{protocol} over {wire}"
    with Scratch() as scratch:
        simulator, reach, out = start_card(scratch, protocol, wire, size)
        site = Site(scratch, display(protocol, reach + options, size, more))
        playlists = site.playlists(PLAYLISTS)
        code, _, err = site.bangtin("load", playlists)
        if not tap.ok(code == 0, f"{what}: the playlists load", err):
            return
        site.start(MORNING)
        wait_for(lambda: len(json_lines(site.trace)) >= wanted, 30)
        status = site.display("board")
        tap.ok(TELLS[protocol[:5]] in (status.get("device") or ""), f"{what}: status tells what the card says of itself",
               status.get("device"))
        check_equal(what, scratch, site, playlists, simulator, out)
        notes = {e["event"]: e.get("value") for e in json_lines(out) if "value" in e}
        clock = notes.get("clock", "2026-03-02 08:00: it has none" if protocol == "huidu" else "")
        tap.ok(notes.get("brightness") in ("6", "40") and clock.startswith("2026-03-02 08:00:"),
               f"{what}: brightness and clock are the card's", notes)


TELLS = {"onbon": "firmware SIM", "huidu": "Huidu full-colour card"}
MONO = 'colours = "mono-red"; brightness = 40;'
DUAL = 'brightness = 40; foreground = "#ffff00";'


def pictures_in_two_seconds(options):
    with Scratch() as scratch:
        site = Site(scratch, display("onbon-6e", options, "320x96", MONO))
        playlists = site.playlists(PLAYLISTS)
        begin, pictures = 1772413202 * 10**9, set()
        code, _, err = site.bangtin("preview", "-d", "board", "--at", instant(begin), "--until", instant(begin + 2 * 10**9),
                                    "--fps", "10", "-o", os.path.join(scratch.path, "%03d.png"), playlists)
        for name in sorted(os.listdir(scratch.path)):
            if name.endswith(".png"):
                pictures.add(digest(read_png(os.path.join(scratch.path, name))[2]))
        return len(pictures) if code == 0 else err


def check_slow_board():
    """320x96 at 57600 baud takes 0.7 s: the scrolling text comes in pages."""
    slow = pictures_in_two_seconds('device = "/dev/ttyUSB0"; baud = 57600;')
    fast = pictures_in_two_seconds('host = "10.0.0.7"; cycle = "50ms";')
    tap.ok(slow in (1, 2, 3) and isinstance(fast, int) and fast > 10,
           f"in two seconds a slow board's preview has {slow} pages where a fast one's has {fast} steps")


def check_hours():
    """Off outside of on-hours, on again for an announcement."""
    with Scratch() as scratch:
        _, reach, out = start_card(scratch, "onbon-6e", "tcp", "64x16")
        site = Site(scratch, display("onbon-6e", reach, "64x16", 'on-hours = ( "07:00-17:00" );'))
        site.bangtin("load", site.playlists(PLAYLISTS))
        site.start("2026-03-02 16:59:58,1")
        power = lambda: [e["value"] for e in json_lines(out) if e.get("event") == "power"]
        tap.ok(wait_for(lambda: power() == ["on", "off"], 15), "the card is switched off when on-hours end", power())
        site.live("announce", "Họp tổ dân phố", "--on", "board", "--for", "1m")
        tap.ok(wait_for(lambda: power() == ["on", "off", "on"], 10), "and on for an announcement", power())


def check_bad_day():
    """Answers lost and cut, the card busy: pictures go on, and the last one is right."""
    with Scratch() as scratch:
        simulator, reach, out = start_card(scratch, "onbon-6e", "tcp", "64x16", "--fault", "mute=20,cut=20,busy=1,seed=3")
        site = Site(scratch, display("onbon-6e", reach + ' cycle = "50ms"; answer-within = "20ms";', "64x16", MONO))
        site.bangtin("load", site.playlists(PLAYLISTS))
        site.start(MORNING)
        wait_for(lambda: len(frames_of(out)) > 60, 20)
        stop(site.daemon)
        trace = json_lines(site.trace)
        handed = {t["digest"] for t in trace}
        decoded = frames_of(out)
        stop(simulator)
        tap.ok(len(decoded) > 60 and all(d["digest"] in handed for d in decoded),
               f"with answers lost and cut all {len(decoded)} decoded frames were handed over")
        tap.equal(decoded[-1]["digest"], trace[-1]["digest"], "and the last one is the last one")


def check_control():
    """A control beside a picture that goes its own way: brightness and on-hours are its, words reach it."""
    with Scratch() as scratch:
        _, reach, out = start_card(scratch, "novastar", "tcp", "8x8")
        site = Site(scratch, f"""{{ name = "board"; tags = ["led"]; size = "64x16"; brightness = 60;
            on-hours = ( "07:00-17:00" ); driver = {{ name = "null"; }};
            control = {{ name = "novastar"; {reach} }}; }}""")
        playlists = site.playlists(PLAYLISTS)
        site.bangtin("load", playlists)
        site.start("2026-03-02 16:59:55,1")
        notes = lambda kind: [e["value"] for e in json_lines(out) if e.get("event") == kind]
        tap.ok(wait_for(lambda: notes("brightness") == ["153"]), "brightness is the control's", notes("brightness"))
        status = site.display("board").get("control") or {}
        tap.ok(status.get("driver") == "novastar" and status.get("device") == "NovaStar 1101", "status tells of it", status)
        code, _, err = run("bangtin-testpattern", "tell", "test-red", "--display", "board", "--socket", site.socket)
        tap.ok(code == 0 and wait_for(lambda: notes("test") == ["2"]), "a word goes through the daemon", err)
        code, _, err = run("bangtin-testpattern", "tell", "dance", "--display", "board", "--socket", site.socket)
        tap.ok(code == 1 and "knows no `dance`" in err, "one that it does not know is refused", err)
        tap.ok(wait_for(lambda: notes("blackout")[-1:] == ["255"], 15), "it is dark outside of on-hours", notes("blackout"))
        stop(site.daemon)
    with Scratch() as scratch:
        _, reach, out = start_card(scratch, "novastar", "serial", "8x8")
        code, said, err = run("bangtin-testpattern", "tell", "freeze", "--driver", "novastar", "--port",
                              os.path.join(scratch.path, "tty"))
        events = [(e["event"], e["value"]) for e in json_lines(out) if "value" in e]
        tap.ok(code == 0 and "NovaStar 1101" in said and events == [("freeze", "255")],
               "without a daemon a word goes over the port itself, and touches nothing else", f"{said}{err}{events}")
        code, _, err = run("bangtin-testpattern", "show", "red", "--driver", "novastar", "--port", "/dev/null")
        tap.ok(code == 2 and "moves no picture" in err, "a control shows no pattern", err)


def check_check():
    with Scratch() as scratch:
        site = Site(scratch, display("onbon-6e", 'device = "/dev/ttyUSB0"; host = "10.0.0.7";', "64x16"))
        code, out, err = run("bangtin", "check", "-c", site.configuration, site.playlists(PLAYLISTS))
        tap.ok(code == 1 and "two ways to the controller" in out + err, "check refuses two ways to one card", out + err)


CASES = [
    ("onbon-5e", "serial", "64x16", ' baud = 57600; cycle = "60ms";', DUAL, 40),
    ("onbon-5e", "tcp", "67x16", ' cycle = "1ms";', MONO, 60),
    ("onbon-5e", "udp", "64x16", ' cycle = "1ms";', MONO, 60),
    ("onbon-6e", "serial", "320x96", " baud = 57600;", MONO, 6),
    ("onbon-6e", "tcp", "67x16", ' cycle = "1ms";', DUAL, 60),
    ("onbon-6e", "udp", "64x16", ' cycle = "1ms";', MONO, 60),
    ("huidu", "tcp", "96x32", ' cycle = "60ms";', "brightness = 40;", 60),
    ("onbon-6q", "tcp", "64x16", ' cycle = "1ms";', DUAL, 60),
    ("onbon-6q", "udp", "64x16", ' cycle = "1ms";', DUAL, 60),
]
for case in CASES:
    if len(sys.argv) < 2 or case[0] in sys.argv[1:]:
        check_wire(*case)
check_slow_board()
check_hours()
check_bad_day()
check_control()
check_check()
tap.done()
