#!/usr/bin/env python3
"""Still screens cost nothing; 1, 10 and 100 displays on one daemon cost what their moving pixels do. Null driver."""
import time

from measure import Scratch, cpu, daemon, pss, row, spent, stop, wake_ups

SECONDS = 8
TICKER = """
styles:
  s: {speed: 120}
messages:
  chay: {style: s, text: "Nộp hồ sơ trực tuyến mức độ 3, 4 tại Cổng Dịch vụ công tỉnh; bưu điện nhận và trả hồ sơ tận nhà"}
playlists:
  p: [{show: chay, enter: scroll-left}]
schedule:
  - {play: p, on: [led]}
"""
STILL = """
messages:
  mo: {text: "Một cửa"}
schedule:
  - {show: mo, on: [led]}
"""


def displays(count, size, rate=30):
    return ",\n".join(f'{{ name = "d{i}"; tags = ["led"]; size = "{size}"; rate = {rate}.0; driver = {{ name = "null"; }}; }}'
                      for i in range(count))


def measure(count, size, playlists, rate=30):
    with Scratch() as scratch:
        site = daemon(scratch, displays(count, size, rate), playlists)
        time.sleep(2)
        used, memory = spent(site.daemon.pid, SECONDS), pss({site.daemon.pid})
        stop(site.daemon)
        return used, memory


def main():
    with Scratch() as scratch:
        site = daemon(scratch, displays(1, "1920x1080", 60), STILL, "2026-03-02 08:00:03")
        time.sleep(3)
        pid = site.daemon.pid
        before, slept = cpu({pid}), wake_ups(pid)
        time.sleep(3 * SECONDS)
        row("a still 1920x1080 screen: CPU", (cpu({pid}) - before) / (3 * SECONDS) * 100, "% of a core", goal="< 0.1")
        row("  times it woke up", wake_ups(pid) - slept, f"in {3 * SECONDS} s")
        stop(site.daemon)
    one, _ = measure(1, "128x64", TICKER)
    row("1 moving 128x64 display at 30 fps: CPU", one, "CPU s per s")
    for count in (10, 100):
        many, memory = measure(count, "128x64", TICKER)
        row(f"{count} equal ones", many, "CPU s per s")
        row("  against one alone", many / one, "x", goal=f"<= {count}")
    row("  memory of the 100", memory, "MB PSS")
    whole, _ = measure(1, "1280x640", TICKER.replace("{speed", "{size: 640, speed"))
    row("one display with as many moving pixels as the 100", whole, "CPU s per s")
    still, _ = measure(100, "128x64", STILL)
    row("100 still displays", still, "CPU s per s")


main()
