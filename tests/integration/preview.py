#!/usr/bin/env python3
"""Films and contact sheets of `bangtin preview`, read back by an independent program (ffmpeg): each frame of a GIF is the
numbered PNG of its instant, for as many hundredths of a second as it should be; MP4 is close to it; what is interrupted
leaves nothing."""
import json
import math
import os
import pty
import signal
import subprocess

from harness import BIN, ROOT, Scratch, Site, Tap, read_png, run, wait_for

tap = Tap()
DISPLAYS = """
{ name = "cong"; tags = ["led"]; size = "64x16"; rate = 30.0; driver = { name = "null"; }; },
{ name = "sanh"; tags = ["led"]; size = "160x48"; rate = 60.0; pitch = 4.0; default = "Chào"; driver = { name = "null"; };
  on-hours = ["06:00-22:00"]; }
"""
PLAYLISTS = """
styles:
  bao: {background: "#003366", colour: "#ffcc00"}
messages:
  chay: {text: "Nộp hồ sơ trực tuyến tại Cổng Dịch vụ công tỉnh"}
  mo: {text: "Một cửa", style: bao}
playlists:
  ngay:
    - {show: mo, for: 1s}
    - {show: chay, for: 3s, enter: scroll-left}
schedule:
  - {play: ngay, on: [led], hours: ["08:00-11:30", "13:00-17:00"], name: ngay}
"""
FROM, UNTIL = "2026-03-02 08:00:00.4", "2026-03-02 08:00:02.9"
RATE = 30
SIZE = {"cong": (64, 16), "sanh": (160, 48)}


def decode(path, *options):
    """All frames as RGB bytes, by ffmpeg, with the options before the output."""
    done = subprocess.run(["ffmpeg", "-v", "error", "-i", path, *options, "-f", "rawvideo", "-pix_fmt", "rgb24", "-"],
                          stdin=subprocess.DEVNULL, capture_output=True, check=True)
    return done.stdout


def probe(path):
    """(start, duration) of each frame in hundredths."""
    done = subprocess.run(["ffprobe", "-v", "error", "-show_entries", "packet=pts_time,duration_time", "-of", "json", path],
                          capture_output=True, check=True)
    return [(round(float(p["pts_time"]) * 100), round(float(p["duration_time"]) * 100))
            for p in json.loads(done.stdout)["packets"]]


def psnr(a, b):
    error = sum((x - y) ** 2 for x, y in zip(a, b)) / len(a)
    return 99 if error == 0 else 10 * math.log10(255 ** 2 / error)


def pictures(scratch, site, display, playlists):
    """The numbered PNGs of the span."""
    directory = scratch.file(f"png-{display}/")
    code, _, err = site.bangtin("preview", "-d", display, "--from", FROM, "--until", UNTIL, "--fps", RATE,
                                "-o", directory + "%04d.png", playlists)
    assert code == 0, err
    return [read_png(directory + name)[2] for name in sorted(os.listdir(directory))]


def check_gif(scratch, site, display, playlists, wanted):
    path = scratch.file(f"{display}.gif")
    code, out, err = site.bangtin("preview", "-d", display, "--from", FROM, "--until", UNTIL, "--fps", RATE, "-o", path,
                                  playlists)
    tap.ok(code == 0 and f"{len(wanted)} frames" in out, f"{display}: a GIF of {len(wanted)} frames", out + err)
    width, height = SIZE[display]
    raw, times = decode(path, "-fps_mode", "passthrough"), probe(path)
    size = width * height * 3
    shown = [raw[i:i + size] for i in range(0, len(raw), size)]
    wrong, at = [], 0
    for n, picture in enumerate(wanted):
        start = (n * 100 + RATE // 2) // RATE
        while at + 1 < len(times) and times[at + 1][0] <= start:
            at += 1
        if shown[at] != picture:
            wrong.append(n)
    tap.ok(not wrong and len(shown) == len(times) and 20 < len(shown) < len(wanted),
           f"{display}: what it shows at each frame's hundredth is that frame's PNG; {len(shown)} pictures written",
           f"wrong: {wrong[:10]} of {len(wanted)}, {len(shown)} pictures, {len(times)} times")
    end = times[-1][0] + times[-1][1]
    tap.equal(end, (len(wanted) * 100 + RATE // 2) // RATE, f"{display}: it lasts as long as the span, in hundredths")
    with open(path, "rb") as f:
        data = f.read()
    tap.ok(b"NETSCAPE2.0\x03\x01\0\0\0" in data, f"{display}: it loops for ever")
    tap.equal(os.stat(path).st_mode & 0o777, 0o644, f"{display}: others may read it")


def check_many_colours(scratch, site, playlists):
    path = scratch.file("leds.gif")
    picture = scratch.file("leds.png")
    site.bangtin("preview", "-d", "sanh", "--at", FROM, "--panel", "-o", picture, playlists)
    wanted = decode(picture)
    code, _, err = site.bangtin("preview", "-d", "sanh", "--from", FROM, "--until", UNTIL, "--fps", RATE, "--panel",
                                "-o", path, playlists)
    width, height = SIZE["sanh"][0] * 8, SIZE["sanh"][1] * 8
    raw = decode(path, "-fps_mode", "passthrough", "-frames:v", "1")
    colours = len({wanted[i:i + 3] for i in range(0, len(wanted), 3)})
    tap.ok(code == 0 and len(raw) == width * height * 3, "LEDs as a GIF", err)
    tap.ok(colours > 256 and psnr(raw[::7], wanted[::7]) > 38, f"{colours} colours become 256 that are close",
           f"{colours} colours, {psnr(raw[::7], wanted[::7]):.1f} dB")


def check_mp4(scratch, site, display, playlists, wanted):
    path = scratch.file(f"{display}.mp4")
    code, out, err = site.bangtin("preview", "-d", display, "--from", FROM, "--until", UNTIL, "--fps", RATE, "-o", path,
                                  playlists)
    tap.ok(code == 0, f"{display}: an MP4", out + err)
    width, height = SIZE[display]
    raw, size = decode(path, "-vf", f"format=gbrp,scale={width}:{height}:flags=area"), width * height * 3
    shown = [raw[i:i + size] for i in range(0, len(raw), size)]
    worst = min((psnr(a, b) for a, b in zip(shown, wanted)), default=0)
    tap.ok(len(shown) == len(wanted) and worst > 32,
           f"{display}: its {len(shown)} frames are the PNGs, the worst at {worst:.1f} dB",
           f"{len(shown)} of {len(wanted)} frames, {worst:.1f} dB")
    others = min(psnr(shown[0], wanted[-1]), psnr(shown[-1], wanted[0]))
    tap.ok(others < 20, f"{display}: a frame of another instant would be found out ({others:.1f} dB)")


def check_sheet(scratch, site, playlists):
    path, golden = scratch.file("sheet.png"), os.path.join(ROOT, "tests/golden/ngay.png")
    code, out, err = site.bangtin("preview", "-d", "sanh", "--at", "2026-03-02 08:15", "--sheet", "-o", path, playlists)
    tap.ok(code == 0 and "4 pictures" in out, "a sheet: the two messages, the default, and off, each once", out + err)
    got, wanted = decode(path), decode(golden)
    differ = sum(abs(a - b) for a, b in zip(got, wanted)) / len(wanted) if got != wanted else 0
    tap.ok(len(got) == len(wanted) and differ < 0.5, "it is the golden one (tests/golden/ngay.png)",
           f"{len(got)} of {len(wanted)} bytes, {differ:.3f} on average")
    code, out, err = site.bangtin("preview", "-d", "sanh", "--from", "2026-03-02 08:00", "--until", "2026-03-02 08:00:01",
                                  "--sheet", "-o", path, playlists)
    tap.ok(code == 0 and "1 picture" in out, "a sheet of a second", out + err)


def start(site, display, until, path, playlists, **options):
    return subprocess.Popen([os.path.join(BIN, "bangtin"), "preview", "-c", site.configuration, "-d", display, "--from",
                             "2026-03-02 08:00", "--until", until, "-o", path, playlists], stdin=subprocess.DEVNULL,
                            stdout=subprocess.DEVNULL, **options)


def check_interrupted(scratch, site, playlists):
    for ending in ("gif", "mp4"):
        directory = scratch.file(f"half-{ending}/")
        process = start(site, "sanh", "2026-03-02 08:25", directory + "x." + ending, playlists, stderr=subprocess.PIPE)
        begun = wait_for(lambda where=directory: os.listdir(where))
        process.send_signal(signal.SIGINT)
        code = process.wait(20)
        tap.ok(begun and code == -signal.SIGINT and not os.listdir(directory),
               f"an interrupted {ending.upper()} leaves nothing, and the shell is told",
               f"begun {begun}, status {code}, left {os.listdir(directory)}")
        process.stderr.close()


def check_terminal(scratch, site, playlists):
    ours, theirs = pty.openpty()
    process = start(site, "cong", "2026-03-02 08:00:20", scratch.file("bar.gif"), playlists, stderr=theirs)
    os.close(theirs)
    text = b""
    try:
        while chunk := os.read(ours, 4096):
            text += chunk
    except OSError:
        pass
    os.close(ours)
    tap.ok(process.wait(20) == 0 and b" of 600 frames" in text and b" %" in text, "a progress bar on a terminal", text)


def check_refusals(scratch, site, playlists):
    path = scratch.file("refused/x.mp4")
    code, _, err = site.bangtin("preview", "-d", "cong", "--from", FROM, "--until", UNTIL, "-o", path, playlists,
                                env=dict(os.environ, PATH="/nonexistent"))
    tap.ok(code == 3 and "package ffmpeg" in err and not os.listdir(os.path.dirname(path)),
           "MP4 without ffmpeg: which package to install; nothing is left", err)
    for what, arguments in (("a GIF faster than players show", ("--until", UNTIL, "--fps", "60", "-o", "x.gif")),
                            ("a GIF without an end", ("-o", "x.gif")),
                            ("an unknown ending", ("-o", "x.avi")),
                            ("an end before its beginning", ("--until", "2026-03-02 07:00", "-o", "x.gif")),
                            ("a sheet as a film", ("--sheet", "-o", "x.gif")),
                            ("two beginnings", ("--at", FROM, "-o", "x.png"))):
        code, _, err = site.bangtin("preview", "-d", "cong", "--from", FROM, *arguments, playlists, cwd=scratch.path)
        tap.ok(code == 2 and err, f"{what} is refused", err)
    for form, arguments in (("x.gif", ("--until", UNTIL)), ("x.mp4", ("--until", UNTIL)), ("x.png", ()), ("x.png", ("--sheet",))):
        code, _, err = site.bangtin("preview", "-d", "cong", "--from", FROM, *arguments, "-o", f"/nonexistent/{form}", playlists)
        tap.ok(code == 1 and f"/nonexistent/{form}: " in err and err.count("\n") == 1,
               f"a directory that is not there: {form} {' '.join(arguments[:1])}", err)


def main():
    with Scratch() as scratch:
        site = Site(scratch, DISPLAYS)
        playlists = site.playlists(PLAYLISTS)
        for display in ("cong", "sanh"):
            wanted = pictures(scratch, site, display, playlists)
            check_gif(scratch, site, display, playlists, wanted)
            check_mp4(scratch, site, display, playlists, wanted)
        check_many_colours(scratch, site, playlists)
        check_sheet(scratch, site, playlists)
        check_interrupted(scratch, site, playlists)
        check_terminal(scratch, site, playlists)
        check_refusals(scratch, site, playlists)
        code, _, _ = run("bangtin", "preview", "--help")
        tap.equal(code, 0, "help")


main()
tap.done()
