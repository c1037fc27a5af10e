#!/usr/bin/env python3
"""`bangtin watch` on a pseudo-terminal: the half blocks that a terminal emulator of a few lines finds there are the preview's
pixels; sixel graphics, read by an independent program, too; the terminal is left as it was found, however it ends."""
import fcntl
import json
import os
import pty
import re
import select
import signal
import socket
import struct
import termios

from harness import BIN, Scratch, Site, Tap, json_lines, read_png, run, stop, wait_for

tap = Tap()
WIDTH, HEIGHT = 64, 16
AT = "2026-03-02 08:00:02"
DISPLAYS = f"""
{{ name = "cong"; tags = ["led"]; size = "{WIDTH}x{HEIGHT}"; rate = 30.0; driver = {{ name = "null"; }}; }},
{{ name = "sanh"; tags = ["led"]; size = "640x360"; rate = 30.0; driver = {{ name = "null"; }}; }}
"""
PLAYLISTS = """
styles:
  bao: {background: "#003366", colour: "#ffcc00"}
messages:
  chay: {text: "Nộp hồ sơ trực tuyến tại Cổng Dịch vụ công tỉnh", style: bao}
playlists:
  ngay: [{show: chay, enter: scroll-left}]
schedule:
  - {play: ngay, on: [led], hours: ["07:00-17:00"]}
"""


class Terminal:
    """A terminal of its own with a program in it, and what it shows."""

    def __init__(self, columns, rows, *arguments):
        self.data, self.cells = b"", {}
        self.position, self.pen, self.reverse = [1, 1], [None, None], False
        ready, told = os.pipe()
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.read(ready, 1)
            os.environ.update(COLORTERM="truecolor", TERM="xterm-256color")
            os.execv(os.path.join(BIN, "bangtin"), ["bangtin", *arguments])
        self.status = None
        self.resize(columns, rows)
        self.before = termios.tcgetattr(self.fd)
        os.write(told, b".")
        for end in (ready, told):
            os.close(end)

    def resize(self, columns, rows):
        self.columns, self.rows = columns, rows
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, columns * 8, rows * 16))

    def read(self):
        """All that has come; False at its end."""
        while select.select([self.fd], [], [], 0)[0]:
            try:
                chunk = os.read(self.fd, 65536)
            except OSError:
                return False
            if not chunk:
                return False
            self.data += chunk
            self.interpret()
        return True

    def interpret(self):
        """Takes whole sequences and characters off self.data."""
        while self.data:
            dcs = re.match(rb"\x1bP.*?\x1b\\", self.data, re.S)
            csi = re.match(rb"\x1b\[([?0-9;]*)([A-Za-z])", self.data)
            if dcs:
                self.sixel, self.data = dcs.group(), self.data[dcs.end():]
            elif csi:
                self.data = self.data[csi.end():]
                self.control(csi.group(1).decode(), csi.group(2).decode())
            elif self.data[:1] == b"\x1b":
                return
            else:
                size = 1 if self.data[0] < 0x80 else 2 if self.data[0] < 0xe0 else 3 if self.data[0] < 0xf0 else 4
                if len(self.data) < size:
                    return
                self.cells[tuple(self.position)] = (self.data[:size].decode(), *self.pen)
                self.position[1] += 1
                self.data = self.data[size:]

    modes = frozenset()
    sixel = b""

    def control(self, arguments, final):
        if final == "H":
            self.position = [int(v) for v in arguments.split(";")]
        elif final == "J":
            self.cells = {}
        elif final == "K":
            for column in range(self.position[1], self.columns + 1):
                self.cells.pop((self.position[0], column), None)
        elif final in "hl":
            self.modes = self.modes | {arguments} if final == "h" else self.modes - {arguments}
        elif final == "m":
            numbers = [int(v or 0) for v in arguments.split(";")]
            if numbers[:2] in ([38, 2], [48, 2]):
                self.pen[numbers[0] == 48] = bytes(numbers[2:5])
            else:
                self.pen = [None, None]

    def pixels(self):
        """(width, height, RGB) of the box of half blocks."""
        blocks = {p: c for p, c in self.cells.items() if c[0] == "▀" and p[0] < self.rows}
        if not blocks:
            return 0, 0, b""
        rows, columns = sorted({p[0] for p in blocks}), sorted({p[1] for p in blocks})
        pixels = b""
        for row in rows:
            for part in (1, 2):
                pixels += b"".join((blocks.get((row, c)) or (0, b"", b""))[part] or b"" for c in columns)
        return len(columns), 2 * len(rows), pixels

    def status_line(self):
        return "".join(self.cells.get((self.rows, c), " ")[0] for c in range(1, self.columns + 1))

    def shows(self, condition, within=10):
        return wait_for(lambda: (self.read(), condition())[1], within)

    def end(self, within=10):
        """The program's exit status, negative for a signal, once it has ended."""
        def ended():
            self.read()
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.status = os.waitstatus_to_exitcode(status)
            return pid
        if not wait_for(ended, within):
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
        self.read()
        return self.status

    def restored(self):
        try:
            same = termios.tcgetattr(self.fd) == self.before
        except termios.error:
            return False
        return same and not self.modes - {"?25", "?7"} and "?25" in self.modes and "?7" in self.modes


def enlarged(picture, times):
    width, height, pixels = picture
    rows = [pixels[y * width * 3:(y + 1) * width * 3] for y in range(height)]
    wide = [b"".join(r[x:x + 3] * times for x in range(0, len(r), 3)) for r in rows]
    return width * times, height * times, b"".join(r * times for r in wide)


def preview(scratch, site, playlists, display="cong"):
    path = scratch.file(f"{display}.png")
    code, _, err = site.bangtin("preview", "-d", display, "--at", AT, "-o", path, playlists)
    assert code == 0, err
    return read_png(path)


def check_half_blocks(scratch, site, playlists):
    wanted = preview(scratch, site, playlists)
    terminal = Terminal(100, 30, "watch", "--socket", site.socket, "-d", "cong")
    tap.ok(terminal.shows(lambda: terminal.pixels() == wanted), "the terminal shows the preview, pixel by pixel",
           terminal.status_line())
    tap.ok(terminal.shows(lambda: all(word in terminal.status_line() for word in
                                      ("cong", "2026-03-02 08:00:02", "province/chay", "up", "q quits"))),
           "the status line: display, instant, item, health", terminal.status_line())
    terminal.resize(140, 40)
    tap.ok(terminal.shows(lambda: terminal.pixels() == enlarged(wanted, 2)), "a larger window: twice as large",
           terminal.pixels()[:2])
    code, _, err = site.live("announce", "Tạm ngưng", "--on", "led", "--for", "10m")
    tap.ok(code == 0 and terminal.shows(lambda: terminal.pixels() not in ((0, 0, b""), enlarged(wanted, 2))),
           "what changes there changes here", err)
    site.live("clear")
    tap.ok(terminal.shows(lambda: terminal.pixels() == enlarged(wanted, 2)), "and back")
    site.daemon.send_signal(signal.SIGKILL)
    site.daemon.wait()
    tap.ok(terminal.shows(lambda: "no daemon answers" in terminal.status_line()), "the daemon is gone: it says so",
           terminal.status_line())
    site.start(AT + ",0")
    tap.ok(terminal.shows(lambda: terminal.pixels() == enlarged(wanted, 2) and "province/chay" in terminal.status_line()),
           "and goes on when it is back", terminal.status_line())
    tap.ok(not terminal.restored(), "meanwhile the terminal is another")
    os.write(terminal.fd, b"q")
    tap.equal(terminal.end(), 0, "q quits")
    tap.ok(terminal.restored(), "and the terminal is as it was", terminal.modes)


def check_endings(site):
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        terminal = Terminal(80, 24, "watch", "--socket", site.socket, "-d", "cong")
        terminal.shows(lambda t=terminal: t.pixels()[0] == WIDTH)
        os.kill(terminal.pid, number)
        tap.ok(terminal.end() == -number and terminal.restored(), f"{number.name} leaves the terminal as it was",
               f"{terminal.status} {terminal.modes}")
    terminal = Terminal(80, 24, "watch", "--socket", site.socket, "-d", "nobody")
    tap.ok(terminal.end() == 1 and not terminal.modes & {"?1049"}, "an unknown display", terminal.status)
    code, _, err = site.live("watch", "-d", "cong")
    tap.ok(code == 2 and "terminal" in err, "without a terminal: usage", err)
    terminal = Terminal(80, 24, "watch", "--socket", site.socket + "-none", "-d", "cong")
    tap.equal(terminal.end(), 3, "no daemon: 3, and no other screen")


def check_sixel(scratch, site, playlists):
    wanted = preview(scratch, site, playlists, "sanh")
    terminal = Terminal(100, 40, "watch", "--socket", site.socket, "-d", "sanh", "--sixel")
    tap.ok(terminal.shows(lambda: terminal.sixel), "a sixel picture comes")
    os.write(terminal.fd, b"q")
    terminal.end()
    with open(scratch.file("x.six"), "wb") as f:
        f.write(terminal.sixel)
    png = scratch.file("x.png")
    code, _, err = run("sixel2png", "-i", scratch.file("x.six"), "-o", png)
    width, height, pixels = read_png(png) if code == 0 else (0, 0, b"")
    height_whole = (wanted[1] + 5) // 6 * 6
    worst = max((abs(a - b) for a, b in zip(pixels, wanted[2])), default=255)
    tap.ok(width == wanted[0] and wanted[1] <= height <= height_whole and worst <= 2,
           f"read by another program it is the preview, but for the format's percents (at most {worst} of 255)",
           f"{width}x{height} {worst} {err}")


def check_stalled(site):
    """Watchers that ask and never read: the frames go on, and others are answered."""
    request = b'{"command": "mirror", "display": "sanh"}\n' * 50
    stalled = []
    for _ in range(8):
        s = socket.socket(socket.AF_UNIX)
        s.connect(site.socket)
        s.setblocking(False)
        s.send(request)
        stalled.append(s)
    code, out, err = site.live("status", "--json")
    before = json_lines(site.trace)[-1]["instant"]
    moved = wait_for(lambda: json_lines(site.trace)[-1]["instant"] > before + 10**9)
    tap.ok(code == 0 and json.loads(out)["displays"] and moved, "eight watchers that never read: all goes on", err)
    for s in stalled:
        s.close()


def main():
    with Scratch() as scratch:
        site = Site(scratch, DISPLAYS)
        playlists = site.playlists(PLAYLISTS)
        code, _, err = site.bangtin("load", playlists)
        tap.ok(code == 0, "the playlists load", err)
        site.start(AT + ",0")
        check_half_blocks(scratch, site, playlists)
        check_endings(site)
        check_sixel(scratch, site, playlists)
        stop(site.daemon)
        site.start(AT + ",1")
        check_stalled(site)
        tap.equal(stop(site.daemon), 0, "the daemon ends as told")


main()
tap.done()
