#!/usr/bin/env python3
"""Art-Net and sACN against programs that nobody here wrote, in a network namespace of its own.

  The real daemon sends; OLA, npm sacn and npm dmxnet decode the very pixels of the preview, and tshark's dissector names
  the fields as meant. The other way round, OLA's, sacn's and dmxnet's senders feed our simulator, which judges our
  drivers elsewhere. And each receiver is seen to notice a spoilt packet.
"""
import json
import os
import re
import signal
import socket
import struct
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
if os.environ.get("BANGTIN_PEERS") != "inside":
    os.environ["BANGTIN_PEERS"] = "inside"
    os.execvp("unshare", ["unshare", "-n", sys.executable, os.path.abspath(__file__), *sys.argv[1:]])

sys.path.insert(0, os.path.join(HERE, "..", "integration"))
from harness import BUILD, Scratch, Site, Tap, json_lines, read_png, run, stop, wait_for  # noqa: E402

tap = Tap()
ADDRESS = "127.200.0.1"  # OLA refuses plain lo for sACN
WIDTH, HEIGHT = 40, 17  # 680 pixels: four universes of 170
ARTNET, SACN = (1, 2, 3, 4), (11, 12, 13, 14)
MODULES = os.path.join(BUILD, "peers")
OTHER_PLUGINS = """dummy espnet ftdidmx gpio karate kinet milinst nanoleaf opendmx openpixelcontrol osc pathport renard
sandnet shownet spi spidmx stageprofi uartdmx usbdmx usbserial usbpro""".split()


def make_network():
    for command in ("ip link set lo up", "ip link add sign0 type veth peer name sign1", "ip link set sign1 up",
                    f"ip addr add {ADDRESS}/24 dev sign0", "ip link set sign0 up multicast on",
                    "sysctl -qw net.ipv4.conf.all.route_localnet=1 net.ipv4.conf.sign0.route_localnet=1",
                    "ip route add 239.255.0.0/16 dev sign0"):
        subprocess.run(command.split(), check=True)


def install_modules():
    os.makedirs(MODULES, exist_ok=True)
    for name in ("package.json", "package-lock.json", "receive.js", "send.js"):
        with open(os.path.join(HERE, name), "rb") as source, open(os.path.join(MODULES, name), "wb") as to:
            to.write(source.read())


# --- what we send


def start_daemon(scratch, artnet_options=""):
    site = Site(scratch, f"""
        {{ name = "mat-tien"; tags = ["led"]; size = "{WIDTH}x{HEIGHT}"; foreground = "#ff8040"; default = "Ễ Ộ"; gamma = 1.0;
            driver = {{ name = "artnet"; host = "{ADDRESS}"; universe = {ARTNET[0]}; sync = true; {artnet_options} }}; }},
        {{ name = "mat-hau"; tags = ["led"]; size = "{WIDTH}x{HEIGHT}"; foreground = "#40ff20"; default = "Ẵ Ụ"; gamma = 1.0;
            driver = {{ name = "sacn"; interface = "{ADDRESS}"; universe = {SACN[0]}; priority = 120; source = "bangtin board"; }}; }}
        """)
    site.start("2026-03-02 08:00,0")
    return site


def universes_of(site, display):
    """The preview's pixels, cut as they go over the wire."""
    path = os.path.join(site.scratch.path, display + ".png")
    code, _, err = site.bangtin("preview", "-d", display, "--stage", "panel", "--at", "2026-03-02 08:00", "-o", path)
    if code:
        raise RuntimeError(err)
    pixels = read_png(path)[2]
    return [list(pixels[i:i + 510]) for i in range(0, len(pixels), 510)]


# --- OLA


def start_ola(scratch):
    config = scratch.file("ola/x")[:-2]
    for plugin in OTHER_PLUGINS:
        scratch.file(f"ola/ola-{plugin}.conf", "enabled = false\n")
    scratch.file("ola/ola-artnet.conf", f"""enabled = true
ip = {ADDRESS}
use_loopback = true
use_limited_broadcast = false
always_broadcast = true
net = 0
subnet = 0
output_ports = 4
short_name = OLA-peer
""")
    scratch.file("ola/ola-e131.conf", f"""enabled = true
ip = {ADDRESS}
input_ports = 4
output_ports = 4
ignore_preview = true
prepend_hostname = false
""")
    subprocess.run(["chmod", "-R", "a+rwX", scratch.path], check=True)
    olad = scratch.start("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "olad", "-c", config, "--no-http",
                         "--no-register-with-dns-sd", "-l", "0", env={**os.environ, "HOME": scratch.path})
    if not wait_for(lambda: "E1.31" in run("ola_dev_info", timeout=10)[1], 20):
        raise RuntimeError("olad did not come up: " + run("ola_dev_info")[2])
    devices = dict(re.findall(r"Device (\d+): (Art|E1)", run("ola_dev_info")[1]))
    return olad, {name: number for number, name in devices.items()}


def record_ola(scratch, universes, seconds=4):
    path = os.path.join(scratch.path, "recorded")
    subprocess.run(["timeout", str(seconds + 3), "ola_recorder", "-u", ",".join(map(str, universes)), "-r", path,
                    "--duration", str(seconds)], check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    last = {}
    with open(path, encoding="ascii") as f:
        for line in f:
            universe, _, values = line.strip().partition(" ")
            if values and "," in values:
                last[int(universe)] = [int(v) for v in values.split(",")]
    return last


def check_ola(scratch, site):
    olad, device = start_ola(scratch)
    for port, (artnet, sacn) in enumerate(zip(ARTNET, SACN)):
        run("ola_patch", "-d", device["Art"], "-p", port, "-u", artnet, "-i")
        run("ola_patch", "-d", device["E1"], "-p", port, "-u", sacn, "-i")
    recorded = record_ola(scratch, ARTNET + SACN)
    for name, numbers in (("mat-tien", ARTNET), ("mat-hau", SACN)):
        for universe, wanted in zip(numbers, universes_of(site, name)):
            got = recorded.get(universe, [])[:len(wanted)]
            tap.ok(got == wanted and len(set(wanted)) > 1,
                   f"OLA decodes universe {universe} of {name}: {len(wanted)} values of the preview",
                   f"{len(got)} values; wrong at {[i for i, (g, w) in enumerate(zip(got, wanted)) if g != w][:20]}")
    spoilt = artnet_packet(1, [1, 2, 3, 4])
    stop(site.daemon)
    shown = {}
    for what, packet in (("a good packet", spoilt), ("another operation", spoilt[:8] + b"\0\x51" + spoilt[10:]), ("a short one", spoilt[:15])):
        values = [200 + len(shown), 1, 1, 1]
        packet = packet[:18] + bytes(values) if len(packet) > 18 else packet
        shown[what] = send_and_record(scratch, packet, values)
    tap.equal(shown, {"a good packet": True, "another operation": False, "a short one": False},
              "OLA shows a good packet by hand and drops spoilt ones: what it decodes, it has checked")
    stop(olad)


def artnet_packet(universe, values):
    return b"Art-Net\0" + struct.pack("<H", 0x5000) + b"\0\x0e\0\0" + struct.pack("<H", universe) + \
        struct.pack(">H", len(values)) + bytes(values)


def send_and_record(scratch, packet, values):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.bind((ADDRESS, 0))
        recorder = subprocess.Popen([sys.executable, "-c", f"""
import socket, time
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.bind(({ADDRESS!r}, 0))
for _ in range(20):
    s.sendto({packet!r}, ({ADDRESS!r}, 6454)); time.sleep(0.1)
"""])
        recorded = record_ola(scratch, ARTNET[:1], 2)
        recorder.wait()
    return recorded.get(1, [])[:4] == values


# --- npm sacn and dmxnet


def check_npm(scratch, site):
    out = os.path.join(scratch.path, "received")
    node = scratch.start("node", os.path.join(MODULES, "receive.js"), ADDRESS, ",".join(map(str, SACN)),
                         ",".join(map(str, ARTNET)), out=out)
    wait_for(lambda: json_lines(out), 15)
    time.sleep(4)  # each picture is repeated within 3 s
    stop(node)
    lines = [l for l in json_lines(out) if "data" in l]
    for peer, name, numbers in (("dmxnet", "mat-tien", ARTNET), ("sacn", "mat-hau", SACN)):
        for universe, wanted in zip(numbers, universes_of(site, name)):
            got = next((l["data"][:len(wanted)] for l in reversed(lines) if (l["peer"], l["universe"]) == (peer, universe)),
                       [])
            tap.ok(got == wanted, f"npm {peer} decodes universe {universe} of {name}",
                   f"got {got[:24]}…\nwanted {wanted[:24]}…")
    sacn = next((l for l in lines if l["peer"] == "sacn"), {})
    tap.equal((sacn.get("priority"), sacn.get("source")), (120, "bangtin board"), "npm sacn reads our priority and source name")


# --- tshark


def check_tshark(scratch, site):
    # Somebody must listen, or the kernel refuses the datagrams and the board counts as gone.
    scratch.start("bangtin-simulator", "--protocol", "artnet", "--size", f"{WIDTH}x{HEIGHT}", "--listen", ADDRESS)
    path = os.path.join(scratch.path, "captured.pcap")
    subprocess.run(["chmod", "a+rwx", scratch.path], check=True)
    subprocess.run(["tshark", "-q", "-i", "any", "-w", path, "-f", "udp port 6454 or udp port 5568", "-a", "duration:5"],
                   check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=30)
    _, artnet, _ = run("tshark", "-r", path, "-Y", "artnet", "-V")
    _, acn, _ = run("tshark", "-r", path, "--enable-heuristic", "acn", "-o", "acn.dmx_enable:TRUE", "-Y", "acn", "-V")
    tap.ok("ArtDMX (0x5000)" in artnet and "ArtSync (0x5200)" in artnet, "tshark: ArtDmx and ArtSync",
           "\n".join(artnet.splitlines()[:60]))
    found = {int(n) for n in re.findall(r"^\s*Universe: (\d+)", artnet, re.M)}
    tap.ok(set(ARTNET) <= found and re.search(r"Length: 510$", artnet, re.M), f"tshark: Art-Net universes {sorted(found)}",
           "\n".join(l for l in artnet.splitlines() if "niverse" in l or "ength" in l)[:2000])
    found = {int(n) for n in re.findall(r"^\s*Universe: (\d+)", acn, re.M)}
    tap.ok(set(SACN) <= found, f"tshark: sACN universes {sorted(found)}", acn[:2000])
    tap.ok("Priority: 120" in acn and "Source: bangtin board" in acn, "tshark: sACN priority and source", acn[:2000])
    malformed = [l for l in (artnet + acn).splitlines() if "Malformed" in l]
    tap.ok(not malformed, "tshark: nothing malformed", malformed[:5])


# --- the other way round: their senders, our simulator


def simulate(scratch, protocol, universe, port, sender):
    out = os.path.join(scratch.path, f"decoded-{protocol}-{len(scratch.processes)}")
    dump = scratch.file(f"dump-{len(scratch.processes)}/x")[:-2]
    simulator = scratch.start("bangtin-simulator", "--protocol", protocol, "--size", "4x1", "--listen", f"{ADDRESS}:{port}",
                              "--universe", universe, "--json", "--dump", dump, out=out)
    time.sleep(0.3)
    process = sender()
    wait_for(lambda: sum("frame" in l for l in json_lines(out)) >= 3, 15)
    if process:
        stop(process)
    stop(simulator)
    frames = sorted(n for n in os.listdir(dump) if n.endswith(".png"))
    return list(read_png(os.path.join(dump, frames[-1]))[2]) if frames else None


def check_senders(scratch):
    values = [255, 128, 64, 10, 20, 30, 1, 2, 3, 7, 8, 9]
    for peer, protocol, universe, port in (("sacn", "sacn", 21, 5568), ("dmxnet", "artnet", 6, 6454)):
        got = simulate(scratch, protocol, universe, port, lambda peer=peer, universe=universe: scratch.start(
            "node", os.path.join(MODULES, "send.js"), peer, ADDRESS, universe, *values))
        tap.equal(got, values, f"our simulator decodes what npm {peer} sends")


def main():
    install_modules()
    if not os.path.isdir(os.path.join(MODULES, "node_modules", "sacn")):
        print("Bail out! build/peers/node_modules is missing: make check-peers installs it")
        sys.exit(1)
    make_network()
    with Scratch() as scratch:
        site = start_daemon(scratch)
        check_npm(scratch, site)
        check_ola(scratch, site)
        check_senders(scratch)
    with Scratch() as scratch:
        # Segments stay joined on the loopback device: the dissector gets datagrams one by one.
        site = start_daemon(scratch, 'spacing = "100us";')
        check_tshark(scratch, site)


main()
tap.done()
