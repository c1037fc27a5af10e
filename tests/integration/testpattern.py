#!/usr/bin/env python3
"""bangtin-testpattern drives bangtin-simulator over every wire: what is decoded is the pattern, painted here once more from
its description; what it says of ports that cannot be had; and patterns on a display that a running daemon lends."""
import fcntl
import json
import os
import signal
import socket
import termios
import time

from harness import Scratch, Site, Tap, digest, json_lines, run, stop, wait_for

tap = Tap()
WIDTH, HEIGHT = 48, 20  # 960 pixels: six universes, two DDP datagrams, the last of them not full
SERIAL = ("adalight", "awa", "tpm2")
WHITE, RED, GREEN, BLUE, BLACK = b"\xff\xff\xff", b"\xff\0\0", b"\0\xff\0", b"\0\0\xff", bytes(3)


def painted(colour_at):
    return b"".join(colour_at(x, y) for y in range(HEIGHT) for x in range(WIDTH))


def border_at(x, y):
    if x == WIDTH - 1:
        return WHITE
    if x == 0:
        return BLUE
    return GREEN if y == HEIGHT - 1 else RED if y == 0 else BLACK


BARS = (WHITE, b"\xff\xff\0", b"\0\xff\xff", GREEN, b"\xff\0\xff", RED, BLUE, BLACK)
STILL = {
    "bars": painted(lambda x, y: BARS[x * 8 // WIDTH]),
    "border": painted(border_at),
    "red": RED * WIDTH * HEIGHT,
    "checker": painted(lambda x, y: WHITE if (x + y) % 2 else BLACK),
}
DARK = digest(BLACK * WIDTH * HEIGHT)


def free_port():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def start_simulator(scratch, protocol, size=f"{WIDTH}x{HEIGHT}", options=()):
    """Where it is for --port, and the file of what it decodes."""
    out = os.path.join(scratch.path, f"decoded-{len(scratch.processes)}")
    if protocol in SERIAL:
        where = os.path.join(scratch.path, "tty")
        scratch.start("bangtin-simulator", "--protocol", protocol, "--size", size, "--json", "--pty", where, *options,
                      out=out)
        wait_for(lambda: os.path.islink(where))
    else:
        port = free_port()
        where = f"127.0.0.1:{port}"
        scratch.start("bangtin-simulator", "--protocol", protocol, "--size", size, "--json", "--listen", where,
                      *options, out=out)
        wait_for(lambda: f":{port:04X} " in open("/proc/net/udp", encoding="ascii").read())
    return where, out


def decoded(out):
    return [line["digest"] for line in json_lines(out) if "frame" in line]


def show(protocol, where, pattern, *options, size=f"{WIDTH}x{HEIGHT}", **more):
    baud = ("-o", "baud=4000000", "-o", "pixel-time=0s") if protocol in SERIAL else ()
    return run("bangtin-testpattern", "show", pattern, "--driver", protocol, "--port", where, "--size", size, "--json",
               *baud, *options, **more)


def handed(out):
    return [line for line in map(json.loads, out.splitlines()) if "sequence" in line]


def check_still(protocol, pattern, picture):
    """A receiver of its own: another would refuse the numbers of a sender that has just begun again as old ones."""
    with Scratch() as scratch:
        where, out = start_simulator(scratch, protocol)
        code, said, err = show(protocol, where, pattern, "--for", "400ms")
        wait_for(lambda: len(decoded(out)) >= len(handed(said)), 3)
        got = decoded(out)
        tap.ok(code == 0 and got and got[0] == digest(picture) and got[-1] == DARK and
               set(got) == {digest(picture), DARK},
               f"{protocol}: {pattern} is decoded as it is described, then black", f"{code} {err}\n{got}")


def check_moving(protocol):
    with Scratch() as scratch:
        where, out = start_simulator(scratch, protocol)
        code, said, err = show(protocol, where, "columns", "--for", "1500ms", "--keep")
        sent = handed(said)
        wait_for(lambda: len(decoded(out)) >= len(sent), 3)
        tap.ok(code == 0 and len(sent) >= 12 and decoded(out) == [s["digest"] for s in sent],
               f"{protocol}: each of {len(sent)} frames of a moving pattern arrives, in order",
               f"{code} {err}\nsent {len(sent)}, decoded {len(decoded(out))}")
        columns = [digest(painted(lambda x, y, at=s["elapsed"] // 10**8 % WIDTH: WHITE if x == at else BLACK))
                   for s in sent]
        tap.equal([s["digest"] for s in sent], columns, f"{protocol}: and shows the column of its instant")


def check_wire(protocol):
    for pattern, picture in STILL.items():
        check_still(protocol, pattern, picture)
    check_moving(protocol)


def options_reach_the_wire():
    with Scratch() as scratch:
        where, out = start_simulator(scratch, "artnet", options=("--universe", "300"))
        code, said, err = show("artnet", where, "bars", "-o", "universe=300", "-o", "sync=true", "--for", "300ms",
                               "--keep")
        wait_for(lambda: decoded(out), 3)
        tap.ok(code == 0 and set(decoded(out)) == {digest(STILL["bars"])}, "-o: universe and sync", err)
    with Scratch() as scratch:
        where, out = start_simulator(scratch, "artnet", options=("--universe", "300"))
        code, said, _ = show("artnet", where, "bars", "--fps", "1", "--for", "2500ms", "-o", "universe=300")
        tap.ok(code == 0 and len(handed(said)) >= 2, "--fps")


def interrupted():
    for number in (signal.SIGINT, signal.SIGTERM):
        with Scratch() as scratch:
            where, out = start_simulator(scratch, "ddp")
            process = scratch.start("bangtin-testpattern", "show", "white", "--driver", "ddp", "--port", where, "--size",
                                    f"{WIDTH}x{HEIGHT}")
            wait_for(lambda: decoded(out))
            process.send_signal(number)
            process.wait(10)
            wait_for(lambda: decoded(out)[-1] == DARK, 3)
            tap.ok(process.returncode == 0 and decoded(out)[-1] == DARK,
                   f"{number.name} ends it, and the board is not left white")


def cannot_be_had():
    def complaint(port, *options, **more):
        code, _, err = run("bangtin-testpattern", "show", "red", "--driver", "adalight", "--port", port, "--size", "8x8",
                           *options, timeout=30, **more)
        return code, err

    with Scratch() as scratch:
        code, err = complaint("/dev/ttyUSB99")
        tap.ok(code == 3 and "/dev/ttyUSB99" in err and "serial port" in err.splitlines()[1],
               "a port that is not there: the ports that are", err)
        tap.equal(complaint("ttyUSB99"), (code, err), "ttyUSB99 is /dev/ttyUSB99")
        code, err = complaint(scratch.file("plain", "x"))
        tap.ok(code == 3 and "no serial port" in err, "a file that is no port", err)
        master, slave = os.openpty()
        name = os.ttyname(slave)
        fcntl.flock(slave, fcntl.LOCK_EX)
        code, err = complaint(name)
        tap.ok(code == 3 and f"(process {os.getpid()}) has it open" in err, "a port that is busy: by whom", err)
        fcntl.flock(slave, fcntl.LOCK_UN)
        if os.getuid() == 0:
            import grp  # the group that a serial port usually has
            group = grp.getgrnam("dialout").gr_gid
            os.chown(name, 0, group)
            os.chmod(name, 0o660)
            code, err = complaint(name, user=65534, group=65534, extra_groups=[])
            tap.ok(code == 3 and "sudo usermod -aG dialout nobody" in err,
                   "a port that one may not use: the group, and the command to join it", err)
            os.chmod(name, 0o600)
            code, err = complaint(name, user=65534, group=65534, extra_groups=[])
            tap.ok(code == 3 and "usermod" not in err and "0600" in err,
                   "no advice to join a group that may not use it either", err)
            fcntl.ioctl(slave, termios.TIOCEXCL)
            os.chmod(name, 0o666)
            code, err = complaint(name, user=65534, group=65534, extra_groups=[])
            tap.ok(code == 3 and "another user" in err, "a port that somebody else's program keeps to itself", err)
        os.close(master)
        os.close(slave)


def pulled_plug():
    with Scratch() as scratch:
        where, out = start_simulator(scratch, "adalight", options=("--fault", "disconnect=5:700ms"))
        code, said, err = show("adalight", where, "walk", "--for", "5s")
        events = [line["event"] for line in map(json.loads, said.splitlines()) if "event" in line]
        tap.ok(code == 0 and "adalight on " in err and events.count("up") >= 2 and len(decoded(out)) > 20,
               "a plug that is pulled for a while: said, and it goes on", f"{code} {events} {err}")
        tap.equal(decoded(out)[-1], DARK, "and ends black")


def lists():
    code, out, _ = run("bangtin-testpattern", "ports", "--json")
    tap.ok(code == 0 and all({"path", "held_by", "by_id", "accessible"} <= set(p) for p in json.loads(out)),
           "ports --json")
    tap.equal(run("bangtin-testpattern", "ports")[0], 0, "ports")
    code, out, _ = run("bangtin-testpattern", "patterns", "--json")
    names = [p["name"] for p in json.loads(out)]
    tap.ok(code == 0 and len(names) == 18 and set(STILL) < set(names), "patterns --json")
    tap.equal([line.split()[0] for line in run("bangtin-testpattern", "patterns")[1].splitlines()], names, "patterns")
    code, out, _ = run("bangtin-testpattern", "drivers", "--json")
    drivers = {d["name"]: d for d in json.loads(out)}
    tap.ok(code == 0 and {*SERIAL, "ddp", "artnet", "sacn", "png", "null"} <= set(drivers), "drivers --json")
    baud = next(o for o in drivers["awa"]["options"] if o["name"] == "baud")
    tap.ok(baud["type"] == "integer" and baud["default"] == "115200" and baud["most"] > 1e6, "with typed options")
    code, out, _ = run("bangtin-testpattern", "drivers", "awa")
    tap.ok(code == 0 and all(o["name"] + " = " in out and o["help"] in out for o in drivers["awa"]["options"]),
           "drivers NAME")


def usage():
    here = ("--driver", "null", "--size", "8x8")
    cases = {
        (): 2, ("wrong",): 2, ("ports", "more"): 2, ("show",): 2, ("show", "red"): 2, ("show", "red", "green", *here): 2,
        ("show", "red", "--driver", "null"): 2, ("show", "red", "--display", "a", *here): 2,
        ("show", "red", *here, "--fps", "0"): 2, ("show", "red", *here, "--for", "-1s"): 2,
        ("show", "red", *here, "-o", "novalue"): 2, ("show", "red", *here, "--port", "x"): 2,
        ("show", "red", "--display", "a", "--port", "x"): 2, ("show", "red", *here, "--size", "0x1"): 2,
        ("drivers", "nul"): 1, ("show", "read", *here): 1, ("show", "red", *here, "-o", "colour=1"): 1,
        ("show", "red", "--driver", "awa", "--size", "8x8"): 1,
        ("show", "red", "--driver", "ddp", "--size", "8x8", "--port", "localhost"): 1,
        ("show", "red", "--display", "a", "-c", "/nonexistent"): 1,
        ("show", "red", "--display", "a", "--socket", "/nonexistent"): 3,
    }
    got = {case: run("bangtin-testpattern", *case, "--for", "1s" if "--for" not in case else "-1s")[0]
           if case else run("bangtin-testpattern")[0] for case in cases}
    tap.equal({c: g for c, g in got.items() if g != cases[c]}, {}, "exit codes of wrong usage and wrong input")
    tap.ok("did you mean `red`?" in run("bangtin-testpattern", "show", "rde", *here)[2], "a name that is nearly one")
    tap.equal([run("bangtin-testpattern", o)[0] for o in ("--help", "--version")], [0, 0], "--help, --version")


def board_site(scratch):
    where, out = start_simulator(scratch, "ddp")
    host, port = where.split(":")
    return out, Site(scratch, f"""{{ name = "board"; size = "{WIDTH}x{HEIGHT}"; default = "UBND";
        driver = {{ name = "ddp"; host = "{host}"; port = {port}; }}; }}""")


def without_the_daemon():
    with Scratch() as scratch:
        out, site = board_site(scratch)
        code, _, err = run("bangtin-testpattern", "show", "border", "-c", site.configuration, "--display", "board",
                           "--for", "300ms", "--keep")
        wait_for(lambda: decoded(out))
        tap.ok(code == 0 and decoded(out)[-1] == digest(STILL["border"]),
               "without a daemon, the display is opened as its configuration says", err)
        tap.equal(run("bangtin-testpattern", "show", "red", "-c", site.configuration, "--display", "bored")[0], 1,
                  "a display that the configuration has not")


def letters():
    """The letters of the real fonts: the daemon's are those of a board that is opened here."""
    with Scratch() as scratch:
        out, site = board_site(scratch)
        code, _, err = run("bangtin-testpattern", "show", "letters", "-c", site.configuration, "--display", "board",
                           "--for", "7s", "--keep")
        here = list(dict.fromkeys(decoded(out)))
        tap.ok(code == 0 and len(here) >= 3 and DARK not in here, "letters: page after page", f"{code} {here} {err}")
        site.start("2026-03-02 08:00:00,0")
        wait_for(lambda: decoded(out)[-1] not in here)
        before = len(decoded(out))
        scratch.start("bangtin-testpattern", "show", "letters", "--display", "board", "--socket", site.socket)
        tap.ok(wait_for(lambda: set(here[:2]) <= set(decoded(out)[before:]), 20),
               "and the daemon paints the same ones", decoded(out)[before:])


def lent_by_the_daemon():
    with Scratch() as scratch:
        out, site = board_site(scratch)
        site.start("2026-03-02 08:00:00,0")
        wait_for(lambda: decoded(out))
        time.sleep(0.5)
        schedule, red = decoded(out)[-1], digest(STILL["red"])
        tap.ok(schedule not in (DARK, red), "the daemon shows its default text")
        for how in (("--socket", site.socket), ("-c", site.configuration)):
            before = len(decoded(out))
            code, said, err = run("bangtin-testpattern", "show", "bars", "--display", "board", *how, "--for", "7s")
            wait_for(lambda: decoded(out)[-1] == schedule, 5)
            got = decoded(out)[before:]
            tap.ok(code == 0 and set(got) == {digest(STILL["bars"]), schedule} and got[-1] == schedule and
                   len([g for g in got[:-5] if g == schedule]) <= 1,
                   f"{how[0]}: the daemon shows it for as long as was asked, longer than one lease, then its schedule",
                   f"{code} {err} {set(got)}")
        process = scratch.start("bangtin-testpattern", "show", "red", "--display", "board", "--socket", site.socket)
        wait_for(lambda: decoded(out)[-1] == red)
        process.kill()
        time.sleep(1)
        tap.equal(decoded(out)[-1], red, "a lease outlives its client")
        tap.ok(wait_for(lambda: decoded(out)[-1] == schedule, 15), "but not for long")
        process = scratch.start("bangtin-testpattern", "show", "red", "--display", "board", "--socket", site.socket)
        wait_for(lambda: decoded(out)[-1] == red)
        tap.equal(stop(process), 0, "SIGTERM ends it")
        tap.ok(wait_for(lambda: decoded(out)[-1] == schedule, 2), "and gives the display back at once")
        code, _, err = run("bangtin-testpattern", "show", "red", "--display", "none", "--socket", site.socket)
        tap.ok(code in (1, 2) and "none" in err, "a display that the daemon has not", f"{code} {err}")


def no_port_is_shared_with_the_daemon():
    with Scratch() as scratch:
        where, _ = start_simulator(scratch, "adalight")
        site = Site(scratch, f"""{{ name = "board"; size = "{WIDTH}x{HEIGHT}"; default = "UBND";
            driver = {{ name = "adalight"; port = "{where}"; baud = 2000000; }}; }}""")
        site.start()
        wait_for(lambda: site.display("board").get("health") in ("up", "late"))
        code, _, err = show("adalight", where, "red")
        tap.ok(code == 3 and "bangtind (process" in err and "--display NAME" in err,
               "a port that the daemon has: how to borrow it", err)


tests = [lambda p=p: check_wire(p) for p in (*SERIAL, "ddp", "artnet", "sacn")]
tests += [options_reach_the_wire, interrupted, cannot_be_had, pulled_plug, lists, usage, without_the_daemon, letters,
          lent_by_the_daemon,
          no_port_is_shared_with_the_daemon]
for test in tests:
    test()
tap.done()
