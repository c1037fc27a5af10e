#!/usr/bin/env python3
"""The real daemon on a real kernel: what the monitor shows EQUALS the preview of the instant that the daemon reports.

A guest with a virtio-gpu of two heads, and one with bochs: a still page, a ticker in motion, a monitor plugged in, the
card pulled and returned, a portrait screen, kill -9 in mid-scroll; and beside them a board on a USB serial adapter that
is pulled and put back.
"""
import json
import os
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "integration"))
from guest import Guest  # noqa: E402
from harness import BIN, Scratch, Site, Tap, instant, json_lines, read_png, wait_for  # noqa: E402

tap = Tap()
FONTS = os.environ["BANGTIN_FONTS"]
ZONE = "/usr/share/zoneinfo/Asia/Ho_Chi_Minh"
SERVICE = f"BANGTIN_FONTS={FONTS} {BIN}/"

PLAYLISTS = """
styles:
  trang: {size: 64, align: centre}
  chay: {size: 96, speed: 120}
messages:
  trang: {style: trang, text: "Trung tâm Phục vụ hành chính công tỉnh\\nGiờ làm việc: 7 giờ đến 11 giờ 30, 13 giờ đến 17 giờ"}
  chay: {style: chay, text: "Nộp hồ sơ trực tuyến mức độ 3, 4 tại Cổng Dịch vụ công tỉnh"}
playlists:
  chay: [{show: chay, enter: scroll-left}]
schedule:
  - {show: trang, on: [kiosk], hours: ["07:00-08:00"]}
  - {play: chay, on: [kiosk], hours: ["08:00-17:00"]}
"""
LED = "  - {show: trang, on: [led]}\n"


def kms(name, connector, size="1280x800", more=""):
    return f"""{{ name = "{name}"; tags = ["kiosk"]; size = "{size}"; rate = 30.0; {more}
        driver = {{ name = "kms"; connector = "{connector}"; }}; }}"""


def make_site(scratch, displays, more=""):
    site = Site(scratch, displays)
    code, out, err = site.bangtin("load", site.playlists(PLAYLISTS + more))
    if code:
        raise RuntimeError(out + err)
    return site


def files(site, scratch):
    names = [(f"{BIN}/bangtind", f"{BIN}/bangtind"), (f"{BIN}/bangtin", f"{BIN}/bangtin"), (FONTS, FONTS), (ZONE, ZONE)]
    return names + [(scratch.path, scratch.path)]


class Kiosk:
    """The daemon in the guest."""

    def __init__(self, guest, site, scratch):
        self.guest, self.site, self.scratch = guest, site, scratch

    def start(self, clock):
        self.guest.run(f"rm -f {self.site.socket} {self.site.trace}; {SERVICE}bangtind -c {self.site.configuration} "
                       f"--clock '{clock}' --trace {self.site.trace} >/tmp/log 2>&1 & echo $! >/tmp/pid")

    def stop(self, signal="TERM"):
        self.guest.run(f"kill -{signal} $(cat /tmp/pid); while kill -0 $(cat /tmp/pid); do sleep 0.05; done")

    def display(self, name):
        status, output = self.guest.run(f"{SERVICE}bangtin status --json --socket {self.site.socket}")
        if status:
            return {}
        return next((d for d in json.loads(output)["displays"] if d["name"] == name), {})

    def wait(self, name, condition, within=30):
        end = time.monotonic() + within
        while time.monotonic() < end:
            display = self.display(name)
            if display and condition(display):
                return display
            time.sleep(0.1)
        tap.note(f"{name}: {self.display(name)}")
        tap.note(self.guest.run("cat /tmp/log")[1][-1500:])
        return None

    def shown(self, name, head):
        """A screenshot and the instant that it is of: taken between two equal answers of the daemon."""
        for _ in range(20):
            before = self.display(name)
            picture = self.guest.screendump(os.path.join(self.scratch.path, "screen.ppm"), head)
            after = self.display(name)
            if before and before["sequence"] == after.get("sequence") and before["frames"]["shown"] == before["sequence"]:
                return picture, before["instant_ns"]
        raise RuntimeError(f"{name}: the picture changes too fast to be looked at")

    def preview(self, name, at):
        path = os.path.join(self.scratch.path, "preview.png")
        code, out, err = self.site.bangtin("preview", "-d", name, "--at", instant(at), "-o", path)
        if code:
            raise RuntimeError(out + err)
        return read_png(path)

    def equal(self, name, head, what, turned=False):
        (width, height, screen), at = self.shown(name, head)
        preview_width, preview_height, preview = self.preview(name, at)
        if turned:
            preview_width, preview_height, preview = turn(preview_width, preview_height, preview)
        differing = sum(screen[i:i + 3] != preview[i:i + 3] for i in range(0, len(screen), 3)) \
            if len(screen) == len(preview) else -1
        tap.ok((width, height) == (preview_width, preview_height) and differing == 0 and len(set(screen)) > 1,
               f"{what}: {width}x{height}, {differing} pixels differ from the preview of {instant(at)}")
        return at, screen


def turn(width, height, pixels):
    """A quarter turn clockwise, pixel by pixel."""
    out = bytearray(len(pixels))
    for y in range(height):
        for x in range(width):
            to = (x * height + height - 1 - y) * 3
            out[to:to + 3] = pixels[(y * width + x) * 3:(y * width + x) * 3 + 3]
    return height, width, bytes(out)


SLOW = 0.02  # the guest is emulated: a frame lasts 1.7 s of real time, long enough to be looked at


def check_virtio():
    with Scratch() as scratch:
        site = make_site(scratch, kms("sanh", "Virtual-1") + "," + kms("quay", "Virtual-2"))
        with Guest("virtio", heads=2, files=files(site, scratch), timeout=240) as guest:
            kiosk = Kiosk(guest, site, scratch)
            kiosk.start("2026-03-02 07:30:00,0")
            tap.ok(kiosk.wait("sanh", lambda d: d["health"] == "up"), "virtio: the screen is up")
            kiosk.equal("sanh", 0, "virtio, a still page")
            quay = kiosk.display("quay")
            tap.ok(quay["health"] == "down" and "monitor" in quay["why"], "virtio: a head without a monitor says so", quay)
            guest.connect(1, 1280, 800)
            tap.ok(kiosk.wait("quay", lambda d: d["health"] == "up", 40), "virtio: a monitor is plugged in: its head is up")
            kiosk.equal("quay", 1, "virtio, the second head")
            guest.connect(1, 0, 0)
            tap.ok(kiosk.wait("quay", lambda d: d["health"] == "down", 20), "virtio: unplugged: down, the daemon lives")
            kiosk.equal("sanh", 0, "virtio, the first head meanwhile")
            kiosk.stop()

            kiosk.start(f"2026-03-02 08:00:02,{SLOW}")
            kiosk.wait("sanh", lambda d: d["health"] == "up")
            first, screen = kiosk.equal("sanh", 0, "virtio, a ticker in motion")
            time.sleep(3)
            second, later = kiosk.equal("sanh", 0, "virtio, the ticker some frames later")
            tap.ok(second > first and later != screen, "virtio: it did move")
            kiosk.stop("KILL")
            kiosk.start(f"2026-03-02 08:00:03.5,{SLOW}")
            kiosk.wait("sanh", lambda d: d["health"] == "up")
            kiosk.equal("sanh", 0, "virtio, after kill -9 and a restart in mid-scroll")

            # QEMU does not unplug a display device; the guest's PCI bus does: the same events, the same dead descriptor.
            guest.run("echo 1 >$(readlink -f /sys/class/drm/card0/device)/remove")
            tap.ok(kiosk.wait("sanh", lambda d: d["health"] == "down", 20), "virtio: the card is pulled: down")
            guest.wait("test ! -e /dev/dri/card0")
            guest.run("echo 1 >/sys/bus/pci/rescan")
            tap.ok(kiosk.wait("sanh", lambda d: d["health"] == "up", 40), "virtio: the card returned: up")
            kiosk.equal("sanh", 0, "virtio, after the card's return")
            kiosk.stop()


def check_portrait_and_serial():
    with Scratch() as scratch:
        link, out = scratch.file("board"), scratch.file("decoded")
        simulator = scratch.start("bangtin-simulator", "--protocol", "adalight", "--size", "64x16", "--pty", link, "--json",
                                  out=out)
        wait_for(lambda: os.path.exists(link))
        led = """{ name = "bang"; tags = ["led"]; size = "64x16"; refresh = "500ms";
            driver = { name = "adalight"; port = "/dev/ttyUSB0"; baud = 115200; }; }"""
        site = make_site(scratch, kms("doc", "auto", "800x1280", "rotate = 90;") + "," + led, LED)
        with Guest("virtio", files=files(site, scratch), usb_serial=os.path.realpath(link), timeout=240) as guest:
            kiosk = Kiosk(guest, site, scratch)
            kiosk.start("2026-03-02 07:30:00,0")
            kiosk.wait("doc", lambda d: d["health"] == "up")
            kiosk.equal("doc", 0, "a portrait screen", turned=True)
            right = kiosk.wait("bang", lambda d: d["health"] == "up" and d["frames"]["shown"] > 0)
            tap.ok(right, "the board on the USB adapter is up")
            def decoded():
                return [f["digest"] for f in json_lines(out) if "frame" in f]
            tap.ok(wait_for(lambda: right["digest"] in decoded(), 10), "and its picture is decoded off the wire")
            guest.qmp("device_del", id="usbserial0")
            tap.ok(kiosk.wait("bang", lambda d: d["health"] == "down", 20), "the adapter is pulled: down")
            guest.wait("test ! -e /dev/ttyUSB0")
            before = len(decoded())
            guest.qmp("device_add", driver="usb-serial", id="usbserial0", chardev="usb0", **{"always-plugged": True})
            tap.ok(kiosk.wait("bang", lambda d: d["health"] == "up", 45), "the adapter is back: up")
            tap.ok(wait_for(lambda: right["digest"] in decoded()[before:], 15), "and its picture is right again")
            kiosk.equal("doc", 0, "the portrait screen meanwhile", turned=True)
            kiosk.stop()
        simulator.terminate()


def check_bochs():
    with Scratch() as scratch:
        site = make_site(scratch, kms("sanh", "auto"))
        with Guest("bochs", files=files(site, scratch), timeout=120) as guest:
            kiosk = Kiosk(guest, site, scratch)
            kiosk.start("2026-03-02 07:30:00,0")
            tap.ok(kiosk.wait("sanh", lambda d: d["health"] == "up"), "bochs: the screen is up")
            kiosk.equal("sanh", 0, "bochs, a still page")
            kiosk.stop()
            kiosk.start(f"2026-03-02 08:00:02,{SLOW}")
            kiosk.wait("sanh", lambda d: d["health"] == "up")
            kiosk.equal("sanh", 0, "bochs, a ticker in motion")
            kiosk.stop()


check_virtio()
check_portrait_and_serial()
check_bochs()
tap.done()
