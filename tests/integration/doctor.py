#!/usr/bin/env python3
"""bangtin doctor on sites that were broken on purpose, each in one way, and on one that is well. The machine is a directory
tree that stands for /sys, /proc and /dev (--system)."""
import http.server
import json
import os
import pty
import shutil
import threading

from harness import Scratch, Site, Tap, new_network, run

tap = Tap()
NULL = '{ name = "board"; size = "64x16"; driver = { name = "null"; }; default = "Trung tâm"; }'
TCP = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"
ROUTES = """Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT
eth0\t00000000\t0101A8C0\t0003\t0\t0\t100\t00000000\t0\t0\t0
eth0\t0001A8C0\t00000000\t0001\t0\t0\t100\t00FFFFFF\t0\t0\t0
eth1\t0002A8C0\t00000000\t0001\t0\t0\t101\t00FFFFFF\t0\t0\t0
"""


class Machine:
    """One that is well."""

    def __init__(self, scratch, name):
        self.path = scratch.file(f"{name}/.root", "")[:-6]
        self.write("run/systemd/timesync/synchronized", "")
        self.write("sys/class/rtc/rtc0/since_epoch", "1800000000\n")
        self.write("sys/class/watchdog/watchdog0/state", "active\n")
        self.write("proc/net/tcp", TCP)
        self.write("proc/net/tcp6", TCP)
        self.write("proc/net/route", ROUTES)

    def write(self, name, text):
        path = os.path.join(self.path, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="ascii") as f:
            f.write(text)

    def link(self, name, to):
        path = os.path.join(self.path, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        os.symlink(to, path)


class Case:
    count = 0

    def __init__(self, scratch, displays=NULL, extra="", unsigned=False):
        Case.count += 1
        self.name = f"case{Case.count}"
        self.scratch = scratch
        self.machine = Machine(scratch, self.name + "/machine")
        place = Scratch()
        place.path, place.processes = os.path.join(scratch.path, self.name), scratch.processes
        os.makedirs(os.path.join(place.path, "state"))
        self.site = Site(place, displays, extra=extra, unsigned=unsigned)

    def ask(self, *more):
        code, out, err = self.site.bangtin("doctor", "--system", self.machine.path, "--json", *more)
        try:
            return code, json.loads(out)
        except json.JSONDecodeError:
            return code, [{"check": "none", "verdict": "none", "what": out + err, "do": None}]

    def finds(self, verdict, check, words, what):
        """That it is found, that something is to be done about it, and that the exit status says so."""
        code, findings = self.ask()
        found = [f for f in findings if (f["verdict"], f["check"]) == (verdict, check) and
                 words in (f.get("subject") or "") + ": " + f["what"]]
        return tap.ok(found and found[0]["do"] and (verdict != "wrong" or code == 1), what,
                      json.dumps(findings, indent=1, ensure_ascii=False))


def office(scratch, case, lines):
    """A root file of those people, with real keys."""
    path = os.path.join(scratch.path, case.name, "ROOT")
    with open(path, "w", encoding="ascii") as f:
        f.write("bangtin-root: 1\nversion: 1\n")
        for person, roles in lines.items():
            key = os.path.join(scratch.path, case.name, person)
            run("bangtin", "key", "new", key, "--no-password")
            with open(key + ".pub", encoding="ascii") as public:
                f.write(f"key: {public.read().splitlines()[1]} {person} {roles}\n")
    return path


PEOPLE = {"an": "root,author *", "binh": "root,approver *", "chi": "root,author,approver *"}


def check_well(scratch):
    """Nothing wrong where nothing is: else no finding below means anything."""
    case = Case(scratch, extra='root = "ROOT"; alarm = { program = "/bin/true"; };')
    office(scratch, case, PEOPLE)
    case.site.start()
    code, findings = case.ask()
    wrong = [f for f in findings if f["verdict"] == "wrong" and f["check"] not in ("watchdog", "account")]
    tap.equal(wrong, [], "a site that is well")
    found = {f["check"] for f in findings if f["verdict"] == "wrong"}
    tap.ok("watchdog" in found and code == 1, "but for the daemon that no service manager watches", findings)
    code, out, _ = case.site.bangtin("doctor", "--system", case.machine.path)
    tap.ok(code == 1 and out.startswith("WRONG") and "-> " in out, "in words", out)
    shutil.rmtree(os.path.join(case.site.state, "generations"), ignore_errors=True)


def check_clock(scratch):
    case = Case(scratch)
    case.finds("wrong", "daemon", "does not answer", "no daemon")
    case.machine.write("sys/class/rtc/rtc0/since_epoch", "946684800\n")
    os.makedirs(os.path.join(case.site.state, "generations"))
    case.finds("wrong", "rtc", "battery", "an empty clock battery")
    shutil.rmtree(os.path.join(case.machine.path, "sys/class/rtc"))
    case.finds("note", "rtc", "no clock", "no clock that runs on")
    os.remove(os.path.join(case.machine.path, "run/systemd/timesync/synchronized"))
    case.finds("note", "ntp", "", "no time server")
    with open(os.path.join(case.site.state, "time"), "w", encoding="ascii") as f:
        f.write("4102444800000000000\n")
    case.finds("wrong", "clock", "less than the last time", "a clock that went back")


def check_ports(scratch):
    serial = '{ name = "board"; size = "64x16"; driver = { name = "adalight"; port = "%s"; }; default = "x"; }'
    case = Case(scratch, serial % "/dev/ttyUSB0")
    case.finds("wrong", "port", "board: /dev/ttyUSB0 is not there", "a port that is not there")
    case.finds("note", "port", "may have another number", "a name that does not stay")
    case.machine.write("dev/ttyUSB0", "")
    case.finds("wrong", "port", "no serial port", "a file in place of a port")
    os.remove(os.path.join(case.machine.path, "dev/ttyUSB0"))
    leader, follower = pty.openpty()
    case.machine.link("dev/ttyUSB0", os.ttyname(follower))
    case.finds("wrong", "port", "held open by", "somebody else has the port")
    os.close(follower)
    os.close(leader)
    case.machine.write("usr/sbin/ModemManager", "")
    case.finds("wrong", "meddlers", "ModemManager", "ModemManager without our rules")
    case.machine.write("lib/udev/rules.d/60-bangtin.rules", "")
    code, findings = case.ask()
    tap.ok(not [f for f in findings if f.get("subject") == "ModemManager"], "ModemManager with our rules is kept off", findings)
    case.machine.write("lib/udev/rules.d/90-brltty-device.rules", "")
    case.finds("wrong", "meddlers", "brltty", "brltty")


def check_screens(scratch):
    case = Case(scratch, '{ name = "hall"; size = "1920x1080"; driver = { name = "kms"; connector = "HDMI-A-1"; }; default = "x"; }')
    case.finds("wrong", "screen", "no graphics card", "no graphics card")
    case.machine.write("sys/class/drm/card0-HDMI-A-2/status", "connected\n")
    case.finds("wrong", "screen", "no socket HDMI-A-1", "a socket that is not there")
    case.machine.write("sys/class/drm/card0-HDMI-A-1/status", "disconnected\n")
    case.finds("wrong", "screen", "no screen is connected", "a screen that is not plugged in")
    case.machine.write("sys/class/drm/card0-HDMI-A-1/status", "connected\n")
    code, findings = case.ask()
    tap.ok([f for f in findings if f["check"] == "screen" and f["verdict"] == "good"], "a screen that is", findings)


def check_state(scratch):
    case = Case(scratch, '{ name = "board"; size = "64x16"; driver = { name = "null"; }; default = "xin chào 🙂"; }',
                extra='alarm = { program = "/nowhere/alarm"; }; socket-mode = "0666";')
    case.machine.write("sys/fs/ext4/sda2/errors_count", "3\n")
    case.finds("wrong", "disk", "3 errors", "a file system with errors")
    case.machine.write("sys/block/mmcblk0/device/life_time", "0x02 0x0b\n")
    case.finds("wrong", "disk", "worn out", "a worn card")
    os.chmod(case.site.state, 0o777)
    case.finds("wrong", "state", "everybody may write", "a state directory that is open to everybody")
    os.chmod(case.site.configuration, 0o666)
    case.finds("wrong", "rights", "others than its owner", "a configuration that is open to everybody")
    case.finds("wrong", "rights", "may speak to the daemon", "a socket that is open to everybody")
    case.finds("wrong", "alarm", "/nowhere/alarm", "an alarm program that is not there")
    case.finds("wrong", "text", "board", "a default text that the fonts cannot write")


def check_trust(scratch):
    Case(scratch, unsigned=True).finds("wrong", "unsigned", "", "unsigned loads are allowed")
    Case(scratch).finds("wrong", "root", "no root file", "no root file")
    case = Case(scratch, extra='root = "ROOT";')
    office(scratch, case, {"an": "root,author *", "binh": "root,author tan-an", "chi": "root,approver tan-an"})
    case.finds("wrong", "keys", "province: no two people", "a unit that nobody may approve for")
    case = Case(scratch, extra='root = "ROOT";')
    office(scratch, case, {"an": "root,author *", "binh": "root,approver *", "chi": "root,approver *"})
    case.finds("note", "keys", "holiday", "a unit with one author")


def check_network(scratch):
    board = '{ name = "board"; size = "64x16"; driver = { name = "%s"; host = "%s"; }; default = "x"; }'
    case = Case(scratch, board % ("huidu", "192.168.1.50"))
    case.finds("wrong", "controller", "no password", "a controller on everybody's network")
    case.machine.write("proc/net/tcp", TCP + "   0: 00000000:0017 00000000:0000 0A 00000000:00000000 00:00000000 00000000"
                                             "     0        0 4242 1 0000000000000000 100 0 0 10 0\n")
    case.finds("wrong", "tcp", "23: ", "telnet")
    case = Case(scratch, board % ("huidu", "192.168.2.50"))
    code, findings = case.ask()
    tap.ok([f for f in findings if f["check"] == "controller" and f["verdict"] == "good"],
           "a controller with a cable of its own", findings)


class Wled(http.server.BaseHTTPRequestHandler):
    locked = False
    asked = []

    def do_GET(self):
        Wled.asked.append(self.requestline)
        body = json.dumps({"rev": [1, 0], "ota": {"lock": Wled.locked, "lock-wifi": False, "pskl": 7}}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def check_wled(scratch):
    if not new_network() or run("ip", "link", "set", "lo", "up")[0] != 0:
        tap.ok(False, "a network of our own")
        return
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 80), Wled)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    case = Case(scratch, '{ name = "board"; size = "64x16"; driver = { name = "wled"; host = "127.0.0.1"; }; default = "x"; }')
    case.finds("wrong", "controller", "firmware", "a WLED that takes anybody's firmware")
    Wled.locked = True
    code, findings = case.ask()
    tap.ok(not [f for f in findings if f["check"] == "controller" and f["verdict"] == "wrong"], "and one that does not", findings)
    tap.equal(set(Wled.asked), {"GET /json/cfg HTTP/1.0"}, "it was only asked")
    server.shutdown()


with Scratch() as scratch_all:
    check_well(scratch_all)
    check_clock(scratch_all)
    check_ports(scratch_all)
    check_screens(scratch_all)
    check_state(scratch_all)
    check_trust(scratch_all)
    check_network(scratch_all)
    check_wled(scratch_all)
tap.done()
