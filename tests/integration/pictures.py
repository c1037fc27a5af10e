#!/usr/bin/env python3
"""Pictures and QR codes, end to end: every code that a page or a board shows is read by zbarimg, from the picture and from
the drawing of the LEDs; pictures travel with a load, survive it, come back with a rollback; what is wrong with them is
told at its place."""
import csv
import json
import os
import random
import struct
import subprocess
import zlib

from harness import ROOT, Scratch, Site, Tap, read_png, wait_for

tap = Tap()
BOARDS = ("96x24", "128x32", "192x64", "96x192")  # LEDs
SCREENS = ("1280x800", "1080x1920")
CAMERA = 2  # pixels that an LED has in somebody's camera: its dots run together


def display(size, extra=""):
    return f'{{ name = "d{size}"; tags = ["led"]; size = "{size}"; {extra} driver = {{ name = "null"; }}; }}'


def payloads():
    """The texts of the table, each once, with the modules that it takes at level L; what an address takes in capitals is
    there as a text of its own."""
    with open(os.path.join(ROOT, "tests", "qr", "qr-sizes.csv"), encoding="utf-8") as f:
        rows = list(csv.reader(f))
    found = {}
    for row in rows[1:]:
        if not row or row[0] == "version":
            break
        found.setdefault(row[0], int(row[5]))
    for text in found:
        found[text] = found.get(text.upper(), found[text])
    found["https://dichvucong.gov.vn"] = 21  # 25 characters as well
    found["Trung tâm PVHCC Long An"] = 25
    return found


def scan(path):
    """What zbarimg reads."""
    done = subprocess.run(["zbarimg", "-q", "--raw", path], stdin=subprocess.DEVNULL, capture_output=True, check=False)
    return done.stdout.decode("utf-8", "replace").strip()


def grey(scratch, width, height, rows):
    path = scratch.file("grey.pgm")
    with open(path, "wb") as f:
        f.write(b"P5 %d %d 255\n" % (width, height) + b"".join(rows))
    return path


def larger(scratch, path, times=4):
    """The same picture with each pixel as a square."""
    width, height, pixels = read_png(path)
    green = pixels[1::3]
    rows = [bytes(v for v in green[y * width:(y + 1) * width] for _ in range(times)) for y in range(height)]
    return grey(scratch, width * times, height * times, [row for row in rows for _ in range(times)])


def photographed(scratch, path, columns):
    """The drawing of the LEDs, each averaged to CAMERA x CAMERA pixels."""
    width, height, pixels = read_png(path)
    green, n = pixels[1::3], width // columns // CAMERA
    rows = []
    for y in range(height // n):
        sums = [0] * (width // n)
        for row in (green[(y * n + i) * width:(y * n + i + 1) * width] for i in range(n)):
            for i in range(n):
                sums = [a + b for a, b in zip(sums, row[i::n])]
        rows.append(bytes(v // (n * n) for v in sums))
    return grey(scratch, width // n, height // n, rows)


def same_address(read, wanted):
    def folded(text):
        host, slash, rest = text.replace("://", "\0", 1).partition("/")
        return host.lower() + slash + rest if "\0" in host else text
    return folded(read) == folded(wanted)


def check_codes(scratch):
    site = Site(scratch, ",\n".join(display(s, "pitch = 10.0; viewing-distance = 4.0;") for s in BOARDS)
                + ",\n" + ",\n".join(display(s) for s in SCREENS))
    texts = payloads()
    messages = "".join(f'  m{i}: {{text: Quét mã, qr: {json.dumps(t, ensure_ascii=False)}}}\n'
                       for i, t in enumerate(texts))
    entries = "".join(f'  - {{show: m{i}, on: all, hours: ["{i:02}:00-{i:02}:30"]}}\n' for i in range(len(texts)))
    playlists = site.playlists(f"messages:\n{messages}schedule:\n{entries}")
    code, _, err = site.bangtin("check", playlists)
    tap.ok(code == 0, "codes: the playlists are right", err)
    picture = scratch.file("code.png")
    for size in BOARDS + SCREENS:
        wrong, read, board = [], [], size in BOARDS
        for i, (text, modules) in enumerate(texts.items()):
            at = ("-d", "d" + size, "--at", f"2026-03-02 {i:02}:10:00", "-o", picture)
            code, _, err = site.bangtin("preview", *at, playlists)
            shown = code == 0 and (not board or code_is_shown(picture))
            if shown != fits(size, modules):
                wrong.append(f"{text}: {'shown' if shown else 'not shown'} {err}")
            seen = [scan(larger(scratch, picture) if board else picture)] if shown else []
            if shown and board:
                site.bangtin("preview", "--panel", *at, playlists)
                seen.append(scan(photographed(scratch, picture, int(size.split("x")[0]))))
            wrong += [f"{text}: read as `{s}`" for s in seen if not same_address(s, text)]
            read += seen
        tap.ok(not wrong and read, f"codes on {size}: {len(read)} pictures of {len(texts)} texts read as they should",
               "\n".join(wrong))


def fits(size, modules):
    """Whether a code of so many modules has the room, with the quiet zone that was found necessary. On a board it may take
    all of the shorter side and 0.4 of the longer one."""
    shorter, longer = sorted(map(int, size.split("x")))
    return modules + (2 if modules == 21 else 6) <= min(shorter, int(0.4 * longer + 0.5))


def code_is_shown(path):
    """A lit square: more white than letters alone ever make."""
    width, height, pixels = read_png(path)
    run_of = b"\xff\xff\xff" * 19
    return any(run_of in pixels[y * width * 3:(y + 1) * width * 3] for y in range(height))


def png(width, height, colour, extra=b""):
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    rows = b"".join(b"\0" + bytes(colour) * width for _ in range(height))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)) + extra + \
        chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def write(directory, name, data):
    with open(os.path.join(directory, name), "wb") as f:
        f.write(data)


def check_faults(scratch):
    site = Site(scratch, display("64x32"))
    playlists = site.playlists("messages:\n  a: {image: tot.png}\n  b: {image: khong-co.png}\n  c: {image: cut.png}\n"
                               "  d: {text: Chữ, image: province/anh.gif.png}\nschedule:\n"
                               "  - {show: a, on: led}\n  - {show: b, on: led}\n  - {show: c, on: led}\n"
                               "  - {show: d, on: led}\n", directory="wrong")
    unit = os.path.join(playlists, "province")
    good = png(40, 20, (255, 0, 0))
    write(unit, "tot.png", good)
    write(unit, "cut.png", good[:-20])
    write(unit, "thua.png", good)
    write(unit, "Hoa.png", good)
    write(unit, "dong.gif", b"GIF89a")
    os.symlink("tot.png", os.path.join(unit, "link.png"))
    code, _, err = site.bangtin("check", playlists)
    tap.ok(code == 1 and "province/link.png: error: a symbolic link is not read" in err, "a link is refused", err)
    os.unlink(os.path.join(unit, "link.png"))
    code, _, err = site.bangtin("check", playlists)
    for words in ("province/Hoa.png: error: a picture's name is made of",
                  "test.yaml:5:14: error: unit province has no picture `khong-co.png`",
                  "test.yaml:6:14: error: `cut.png`: the picture ends too early; copy or save it again",
                  "province/dong.gif: warning: passed over: a GIF cannot be shown; save it as PNG"):
        tap.ok(code == 1 and words in err, f"told: {words}", err)
    playlists = site.playlists("messages:\n  a: {image: tot.png}\nschedule:\n  - {show: a, on: led}\n", directory="few")
    unit = os.path.join(playlists, "province")
    write(unit, "thua.png", good)
    write(unit, "tot.png", png(9000, 9000, (0, 0, 0)))
    code, _, err = site.bangtin("check", playlists)
    tap.ok(code == 1 and "more than 40 million; scale it down" in err and "test.yaml:4:14: error: `tot.png`" in err,
           "a picture that is too large", err)
    broken = bytearray(good)
    broken[-30] ^= 0x55
    write(unit, "tot.png", bytes(broken))
    code, _, err = site.bangtin("check", playlists)
    tap.ok(code == 1 and "test.yaml:4:14: error: message `province/a`: `tot.png`: the PNG is broken" in err,
           "a picture that only decoding finds broken", err)
    write(unit, "tot.png", good)
    code, _, err = site.bangtin("check", playlists)
    tap.ok(code == 0 and "province/thua.png: warning: the picture is shown nowhere" in err, "one that nothing shows", err)


def shown(site, scratch):
    path = scratch.file("shown.png")
    code, _, err = site.live("snapshot", "-d", "d64x32", "-o", path)
    return set(struct.iter_unpack("3B", read_png(path)[2])) if code == 0 else err


def check_life(scratch):
    """Loaded, shown, replaced, brought back; also a load as large as they come."""
    site = Site(scratch, display("64x32"))
    text = "messages:\n  a: {image: anh.png, image-fit: cover}\nschedule:\n  - {show: a, on: led}\n"
    red = site.playlists(text, directory="red")
    write(os.path.join(red, "province"), "anh.png", png(40, 20, (200, 0, 0)))
    code, out, err = site.bangtin("load", red)
    tap.ok(code == 0, "a load with a picture, without a daemon", out + err)
    site.start("2026-03-02 08:00:00.5,0")
    wait_for(lambda: site.display("d64x32").get("playing", {}).get("source") == "schedule")
    tap.equal(shown(site, scratch), {(200, 0, 0)}, "it shows after a start from the state directory")
    blue = site.playlists(text, directory="blue")
    # Noise beside the picture makes it as large as a unit may be.
    noise = random.Random(1).randbytes((16 << 20) - 2000)
    write(os.path.join(blue, "province"), "anh.png", png(40, 20, (0, 0, 200), struct.pack(">I", len(noise)) + b"noIs" +
          noise + struct.pack(">I", zlib.crc32(b"noIs" + noise))))
    code, out, err = site.live("load", blue)
    tap.ok(code == 0 and "generation 2" in out, "a load of 16 MiB through the socket", out + err)
    tap.equal(shown(site, scratch), {(0, 0, 200)}, "and its picture shows")
    digests = [g["digest"] for g in json.loads(site.live("history", "--json")[1])]
    code, _, err = site.live("preview", "-d", "d64x32", "-o", scratch.file("asked.png"))
    tap.ok(code == 0 and set(struct.iter_unpack("3B", read_png(scratch.file("asked.png"))[2])) == {(0, 0, 200)},
           "preview asks the daemon for it", err)
    code, out, err = site.live("rollback")
    tap.ok(code == 0 and "generation 1" in out, "rollback", out + err)
    tap.equal(shown(site, scratch), {(200, 0, 0)}, "brings the old picture back")
    tap.ok(len(set(digests)) == 2, "the picture is part of the digest", digests)
    write(os.path.join(blue, "province"), "anh.png", png(40, 20, (0, 200, 0)))
    code, out, err = site.live("load", os.path.join(blue, "province", "anh.png"))
    tap.ok(code == 0 and shown(site, scratch) == {(0, 200, 0)}, "one picture replaced by itself", out + err)
    write(os.path.join(blue, "province"), "anh.png", b"GIF89a")
    code, out, err = site.live("load", blue)
    tap.ok(code == 1 and "this is a GIF" in err and shown(site, scratch) == {(0, 200, 0)},
           "a bad one is refused, the old plays on", err)
    site.daemon.kill()
    site.daemon.wait()
    site.start("2026-03-02 08:00:00.5,0")
    wait_for(lambda: site.display("d64x32").get("playing", {}).get("source") == "schedule")
    tap.equal(shown(site, scratch), {(0, 200, 0)}, "after kill -9 the acknowledged one shows")
    stored = os.path.join(site.state, "current", "files", "province", "anh.png")
    with open(stored, "r+b") as f:
        f.seek(40)
        f.write(b"x")
    code, _, err = site.live("rollback", str(site.status()["generation"]["number"]))
    tap.ok(code != 0, "a picture that was changed on the disk is found by the digest", err)


for check in (check_codes, check_faults, check_life):
    with Scratch() as directory:
        check(directory)
tap.done()
