#!/usr/bin/env python3
"""The daemon among strangers: hundreds of clients that stall, send rubbish or never read delay no frame; it listens on no
network port, and runs as nobody in particular."""
import os
import pwd
import random
import socket
import stat
import subprocess
import threading
import time

from harness import BIN, Scratch, Site, Tap, json_lines, run, stop, wait_for

tap = Tap()
PLAYLISTS = """
messages:
  chay: {text: "Chữ chạy không ngừng, không bỏ khung hình nào cả"}
schedule:
  - {show: chay, on: [led], enter: scroll-left}
"""
CLIENTS = 240
PLAYED = 24  # frames during the attack
# A tenth of the real speed: a frame has half a second, so that a machine that is busy otherwise changes nothing.
CLOCK = "2026-03-02 08:00:00,0.1"
RATE = 20


class Attack:
    """Clients of four kinds; each that is thrown out comes again."""

    def __init__(self, path):
        self.path, self.over = path, threading.Event()
        self.connections = self.refused = 0
        kinds = (self.half_open, self.slow, self.rubbish, self.deaf)
        self.threads = [threading.Thread(target=self.again, args=(kinds[i % len(kinds)], random.Random(i)))
                        for i in range(CLIENTS)]
        for thread in self.threads:
            thread.start()

    def again(self, kind, chance):
        while not self.over.is_set():
            try:
                with socket.socket(socket.AF_UNIX) as s:
                    s.settimeout(5)
                    s.connect(self.path)
                    self.connections += 1
                    kind(s, chance)
            except OSError:
                self.refused += 1
            self.over.wait(0.05)

    def half_open(self, s, chance):
        self.over.wait(3)

    def slow(self, s, chance):
        for byte in b'{"command": "status", "nothing": "' + b"x" * 100:
            s.send(bytes((byte,)))
            if self.over.wait(0.3):
                return

    def rubbish(self, s, chance):
        for _ in range(20):
            s.sendall(chance.randbytes(chance.choice((1, 100, 70000))))
            if chance.random() < 0.5:
                s.sendall(b"\n")

    def deaf(self, s, chance):
        s.settimeout(1)
        for _ in range(2000):  # until nothing more is taken
            s.sendall(b'{"command": "status"}\n')
        self.over.wait(2)

    def end(self):
        self.over.set()
        for thread in self.threads:
            thread.join()


def instants(site, display):
    return [t["instant"] if "instant" in t else t["instant_ns"] for t in json_lines(site.trace) if t["display"] == display]


def check_attack():
    with Scratch() as scratch:
        board = scratch.start("bangtin-simulator", "--protocol", "adalight", "--size", "64x16", "--pty",
                              scratch.file("tty"), f"--json={scratch.path}/decoded")
        site = Site(scratch, f"""{{ name = "board"; tags = ["led"]; size = "64x16"; rate = {RATE};
            driver = {{ name = "adalight"; port = "{scratch.path}/tty"; baud = 4000000; }}; }}""")
        code, _, err = site.bangtin("load", site.playlists(PLAYLISTS))
        tap.ok(code == 0, "a running text", err)
        wait_for(lambda: os.path.exists(scratch.path + "/tty"))
        site.start(CLOCK)
        wait_for(lambda: len(instants(site, "board")) > 5, 30)
        before = site.display("board")
        open_before = len(os.listdir(f"/proc/{site.daemon.pid}/fd"))
        first = len(instants(site, "board"))
        attack = Attack(site.socket)
        began = time.monotonic()
        wait_for(lambda: len(instants(site, "board")) >= first + PLAYED, 90)
        most = len(os.listdir(f"/proc/{site.daemon.pid}/fd"))
        attack.end()
        tap.note(f"{attack.connections} connections, {attack.refused} thrown out, in {time.monotonic() - began:.0f} s; "
                 f"{most} descriptors of {open_before}")
        tap.ok(attack.connections > 2 * CLIENTS, "hundreds of clients came, again and again", attack.connections)
        tap.ok(most <= open_before + 40, "never more than the table of clients holds", most)
        handed = instants(site, "board")[first:first + PLAYED]
        steps = sorted(set(handed))  # the whole picture is handed over again now and then, at the same instant
        missing = [b - a for a, b in zip(steps, steps[1:]) if b - a != 10**9 // RATE]
        tap.ok(handed == sorted(handed) and len(steps) > PLAYED * 3 // 4 and not missing, f"{len(steps)} frames, each at its instant, none left out", missing)
        after = site.display("board")
        tap.equal([after.get(k) for k in ("late", "reconnects", "health")], [before["late"], before["reconnects"], "up"],
                  "nothing was late")
        tap.equal(after["frames"]["dropped"], before["frames"]["dropped"], "nothing was dropped")
        tap.ok(wait_for(lambda: len(os.listdir(f"/proc/{site.daemon.pid}/fd")) <= open_before + 1, 20),
               "no descriptor is left of them", os.listdir(f"/proc/{site.daemon.pid}/fd"))
        stop(site.daemon)
        stop(board)


def sockets_of(pid):
    """Its sockets as /proc/PID/net tells them: (protocol, state, local port)."""
    inodes = set()
    for fd in os.listdir(f"/proc/{pid}/fd"):
        try:
            target = os.readlink(f"/proc/{pid}/fd/{fd}")
        except FileNotFoundError:  # of this very listing
            continue
        if target.startswith("socket:["):
            inodes.add(target[8:-1])
    found = []
    for protocol in ("tcp", "tcp6", "udp", "udp6", "raw", "raw6"):
        with open(f"/proc/{pid}/net/{protocol}", encoding="ascii") as f:
            for line in f.readlines()[1:]:
                words = line.split()
                if words[9] in inodes:
                    found.append((protocol, words[3], words[2]))
    return found


def check_privilege():
    if os.geteuid() != 0:
        tap.note("not root: the daemon is not tried as another user")
        return
    nobody = pwd.getpwnam("nobody")
    with Scratch() as scratch:
        site = Site(scratch, """{ name = "board"; tags = ["led"]; size = "64x16";
            driver = { name = "ddp"; host = "127.0.0.1"; }; },
            { name = "card"; tags = ["led"]; size = "64x16"; driver = { name = "onbon-6e"; host = "127.0.0.1"; }; }""",
                    extra='socket-group = "nogroup";')
        playlists = site.playlists(PLAYLISTS)
        os.chmod(scratch.path, 0o755)
        os.makedirs(site.state, exist_ok=True)
        run_directory = scratch.file("run/.keep", "")[:-6]
        site.socket = run_directory + "/control.sock"
        for path in (site.state, run_directory):
            os.chown(path, nobody.pw_uid, nobody.pw_gid)
        site.daemon = scratch.start("setpriv", f"--reuid={nobody.pw_uid}", f"--regid={nobody.pw_gid}", "--clear-groups",
                                    "--no-new-privs", "--inh-caps=-all", os.path.join(BIN, "bangtind"), "-c",
                                    site.configuration, "--socket", site.socket, err=scratch.file("log"))
        pid = site.daemon.pid
        tap.ok(wait_for(lambda: "error" not in site.status()), "it starts as a user without any right")
        code, _, err = site.live("load", playlists)
        tap.ok(code == 0 and site.status()["generation"]["number"] == 1, "and takes a load", err)
        with open(f"/proc/{pid}/status", encoding="ascii") as f:
            status = dict(line.rstrip("\n").split(":\t", 1) for line in f if ":\t" in line)
        tap.equal((status["CapEff"], status["CapPrm"], status["Groups"].split()), ("0" * 16, "0" * 16, []),
                  "no capability, no group")
        found = sockets_of(pid)
        tap.ok(not [s for s in found if s[1] == "0A"], "it listens on no TCP port", found)
        with socket.socket() as own:
            own.bind(("127.0.0.1", 0))
            own.listen()
            tap.ok([s for s in sockets_of(os.getpid()) if s[1] == "0A"], "which would be seen if it did")
        tap.ok(not [s for s in found if s[0].startswith(("udp", "raw")) and s[2].endswith(":0000")],
               "and takes datagrams from its devices only", found)
        mode = os.stat(site.socket)
        tap.equal((stat.S_IMODE(mode.st_mode) & 0o007, mode.st_uid), (0, nobody.pw_uid), "others may not use its socket")
        stranger = subprocess.run(["setpriv", "--reuid=2", "--regid=2", "--clear-groups", os.path.join(BIN, "bangtin"),
                                   "status", "--socket", site.socket], capture_output=True, text=True, check=False)
        tap.ok(stranger.returncode == 3 and stranger.stderr, "another user is kept out", stranger.stdout + stranger.stderr)
        stop(site.daemon)


check_attack()
check_privilege()
tap.done()
