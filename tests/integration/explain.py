#!/usr/bin/env python3
"""What a change will change: `bangtin diff` in text, JSON and as a sheet, over versions from the state and from files."""
import base64
import html.parser
import json
import re

from harness import Scratch, Site, Tap, read_png

tap = Tap()
DISPLAYS = """
{ name = "bang"; tags = ["led"]; size = "64x16"; driver = { name = "null"; }; on-hours = ["06:00-22:00"]; },
{ name = "sanh"; tags = ["hall"]; size = "96x32"; driver = { name = "null"; }; default = "Chào"; }
"""
MESSAGES = """
messages:
  gio: {text: "Giờ làm việc"}
  cua: {text: "%s"}
  thue: {text: "Nộp thuế <đúng hạn> & đủ"}
"""
OLD = MESSAGES % "Một cửa" + """
schedule:
  - {show: gio, on: led, hours: "07:00-11:00"}
  - {show: cua, on: led, hours: "12:00-13:00", days: mon}
"""
NEW = MESSAGES % "Một cửa liên thông" + """
schedule:
  - {show: gio, on: led, hours: "08:00-11:00", days: mon..fri}
  - {show: cua, on: led, hours: "12:00-13:00", days: mon}
  - {show: thue, on: led, hours: "20:00-23:00", from: 2026-03-10}
"""
# 2026-03-02 is a Monday; 28 days are four weeks.
SPAN = ("--from", "2026-03-02 09:00", "--days", "28")


def check_json(site, old, new):
    code, out, err = site.bangtin("diff", *SPAN, "--json", old, new)
    bang, sanh = json.loads(out) if code == 0 else ({}, {})
    tap.ok(code == 0 and (bang["first"], bang["last"]) == ("2026-03-02", "2026-03-29"), "diff: the days", out + err)
    rows = {row["message"]: row for row in bang["messages"]}
    tap.equal({name: row["change"] for name, row in rows.items()},
              {"province/gio": "moves", "province/cua": "reworded", "province/thue": "appears"}, "diff: what becomes of each")
    gio, cua, thue = (rows["province/" + name] for name in ("gio", "cua", "thue"))
    tap.equal((gio["before"]["minutes"], gio["after"]["minutes"], gio["gain"]), (28 * 240, 20 * 180, 20 * 180 - 28 * 240),
              "diff: minutes, counted by hand")
    tap.equal((gio["before"]["hours"], gio["after"]["hours"]), ("mon..sun 07:00-11:00", "mon..fri 08:00-11:00"), "diff: hours")
    tap.ok(len(gio["after"]["days"]) == 20 and "2026-03-07" not in gio["after"]["days"], "diff: days", gio)
    tap.equal((cua["gain"], cua["before"]["text"], cua["after"]["text"]), (0, "Một cửa", "Một cửa liên thông"), "diff: other words")
    tap.equal((thue["before"], thue["after"]["minutes"], thue["after"]["days"][0]), (None, 20 * 120, "2026-03-10"),
              "diff: minutes only while the display is on")
    tap.equal(bang["nothing"]["after"] - bang["nothing"]["before"], -sum(row["gain"] for row in rows.values()),
              "diff: what messages gain, the default loses")
    tap.ok(sanh["messages"] == [] and sanh["nothing"]["before"] == 28 * 24 * 60, "diff: another display does not change", sanh)
    code, out, _ = site.bangtin("diff", *SPAN, "-d", "led", "--json", new, old)
    back = {row["message"]: row for row in json.loads(out)[0]["messages"]}
    tap.ok(len(json.loads(out)) == 1 and back["province/thue"]["change"] == "vanishes" and
           all(back[name]["gain"] == -row["gain"] for name, row in rows.items()), "diff: backwards it is the opposite", out)
    tap.equal(site.bangtin("diff", "--from", "2026-03-02", *SPAN[2:], "-d", "led", "--json", new, old)[1], out,
              "diff: a date is enough")
    code, out, _ = site.bangtin("diff", *SPAN, old, old)
    tap.ok(code == 0 and out.count("nothing changes") == 2, "diff: nothing changes", out)


def check_versions(site, old, new):
    """Numbers of generations and `current`, from the state directory and from the daemon."""
    for path in (old, new):
        code, out, err = site.bangtin("load", path)
        tap.ok(code == 0, "load", out + err)
    wanted = site.bangtin("diff", *SPAN, "--json", old, new)[1]
    tap.equal(site.bangtin("diff", *SPAN, "--json", "1", "2")[1], wanted, "diff: generations of the state")
    tap.equal(site.bangtin("diff", *SPAN, "--json", "1", "current")[1], wanted, "diff: `current`")
    code, out, err = site.bangtin("diff", "1", "9")
    tap.ok(code == 1 and "no generation 9" in err, "diff: no such generation", out + err)
    code, _, err = site.bangtin("diff", "1", "2", "--days", "0")
    tap.ok(code == 2 and "--days" in err, "diff: no days", err)
    site.start()
    tap.equal(site.live("diff", *SPAN, "--json", "1", "current")[1], wanted, "diff: generations of the daemon")
    code, _, err = site.live("diff", "9", "current")
    tap.ok(code == 1 and "generation" in err, "diff: the daemon has no such generation", err)
    code, out, _ = site.live("diff", *SPAN, old)
    tap.ok(code == 0 and "- province/thue vanishes" in out and "now: Một cửa\n" in out, "diff: OLD is what plays", out)


class Sheet(html.parser.HTMLParser):
    VOID = {"meta", "img", "br", "rect", "line"}

    def __init__(self):
        super().__init__()
        self.open, self.pictures, self.links, self.text, self.faults = [], [], [], "", []

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if tag == "img":
            self.pictures.append(attrs)
        self.links += [attrs[key] for key in ("src", "href") if key in attrs and not attrs[key].startswith("data:")]
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        pass

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.faults.append(tag)

    def handle_data(self, data):
        self.text += data


def check_html(scratch, site, old, new):
    path = scratch.file("sheet.html")
    code, out, err = site.bangtin("diff", *SPAN, "--html", path, old, new)
    tap.ok(code == 0, "diff: a sheet", out + err)
    sheet = Sheet()
    with open(path, encoding="utf-8") as f:
        sheet.feed(f.read())
    tap.ok(not sheet.faults and not sheet.open and not sheet.links, "sheet: every element is closed, nothing is outside",
           (sheet.faults, sheet.open, sheet.links))
    tap.ok("Nộp thuế <đúng hạn> & đủ" in sheet.text and "Một cửa liên thông" in sheet.text, "sheet: texts, quoted", sheet.text)
    tap.equal(len(sheet.pictures), 4, "sheet: a picture of each, two of what is reworded")
    for picture in sheet.pictures:
        name = scratch.file("picture.png")
        with open(name, "wb") as f:
            f.write(base64.b64decode(picture["src"].removeprefix("data:image/png;base64,")))
        width, height, pixels = read_png(name)
        tap.ok((width, height) == (64, 16) and any(pixels) and int(picture["width"]) == 6 * 64,
               "sheet: the picture of the board, enlarged", picture["alt"])
    caption = re.search(r"after, (\S+)", sheet.text).group(1)
    tap.ok(caption.startswith("2026-03-"), "sheet: when the picture shows", sheet.text)
    code, _, err = site.bangtin("diff", *SPAN, "--html", scratch.file("no/") + "where/x.html", old, new)
    tap.ok(code == 1 and "where/x.html: " in err, "sheet: nowhere to write", err)


with Scratch() as scratch:
    site = Site(scratch, DISPLAYS)
    old, new = site.playlists(OLD, directory="old"), site.playlists(NEW, directory="new")
    check_json(site, old, new)
    check_html(scratch, site, old, new)
    check_versions(site, old, new)
tap.done()
