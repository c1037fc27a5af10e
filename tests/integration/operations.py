#!/usr/bin/env python3
"""A site without hands: the service manager's watchdog, alarms and the program that is told of them. This test is the
service manager: it listens on the socket that sd_notify writes to."""
import json
import os
import shutil
import socket
import time

from harness import BIN, ROOT, Scratch, Site, Tap, free_port, run, stop, wait_for

tap = Tap()


class Manager:
    """What systemd would be to the daemon: a datagram socket, and the interval of its watchdog."""

    def __init__(self, scratch, seconds):
        self.path = scratch.file("notify")
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(self.path)
        self.socket.setblocking(False)
        self.fed, self.heard = [], []
        self.environment = {"NOTIFY_SOCKET": self.path, "WATCHDOG_USEC": str(int(seconds * 1e6))}

    def listen(self):
        while True:
            try:
                text = self.socket.recv(4096).decode()
            except BlockingIOError:
                return self
            if "WATCHDOG=1" in text:
                self.fed.append(time.monotonic())
            else:
                self.heard.append(text)

    def feeds_since(self, instant):
        return len([t for t in self.listen().fed if t > instant])


def start(site, manager, **more):
    os.environ.update(manager.environment, **more)
    try:
        site.start()
    finally:
        for name in (*manager.environment, *more):
            del os.environ[name]


HOOK = """#!/bin/sh
# one line a call: what it was told, who it is, and its standard input
printf '%%s %%s [%%s] uid=%%s ' "$BANGTIN_ALARM" "$BANGTIN_STATE" "$BANGTIN_DISPLAY" "$(id -u)" >>%(out)s
cat >>%(out)s
echo >>%(out)s
"""


def hook(scratch, name, text):
    path = scratch.file(name, text)
    os.chmod(path, 0o755)
    return path


def lines(path):
    """The whole ones."""
    try:
        with open(path, encoding="utf-8") as f:
            return [line for line in f.read().split("\n")[:-1] if line]
    except FileNotFoundError:
        return []


def check_well(scratch):
    """A board that is not there and one that is: the watchdog is fed, the missing one is an alarm, and it is over when the
    board comes back."""
    manager = Manager(scratch, 1.5)
    board = scratch.file("board")
    out = scratch.file("told", "")
    os.chmod(out, 0o666)
    os.chmod(scratch.path, 0o755)
    program = hook(scratch, "alarm", HOOK % {"out": out})
    site = Site(scratch, f"""
{{ name = "gone"; size = "32x16"; driver = {{ name = "adalight"; port = "{board}"; }}; default = "x"; }},
{{ name = "well"; size = "32x16"; refresh = "1s"; driver = {{ name = "ddp"; host = "127.0.0.1"; port = {free_port()}; }};
   default = "x"; }}
""", extra=f'alarm = {{ program = "{program}"; after = "1s"; }};', unsigned=False)
    start(site, manager)
    tap.ok(wait_for(lambda: any("READY=1" in t for t in manager.listen().heard)), "systemd is told that the daemon is ready",
           manager.heard)
    told = wait_for(lambda: [line for line in lines(out) if line.startswith("display-down raised [gone]")])
    tap.ok(told, "the program is told of the board that is gone", lines(out))
    status = site.status()
    tap.equal([(a["alarm"], a["display"]) for a in status["alarms"]], [("display-down", "gone")], "and so does status")
    tap.equal(status["watchdog"], {"every_ms": 1500, "fed": True}, "status: the watchdog is fed")
    now = time.monotonic()
    tap.ok(wait_for(lambda: manager.feeds_since(now) >= 5), "an unplugged board does not starve the watchdog", manager.fed)
    if told:
        what = json.loads(told[0].split(" ", 4)[4])
        tap.ok(what["alarm"] == "display-down" and what["state"] == "raised" and what["site"] == "Test site" and what["text"],
               "the program gets it as JSON too", what)
        tap.ok(f"uid={os.geteuid()}" in told[0] if os.geteuid() else "uid=0" not in told[0], "and does not run as root", told[0])
    code, out_text, err = site.live("status", "--strict")
    tap.ok(code == 1 and "display-down" in out_text, "status --strict: exit 1 and words", out_text + err)

    scratch.start("bangtin-simulator", "--protocol", "adalight", "--size", "32x16", "--pty", board)
    tap.ok(wait_for(lambda: [line for line in lines(out) if line.startswith("display-down cleared [gone]")], 60),
           "and that it is back", lines(out))
    playlist = site.playlists("messages:\n  a: {text: a}\n")
    tap.equal(site.live("load", playlist)[0], 1, "an unsigned load is refused")
    tap.ok(wait_for(lambda: [line for line in lines(out) if line.startswith("load-refused raised []")]),
           "and the program is told of it", lines(out))
    site.daemon.terminate()
    site.daemon.wait(20)
    tap.ok(any("STOPPING=1" in t for t in manager.listen().heard), "systemd is told that it ends", manager.heard)


def check_hook_that_hangs(scratch):
    """The program and what it started are killed in time; the loop goes on meanwhile."""
    pid = scratch.file("pid")
    program = hook(scratch, "alarm", f"#!/bin/sh\nsleep 600 &\necho $! >{pid}\nwait\n")
    os.chmod(scratch.path, 0o777)
    site = Site(scratch, '{ name = "gone"; size = "32x16"; driver = { name = "adalight"; port = "/nowhere"; }; }',
                extra=f'alarm = {{ program = "{program}"; after = "0s"; timeout = "1s"; }};')
    site.start()
    sleeper = wait_for(lambda: lines(pid))
    tap.ok(sleeper and "error" not in site.status(), "the daemon answers while the program hangs")
    tap.ok(wait_for(lambda: not os.path.exists(f"/proc/{sleeper[0]}") or
                    "Z" in lines(f"/proc/{sleeper[0]}/stat")[0].split(")")[1][:3]), "what hangs is killed with all its children")
    tap.ok(wait_for(lambda: any("took too long" in line for line in lines(site.log))), "and the log says so", lines(site.log))


class Stuck:
    """A display whose thread hangs in a system call: its file is a pipe that nobody reads. It is given time beside the
    other checks: nobody may call a slow device stuck, so it takes 41 s."""

    def __init__(self, scratch):
        self.manager = Manager(scratch, 1.5)
        self.pipe = scratch.file("board.png.part")
        os.mkfifo(self.pipe)
        self.site = Site(scratch, f"""
{{ name = "stuck"; size = "32x16"; refresh = "1s"; driver = {{ name = "png"; path = "{scratch.path}/board.png"; }}; default = "x"; }},
{{ name = "well"; size = "32x16"; refresh = "1s"; driver = {{ name = "null"; }}; default = "x"; }}
""")
        start(self.site, self.manager)

    def check(self):
        found = wait_for(lambda: [a for a in self.site.status().get("alarms", ()) if a["alarm"] == "display-stuck"], 90)
        tap.equal([a["display"] for a in found or ()], ["stuck"], "a display whose thread hangs is an alarm")
        self.manager.listen()
        tap.ok(self.manager.fed, "the watchdog was fed before")
        now = time.monotonic()
        shown = self.site.display("well")["frames"]["shown"]
        tap.ok(wait_for(lambda: self.site.display("well")["frames"]["shown"] >= shown + 4), "the loop lives: the other display goes on")
        tap.equal(self.manager.feeds_since(now), 0, "a living loop does not feed the watchdog where a display hangs")
        tap.equal(self.site.status()["watchdog"]["fed"], False, "status says so")
        tap.ok(any("the watchdog is fed no more" in line for line in lines(self.site.log)), "and the log", lines(self.site.log))
        with open(self.pipe, "rb") as f:
            f.read(1)


OLD = os.path.join(ROOT, "tests", "state", "1")


def old_site(scratch, name):
    place = scratch.file(name + "/.keep", "")[:-6]
    shutil.copytree(OLD, os.path.join(place, "state"), symlinks=True)
    inner = Scratch()
    inner.path, inner.processes = place, scratch.processes
    return Site(inner, '{ name = "cong"; tags = ["led"]; size = "64x16"; driver = { name = "null"; }; default = "x"; }')


def content(site, name):
    with open(os.path.join(site.state, name), encoding="utf-8") as f:
        return f.read()


def migrate(site, *before):
    """What opens the state to write, and changes nothing else: a load that is refused."""
    wrong = site.playlists("nonsense: 1\n", directory="wrong")
    return run(*before, os.path.join(BIN, "bangtin"), "load", "-c", site.configuration, wrong)


def check_migration(scratch):
    """A state directory of the former layout is brought up to date, whole or not at all; a later one is left alone."""
    whole = old_site(scratch, "whole")
    code, out, err = migrate(whole)
    tap.ok(code == 1 and content(whole, "format") == "bangtin-state: 2\n" and "from format 1 to 2" in err,
           "an old state directory is brought up to date", err)
    overrides = json.loads(content(whole, "overrides.json"))
    tap.equal([(o["kind"], o.get("level"), o["uptime"], o["left"]) for o in overrides],
              [("announce", "notice", False, None), ("blank", None, False, None)], "its overrides say what they are")
    before = {n: content(whole, n) for n in ("format", "overrides.json")}
    migrate(whole)
    tap.equal({n: content(whole, n) for n in before}, before, "once")

    for call, count in (("fsync", 4), ("rename", 2)):
        for number in range(1, count + 1):
            site = old_site(scratch, f"{call}{number}")
            code, _, err = migrate(site, "strace", "-f", "-o", "/dev/null", "-e", f"trace={call}", "-e",
                                   f"inject={call}:signal=KILL:when={number}")
            killed = code in (-9, 137)
            listed = site.bangtin("agenda", "-d", "cong", "--from", "2026-11-25 12:00", "--until", "2026-11-25 13:00")
            code, _, err = migrate(site)
            good = code == 1 and listed[0] == 0 and "blank b6b06402c-2" in listed[1] and {n: content(site, n) for n in before} == before
            tap.ok(killed and good, f"killed at {call} {number}: it is done at the next start", (killed, listed, err))

    whole.start("2026-11-25 12:00:00,0")
    status = whole.status()
    tap.equal((status["generation"]["number"], sorted(o["kind"] for o in status["overrides"])), (2, ["announce", "blank"]),
              "what was loaded and announced before plays on")
    stop(whole.daemon)
    with open(os.path.join(whole.state, "format"), "w", encoding="ascii") as f:
        f.write("bangtin-state: 3\n")
    code, out, err = run("bangtind", "-c", whole.configuration)
    tap.ok(code == 3 and "newer bangtin" in err, "bangtind: a later layout is refused", err)
    code, out, err = whole.bangtin("agenda", "-d", "cong")
    tap.ok(code == 3 and "newer bangtin" in err, "bangtin: the same", err)
    tap.equal(content(whole, "format"), "bangtin-state: 3\n", "and left alone")


with Scratch() as scratch_stuck:
    stuck = Stuck(scratch_stuck)
    with Scratch() as scratch_well:
        check_well(scratch_well)
    with Scratch() as scratch_hang:
        check_hook_that_hangs(scratch_hang)
    with Scratch() as scratch_old:
        check_migration(scratch_old)
    stuck.check()
tap.done()
