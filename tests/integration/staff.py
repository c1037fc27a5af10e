#!/usr/bin/env python3
"""What the office does with `bangtin`, end to end: check, preview, load, roll back, announce, blank; exit codes; refusals
that change nothing."""
import json
import os
import signal
import time

from harness import Scratch, Site, Tap, digest, read_png, run, stop, wait_for

tap = Tap()
DISPLAYS = """
{ name = "cong"; tags = ["led", "cong-vien"]; size = "64x16"; default = "UBND"; driver = { name = "null"; }; },
{ name = "sanh"; tags = ["kiosk"]; size = "128x32"; default = "Trung tâm"; driver = { name = "null"; }; }
"""
GOOD = """
messages:
  gio: {text: "Giờ làm việc: 7 giờ đến 17 giờ"}
  nop: {text: "Nộp hồ sơ trực tuyến"}
schedule:
  - {show: gio, on: [led, kiosk], hours: ["07:00-11:30"], name: sang}
  - {show: nop, on: [led, kiosk], hours: ["09:00-10:00"], priority: 20, name: nop}
"""


def picture(path):
    return digest(read_png(path)[2])


def check_files(scratch, site):
    good = site.playlists(GOOD)
    code, out, err = run("bangtin", "check", good)
    tap.ok(code == 0 and "no errors" in out, "check: good playlists, without a site", out + err)
    code, out, err = site.bangtin("check", good)
    tap.ok(code == 0, "check: good playlists, on the site's displays", out + err)
    bad = site.playlists(GOOD.replace("priority", "prioritty").replace("show: gio", "show: goi"), directory="bad")
    code, out, err = site.bangtin("check", bad)
    tap.ok(code == 1 and "test.yaml:8:12: error:" in err and "test.yaml:9:" in err and "did you mean" in err,
           "check: two mistakes in one run, each with its place and a hint", err)
    code, out, err = run("bangtin", "check", "--format", "json", bad)
    tap.ok(code == 1 and json.loads(out)[0]["line"] == 8, "check: as JSON", out)
    code, _, err = site.bangtin("load", bad)
    tap.ok(code == 1 and not os.path.exists(os.path.join(site.state, "current")), "load: a bad one changes nothing", err)
    code, _, err = site.bangtin("load", site.playlists("anything: [", unit="nobody", directory="stray"))
    tap.ok(code == 1 and "nobody: error:" in err and not os.path.exists(os.path.join(site.state, "current")),
           "load: nor does one of a unit that is not the site's", err)
    for arguments, wanted in (((), 2), (("nonsense",), 2), (("check", "--nonsense"), 2), (("check", "/nonexistent"), 1),
                              (("status", "--socket", scratch.path + "/none"), 3), (("--version",), 0), (("--help",), 0),
                              (("preview", "--help"), 0), (("rollback", "x"), 2)):
        code, out, err = run("bangtin", *arguments)
        tap.equal(code, wanted, f"exit status of `bangtin {' '.join(arguments).replace(scratch.path, '…')}`")
    return good, bad


def check_explanations(site):
    code, out, err = site.bangtin("agenda", "-d", "cong", "--from", "2026-03-02 00:00")
    tap.ok(code == 0 and "09:00:00" in out and "nop" in out and "default" in out, "agenda", out + err)
    code, out, _ = site.bangtin("agenda", "-d", "cong", "--from", "2026-03-02 00:00", "--json")
    segments = json.loads(out)
    joined = all(a["end_ns"] == b["start_ns"] for a, b in zip(segments, segments[1:]))
    tap.ok(joined and segments[-1]["end_ns"] - segments[0]["start_ns"] == 86400 * 10**9, "agenda: no hole in the day")
    for at, source, entry in (("08:00", "schedule", "sang"), ("09:30", "schedule", "nop"), ("12:00", "default", None)):
        code, out, _ = site.bangtin("why", "-d", "cong", "--at", "2026-03-02 " + at, "--json")
        why = json.loads(out)
        tap.ok(code == 0 and why["source"] == source and (why.get("entry") or "").endswith(entry or ""),
               f"why: at {at} {source} {entry or ''}", out)
    code, out, _ = site.bangtin("why", "-d", "cong", "--at", "2026-03-02 09:30")
    tap.ok("higher priority" in out and "test.yaml:8" in out, "why: names the loser, its place and the rule", out)
    code, _, err = site.bangtin("why", "-d", "conggg")
    tap.ok(code == 1 and "cong" in err and "sanh" in err, "an unknown display: the known ones are named", err)


def check_live(scratch, site, good, bad):
    png = scratch.file("x.png")
    site.start("2026-03-02 08:00:00.5,0")
    site.bangtin("preview", "-d", "cong", "--at", "2026-03-02 08:00:00.5", "-o", png)
    morning = picture(png)
    wait_for(lambda: site.display("cong").get("playing", {}).get("source") == "schedule")
    code, _, err = site.live("snapshot", "-d", "cong", "-o", png)
    tap.ok(code == 0 and picture(png) == morning, "snapshot equals preview", err)
    code, _, err = site.live("snapshot", "-d", "cong", "-o", "/nonexistent/x.png")
    tap.ok(code == 1 and "/nonexistent/x.png" in err, "snapshot: a directory that is not there", err)
    code, _, err = site.live("preview", "-d", "cong", "-o", png)
    tap.ok(code == 0 and picture(png) == morning, "preview without files asks the daemon", err)

    code, _, err = site.live("load", bad)
    tap.ok(code == 1 and "error:" in err and site.status()["generation"]["number"] == 1,
           "load: a bad one is refused with its places, the old plays on", err)
    code, out, err = site.live("load", os.path.join(os.path.dirname(bad), "stray", "nobody", "test.yaml"))
    tap.ok(code == 1 and "error:" in err and site.status()["generation"]["number"] == 1,
           "load: so is a file of a unit that is not the site's", out + err)
    code, _, err = site.live("rollback", "99")
    tap.ok(code == 1 and "No such file" not in err, "rollback: there is no such generation", err)
    changed = site.playlists(GOOD.replace("Giờ làm việc", "Nghỉ lễ"), directory="changed")
    code, out, err = site.live("load", changed)
    tap.ok(code == 0 and "generation 2" in out, "load: a good one plays", out + err)
    site.live("snapshot", "-d", "cong", "-o", png)
    tap.ok(picture(png) != morning, "and shows")
    code, out, err = site.live("history")
    tap.ok(code == 0 and len(out.splitlines()) == 2 and out.startswith("*    2"), "history", out + err)
    code, out, err = site.live("rollback")
    tap.ok(code == 0 and "generation 1" in out, "rollback", out + err)
    site.live("snapshot", "-d", "cong", "-o", png)
    tap.equal(picture(png), morning, "and shows what it showed")
    code, _, err = site.live("rollback", "77")
    tap.ok(code == 1, "rollback to what never was is refused", err)
    return morning


def check_overrides(scratch, site, morning):
    png = scratch.file("x.png")
    code, _, err = site.live("announce", "Tạm ngưng", "--on", "cong-vien", "--for", "10m")
    tap.ok(code == 0, "announce", err)
    site.live("snapshot", "-d", "cong", "-o", png)
    announced = picture(png)
    tap.ok(announced != morning and site.display("cong")["playing"]["source"] == "announce", "the announcement shows")
    tap.equal(site.display("sanh")["playing"]["source"], "schedule", "and only where it was sent")
    code, _, err = site.live("announce", "x", "--on", "nowhere", "--for", "10m")
    tap.ok(code == 1 and "nowhere" in err, "announce to nobody is refused", err)
    code, _, err = site.live("announce", "\U0001F600", "--all", "--for", "10m")
    tap.ok(code == 1 and "1F600" in err, "announce: a character that no font has is refused", err)
    code, _, err = site.live("blank")
    site.live("snapshot", "-d", "cong", "-o", png)
    tap.ok(code == 0 and set(read_png(png)[2]) == {0}, "blank: black", err)
    site.daemon.send_signal(signal.SIGKILL)
    site.daemon.wait()
    site.start("2026-03-02 08:00:00.5,0")
    wait_for(lambda: site.display("sanh").get("playing", {}).get("source") == "blank")
    tap.equal([site.display(n)["playing"]["source"] for n in ("cong", "sanh")], ["blank", "blank"],
              "blank survives kill -9 and a restart")
    site.live("unblank", "-d", "cong")
    tap.equal([site.display(n)["playing"]["source"] for n in ("cong", "sanh")], ["announce", "blank"],
              "unblank one display: its announcement is still there, the other stays black")
    site.live("unblank")
    code, _, _ = site.live("clear")
    site.live("snapshot", "-d", "cong", "-o", png)
    tap.equal(picture(png), morning, "clear: the schedule shows, at its place")
    code, out, _ = site.live("clear")
    tap.ok(code == 0 and "nothing" in out, "clear with nothing to clear")
    for what in (("clear", "a99"), ("unblank", "a99"), ("clear", "-d", "conggg"), ("unblank", "-d", "conggg")):
        code, out, err = site.live(*what)
        tap.ok(code == 1 and f"`{what[-1]}`" in err and not out, f"{' '.join(what)}: there is none", out + err)
    site.live("announce", "A", "--all", "--for", "10m")
    for what in (("clear", "\udcff"), ("clear", "-d", "\udcff"), ("blank", "-d", "\udcff"), ("snapshot", "-d", "\udcff", "-o", png)):
        code, out, err = site.live(*what)
        tap.ok(code == 1 and "UTF-8" in err, f"{what[0]} of a name that is no UTF-8", out + err)
    tap.equal([site.display(n)["playing"]["source"] for n in ("cong", "sanh")], ["announce", "announce"],
              "and every display is left as it was")
    site.live("clear")


def check_untrusted_clock(site):
    stop(site.daemon)
    with open(os.path.join(site.state, "time"), "w", encoding="ascii") as f:
        f.write(f"{(int(time.time()) + 86400 * 365) * 10**9}\n")
    site.start()
    status = site.status()
    tap.ok(status["clock"]["trusted"] is False and status["displays"][0]["playing"]["source"] == "default",
           "a clock before the last believed time: only the default shows", status["clock"])
    code, _, err = site.live("announce", "Sơ tán", "--all", "--for", "5m", "--level", "emergency")
    tap.ok(code == 0 and site.display("cong")["playing"]["source"] == "announce",
           "an announcement needs no clock: it shows at once", err)
    code, _, err = site.live("announce", "x", "--all", "--for", "5m", "--from", "2026-12-01 08:00")
    tap.ok(code == 3 and "not believed" in err, "but cannot begin at a time of day", err)
    stamp = json.loads(site.live("announce", "--log", "--json")[1])[-1]
    tap.ok(stamp["time"] > (time.time() + 86400 * 364) * 10**9 and not stamp["trusted"],
           "and is not dated before the last time known", stamp)
    stop(site.daemon)
    site.start()
    override = site.status()["overrides"][0]
    tap.ok(override["uptime"] and 0 < override["left_ms"] <= 300000, "it goes on after a restart", override)
    code, out, err = site.live("clock", "--believe", "--json")
    tap.ok(code == 0 and json.loads(out)["trusted"], "somebody says that the clock is right", out + err)
    override = site.status()["overrides"][0]
    tap.ok(not override["uptime"] and 0 < override["left_ms"] <= 300000 and
           site.display("cong")["playing"]["source"] == "announce", "and the announcement still goes on as long", override)
    site.live("clear")
    tap.ok(wait_for(lambda: site.display("cong")["playing"].get("message") or
                    site.display("cong")["playing"]["source"] == "default"), "and then the schedule is followed")
    tap.ok(not site.status()["clock"].get("why"), "which the status says")


def main():
    with Scratch() as scratch:
        site = Site(scratch, DISPLAYS)
        good, bad = check_files(scratch, site)
        code, out, err = site.bangtin("load", good)
        tap.ok(code == 0 and "generation 1" in out, "load without a daemon", out + err)
        check_explanations(site)
        morning = check_live(scratch, site, good, bad)
        check_overrides(scratch, site, morning)
        check_untrusted_clock(site)
        tap.equal(stop(site.daemon), 0, "the daemon ends as told")


main()
tap.done()
