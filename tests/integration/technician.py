#!/usr/bin/env python3
"""bangtin-testpattern at a terminal: the full-screen interface led with keys on a pty, what they bring onto the board as
bangtin-simulator decodes it, and the terminal afterwards; and the acceptance report, as text and as an independent
reader of PDF has it."""
import fcntl
import os
import pty
import select
import signal
import subprocess
import termios
import threading

from harness import Scratch, Site, Tap, digest, free_port, json_lines, program, run, stop, wait_for

tap = Tap()
WIDTH, HEIGHT = 48, 20
RED, DARK = digest(b"\xff\0\0" * WIDTH * HEIGHT), digest(bytes(3 * WIDTH * HEIGHT))
UP, DOWN, END = b"\033[A", b"\033[B", b"\033[F"


def take_terminal():
    """Ctrl-C is a signal to whoever's terminal it is."""
    os.setsid()
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


class Terminal:
    """Reads all the time, as a terminal does."""

    def __init__(self, *arguments):
        self.master, self.slave = pty.openpty()
        self.before = termios.tcgetattr(self.slave)
        self.said = b""
        self.process = subprocess.Popen([program("bangtin-testpattern"), *map(str, arguments)], stdin=self.slave,
                                        stdout=self.slave, stderr=self.slave, preexec_fn=take_terminal)
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        while True:
            try:
                self.said += os.read(self.master, 65536)
            except OSError:
                return

    def sees(self, text, within=30):
        return wait_for(lambda: text in self.said, within)

    def press(self, keys):
        self.said = b""
        os.write(self.master, keys)

    def ends(self):
        wait_for(lambda: self.process.poll() is not None and b"\033[?1049l" in self.said, 30)
        restored = termios.tcgetattr(self.slave) == self.before
        code = self.process.poll()
        stop(self.process)
        os.close(self.slave)
        return code, restored and b"\033[?1049l" in self.said and b"\033[?25h" in self.said


def start_board(scratch, protocol="adalight"):
    out = os.path.join(scratch.path, "decoded")
    where = os.path.join(scratch.path, "tty")
    scratch.start("bangtin-simulator", "--protocol", protocol, "--size", f"{WIDTH}x{HEIGHT}", "--json", "--pty", where,
                  out=out)
    wait_for(lambda: os.path.islink(where))
    return where, out


def last(out):
    frames = [line["digest"] for line in json_lines(out) if "frame" in line]
    return frames[-1] if frames else None


def keys():
    names = [line.split()[0] for line in run("bangtin-testpattern", "patterns")[1].splitlines()]
    with Scratch() as scratch:
        where, out = start_board(scratch)
        board = ("--driver", "adalight", "--port", where, "--size", f"{WIDTH}x{HEIGHT}", "-o", "baud=2000000")
        terminal = Terminal(*board)
        tap.ok(terminal.sees(b"\033[?1049h") and terminal.sees(b"letters"), "without a command: a full screen",
               terminal.said)
        first = wait_for(lambda: last(out))
        terminal.press(DOWN * names.index("red"))
        tap.ok(wait_for(lambda: last(out) == RED, 30), "arrows: the chosen pattern is on the board at once", last(out))
        terminal.press(b"b")
        tap.ok(wait_for(lambda: last(out) == DARK, 30), "b: dark")
        terminal.press(b"b")
        tap.ok(wait_for(lambda: last(out) == RED, 30), "b: and back")
        terminal.press(UP + b" ")
        tap.ok(terminal.sees(b"\033[7m red"), "space: the next one is marked", terminal.said)
        terminal.press(END + b" ")
        tap.ok(wait_for(lambda: last(out) == first, 30), "after the last comes the first")
        terminal.press(b"q")
        code, restored = terminal.ends()
        tap.ok(code == 0 and restored, "q: the terminal is as it was", f"{code} {restored}")
        tap.ok(wait_for(lambda: last(out) == DARK, 30), "and the board is dark")
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            terminal = Terminal("tui", *board)
            terminal.sees(b"letters")
            terminal.process.send_signal(number)
            code, restored = terminal.ends()
            tap.ok(code == 0 and restored, f"{number.name}: the same", f"{code} {restored}")


def from_nothing():
    with Scratch() as scratch:
        where, out = start_board(scratch)
        terminal = Terminal("--port", where)
        ok = terminal.sees(b"which port?")
        terminal.press(b"\r")
        ok = ok and terminal.sees(b"which protocol?")
        serial = [line.split()[0] for line in run("bangtin-testpattern", "drivers")[1].splitlines()]
        terminal.press(DOWN * serial.index("adalight") + b"\r")
        ok = ok and terminal.sees(b"Width and height")
        terminal.press(b"48x2o\x7f0\r")
        ok = ok and terminal.sees(b"Speed of the line")
        terminal.press(b"2000000\r")
        tap.ok(ok and terminal.sees(b"gradient") and wait_for(lambda: last(out)),
               "port, protocol, size and speed are asked where the command line names none", terminal.said)
        terminal.press(b"\x03")
        code, restored = terminal.ends()
        tap.ok(code == 0 and restored, "Ctrl-C ends it in order", f"{code} {restored}")
    tap.equal(run("bangtin-testpattern", "tui")[0], 2, "without a terminal it is refused")


def lent():
    with Scratch() as scratch:
        where, out = start_board(scratch)
        site = Site(scratch, f"""{{ name = "board"; size = "{WIDTH}x{HEIGHT}"; default = "UBND";
            driver = {{ name = "adalight"; port = "{where}"; baud = 2000000; }}; }}""")
        site.start("2026-03-02 08:00:00,0")
        schedule = wait_for(lambda: site.display("board").get("health") == "up" and last(out))
        terminal = Terminal("--display", "board", "--socket", site.socket)
        terminal.sees(b"letters")
        terminal.press(b"b")
        tap.ok(wait_for(lambda: last(out) == DARK, 30), "a display of the daemon is led with the same keys")
        terminal.process.kill()
        terminal.process.wait()
        tap.ok(wait_for(lambda: last(out) == schedule, 30), "killed, it is given back all the same")


ANSWERS = ["Cổng UBND xã Tân An", "Nguyễn Văn Hùng", "y", "y", "maybe", "y", "n một điểm chết ở mô-đun 3", "y", "y",
           "s chưa có máy quay", "n"]


def report():
    with Scratch() as scratch:
        out, pdf = os.path.join(scratch.path, "decoded"), scratch.file("bien-ban.pdf")
        port = free_port()
        process = scratch.start("bangtin-simulator", "--protocol", "ddp", "--size", f"{WIDTH}x{HEIGHT}", "--json",
                                "--listen", f"127.0.0.1:{port}", out=out)
        tap.ok(wait_for(lambda: f":{port:04X} " in open("/proc/net/udp", encoding="ascii").read()), "report: a board listens")
        arguments = [program("bangtin-testpattern"), "report", pdf, "--driver", "ddp", "--port", f"127.0.0.1:{port}",
                     "--size", f"{WIDTH}x{HEIGHT}"]
        done = subprocess.run(arguments, input="\n".join(ANSWERS) + "\n", capture_output=True, text=True, timeout=60)
        text = open(pdf[:-3] + "txt", encoding="utf-8").read()
        tap.ok(done.returncode == 0 and "KHÔNG ĐẠT" in text, "report: led through to the end", done.stderr)
        page = " ".join(subprocess.run(["pdftotext", "-layout", pdf, "-"], capture_output=True, text=True).stdout.split())
        for wanted in ("Nguyễn Văn Hùng", "Cổng UBND xã Tân An", "bangtin simulator", "phần sụn 1.0", "48x20",
                       "một điểm chết ở mô-đun 3", "chưa có máy quay", "không có mật khẩu"):
            tap.ok(wanted in text and wanted in page, f"report: both say `{wanted}`", page)
        tap.ok("88888888" in page, "report: the passwords that were left in place elsewhere", page)
        pictures = subprocess.run(["pdfimages", "-list", pdf], capture_output=True, text=True).stdout
        sizes = [line.split()[3:5] for line in pictures.splitlines()[2:]]
        tap.equal(sizes, [["48", "20"]] * 6, "report: a picture of each pattern that was shown")
        shown = {line["digest"] for line in json_lines(out) if "frame" in line}
        tap.ok(len(shown) >= 6, "and each was on the board", shown)
        done = subprocess.run([*arguments[:2], pdf + "x.pdf", *arguments[3:]], input="a\nb\ny\n", capture_output=True,
                              text=True, timeout=60)
        tap.ok(done.returncode == 1 and not os.path.exists(pdf + "x.pdf"), "answers that end: no report", done.stderr)
        stop(process)
    for arguments in (("report",), ("report", "a.txt"), ("report", "a.pdf"), ("report", "a.pdf", "--driver", "novastar")):
        tap.equal(run("bangtin-testpattern", *arguments)[0], 2, f"usage: {' '.join(arguments)}")


for test in (keys, from_nothing, lent, report):
    test()
tap.done()
