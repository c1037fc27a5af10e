#!/usr/bin/env python3
"""A 1920x1080 page with a title, a clock of seconds, and a ticker, 96 pixels high at 240 pixels a second and 60 frames a
second: the daemon against Chromium that visibly shows the same page on an X server (Xvfb), which is read back to see that
it does. Of Chromium only its own processes count, not the X server."""
import mmap
import os
import shutil
import struct
import subprocess
import tempfile
import time

from measure import Scratch, daemon, pss, row, spent, stop, tree, wait_for

SECONDS, ROUNDS = 6, 3
WIDTH, HEIGHT, BAND = 1920, 1080, 96
BACKGROUND, INK = 0x0b3d6b, 0xffffff
TEXT = ("Nộp hồ sơ trực tuyến mức độ 3, 4 tại Cổng Dịch vụ công tỉnh; bưu điện nhận và trả hồ sơ tận nhà cho người dân; "
        "tra cứu tình trạng hồ sơ bằng mã hồ sơ, mọi lúc, mọi nơi")
TITLE = "Trung tâm Phục vụ hành chính công"
PLAYLISTS = f"""
styles:
  s: {{speed: 240, size: {BAND}, colour: "#{INK:06x}", background: "#{BACKGROUND:06x}"}}
  c: {{bold: true, align: right, colour: "#{INK:06x}"}}
  t: {{bold: true, size: 160, align: left, valign: top, colour: "#{INK:06x}", background: "#{BACKGROUND:06x}"}}
layouts:
  trang:
    background: "#{BACKGROUND:06x}"
    zones:
      title: {{kind: text, at: [40, 40, 1400, 700], style: t}}
      gio: {{kind: clock, at: [1480, 40, 400, 160], text: "{{time:%H:%M:%S}}", style: c}}
      chay: {{kind: ticker, at: [0, {HEIGHT - BAND}, {WIDTH}, {BAND}], style: s, text: "{TEXT}"}}
messages:
  m: {{layout: trang, title: "{TITLE}"}}
playlists:
  p: [{{show: m, for: 1h}}]
schedule:
  - {{play: p, on: [kiosk]}}
"""
DISPLAY = f"""{{ name = "d"; tags = ["kiosk"]; size = "{WIDTH}x{HEIGHT}"; rate = 60.0; driver = {{ name = "null"; }}; }}"""
PAGE = f"""<!doctype html><meta charset=utf-8><style>
body {{ margin: 0; background: #{BACKGROUND:06x}; overflow: hidden }}
#t {{ position: absolute; bottom: 0; left: 0; height: {BAND}px; line-height: {BAND}px; font: 64px/96px sans-serif;
     color: #{INK:06x}; white-space: nowrap; will-change: transform }}
#h {{ position: absolute; left: 40px; top: 40px; width: 1400px; font: bold 120px/160px sans-serif; color: #{INK:06x} }}
#c {{ position: absolute; right: 40px; top: 40px; font: bold 90px/160px sans-serif; color: #{INK:06x} }}
</style><div id=h>{TITLE}</div><div id=c></div><div id=t>{TEXT}</div><script>
const c = document.getElementById("c"), tell = () => {{ c.textContent = new Date().toTimeString().slice(0, 8); }};
tell();
setInterval(tell, 1000);
const t = document.getElementById("t"), start = performance.now();
function step(now) {{
  const x = (now - start) * 0.24 % (t.offsetWidth + {WIDTH});
  t.style.transform = `translateX(${{Math.round({WIDTH} - x)}}px)`;
  requestAnimationFrame(step);
}}
requestAnimationFrame(step);
</script>"""
FLAGS = ("--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
         "--password-store=basic --use-mock-keychain --no-default-browser-check "
         "--disable-component-update --disable-sync --disable-default-apps --disable-extensions --noerrdialogs "
         f"--kiosk --window-position=0,0 --window-size={WIDTH},{HEIGHT}").split()


class Screen:
    """An X server without a monitor whose pixels are a file (XWD: X11's XWDFile.h)."""

    def __init__(self, scratch):
        directory = scratch.file("screen/")
        ready, told = os.pipe()
        self.process = scratch.start("Xvfb", "-displayfd", told, "-screen", "0", f"{WIDTH}x{HEIGHT}x24", "-fbdir", directory,
                                     "-nolisten", "tcp", "-noreset", pass_fds=(told,), err=scratch.file("xvfb.log"))
        os.close(told)
        self.name = ":" + os.read(ready, 16).decode().strip()
        os.close(ready)
        with open(directory + "Xvfb_screen0", "rb") as f:
            self.map = mmap.mmap(f.fileno(), 0, access=mmap.ACCESS_READ)
        header = struct.unpack(">25I", self.map[:100])
        self.stride = header[12]
        self.start = header[0] + header[19] * 12

    def pixel(self, x, y):
        at = self.start + y * self.stride + x * 4
        return struct.unpack("<I", self.map[at:at + 4])[0] & 0xffffff

    def band(self):
        """A row through the ticker's letters."""
        at = self.start + (HEIGHT - BAND // 2) * self.stride
        return self.map[at:at + WIDTH * 4]

    def shows_page(self):
        return self.pixel(5, 5) == BACKGROUND and self.pixel(WIDTH - 5, 200) == BACKGROUND

    def pictures(self, seconds):
        """How many different ones it shows a second."""
        count, before, end = 0, self.band(), time.monotonic() + seconds
        while time.monotonic() < end:
            now = self.band()
            count += now != before
            before = now
            time.sleep(0.002)
        return count / seconds


def browse(scratch, screen):
    """The browser, and the seconds that it took to show the page; None: it gave up, or shows nothing."""
    profile = tempfile.mkdtemp(dir=scratch.path)
    page = scratch.file("page.html", PAGE)
    start = time.monotonic()
    browser = subprocess.Popen(["chromium", *FLAGS, f"--user-data-dir={profile}", "file://" + page],
                               env=dict(os.environ, DISPLAY=screen.name), stdin=subprocess.DEVNULL,
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    scratch.processes.append(browser)
    wait_for(lambda: screen.shows_page() or browser.poll() is not None, 60)
    return browser, time.monotonic() - start if screen.shows_page() else None


def chromium(scratch):
    """(CPU, PSS, seconds to the first right frame, pictures a second)"""
    for _ in range(5):
        screen = Screen(scratch)
        browser, shown = browse(scratch, screen)
        if shown:
            break
        stop(browser)
        stop(screen.process)
    else:
        raise RuntimeError("Chromium shows nothing")
    time.sleep(5)
    used, memory = spent(browser.pid, SECONDS), pss(tree(browser.pid))
    seen = screen.pictures(3)
    stop(browser)
    stop(screen.process)
    return used, memory, shown, seen


def ours(scratch):
    site = daemon(scratch, DISPLAY, PLAYLISTS)
    time.sleep(3)
    before = site.display("d")["frames"]["composed"], time.monotonic()
    used, memory = spent(site.daemon.pid, SECONDS), pss({site.daemon.pid})
    seen = (site.display("d")["frames"]["composed"] - before[0]) / (time.monotonic() - before[1])
    stop(site.daemon)
    return used, memory, seen


def median(values):
    return sorted(values)[len(values) // 2]


def main():
    if not shutil.which("chromium") or not shutil.which("Xvfb"):
        print("chromium or Xvfb is not installed: tools/setup bench")
        return
    theirs, mine = [], []
    for _ in range(ROUNDS):
        with Scratch() as scratch:
            theirs.append(chromium(scratch))
        with Scratch() as scratch:
            mine.append(ours(scratch))
    used, memory = median([m[0] for m in mine]), median([m[1] for m in mine])
    row("1080p60 page with ticker: CPU", median([m[0] / t[0] for m, t in zip(mine, theirs)]), "x", "Chromium, visible",
        "<= 0.067")
    row("  the daemon", used, "CPU s per s")
    row("  Chromium's processes", median([t[0] for t in theirs]), "CPU s per s")
    row("  memory, all processes (PSS)", median([m[1] / t[1] for m, t in zip(mine, theirs)]), "x", "Chromium",
        "<= 0.083")
    row("  the daemon", memory, "MB")
    row("  Chromium", median([t[1] for t in theirs]), "MB")
    row("  pictures a second: the daemon", median([m[2] for m in mine]), "/s", goal="60")
    row("  pictures a second: Chromium", median([t[3] for t in theirs]), "/s")
    row("  Chromium: start to the page on the screen", median([t[2] for t in theirs]) * 1000, "ms")


main()
