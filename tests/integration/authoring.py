#!/usr/bin/python3
"""What writes playlists for people: new and fmt."""
import json
import os
import re
import shutil
import stat
import subprocess

from harness import BIN, ROOT, Scratch, Tap, run

tap = Tap()


def read(path):
    with open(path, "rb") as f:
        return f.read()


# --- new

def check_new(scratch):
    unit = scratch.file("tan-an/x")
    directory = os.path.dirname(unit)
    for language in ("vi", "en"):
        for kind, name in (("playlist", "thong-bao.yaml"), ("page", "trang.yaml"), ("site", "bangtind.conf")):
            path = scratch.file(f"{language}/tan-an/{name}")
            code, out, err = run("bangtin", "new", kind, path, *(["--lang", "en"] if language == "en" else []))
            text = read(path).decode()
            tap.ok(code == 0 and not err and path in out, f"new {kind}, {language}", err)
            tap.ok(("man bangtin" in text) and ("check FILE" in text) == (language == "en"), "its comments' language", text)
            code, out, err = run("bangtin", "check", path)
            tap.ok(code == 0 and not err, "it passes check without a word", err)
        site = scratch.file(f"{language}/tan-an/bangtind.conf")
        code, out, err = run("bangtin", "check", "-c", site, os.path.dirname(site))
        tap.ok(code == 0 and "error" not in err, "all three together", err)
    code, out, err = run("bangtin", "new", cwd=directory)
    made = read(os.path.join(directory, "thong-bao.yaml"))
    tap.ok(code == 0 and b"unit: tan-an\n" in made and b"bangtin-playlist.schema.json" in made.split(b"\n")[0],
           "new alone: a playlist of the directory's unit, for an editor", err)
    code, out, err = run("bangtin", "new", "playlist", cwd=directory)
    tap.ok(code == 1 and "already" in err and read(os.path.join(directory, "thong-bao.yaml")) == made,
           "what is there is left alone", err)
    tap.ok(run("bangtin", "new", "page", "-", "--unit", "xa-1")[1].count("unit: xa-1\n") == 1, "to standard output")
    for arguments in (("pages",), ("page", "x.yml"), ("page", "--unit", "Xa"), ("page", "a.yaml", "b.yaml")):
        tap.equal(run("bangtin", "new", *arguments, cwd=directory)[0], 2, f"usage: new {' '.join(arguments)}")
    code, out, err = run("bangtin", "new", "playlist", os.path.join(directory, "no/where.yaml"))
    tap.ok(code == 1 and "where.yaml" in err, "a directory that is not there", err)


# --- fmt

UGLY = """# tệp của xã


bangtin:   1
unit : tan-an   # đơn vị
messages:
     a :  { text : "Xin  chào" ,qr: 'https://x.example' }
     # câu dài
     b:
          text: |
               Dòng một
                 dòng hai
schedule:
- show: a
  on: [ led ,kiosk ]
-   {show: b, on: led}
"""
FORMATTED = """# tệp của xã

bangtin: 1
unit: tan-an   # đơn vị
messages:
  a: {text: "Xin  chào", qr: 'https://x.example'}
  # câu dài
  b:
    text: |
      Dòng một
        dòng hai
schedule:
  - show: a
    on: [led, kiosk]
  - {show: b, on: led}
"""


def check_fmt(scratch):
    path, broken = scratch.file("fmt/a.yaml", UGLY), scratch.file("fmt-broken/b.yaml", "bangtin: 1\nunit: [x\nmessages:\n")
    os.chmod(path, 0o640)
    before = run("bangtin", "check", "--json", path)
    code, out, err = run("bangtin", "fmt", "--check", path)
    tap.ok(code == 1 and path in out and read(path).decode() == UGLY, "fmt --check tells and changes nothing", out + err)
    code, out, err = run("bangtin", "fmt", path, broken)
    tap.ok(code == 1 and f"{broken}:2:7: error: " in err and read(path).decode() == UGLY,
           "beside a broken file nothing is changed", out + err)
    code, out, err = run("bangtin", "fmt", "--json", path)
    tap.ok(code == 0 and json.loads(out) == [{"file": path, "changed": True}] and read(path).decode() == FORMATTED, "fmt",
           err + read(path).decode())
    tap.equal(stat.S_IMODE(os.stat(path).st_mode), 0o640, "the file's mode stays")
    tap.equal(os.listdir(os.path.dirname(path)), ["a.yaml"], "nothing is left beside it")
    tap.ok(run("bangtin", "check", "--json", path) == before, "check says the same as before")
    tap.equal(run("bangtin", "fmt", "--check", path)[0], 0, "a second run has nothing to do")
    link = scratch.file("fmt-link/a.yaml")
    scratch.file("fmt-link/real.txt", UGLY)
    os.symlink("real.txt", link)
    run("bangtin", "fmt", link)
    tap.ok(os.path.islink(link) and read(link).decode() == FORMATTED, "through a link the file itself is written")
    done = subprocess.run([os.path.join(BIN, "bangtin"), "fmt", "-"], input=UGLY.replace("\n", "\r\n").encode(),
                          capture_output=True, check=False)
    tap.ok(done.returncode == 0 and done.stdout.decode() == FORMATTED, "from standard input to standard output", done.stderr)
    done = subprocess.run([os.path.join(BIN, "bangtin"), "fmt", "-"], input=b"a: [\n", capture_output=True, check=False)
    tap.ok(done.returncode == 1 and not done.stdout and b"-:1:4: error: " in done.stderr, "what is broken there", done.stderr)
    tap.equal(run("bangtin", "fmt")[0], 2, "usage")


def agenda(playlists):
    """What every display of the sample site plays on a day, and all that check has to say, but for lines."""
    site = os.path.join(ROOT, "playlists", "bangtind.conf")
    said = [run("bangtin", "agenda", "-c", site, "-d", display, "--from", "2026-12-01 00:00", "--until", "2026-12-02 00:00", "--json",
                playlists)[:2] for display in ("phuong-1", "sanh-trung-tam-tinh")]
    return said


def check_fmt_meaning(scratch):
    """The samples made ugly, formatted: their programme is the same to the byte."""
    ugly = scratch.file("ugly/x")
    shutil.rmtree(os.path.dirname(ugly))
    ugly = shutil.copytree(os.path.join(ROOT, "playlists"), os.path.dirname(ugly), ignore=shutil.ignore_patterns("*.conf"))
    files = [os.path.join(d, f) for d, _, names in os.walk(ugly) for f in names if f.endswith(".yaml")]
    for path in files:
        lines = read(path).decode().split("\n")
        with open(path, "w", encoding="utf-8", newline="") as f:
            f.write("\r\n".join(" " * (len(line) - len(line.lstrip(" "))) + re.sub("^( *)- ", r"\1-   ", line) for line in lines))
    before = agenda(ugly)
    code, out, err = run("bangtin", "fmt", ugly)
    tap.ok(code == 0 and len(out.splitlines()) == len(files), "all samples are formatted", err)
    tap.ok(before[0][0] == 0 and len(before[1][1]) > 1000 and agenda(ugly) == before, "and say the same: the agendas are equal",
           str(before)[:300])


with Scratch() as scratch:
    check_new(scratch)
    check_fmt(scratch)
    check_fmt_meaning(scratch)
tap.done()
