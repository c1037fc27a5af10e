#!/usr/bin/env python3
"""The wayland driver against a compositor that is not ours: what weston shows EQUALS the preview of the instant that the
daemon reports. A still page, a ticker in motion, a portrait screen, a scaled output, an output by name; the compositor
killed and started again; none at all; one that is started later than the daemon.
"""
import os
import time

from harness import BUILD, Scratch, Site, Tap, instant, read_png, run, stop, wait_for

tap = Tap()
SLOW = 0.02  # a frame lasts 1.7 s of real time, long enough to be looked at

PLAYLISTS = """
styles:
  trang: {size: 40, align: centre}
  chay: {size: 64, speed: 120}
messages:
  trang: {style: trang, text: "Trung tâm Phục vụ hành chính công tỉnh"}
  chay: {style: chay, text: "Nộp hồ sơ trực tuyến mức độ 3, 4 tại Cổng Dịch vụ công tỉnh"}
playlists:
  chay: [{show: chay, enter: scroll-left}]
schedule:
  - {show: trang, on: [kiosk], hours: ["07:00-08:00"]}
  - {play: chay, on: [kiosk], hours: ["08:00-17:00"]}
"""
# The kiosk shell shows nothing where there is neither mouse nor keyboard.
SHELL = """
[core]
shell=desktop-shell.so
[shell]
background-color=0xff336699
panel-position=none
startup-animation=none
close-animation=none
animation=none
locking=false
"""
STILL, SCROLL = "2026-03-02 07:30:00,0", "2026-03-02 08:00:02.5,0"


def display(size="640x400", more="", options="", driver="wayland"):
    return f"""{{ name = "quay"; tags = ["kiosk"]; size = "{size}"; rate = 30.0; {more}
        driver = {{ name = "{driver}"; {options} }}; }}"""


class Kiosk:
    """A compositor without a screen, and the daemon beside it."""

    def __init__(self, scratch, displays):
        self.scratch = scratch
        os.environ["XDG_RUNTIME_DIR"] = scratch.path
        os.environ["WAYLAND_DISPLAY"] = "test-display"
        self.site = Site(scratch, displays)
        code, out, err = self.site.bangtin("load", self.site.playlists(PLAYLISTS))
        if code:
            raise RuntimeError(out + err)

    def compose(self, *more):
        self.log = self.scratch.file("weston.log")
        self.weston = self.scratch.start(
            "weston", "--backend=headless-backend.so", "--use-pixman",
            f"--config={self.scratch.file('weston.ini', SHELL)}", "--debug", "--idle-time=0", "--socket=test-display",
            f"--log={self.log}", *(more or ("--width=640", "--height=400")), err="/dev/null")
        return self

    def display(self):
        return self.site.display("quay")

    def wait(self, condition, what, within=45):
        seen = wait_for(lambda: (lambda d: d if d and condition(d) else None)(self.display()), within)
        tap.ok(seen, what, self.display())
        return seen or {}

    def up(self, what):
        return self.wait(lambda d: d["health"] == "up" and d["frames"]["shown"] > 0, what)

    def says(self, words, what):
        return self.wait(lambda d: d["health"] in ("down", "fault") and words in d["why"], f'{what}: "{words}"')

    def screenshot(self):
        path = os.path.join(self.scratch.path, "screen.ppm")
        code, out, err = run(os.path.join(BUILD, "test-programs", "wl_screenshot"), path)
        if code:
            raise RuntimeError(f"wl_screenshot: {out}{err}")
        with open(path, "rb") as f:
            f.readline()
            width, height = map(int, f.readline().split())
            f.readline()
            return width, height, f.read()

    def equal(self, what, turned=False):
        """A screenshot between two equal answers of the daemon, and the preview of their instant in its middle."""
        for _ in range(60):
            before = self.display()
            screen = self.screenshot()
            after = self.display()
            if before["sequence"] == after["sequence"] and before["frames"]["shown"] == before["sequence"]:
                break
        else:
            raise RuntimeError("the picture changes too fast to be looked at")
        path = os.path.join(self.scratch.path, "preview.png")
        code, out, err = self.site.bangtin("preview", "-d", "quay", "--at", instant(before["instant_ns"]), "-o", path)
        if code:
            raise RuntimeError(out + err)
        wanted = read_png(path)
        if turned:
            wanted = turn(*wanted)
        wanted = in_the_middle(*wanted, *screen[:2])
        differing = sum(screen[2][i:i + 3] != wanted[i:i + 3] for i in range(0, len(wanted), 3))
        tap.ok(differing == 0 and len(screen[2]) == len(wanted) and len(set(wanted)) > 1,
               f"{what}: {screen[0]}x{screen[1]}, {differing} pixels differ from the preview")
        return before["instant_ns"]


def turn(width, height, pixels):
    """A quarter turn clockwise: a column from the bottom up becomes a row."""
    out = bytearray(len(pixels))
    for channel in range(3):
        plane = pixels[channel::3]
        out[channel::3] = b"".join(plane[x::width][::-1] for x in range(width))
    return height, width, bytes(out)


def in_the_middle(width, height, pixels, screen_width, screen_height):
    left, top = (screen_width - width) // 2, (screen_height - height) // 2
    out = bytearray(screen_width * screen_height * 3)
    for y in range(height):
        at = ((top + y) * screen_width + left) * 3
        out[at:at + width * 3] = pixels[y * width * 3:(y + 1) * width * 3]
    return bytes(out)


def check_life():
    with Scratch() as scratch:
        kiosk = Kiosk(scratch, display())
        kiosk.site.start(STILL)
        kiosk.says("no compositor answers at " + os.path.join(scratch.path, "test-display"), "no compositor")
        kiosk.compose().up("a compositor is started: up")
        kiosk.equal("a still page")
        kiosk.weston.kill()
        kiosk.weston.wait()
        kiosk.wait(lambda d: d["health"] == "down", "the compositor is killed: down, the daemon lives")
        kiosk.compose().wait(lambda d: d["health"] == "up" and d["reconnects"] >= 1, "it is started again: up")
        kiosk.equal("a still page after that")
        stop(kiosk.site.daemon)
        kiosk.site.start(SCROLL)
        kiosk.up("a ticker")
        kiosk.equal("a ticker in mid-scroll, the clock standing")
        stop(kiosk.site.daemon)
        kiosk.site.start(f"2026-03-02 08:00:02,{SLOW}")
        kiosk.up("a ticker that moves")
        first = kiosk.equal("a ticker in motion")
        kiosk.wait(lambda d: d["instant_ns"] > first, "it moves on")
        kiosk.equal("the ticker some frames later")
        kiosk.site.daemon.kill()
        kiosk.site.daemon.wait()
        kiosk.site.start(f"2026-03-02 08:00:05,{SLOW}")
        kiosk.up("after kill -9")
        kiosk.equal("in mid-scroll")


def check_backpressure():
    """The compositor's pace, not ours: a display that could go faster hands over no more than it is asked for, and each
    frame that it hands over is the newest."""
    with Scratch() as scratch:
        kiosk = Kiosk(scratch, display().replace("rate = 30.0", "rate = 240.0")).compose()
        kiosk.site.start("2026-03-02 08:00:02")
        kiosk.up("a ticker at 240 Hz on a compositor of 60")
        began, first = time.monotonic(), kiosk.display()
        last = kiosk.wait(lambda d: d["frames"]["shown"] > first["frames"]["shown"] + 60, "goes on")
        spent = time.monotonic() - began
        shown = last["frames"]["shown"] - first["frames"]["shown"]
        tap.ok(shown <= spent * 62 + 3, f"{shown} frames in {spent:.2f} s: no faster than the compositor")
        tap.ok(last["frames"]["handed"] - last["frames"]["shown"] <= 1, "one in flight", last)


def check_shapes():
    with Scratch() as scratch:
        kiosk = Kiosk(scratch, display("400x640", "rotate = 90;", 'output = "headless";')).compose()
        kiosk.site.start(STILL)
        kiosk.up("a portrait screen, its output by name")
        kiosk.equal("a portrait screen", turned=True)
    with Scratch() as scratch:
        kiosk = Kiosk(scratch, display("600x300")).compose("--width=320", "--height=200", "--scale=2")
        kiosk.site.start(STILL)
        kiosk.up("a smaller picture on a scaled output")
        kiosk.equal("not scaled, in the middle")
    with Scratch() as scratch:
        kiosk = Kiosk(scratch, display(options='output = "HDMI-A-7";')).compose()
        kiosk.site.start(STILL)
        kiosk.says("has no such output; it has headless", "an output that is not there")
    with Scratch() as scratch:
        kiosk = Kiosk(scratch, display("1280x800")).compose()
        kiosk.site.start(STILL)
        kiosk.says("the picture is 1280x800, and the compositor's screen only 640x400", "a picture too large")


check_life()
check_backpressure()
check_shapes()
tap.done()
