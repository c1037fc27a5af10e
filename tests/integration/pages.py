#!/usr/bin/env python3
"""The pages of the sample campaign as the centre's screens show them: kept as pictures (tests/golden/trang-*.png;
BANGTIN_GOLDEN=update writes them anew: then look at them), and every code on them read by zbarimg."""
import concurrent.futures
import os
import shutil
import subprocess

from harness import BIN, ROOT, Scratch, Tap, read_png

tap = Tap()
PORTAL = "https://dichvucong.example.gov.vn"
CONFIGURATION, PLAYLISTS = os.path.join(ROOT, "playlists", "bangtind.conf"), os.path.join(ROOT, "playlists")
LANDSCAPE, PORTRAIT, HALL = "sanh-trung-tam-tinh", "cua-vao-trung-tam-tinh", "sanh-cho-trung-tam-tinh"
# (display, instant, kept as, the code's text)
PAGES = (
    (LANDSCAPE, "2026-03-02 07:00:25", "trang-1280x800", PORTAL),
    (PORTRAIT, "2026-03-02 07:00:25", "trang-1080x1920", PORTAL),
    (HALL, "2026-03-02 07:00:15", "trang-1920x1080", PORTAL),
    (LANDSCAPE, "2026-03-02 18:02:25", None, None),
    (LANDSCAPE, "2026-03-02 07:02:55", None, PORTAL + "/tra-cuu"),
    (PORTRAIT, "2026-03-02 07:02:55", None, PORTAL + "/tra-cuu"),
    (LANDSCAPE, "2026-09-02 08:00:05", None, PORTAL),  # a holiday
)
DIFFERENCE_MOST = 3.0  # of 255 on average: another release of the font libraries is no fault


def preview(scratch, index):
    display, instant = PAGES[index][:2]
    path = scratch.file(f"{index}.png")
    done = subprocess.run([os.path.join(BIN, "bangtin"), "preview", "-c", CONFIGURATION, "-d", display, "--at", instant,
                           "-o", path, PLAYLISTS], stdin=subprocess.DEVNULL, capture_output=True, check=False)
    return path if done.returncode == 0 else None, done.stderr.decode("utf-8", "replace")


def scan(path):
    done = subprocess.run(["zbarimg", "-q", "--raw", path], stdin=subprocess.DEVNULL, capture_output=True, check=False)
    return done.stdout.decode("utf-8", "replace").strip()


def contents(path):
    with open(path, "rb") as f:
        return f.read()


def difference(path, kept):
    if contents(path) == contents(kept):
        return 0.0
    (width, height, a), (kept_width, kept_height, b) = read_png(path), read_png(kept)
    if (width, height) != (kept_width, kept_height):
        return 255.0
    return sum(abs(x - y) for x, y in zip(a, b)) / len(a)


def check_page(page, path):
    display, instant, golden, code = page
    if golden:
        kept = os.path.join(ROOT, "tests", "golden", golden + ".png")
        if os.environ.get("BANGTIN_GOLDEN"):
            shutil.copyfile(path, kept)
        off = difference(path, kept)
        tap.ok(off <= DIFFERENCE_MOST, f"{golden} is as it was", f"{off:.2f} of 255 on average")
    read = scan(path).lower()
    tap.equal(read, (code or "").lower(), f"{display} at {instant}: {'its code is read' if code else 'no code'}")


with Scratch() as scratch, concurrent.futures.ThreadPoolExecutor(2) as pool:
    for page, (path, err) in zip(PAGES, pool.map(lambda i: preview(scratch, i), range(len(PAGES)))):
        if tap.ok(path is not None and not err, f"{page[0]} at {page[1]} is drawn", err):
            check_page(page, path)
tap.done()
