#!/usr/bin/env python3
"""What operators lay over the schedule, end to end: levels, times, which displays confirmed, a disk that takes nothing, a
board that is plugged in again, kill -9 in mid-announcement; and `why` and `agenda` agree about it at every instant."""
import base64
import json
import os
import select
import shutil
import signal
import socket
import time

from harness import Scratch, Site, Tap, digest, read_png, stop, wait_for

tap = Tap()
PLAYLISTS = """
messages:
  gio: {text: "Giờ làm việc: 7 giờ đến 17 giờ"}
  nop: {text: "Nộp hồ sơ trực tuyến"}
schedule:
  - {show: gio, on: led, hours: ["06:00-20:00"]}
  - {show: nop, on: led, hours: ["08:10-08:50"], priority: 20, share: 30%}
"""
START = "2026-03-02 08:00:00.5,0"


def displays(port):
    return f"""
{{ name = "cong"; tags = ["led"]; size = "64x16"; default = "UBND"; driver = {{ name = "null"; }}; }},
{{ name = "sanh"; tags = ["led"]; size = "64x16"; on-hours = ["07:00-09:00"]; driver = {{ name = "null"; }}; }},
{{ name = "bang"; tags = ["day"]; size = "32x16"; default = "Bảng";
   driver = {{ name = "adalight"; port = "{port}"; baud = 2000000; }}; }}
"""


def announce(site, text, *words):
    code, out, err = site.live("announce", text, "--json", *words)
    return code, json.loads(out) if out else {}, err


def shown(site, scratch, display):
    png = scratch.file("now.png")
    site.live("snapshot", "-d", display, "-o", png)
    return digest(read_png(png)[2])


def previewed(site, scratch, display):
    png = scratch.file("preview.png")
    code, out, err = site.live("preview", "-d", display, "-o", png)
    return digest(read_png(png)[2]) if code == 0 else out + err


def playing(site, display):
    return site.display(display)["playing"]


def check_levels(scratch, site):
    seen = {}
    for level in ("urgent", "notice", "emergency"):
        code, reply, err = announce(site, level.upper(), "--on", "led", "--for", "10m", "--level", level)
        tap.ok(code == 0 and reply["kept"] and [d["display"] for d in reply["displays"]] == ["cong", "sanh"],
               f"announce {level}", err or reply)
        seen[level] = reply["id"]
        covered = level == "notice"
        tap.ok(all(d.get("covered_by") == seen["urgent"] if covered else d["confirmed"] and d["by"] == "line"
                   for d in reply["displays"]), f"{level}: {'covered by the urgent one' if covered else 'shown'}", reply)
        tap.equal(playing(site, "cong")["override"], seen["urgent" if covered else level], f"{level}: what plays")
        tap.equal(shown(site, scratch, "cong"), previewed(site, scratch, "cong"), f"{level}: the picture is the preview")
    code, out, _ = site.live("why", "-d", "cong", "--json")
    why = json.loads(out)
    tap.ok((why["source"], why["override"], why["level"]) == ("announce", seen["emergency"], "emergency") and
           {o["id"]: o["verdict"] for o in why["overrides"]} ==
           {seen["emergency"]: "wins", seen["urgent"]: "lower-level", seen["notice"]: "lower-level"},
           "why: the winner, and what it covers", out)
    code, reply, _ = announce(site, "URGENT 2", "--on", "led", "--for", "10m", "--level", "urgent")
    site.live("clear", seen["emergency"])
    tap.equal(playing(site, "cong")["override"], reply["id"], "clear: of one level the newest")
    for words, fault in ((("--level", "emergency", "--for", "61m"), "1h"), (("--level", "urgent", "--for", "7h"), "6h"),
                         (("--for", "25h"), "1d")):
        code, _, err = announce(site, "x", "--all", *words)
        tap.ok(code == 2 and fault in err, f"{' '.join(words)} is too long", err)
    code, _, err = announce(site, "\033[31mx\x9b", "--all", "--for", "1m")
    tap.ok(code == 1 and "control character" in err, "escape sequences reach no list", err)
    code, _, err = announce(site, "x", "--all", "--for", "1m", "--level", "loud")
    tap.ok(code == 2 and "emergency" in err, "no such level", err)
    site.live("clear")


def check_agreement(site, at):
    """`why` at instants between and on all borders says what `agenda` says."""
    begin, end = "2026-03-02 07:59:00", "2026-03-02 09:31:00"
    for display in ("cong", "sanh"):
        code, out, err = site.live("agenda", "-d", display, "--from", begin, "--until", end, "--json")
        segments = json.loads(out)
        tap.ok(code == 0 and all(a["end_ns"] == b["start_ns"] for a, b in zip(segments, segments[1:])),
               f"agenda of {display}: no hole", out + err)
        sources = {s["source"] for s in segments}
        tap.ok(sources >= {"schedule", "announce", "blank"} | ({"off"} if display == "sanh" else set()),
               f"agenda of {display}: the schedule and what lies over it", sources)
        instants = [(s, ns) for s in segments for ns in
                    (s["start_ns"], s["end_ns"] - 1, (s["start_ns"] + s["end_ns"]) // 2)]
        wrong = []
        for i in range(0, len(instants), 60):
            some = instants[i:i + 60]
            words = [word for _, ns in some for word in ("--at", at(ns))]
            for (s, ns), why in zip(some, json.loads(site.live("why", "-d", display, *words, "--json")[1])):
                keys = ("source", "override", "level", "entry", "message", "reason")
                if [why.get(k) for k in keys] != [s.get(k) for k in keys]:
                    wrong.append((at(ns), [why.get(k) for k in keys], [s.get(k) for k in keys]))
        tap.ok(not wrong and len(instants) > 100, f"{display}: why agrees with agenda at {len(instants)} instants", wrong)


def rfc(ns):
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(ns // 10**9)) + f".{ns % 10**9:09d}Z"


def check_times(scratch, site):
    code, reply, err = announce(site, "Bắt đầu lúc tám giờ rưỡi", "--on", "led", "--for", "45m", "--from",
                                "2026-03-02 08:30")
    tap.ok(code == 0 and all(d.get("later") for d in reply["displays"]), "--from: begins later", err or reply)
    tap.equal(playing(site, "cong")["source"], "schedule", "and does not show before")
    announce(site, "Ngay bây giờ", "--on", "led", "--for", "5m")
    announce(site, "Khẩn", "--on", "led", "--for", "10m", "--from", "2026-03-02 08:40", "--level", "emergency")
    for wrong in ("2026-03-02 07:00", "2026-09-02 07:00", "soon"):
        code, _, err = announce(site, "x", "--on", "led", "--for", "5m", "--from", wrong)
        tap.ok(code == 2 and "from" in err, f"--from {wrong} is refused", err)
    site.live("blank", "-d", "bang", "--wait", "0")
    # a blank has no end: it is laid at a later instant of the standing clock by hand, as the state says it
    stop(site.daemon)
    path = os.path.join(site.state, "overrides.json")
    with open(path, encoding="utf-8") as f:
        state = json.load(f)
    blank = next(o for o in state if o["kind"] == "blank")
    state.append(dict(blank, id="b-later", on=["cong", "sanh"], start=blank["start"] + 80 * 60 * 10**9))
    with open(path, "w", encoding="utf-8") as f:
        json.dump(state, f)
    live, site.live = site.live, site.bangtin
    check_agreement(site, rfc)
    site.live = live
    with open(path, "w", encoding="utf-8") as f:
        json.dump([o for o in state if o["kind"] != "blank"], f)
    site.start(START)
    tap.equal(wait_for(lambda: playing(site, "cong")["source"] == "announce"), True, "an announcement survives a restart")
    site.live("clear")


def check_blank(scratch, site):
    code, out, err = site.live("blank", "--json", "--wait", "300ms")
    reply = json.loads(out)
    told = {d["display"]: d["confirmed"] for d in reply["displays"]}
    tap.ok(code == 3 and told == {"cong": True, "sanh": True, "bang": False} and
           "down" in next(d for d in reply["displays"] if d["display"] == "bang")["why"],
           "blank: which display could not confirm, and why; exit status 3", out + err)
    code, out, _ = site.live("blank", "--wait", "0")
    tap.ok("bang: NOT CONFIRMED" in out and "cong: shown" in out, "and in words", out)
    tap.equal(set(read_png(snapshot(site, scratch, "cong"))[2]), {0}, "black")
    tap.equal(shown(site, scratch, "cong"), previewed(site, scratch, "cong"), "blank: the picture is the preview")
    site.live("blank", "--wait", "0")
    tap.equal(len(site.status()["overrides"]), 1, "a blank over the same displays takes the place of the former")
    code, reply, err = announce(site, "Dưới màn đen", "--on", "cong", "--for", "1m", "--level", "emergency")
    tap.ok(code == 0 and reply["displays"][0]["covered_by"].startswith("b"), "blank beats every level", reply)
    site.live("clear")
    code, out, err = site.live("unblank", "--wait", "300ms")
    tap.ok(code == 3 and "cong: shown" in out and "bang: NOT CONFIRMED" in out, "unblank tells it as well", out + err)
    tap.equal(playing(site, "cong")["source"], "schedule", "unblank: the schedule shows")


def snapshot(site, scratch, display):
    png = scratch.file("now.png")
    site.live("snapshot", "-d", display, "-o", png)
    return png


def check_full_disk(scratch, site):
    """Nothing can be put in the place of overrides.json; a really full disk is in the guest's test."""
    path = os.path.join(site.state, "overrides.json")
    os.rename(path, path + ".away")
    os.makedirs(path + "/full")
    code, out, err = site.live("blank", "-d", "led", "--json")
    reply = json.loads(out)
    tap.ok(code == 0 and not reply["kept"] and reply["keep_fault"] and all(d["confirmed"] for d in reply["displays"]),
           "a disk that takes nothing: blank acts all the same", out + err)
    tap.equal(set(read_png(snapshot(site, scratch, "cong"))[2]), {0}, "and is black")
    code, out, _ = site.live("blank", "-d", "led")
    tap.ok("would be lost by a restart" in out, "and says that a restart would lose it", out)
    tap.ok(site.status()["keep_fault"], "the status says it as well")
    shutil.rmtree(path)
    tap.ok(wait_for(lambda: not site.status()["keep_fault"]), "room again: it is kept")
    site.daemon.send_signal(signal.SIGKILL)
    site.daemon.wait()
    site.start(START)
    tap.ok(wait_for(lambda: playing(site, "cong")["source"] == "blank"), "and survives kill -9")
    site.live("unblank")
    code, reply, err = announce(site, "Họp lúc 9 giờ", "--on", "led", "--for", "10m")
    tap.ok(code == 0 and reply["kept"], "announce is kept again", err)
    site.live("clear")


def check_reconnect(scratch, site, port):
    dump = scratch.file("frames.jsonl")
    _, reply, _ = announce(site, "Trời mưa", "--on", "bang", "--for", "1h", "--wait", "0", "--level", "urgent")
    tap.ok(not reply["displays"][0]["confirmed"], "announce to a board that is not there", reply)
    simulator = scratch.start("bangtin-simulator", "--protocol", "adalight", "--size", "32x16", "--pty", port, "--json",
                              out=dump)
    listed = wait_for(lambda: next((d for o in json.loads(site.live("announce", "--list", "--json")[1])
                                    for d in o["displays"] if d["confirmed"]), None), 20)
    tap.ok(listed, "plugged in: it is shown there", site.live("announce", "--list")[1])
    entries = wait_for(lambda: [e for e in log(site) if e["event"] == "confirmed" and e["id"] == reply["id"]], 5)
    tap.ok(entries and entries[0]["on"] == ["bang"], "and the log says so", log(site)[-4:])
    stop(simulator)
    tap.ok(wait_for(lambda: site.display("bang")["health"] != "up"), "unplugged")
    simulator = scratch.start("bangtin-simulator", "--protocol", "adalight", "--size", "32x16", "--pty", port, "--json",
                              out=dump)
    tap.ok(wait_for(lambda: os.path.getsize(dump) > 0 and site.display("bang")["health"] == "up", 20), "plugged in again")
    png = scratch.file("panel.png")
    site.live("preview", "-d", "bang", "--stage", "panel", "-o", png)
    with open(dump, encoding="utf-8") as f:
        last = json.loads(f.read().split("\n")[0])
    tap.equal(last["digest"], digest(read_png(png)[2]), "its first picture is the announcement")
    site.live("clear")


def check_countdown(scratch, site):
    """On the board, in the preview, and after a restart; each as the same words without a field."""
    for text in ("Còn {gio}", "Còn {countdown:2026-12-31}", "Còn {countdown"):
        code, _, err = announce(site, text, "--on", "cong", "--for", "10m")
        tap.ok(code == 1 and text[4:] in err and "{countdown}" in err and "{{" in err and not site.status()["overrides"],
               f"{text}: refused, with what there is", err)
    for text, words in (("Hôm nay {date} Trung tâm nghỉ", "Hôm nay Thứ Hai, 02/03/2026 Trung tâm nghỉ"),
                        ("{date}{{date}", "Thứ Hai, 02/03/2026{{date}")):
        code, reply, err = announce(site, text, "--on", "cong", "--for", "10m")
        tap.equal([o["text"] for o in site.status()["overrides"]], [words], f"{text}: the date on which it begins")
        site.live("clear")
    code, reply, err = announce(site, "{time}", "--on", "cong", "--for", "10m")
    tap.ok(code == 1 and "{time}" in err, "{time}, which would be wrong a minute later, is refused", err)
    code, reply, err = announce(site, "{countdown}", "--on", "cong", "--for", "10m", "--level", "urgent")
    tap.ok(code == 0 and reply["displays"][0]["confirmed"], "{countdown} is announced", err or reply)
    counted = {}
    for clock in (START, "2026-03-02 08:04:00.7,0"):
        if counted:
            stop(site.daemon)
            site.start(clock)
            wait_for(lambda: playing(site, "cong").get("source") == "announce")
        counted[clock] = shown(site, scratch, "cong")
        tap.equal(previewed(site, scratch, "cong"), counted[clock], f"at {clock[11:19]} the preview is the picture")
    site.live("clear")
    for (clock, picture), words in zip(counted.items(), ("00:10:00", "00:06:00")):
        announce(site, words, "--on", "cong", "--for", "1m", "--level", "urgent")
        tap.equal(picture, shown(site, scratch, "cong"), f"at {clock[11:19]} it says {words}")
    site.live("clear")
    stop(site.daemon)
    site.start(START[:-1] + "1")
    announce(site, "{countdown}", "--on", "cong", "--for", "10m")
    seen = set()
    tap.ok(wait_for(lambda: seen.add(shown(site, scratch, "cong")) or len(seen) > 2), "and it goes on as the time passes")
    site.live("clear")


def check_slow_load(scratch, site):
    """An emergency does not wait for a load that is tried, and outlives it."""
    words = " ".join(f"thủ tục số {n}" for n in range(60))
    files = []
    for name in "abcdefgh":
        text = "bangtin: 1\nunit: province\nmessages:\n"
        text += "".join(f"  {name}{n}: {{text: '{n} {words}', qr: 'https://example.gov.vn/{name}{n}'}}\n" for n in range(150))
        text += "schedule:\n" + "".join(f"  - {{show: {name}{n}, on: [led, day]}}\n" for n in range(150))
        files.append({"unit": "province", "name": f"province/{name}.yaml", "data": base64.b64encode(text.encode()).decode()})
    generation = site.status()["generation"]["number"]
    with socket.socket(socket.AF_UNIX) as s:
        s.connect(site.socket)
        s.sendall(json.dumps({"command": "load", "files": files}).encode() + b"\n")
        replies = []
        for order in (("announce", "Mất điện", "--on", "led", "--for", "10m", "--level", "emergency", "--json"), ("clear", "--json"),
                      ("announce", "Mất nước", "--on", "led", "--for", "10m", "--level", "emergency", "--json")):
            code, out, err = site.live(*order)
            replies.append((code, not select.select([s], [], [], 0)[0], site.status()["generation"]["number"] == generation))
        tap.equal(replies, [(0, True, True)] * 3, "announce, clear and announce while a load is tried: none waits for it")
        reply = json.loads(s.makefile().readline())
    tap.ok(reply["ok"] and site.status()["generation"]["number"] > generation, "the load is done after them", str(reply)[:300])
    listed = [o["text"] for o in site.status()["overrides"]]
    tap.ok(listed == ["Mất nước"] and playing(site, "cong")["source"] == "announce" and
           shown(site, scratch, "cong") == previewed(site, scratch, "cong"), "and what they ordered is laid over what it brings", listed)
    site.live("clear")
    tap.equal(playing(site, "cong")["source"], "schedule", "taken back, the new schedule plays")


def log(site):
    code, out, err = site.live("announce", "--log", "--json")
    return json.loads(out) if code == 0 else [err]


def check_log(site):
    entries = log(site)
    times = [e["time"] for e in entries]
    tap.ok(times == sorted(times) and len(times) > 20, "the log: no time goes back", times)
    asked = next(e for e in entries if e.get("text") == "Họp lúc 9 giờ")
    tap.ok(asked["event"] == "announce" and asked["user"] and "uid" in asked and asked["on"] == ["cong", "sanh"] and
           asked["at"].startswith("2026-03-02T08:00:00") and asked["level"] == "notice", "who, what, when, where", asked)
    confirmed = {name for e in entries if e["event"] == "confirmed" and e["id"] == asked["id"] for name in e["on"]}
    tap.equal(confirmed, {"cong", "sanh"}, "and which displays confirmed it")
    tap.ok(any(e["event"] == "unconfirmed" and e["on"] == ["bang"] for e in entries), "and which did not")
    tap.ok({"blank", "unblank", "clear"} <= {e["event"] for e in entries}, "every order is in it")
    code, out, _ = site.live("announce", "--log")
    tap.ok(code == 0 and len(out.splitlines()) == len(entries) and "Họp lúc 9 giờ" in out, "the log in words", out)


with Scratch() as scratch:
    port = os.path.join(scratch.path, "board")
    site = Site(scratch, displays(port))
    code, out, err = site.bangtin("load", site.playlists(PLAYLISTS))
    tap.ok(code == 0, "load", out + err)
    site.start(START)
    wait_for(lambda: playing(site, "cong").get("source") == "schedule")
    check_levels(scratch, site)
    check_times(scratch, site)
    check_blank(scratch, site)
    check_full_disk(scratch, site)
    check_reconnect(scratch, site, port)
    check_log(site)
    check_countdown(scratch, site)
    check_slow_load(scratch, site)
    tap.equal(stop(site.daemon), 0, "the daemon ends as told")
tap.done()
