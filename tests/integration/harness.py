"""What the integration tests share: TAP, scratch directories, the real programs, pictures. Standard library only."""
import ctypes
import json
import os
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time
import zlib

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.path.join(ROOT, os.environ.get("BANGTIN_BUILD", "build"))
BIN = os.path.join(BUILD, "bin")
os.environ.setdefault("BANGTIN_FONTS", os.path.join(ROOT, "build", "fonts"))
os.environ.setdefault("BANGTIN_MAPS", os.path.join(ROOT, "drivers", "maps"))
os.environ["LC_ALL"] = "C.UTF-8"
for name in ("LANGUAGE", "BANGTIN_LANG"):
    os.environ.pop(name, None)
# A job in the background has interrupts ignored, and so would the programs that the tests interrupt.
signal.signal(signal.SIGINT, signal.default_int_handler)


class Tap:
    """Prints TAP; ends the program with status 1 if anything failed."""

    def __init__(self):
        self.count = self.failed = 0

    def ok(self, passed, what, detail=""):
        self.count += 1
        self.failed += not passed
        print(f"{'ok' if passed else 'not ok'} {self.count} - {what}", flush=True)
        if not passed and detail:
            for line in str(detail).splitlines()[:40]:
                print(f"#   {line}", flush=True)
        return passed

    def equal(self, got, wanted, what):
        return self.ok(got == wanted, what, f"got {got!r}\nwanted {wanted!r}")

    def note(self, text):
        print(f"# {text}", flush=True)

    def done(self):
        print(f"1..{self.count}", flush=True)
        sys.exit(1 if self.failed else 0)


class Scratch:
    """A directory that goes away, and with it every process started in it."""

    def __enter__(self):
        self.path = tempfile.mkdtemp(prefix="bangtin-test-")
        self.processes = []
        return self

    def __exit__(self, *_):
        for process in reversed(self.processes):
            stop(process)
        shutil.rmtree(self.path, ignore_errors=True)

    def file(self, name, text=None):
        path = os.path.join(self.path, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        if text is not None:
            with open(path, "w", encoding="utf-8") as f:
                f.write(text)
        return path

    def start(self, *arguments, out=None, err=None, **options):
        process = subprocess.Popen([program(arguments[0]), *map(str, arguments[1:])], stdin=subprocess.DEVNULL,
                                   stdout=open(out, "wb") if out else subprocess.DEVNULL,
                                   stderr=open(err, "wb") if err else None, **options)
        self.processes.append(process)
        return process


def program(name):
    return os.path.join(BIN, name) if name.startswith("bangtin") else name


def run(*arguments, timeout=60, **options):
    """A program to its end: (status, standard output, standard error)."""
    done = subprocess.run([program(arguments[0]), *map(str, arguments[1:])], stdin=subprocess.DEVNULL,
                          capture_output=True, timeout=timeout, text=True, errors="replace", **options)
    return done.returncode, done.stdout, done.stderr


def stop(process, within=10):
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(within)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    return process.returncode


def wait_for(condition, within=10):
    """Polls until condition() is true; its value, or None when the time is over."""
    end = time.monotonic() + within
    while time.monotonic() < end:
        value = condition()
        if value:
            return value
        time.sleep(0.02)
    return None


def json_lines(path):
    """The whole lines of a file that may still be written to."""
    try:
        with open(path, encoding="utf-8") as f:
            text = f.read()
    except FileNotFoundError:
        return []
    return [json.loads(line) for line in text.split("\n")[:-1] if line.startswith("{")]


def read_png(path):
    """(width, height, RGB bytes) of an 8-bit RGB or RGBA PNG without interlace: a reader of our own, so that the
    tests do not lean on the code they test."""
    with open(path, "rb") as f:
        data = f.read()
    assert data[:8] == b"\x89PNG\r\n\x1a\n", path
    at, body = 8, b""
    while at < len(data):
        length, kind = struct.unpack(">I4s", data[at:at + 8])
        chunk = data[at + 8:at + 8 + length]
        if kind == b"IHDR":
            width, height, depth, colour, _, _, interlace = struct.unpack(">IIBBBBB", chunk)
            assert depth == 8 and colour in (2, 6) and interlace == 0, (path, depth, colour)
        elif kind == b"IDAT":
            body += chunk
        at += 12 + length
    raw, channels = zlib.decompress(body), 3 if colour == 2 else 4
    stride = width * channels
    before, rows = bytearray(stride), []
    for y in range(height):
        kind, row = raw[y * (stride + 1)], bytearray(raw[y * (stride + 1) + 1:(y + 1) * (stride + 1)])
        for x in range(stride) if kind else ():
            left = row[x - channels] if x >= channels else 0
            up, corner = before[x], before[x - channels] if x >= channels else 0
            if kind == 1:
                add = left
            elif kind == 2:
                add = up
            elif kind == 3:
                add = (left + up) // 2
            else:
                p = left + up - corner
                add = min((left, up, corner), key=lambda v: abs(p - v))
            row[x] = (row[x] + add) & 255
        before = row
        rows.append(bytes(row) if channels == 3 else b"".join(row[i:i + 3] for i in range(0, stride, 4)))
    return width, height, b"".join(rows)


def free_port():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


NEW_USER, NEW_NET = 0x10000000, 0x40000000


def new_network():
    """From here on this process and its children have a network of their own: nothing but a pair of Ethernet interfaces
    that are one cable, `host` and `card`. False where that is not to be had."""
    user, group = os.geteuid(), os.getegid()
    if ctypes.CDLL(None).unshare(NEW_NET if user == 0 else NEW_USER | NEW_NET) != 0:
        return False
    if user != 0:
        for name, text in (("setgroups", "deny"), ("uid_map", f"0 {user} 1"), ("gid_map", f"0 {group} 1")):
            with open(f"/proc/self/{name}", "w", encoding="ascii") as f:
                f.write(text)
    return all(run("ip", "link", *words)[0] == 0 for words in (("add", "host", "type", "veth", "peer", "name", "card"),
                                                               ("set", "host", "up"), ("set", "card", "up")))


def digest(data):
    """FNV-1a 64, as frames are digested in traces."""
    state = 0xcbf29ce484222325
    for byte in data:
        state = ((state ^ byte) * 0x100000001b3) & 0xffffffffffffffff
    return f"{state:016x}"


def instant(nanoseconds):
    """RFC 3339 in UTC with nanoseconds."""
    seconds, rest = divmod(nanoseconds, 10**9)
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds)) + f".{rest:09d}Z"


class Site:
    """A site in a scratch directory: configuration, state, socket, and the daemon on it."""

    def __init__(self, scratch, displays, extra="", units=("province",), unsigned=True):
        self.scratch = scratch
        self.state = os.path.join(scratch.path, "state")
        self.socket = os.path.join(scratch.path, "control.sock")
        units = ", ".join(f'{{ name = "{u}"; }}' for u in units)
        self.configuration = scratch.file("bangtind.conf", f"""
site = {{
	name = "Test site";
	timezone = "Asia/Ho_Chi_Minh";
	state-directory = "{self.state}";
	socket = "{self.socket}";
	units = ( {units} );
	clock = "own";
	{"unsigned-loads = true;" if unsigned else ""}
	{extra}
}};
displays = (
{displays}
);
""")
        self.trace = os.path.join(scratch.path, "trace")
        self.daemon = None

    def playlists(self, text, unit="province", name="test", directory="playlists"):
        self.scratch.file(f"{directory}/{unit}/{name}.yaml", f"bangtin: 1\nunit: {unit}\n{text}")
        return os.path.join(self.scratch.path, directory)

    def bangtin(self, command, *arguments, **options):
        return run("bangtin", command, "-c", self.configuration, *arguments, **options)

    def live(self, command, *arguments, **options):
        """A command to the running daemon, not to the files."""
        return run("bangtin", command, "--socket", self.socket, *arguments, **options)

    def start(self, clock=None, *arguments):
        self.log = os.path.join(self.scratch.path, "bangtind.log")
        self.daemon = self.scratch.start("bangtind", "-c", self.configuration, "--trace", self.trace,
                                         *(("--clock", clock) if clock else ()), *arguments, err=self.log)
        if not wait_for(lambda: self.daemon.poll() is not None or "error" not in self.status()) or \
                self.daemon.poll() is not None:
            with open(self.log, encoding="utf-8", errors="replace") as f:
                raise RuntimeError("bangtind did not start:\n" + f.read())
        return self.daemon

    def status(self):
        code, out, err = self.live("status", "--json")
        return json.loads(out) if code == 0 else {"error": err}

    def display(self, name):
        return next((d for d in self.status().get("displays", ()) if d["name"] == name), {})
