#!/usr/bin/env python3
"""The real daemon on a real kernel: what the monitor shows EQUALS the preview of the instant that the daemon reports.

A guest with a virtio-gpu of two heads, a USB serial adapter with a board on it, a text console and an HDMI-CEC bus; and
one with bochs: a still page, a ticker that stands and one that moves, monitors plugged and exchanged, the card pulled and
returned, portrait screens, margins, modes, kill -9 in mid-scroll, standby.
"""
import json
import os
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "integration"))
from guest import Guest  # noqa: E402
from harness import BIN, BUILD, Scratch, Site, Tap, instant, json_lines, read_png, run, wait_for  # noqa: E402

tap = Tap()
FONTS = os.environ["BANGTIN_FONTS"]
ZONE = "/usr/share/zoneinfo/Asia/Ho_Chi_Minh"
CEC_CTL = "/usr/bin/cec-ctl"
CONSOLE_MODE = os.path.join(BUILD, "test-programs", "console_mode")
SERVICE = f"BANGTIN_FONTS={FONTS} {BIN}/"
STILL, SCROLL = "2026-03-02 07:30:00,0", "2026-03-02 08:00:02.5,0"

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
LED = """{ name = "bang"; tags = ["kiosk"]; size = "64x16"; refresh = "500ms";
    driver = { name = "adalight"; port = "/dev/ttyUSB0"; baud = 115200; }; }"""
WAYLAND = """{ name = "quay"; tags = ["kiosk"]; size = "640x480"; driver = { name = "wayland"; }; }"""


def kms(name, connector, size="1280x800", more="", options=""):
    return f"""{{ name = "{name}"; tags = ["kiosk"]; size = "{size}"; rate = 30.0; {more}
        driver = {{ name = "kms"; connector = "{connector}"; {options} }}; }}"""


class Pages:
    """One state directory, and a configuration for every set of displays that the tests use."""

    def __init__(self, scratch, **displays):
        self.scratch, self.displays, self.previews = scratch, displays, {}
        self.site = Site(scratch, ",\n".join(next(iter(displays.values()))))
        code, out, err = self.site.bangtin("load", self.site.playlists(PLAYLISTS))
        if code:
            raise RuntimeError(out + err)
        for name, each in displays.items():
            os.rename(Site(scratch, ",\n".join(each)).configuration, self.configuration(name))

    def configuration(self, name):
        return os.path.join(self.scratch.path, name + ".conf")

    def preview(self, name, display, at, *more):
        key = (name, display, at, *more)
        if key not in self.previews:
            path = os.path.join(self.scratch.path, "preview.png")
            code, out, err = run("bangtin", "preview", "-c", self.configuration(name), "-d", display, "--at", instant(at),
                                 "-o", path, *more)
            if code:
                raise RuntimeError(out + err)
            self.previews[key] = read_png(path)
        return self.previews[key]

    def files(self):
        names = [f"{BIN}/bangtind", f"{BIN}/bangtin", FONTS, ZONE, self.scratch.path, CEC_CTL, CONSOLE_MODE]
        return [(name, name) for name in names]


class Kiosk:
    """The daemon in the guest."""

    def __init__(self, guest, pages, label):
        self.guest, self.pages, self.label = guest, pages, label
        self.socket, self.trace = pages.site.socket, pages.site.trace
        self.look = 0.4  # seconds that shown() takes here, at most so far

    def start(self, name, clock=None):
        self.name = name
        clock = f"--clock '{clock}'" if clock else ""
        self.guest.run(f"rm -f {self.socket} {self.trace}; {SERVICE}bangtind -c {self.pages.configuration(name)} "
                       f"{clock} --trace {self.trace} >/tmp/log 2>&1 & echo $! >/tmp/pid")

    def slow(self, start):
        """A clock so slow that a frame, 1/30 s of it, can be looked at."""
        return f"{start},{1 / 30 / (4 * self.look):.5f}"

    def stop(self, signal="TERM"):
        self.guest.run(f"kill -{signal} $(cat /tmp/pid); while kill -0 $(cat /tmp/pid); do sleep 0.05; done")

    def display(self, name):
        status, output = self.guest.run(f"{SERVICE}bangtin status --json --socket {self.socket}")
        if status:
            return {}
        return next((d for d in json.loads(output)["displays"] if d["name"] == name), {})

    def wait(self, name, condition, what=None, within=60):
        """The display's status when it is so; reports `what`."""
        end, display = time.monotonic() + within, {}
        while time.monotonic() < end:
            display = self.display(name)
            if display and condition(display):
                break
            time.sleep(0.05)
        else:
            tap.note(f"{name}: {display}")
            tap.note(self.guest.run("cat /tmp/log")[1][-1500:])
            display = None
        if what or not display:
            tap.ok(display, f"{self.label}: {what or name + ' is as awaited'}")
        return display or {}

    def up(self, name, what=None):
        return self.wait(name, lambda d: d["health"] == "up" and d["frames"]["shown"] > 0, what)

    def says(self, name, words, what, health=("down", "fault")):
        return self.wait(name, lambda d: d["health"] in health and words in d["why"], f'{what}: "{words}"')

    def shown(self, name, head):
        """A screenshot and the instant that it is of: taken between two equal answers of the daemon."""
        for _ in range(20):
            began = time.monotonic()
            before = self.display(name)
            picture = self.guest.screendump(os.path.join(self.pages.scratch.path, "screen.ppm"), head)
            after = self.display(name)
            self.look = max(self.look, time.monotonic() - began)
            if before and before["sequence"] == after.get("sequence") and before["frames"]["shown"] == before["sequence"]:
                return picture, before["instant_ns"]
        raise RuntimeError(f"{name}: the picture changes too fast to be looked at")

    def equal(self, name, head, what, turned=False, mode=None, more=()):
        """mode: (width, height) of the screen, in whose middle the picture is."""
        (width, height, screen), at = self.shown(name, head)
        wanted = self.pages.preview(self.name, name, at, *more)
        if turned:
            wanted = turn(*wanted)
        if mode:
            wanted = frame_in_black(*wanted, *mode)
        differing = count_differing(screen, wanted[2])
        tap.ok((width, height) == wanted[:2] and differing == 0 and len(set(screen)) > 1,
               f"{self.label}, {what}: {width}x{height}, {differing} pixels differ from the preview of {instant(at)}")
        return at, screen


def count_differing(a, b):
    if a == b:
        return 0
    return sum(a[i:i + 3] != b[i:i + 3] for i in range(0, len(a), 3)) if len(a) == len(b) else -1


def turn(width, height, pixels):
    """A quarter turn clockwise: a column from the bottom up becomes a row."""
    out = bytearray(len(pixels))
    for channel in range(3):
        plane = pixels[channel::3]
        out[channel::3] = b"".join(plane[x::width][::-1] for x in range(width))
    return height, width, bytes(out)


def frame_in_black(width, height, pixels, mode_width, mode_height):
    left, top = (mode_width - width) // 2, (mode_height - height) // 2
    out = bytearray(mode_width * mode_height * 3)
    for y in range(height):
        at = ((top + y) * mode_width + left) * 3
        out[at:at + width * 3] = pixels[y * width * 3:(y + 1) * width * 3]
    return mode_width, mode_height, bytes(out)


def pull_card(kiosk):
    # QEMU does not unplug a display device; the guest's PCI bus does: the same events, the same dead descriptor.
    kiosk.guest.run("echo 1 >$(readlink -f /sys/class/drm/card0/device)/remove")
    kiosk.guest.wait("test ! -e /dev/dri/card0")


def return_card(kiosk):
    kiosk.guest.run("echo 1 >/sys/bus/pci/rescan")


# --- what each guest is put through; a function a subject


def check_owner(kiosk):
    guest = kiosk.guest
    guest.run("(exec 3<>/dev/dri/card0; echo $$ >/tmp/owner; exec sleep 1000) >/dev/null 2>&1 & sleep 0.2")
    kiosk.start("two", STILL)
    kiosk.says("sanh", "another program owns the screen", "somebody else is master", ("fault",))
    guest.run("kill $(pidof sleep)")
    kiosk.up("sanh", "the screen is free: up")


def check_monitors(kiosk):
    guest = kiosk.guest
    kiosk.equal("sanh", 0, "a still page")
    kiosk.says("quay", "no monitor", "a head without a monitor")
    guest.connect(1, 1280, 800)
    kiosk.up("quay", "a monitor is plugged in: its head is up")
    kiosk.equal("quay", 1, "the second head of the same daemon")
    guest.connect(1, 0, 0)
    kiosk.says("quay", "no monitor", "unplugged")
    kiosk.equal("sanh", 0, "the first head meanwhile")
    guest.connect(1, 640, 480)
    kiosk.says("quay", "offers no mode", "another monitor, too small")
    guest.connect(1, 1280, 800)
    kiosk.up("quay", "the right one again: up")
    kiosk.equal("quay", 1, "the second head again")


def check_console(kiosk):
    mode = f"{CONSOLE_MODE} /dev/tty1"
    tap.equal(kiosk.guest.run(mode)[1].strip(), "graphics", "the text console is taken")
    kiosk.stop("KILL")
    tap.ok(kiosk.guest.holds(f'test "$({mode})" = text'), "and given back after a crash")
    kiosk.start("two", STILL)
    kiosk.up("sanh")
    tap.equal(kiosk.guest.run(mode)[1].strip(), "graphics", "and taken again")
    kiosk.stop()
    tap.equal(kiosk.guest.run(mode)[1].strip(), "text", "and given back at the end")


def check_scroll(kiosk, name, more=""):
    kiosk.start(name, SCROLL)
    kiosk.up("sanh")
    kiosk.equal("sanh", 0, "a ticker in mid-scroll, the clock standing" + more)
    kiosk.stop()
    kiosk.start(name, kiosk.slow("2026-03-02 08:00:02"))
    kiosk.up("sanh")
    first, screen = kiosk.equal("sanh", 0, "a ticker in motion" + more)
    kiosk.wait("sanh", lambda d: d["instant_ns"] > first)
    second, later = kiosk.equal("sanh", 0, "the ticker some frames later" + more)
    tap.ok(second > first and later != screen, f"{kiosk.label}: it did move")
    if more:
        return
    kiosk.stop("KILL")
    kiosk.start(name, kiosk.slow("2026-03-02 08:00:03.5"))
    kiosk.up("sanh")
    kiosk.equal("sanh", 0, "after kill -9 and a restart in mid-scroll" + more)


def check_card(kiosk, names):
    pull_card(kiosk)
    for name in names:
        kiosk.says(name, "there is no graphics card", f"{name}: the card is pulled")
    return_card(kiosk)
    for name in names:
        kiosk.up(name, f"{name}: the card returned")
    for head, name in enumerate(names):
        kiosk.equal(name, head, f"{name} after the card's return")


def check_two_in_motion(kiosk):
    """Both heads' flips arrive on one descriptor: neither may wait for the other's."""
    kiosk.start("two", "2026-03-02 08:00:00")
    kiosk.up("sanh"), kiosk.up("quay")
    before = {name: kiosk.display(name)["frames"]["shown"] for name in ("sanh", "quay")}
    both = wait_for(lambda: all(kiosk.display(n)["frames"]["shown"] > before[n] + 50 for n in before), 60)
    tap.ok(both and not any(kiosk.display(n)["reconnects"] for n in before), f"{kiosk.label}: two heads in motion")
    kiosk.stop()


def check_neither(kiosk):
    """Neither a card nor a compositor."""
    pull_card(kiosk)
    kiosk.start("neither", STILL)
    kiosk.says("sanh", "there is no graphics card under /dev/dri", "a machine without a card")
    kiosk.says("quay", "no compositor", "a machine without a compositor")
    return_card(kiosk)
    kiosk.up("sanh", "a card comes: up")
    kiosk.stop()


def check_standby(kiosk):
    guest = kiosk.guest
    guest.load("vivid", "n_devs=1 node_types=0x101 num_inputs=1 input_types=3 num_outputs=1 output_types=1")
    guest.wait("test -e /dev/cec1")
    status, output = guest.run(f"{CEC_CTL} -d /dev/cec0 --tv >/tmp/tv 2>&1; {CEC_CTL} -d /dev/cec0 -M >>/tmp/bus 2>&1 & "
                               "sleep 0.5; cat /tmp/tv")
    tap.ok(status == 0 and "TV" in output, "a television on the CEC bus", output)
    dpms = "cat /sys/class/drm/card0-Virtual-1/dpms"
    kiosk.start("night", "2026-03-02 16:59:00,0")
    kiosk.up("sanh")
    tap.ok(guest.holds("grep -q IMAGE_VIEW_ON /tmp/bus"), "within on-hours the television is switched on",
           guest.run("cat /tmp/bus")[1])
    kiosk.stop()
    kiosk.start("night", "2026-03-02 16:59:58")
    kiosk.wait("sanh", lambda d: d["health"] == "off", "outside on-hours it is in standby")
    tap.equal(guest.run(dpms)[1].strip(), "Off", "the kernel says that the monitor is off")
    tap.ok(guest.holds("grep -q 'STANDBY' /tmp/bus"), "the television was sent to standby", guest.run("cat /tmp/bus")[1])
    status, output = guest.run(f": >/tmp/bus; {SERVICE}bangtin announce 'Khẩn cấp' --on sanh --for 1h "
                               f"--socket {kiosk.socket}")
    tap.ok(status == 0, "an announcement at night", output)
    kiosk.up("sanh", "wakes the screen")
    tap.equal(guest.run(dpms)[1].strip(), "On", "the kernel says that the monitor is on")
    tap.ok(guest.holds("grep -q IMAGE_VIEW_ON /tmp/bus && grep -q ACTIVE_SOURCE /tmp/bus"),
           "and the television, which shows this source", guest.run("cat /tmp/bus")[1])
    (_, _, screen), _ = kiosk.shown("sanh", 0)
    tap.ok(len(set(screen)) > 1, "something is to be seen")
    guest.run(f"{SERVICE}bangtin clear --socket {kiosk.socket}")
    kiosk.stop()


def check_portrait_and_serial(kiosk, out):
    guest = kiosk.guest
    kiosk.start("portrait", STILL)
    kiosk.up("doc")
    kiosk.equal("doc", 0, "a portrait screen", turned=True)
    right = kiosk.up("bang", "the board on the USB adapter is up")

    def decoded():
        return [f["digest"] for f in json_lines(out) if "frame" in f]
    tap.ok(wait_for(lambda: right["digest"] in decoded(), 20), "its picture is decoded off the wire")
    guest.qmp("device_del", id="usbserial0")
    kiosk.wait("bang", lambda d: d["health"] == "down", "the adapter is pulled: down")
    guest.wait("test ! -e /dev/ttyUSB0")
    before = len(decoded())
    guest.qmp("device_add", driver="usb-serial", id="usbserial0", chardev="usb0", **{"always-plugged": True})
    kiosk.up("bang", "the adapter is back: up")
    tap.ok(wait_for(lambda: right["digest"] in decoded()[before:], 20), "and its picture is right again")
    kiosk.equal("doc", 0, "the portrait screen meanwhile", turned=True)
    kiosk.stop()
    kiosk.start("portrait", kiosk.slow("2026-03-02 08:00:03"))
    kiosk.up("doc")
    kiosk.equal("doc", 0, "a ticker in motion on the portrait screen", turned=True)
    kiosk.stop()


def check_blind(kiosk):
    kiosk.guest.connect(1, 0, 0)
    kiosk.start("blind", STILL)
    kiosk.up("sanh", "a monitor that does not tell of itself: up")
    kiosk.equal("sanh", 1, "and it shows the picture", mode=(1024, 640))
    kiosk.stop()


def check_modes(kiosk, heads):
    for name, what, mode in heads:
        kiosk.start(name, STILL)
        kiosk.up("sanh")
        kiosk.equal("sanh", 0, what, mode=mode)
        kiosk.stop()


def live(kiosk, *words):
    """A command of `bangtin` in the guest: (exit status, JSON)."""
    status, output = kiosk.guest.run(f"{SERVICE}bangtin {' '.join(words)} --json --socket {kiosk.socket}")
    return status, json.loads(output) if output.startswith(("{", "[")) else output


def set_clock(kiosk, date):
    """A real step of CLOCK_REALTIME: UTC, seven hours before the site's time."""
    kiosk.guest.run(f"date -u -s '{date}'")
    return kiosk.guest.wait(f"{SERVICE}bangtin status --json --socket {kiosk.socket} >/tmp/status")


def check_clock(kiosk):
    """1970, NTP arriving late, an hour back, a day forward: the picture is the preview of the instant that the daemon
    tells, no announcement lasts longer or shorter, and no time in the log goes back."""
    source = lambda *wanted: lambda d: d["playing"].get("source") in wanted  # noqa: E731
    kiosk.guest.run("date -u -s '1970-01-01 03:00:00'")  # the kernel takes no time before its own start
    kiosk.start("clock")
    kiosk.up("sanh")
    tap.equal(live(kiosk, "status")[1]["clock"]["trusted"], False, "clock: 1970 is not believed")
    kiosk.equal("sanh", 0, "1970: the default", more=("--untrusted",))
    status, reply = live(kiosk, "announce", "'So tan'", "--all", "--for", "50m", "--level", "emergency", "--wait", "30s")
    tap.ok(status == 0 and reply["displays"][0]["confirmed"], "clock: an announcement shows in 1970", reply)
    set_clock(kiosk, "2026-12-01 00:30:00")
    status = live(kiosk, "status")[1]
    left = status["overrides"][0]["left_ms"] / 60000
    tap.ok(status["clock"]["trusted"] and 30 < left <= 50, f"clock: set late: believed, {left:.1f} minutes are left", status)
    live(kiosk, "clear", "--wait", "30s")
    kiosk.wait("sanh", source("schedule"), "clock: set late: the schedule plays at once")
    kiosk.equal("sanh", 0, "half past seven")
    kiosk.guest.run("sleep 1.5")  # the time is written down
    live(kiosk, "announce", "'Hop'", "--all", "--for", "50m", "--wait", "0")
    set_clock(kiosk, "2026-11-30 23:30:00")
    status = live(kiosk, "status")[1]
    tap.ok(not status["clock"]["trusted"] and 30 < status["overrides"][0]["left_ms"] / 60000 <= 50,
           "clock: an hour back is known to be wrong; what was announced goes on", status["clock"])
    live(kiosk, "clear", "--wait", "30s")
    kiosk.wait("sanh", source("default"))
    kiosk.equal("sanh", 0, "an hour back: the default", more=("--untrusted",))
    tap.ok(live(kiosk, "clock", "--believe")[1]["trusted"], "clock: somebody says that it is right")
    set_clock(kiosk, "2026-12-02 00:40:00")
    kiosk.wait("sanh", source("schedule"), "clock: a day forward: the schedule of that day")
    kiosk.equal("sanh", 0, "the next day")
    entries = live(kiosk, "announce", "--log")[1]
    times = [entry["time"] for entry in entries]
    tap.ok(times == sorted(times) and len(times) >= 4, "clock: no time in the log goes back", times)


def check_disk(kiosk):
    """A state directory that is full, and one that is read-only: a blank acts."""
    state, wait = kiosk.pages.site.state, ("--wait", "30s")
    kiosk.stop()
    kiosk.guest.run(f"cp -a {state} /tmp/state; mount -t tmpfs -o size=512k none {state}; cp -a /tmp/state/. {state}/")
    kiosk.start("clock", STILL)
    kiosk.up("sanh")
    kiosk.guest.run(f"cat /dev/zero >{state}/fill")
    status, reply = live(kiosk, "blank", *wait)
    tap.ok(status == 0 and reply["displays"][0]["confirmed"] and "space" in reply.get("keep_fault", ""),
           "a full disk: blank is shown, and says that a restart would lose it", reply)
    (_, _, screen), _ = kiosk.shown("sanh", 0)
    tap.equal(set(screen), {0}, "a full disk: black")
    kiosk.guest.run(f"rm {state}/fill")
    tap.ok(kiosk.guest.holds(f"grep -q blank {state}/overrides.json"), "room again: it is kept")
    kiosk.guest.run(f"mount -o bind {state} {state} && mount -o remount,ro,bind {state}")
    status, reply = live(kiosk, "unblank", *wait)
    tap.ok(status == 0 and reply["displays"][0]["confirmed"] and not reply["kept"],
           "a read-only disk: unblank is shown as well", reply)
    kiosk.equal("sanh", 0, "after it")
    kiosk.guest.run(f"umount {state}")
    tap.ok(kiosk.guest.holds(f"! grep -q blank {state}/overrides.json"), "writable again: it is kept")


def check_virtio():
    with Scratch() as scratch:
        link, out = scratch.file("board"), scratch.file("decoded")
        simulator = scratch.start("bangtin-simulator", "--protocol", "adalight", "--size", "64x16", "--pty", link, "--json",
                                  out=out)
        wait_for(lambda: os.path.exists(link))
        quay = kms("quay", "Virtual-2")
        pages = Pages(
            scratch, two=[kms("sanh", "Virtual-1", options='console = "/dev/tty1";'), quay],
            portrait=[kms("doc", "auto", "800x1280", "rotate = 90;"), LED],
            night=[kms("sanh", "Virtual-1", more='on-hours = ["06:00-17:00"];', options='cec = "/dev/cec1";')],
            neither=[kms("sanh", "auto"), WAYLAND],
            blind=[kms("sanh", "Virtual-2", "1000x600", options='mode = "1024x640"; assume-monitor = true;')])
        with Guest("virtio", heads=2, files=pages.files(), usb_serial=os.path.realpath(link), timeout=1200) as guest:
            kiosk = Kiosk(guest, pages, "virtio")
            check_owner(kiosk)
            check_monitors(kiosk)
            check_console(kiosk)
            check_two_in_motion(kiosk)
            check_scroll(kiosk, "two")
            check_card(kiosk, ("sanh", "quay"))
            kiosk.stop()
            check_portrait_and_serial(kiosk, out)
            check_blind(kiosk)
            check_standby(kiosk)
            check_neither(kiosk)
        simulator.terminate()


def check_bochs():
    with Scratch() as scratch:
        legacy = "atomic = false;"
        pages = Pages(
            scratch, plain=[kms("sanh", "auto")], legacy=[kms("sanh", "auto", options=legacy)],
            margin=[kms("sanh", "auto", "944x688", options="margin = 40;")],
            preferred=[kms("sanh", "auto", "800x600", options='mode = "preferred";')],
            forced=[kms("sanh", "auto", "960x540", options='mode = "1000x600";')],
            portrait=[kms("sanh", "auto", "800x1280", "rotate = 90;", legacy)],
            clock=[kms("sanh", "auto", more='default = "Trung tâm";')])
        with Guest("bochs", files=pages.files(), timeout=1200) as guest:
            kiosk = Kiosk(guest, pages, "bochs")
            kiosk.start("plain", STILL)
            kiosk.up("sanh", "the screen is up")
            kiosk.equal("sanh", 0, "a still page")
            check_card(kiosk, ("sanh",))
            kiosk.stop()
            check_scroll(kiosk, "plain")
            kiosk.stop()
            check_scroll(kiosk, "legacy", ", without atomic commits")
            kiosk.stop()
            check_modes(kiosk, [("margin", "a margin on a mode of the monitor's list", (1024, 768)),
                                ("preferred", "in the middle of the preferred mode", (1280, 800)),
                                ("forced", "in a mode that the monitor does not offer", (1000, 600))])
            kiosk.start("portrait", STILL)
            kiosk.up("sanh")
            kiosk.equal("sanh", 0, "a portrait screen, without atomic commits", turned=True)
            kiosk.stop()
            check_clock(kiosk)
            check_disk(kiosk)
            kiosk.stop()


for check in (check_virtio, check_bochs):
    if not sys.argv[1:] or check.__name__[6:] in sys.argv[1:]:
        check()
tap.done()
