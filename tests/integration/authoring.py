#!/usr/bin/python3
"""What writes playlists for people: new."""
import os

from harness import Scratch, Tap, run

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


with Scratch() as scratch:
    check_new(scratch)
tap.done()
