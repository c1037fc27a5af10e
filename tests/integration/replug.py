#!/usr/bin/env python3
"""A board's cable is pulled in mid-frame and put back, 100 times: the daemon lives, its descriptors stay flat, the first
whole picture after each return is right; and a board whose reader stalls never holds up its neighbour."""
import os
import pty
import select
import sys
import termios
import time
import tty

from harness import Scratch, Site, Tap, digest, read_png, stop, wait_for

tap = Tap()
WIDTH, HEIGHT = 128, 64
FRAME = 6 + WIDTH * HEIGHT * 3
CYCLES = int(sys.argv[1]) if len(sys.argv) > 1 else 100


class Board:
    """An Adalight strip on a pty, decoded here: magic, count, check byte, pixels."""

    def __init__(self, link):
        self.link, self.master = link, None

    def plug(self):
        self.master, slave = pty.openpty()
        tty.setraw(slave, termios.TCSANOW)
        name = os.ttyname(slave)
        os.close(slave)
        os.set_blocking(self.master, False)
        if os.path.islink(self.link):
            os.unlink(self.link)
        os.symlink(name, self.link)
        self.data = b""

    def unplug(self):
        os.unlink(self.link)
        os.close(self.master)
        self.master = None

    def read(self, within, most=65536):
        if select.select([self.master], [], [], within)[0]:
            try:
                self.data += os.read(self.master, most)
            except OSError:  # nobody has the slave open yet
                time.sleep(0.01)

    def frame(self, within):
        """The digest of the next whole frame; None when the time is over."""
        end = time.monotonic() + within
        while time.monotonic() < end:
            at = self.data.find(b"Ada")
            if at >= 0 and len(self.data) >= at + FRAME:
                head, pixels = self.data[at + 3:at + 6], self.data[at + 6:at + FRAME]
                self.data = self.data[at + FRAME:]
                if head[0] ^ head[1] ^ 0x55 == head[2] and head[0] * 256 + head[1] == WIDTH * HEIGHT - 1:
                    return digest(pixels)
            else:
                self.read(end - time.monotonic())
        return None

    def partial_frame(self, within):
        """Waits until a frame has begun and is not yet whole: the moment to pull the cable."""
        end = time.monotonic() + within
        while time.monotonic() < end:
            at = self.data.rfind(b"Ada")
            if at >= 0 and 6 < len(self.data) - at < FRAME:
                return True
            self.data = self.data[-2 * FRAME:]
            self.read(0.05, 1000)
        return False


def descriptors(pid):
    return len(os.listdir(f"/proc/{pid}/fd"))


def board(name, link, more=""):
    return f"""{{ name = "{name}"; tags = ["led"]; size = "{WIDTH}x{HEIGHT}"; rate = 20.0; refresh = "200ms";
        driver = {{ name = "adalight"; port = "{link}"; baud = 921600; {more} }}; }}"""


PLAYLISTS = """
messages:
  dung: {text: "Một cửa"}
schedule:
  - {show: dung, on: [led]}
"""


def check_replug():
    with Scratch() as scratch:
        link = os.path.join(scratch.path, "tty")
        site = Site(scratch, board("board", link))
        code, _, err = site.bangtin("load", site.playlists(PLAYLISTS))
        tap.ok(code == 0, "the playlists load", err)
        right = os.path.join(scratch.path, "right.png")
        site.bangtin("preview", "-d", "board", "--stage", "panel", "--at", "2026-03-02 08:00", "-o", right)
        right = digest(read_png(right)[2])
        device = Board(link)
        daemon = site.start("2026-03-02 08:00,0")
        tap.ok(wait_for(lambda: site.display("board").get("health") == "down"),
               "a board that is not there is `down`, and the daemon runs", site.status())
        device.plug()
        tap.equal(device.frame(10), right, "plugged in: the picture is right")
        before, wrong, late, cut = descriptors(daemon.pid), [], 0, 0
        for cycle in range(CYCLES):
            cut += device.partial_frame(5)
            device.unplug()
            time.sleep(0.05)
            device.plug()
            since = time.monotonic()
            shown = device.frame(10)
            late = max(late, time.monotonic() - since)
            if shown != right:
                wrong.append((cycle, shown))
        tap.ok(cut > CYCLES * 0.9, f"{cut} of {CYCLES} times the cable was pulled in mid-frame")
        tap.ok(not wrong, f"{CYCLES} times back: the first whole picture is right, after {late:.2f} s at most", wrong[:5])
        tap.ok(late < 5, "each within 5 s")
        after = descriptors(daemon.pid)
        tap.ok(after <= before + 1, f"descriptors are flat: {before} before, {after} after")
        tap.ok(wait_for(lambda: site.display("board").get("reconnects", 0) >= CYCLES), "status counts the reconnects",
               site.display("board"))
        tap.equal(stop(daemon), 0, "the daemon ends as told")


def frames_in(board, seconds, other=None):
    frames, end = 0, time.monotonic() + seconds
    while time.monotonic() < end:
        frames += board.frame(0.05) is not None
        if other:
            other.read(0)
            other.data = b""
    return frames


def check_stalled_neighbour():
    with Scratch() as scratch:
        stuck_link, free_link = os.path.join(scratch.path, "stuck"), os.path.join(scratch.path, "free")
        site = Site(scratch, board("stuck", stuck_link) + "," + board("free", free_link))
        site.bangtin("load", site.playlists(PLAYLISTS.replace("text:", "style: s, text:") +
                                            "styles:\n  s: {speed: 40}\n"))
        stuck, free = Board(stuck_link), Board(free_link)
        stuck.plug()
        free.plug()
        site.start("2026-03-02 08:00,1")
        tap.ok(free.frame(10) and stuck.frame(10), "two boards show")
        alone = frames_in(free, 3, stuck)
        beside = frames_in(free, 3)  # nobody reads the stuck board from here on: its pty fills up
        tap.ok(beside >= alone * 0.8 and beside > 3,
               f"the neighbour of a stalled reader got {beside} frames in 3 s, {alone} before")
        tap.ok(site.status().get("ok"), "the daemon answers meanwhile")
        tap.equal(stop(site.daemon), 0, "and it ends as told, with a board that takes nothing")


check_replug()
check_stalled_neighbour()
tap.done()
