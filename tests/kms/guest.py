"""A real Linux kernel with a real display device, under QEMU without KVM, for tests of the kms driver.

    with Guest(gpu="virtio", heads=2, files=[...]) as guest:
        status, output = guest.run("bangtind -c … &")
        guest.screendump("picture.ppm", head=0)
        guest.connect(1, 1280, 800)
        guest.qmp("device_del", id="gpu0")

The kernel is Debian's own, downloaded once as a package and only unpacked (BANGTIN_GUEST_CACHE, 70 MB). The guest's
root is busybox, the modules below, and the files asked for with the shared libraries that they need. A shell in the
guest runs what the test says, over a virtio port; the test drives the machine itself over QMP.
"""
import base64
import fcntl
import glob
import json
import lzma
import os
import re
import select
import shutil
import socket
import subprocess
import tempfile
import time

CACHE = os.environ.get("BANGTIN_GUEST_CACHE") or os.path.expanduser("~/.cache/bangtin-guest")
# What devices the guests of all tests have; dependencies are resolved from the kernel's own modules.dep.
MODULES = ("virtio_pci", "virtio_console", "virtio-gpu", "bochs", "xhci-pci", "ftdi_sio")
# What a test loads when it wants it (Guest.load): vivid has an HDMI-CEC bus of its own; a disk and its file system.
LATER = ("vivid", "virtio_blk", "crc32c_generic", "ext4")
SIZE = (1280, 800)


def sh(*command, **options):
    return subprocess.run(command, check=True, capture_output=True, text=True, **options).stdout


# --- the kernel, once


def find_elf(image):
    """The ELF kernel within a bzImage: booting it saves the guest from decompressing itself under emulation.
    Source: the kernel's Documentation/arch/x86/boot.rst: setup_sects at 0x1f1, payload_offset at 0x248, payload_length
    at 0x24c, the last 4 bytes of the payload being the uncompressed size."""
    setup, offset, length = image[0x1f1], *(int.from_bytes(image[a:a + 4], "little") for a in (0x248, 0x24c))
    start = (setup + 1) * 512 + offset
    return lzma.decompress(image[start:start + length - 4])


def module_files(root, release):
    """Every file that MODULES and then LATER need, in the order in which they must be loaded."""
    directory = f"{root}/lib/modules/{release}"
    needs = {}
    for line in open(f"{directory}/modules.dep", encoding="ascii"):
        name, _, rest = line.partition(":")
        needs[name] = rest.split()
    by_name = {os.path.basename(n).split(".")[0].replace("-", "_"): n for n in needs}
    order = []
    for module in MODULES + LATER:
        path = by_name[module.replace("-", "_")]
        for each in reversed(needs[path]):
            if each not in order:
                order.append(each)
        if path not in order:
            order.append(path)
    first = order.index(by_name[MODULES[-1].replace("-", "_")]) + 1
    return [f"{directory}/{p}" for p in order[:first]], [f"{directory}/{p}" for p in order[first:]]


def fetch_kernel(directory):
    work = directory + ".new"
    shutil.rmtree(work, ignore_errors=True)
    os.makedirs(work)
    if subprocess.run(["apt-cache", "show", "linux-image-amd64"], capture_output=True, check=False).returncode:
        sh("apt-get", "-qq", "update")
    depends = sh("apt-cache", "depends", "linux-image-amd64")
    package = re.search(r"Depends: (linux-image-[0-9]\S*)", depends).group(1)
    sh("apt-get", "-o", "APT::Sandbox::User=root", "-qq", "download", package, cwd=work)
    sh("dpkg", "-x", glob.glob(f"{work}/*.deb")[0], f"{work}/root")
    release = os.listdir(f"{work}/root/lib/modules")[0]
    sh("/sbin/depmod", "-b", f"{work}/root", release)
    with open(f"{work}/root/boot/vmlinuz-{release}", "rb") as f:
        elf = find_elf(f.read())
    with open(f"{work}/vmlinux", "wb") as f:
        f.write(elf)
    for directory_name, paths in zip(("modules", "later"), module_files(f"{work}/root", release)):
        os.makedirs(f"{work}/{directory_name}")
        for number, path in enumerate(paths):
            shutil.copy(path, f"{work}/{directory_name}/{number:02d}-{os.path.basename(path)}")
    shutil.rmtree(f"{work}/root")
    for deb in glob.glob(f"{work}/*.deb"):
        os.unlink(deb)
    os.rename(work, directory)


def kernel():
    """The directory with vmlinux and modules/."""
    os.makedirs(CACHE, exist_ok=True)
    directory = os.path.join(CACHE, "kernel-3")
    with open(os.path.join(CACHE, "lock"), "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not os.path.exists(directory):
            fetch_kernel(directory)
    return directory


# --- the guest's root

INIT = """#!/bin/busybox sh
/bin/busybox --install -s /bin
export PATH=/usr/local/bin:/usr/bin:/bin:/sbin HOME=/root LC_ALL=C.UTF-8
mount -t devtmpfs dev /dev; mount -t proc proc /proc; mount -t sysfs sys /sys
mkdir -p /dev/pts /tmp /run; mount -t devpts pts /dev/pts
for m in /modules/*; do insmod $m || echo "insmod $m failed"; done
ifconfig lo 127.0.0.1 up
until [ -e /dev/vport0p1 ]; do sleep 0.02; done
exec 3<>/dev/vport0p1
echo ready >&3
while read -r line <&3; do
	echo "$line" | base64 -d >/tmp/.command
	sh /tmp/.command >/tmp/.output 2>&1 </dev/null; status=$?
	echo "$status $(base64 -w 0 /tmp/.output)" >&3
done
poweroff -f
"""


def libraries(paths):
    """The shared libraries of programs, as the dynamic linker finds them."""
    found = set()
    for path in paths:
        done = subprocess.run(["ldd", path], capture_output=True, text=True, check=False)
        found.update(re.findall(r"(?:=> )?(/\S+) \(0x", done.stdout))
    return sorted(found)


def build_initrd(directory, cache, files):
    root = os.path.join(directory, "root")
    for name in ("usr/bin", "usr/sbin", "usr/lib", "usr/lib64", "dev", "proc", "sys", "tmp", "run", "etc", "root",
                 "modules", "later"):
        os.makedirs(f"{root}/{name}")
    for name in ("bin", "sbin", "lib", "lib64"):
        os.symlink(f"usr/{name}", f"{root}/{name}")
    shutil.copy("/bin/busybox", f"{root}/bin/busybox")
    for name in ("modules", "later"):
        for path in sorted(glob.glob(f"{cache}/{name}/*")):
            shutil.copy(path, f"{root}/{name}/")
    programs = []
    for source, target in files:
        to = root + target
        os.makedirs(os.path.dirname(to), exist_ok=True)
        if os.path.isdir(source):
            shutil.copytree(source, to, symlinks=True)
        else:
            shutil.copy(source, to)
            programs.append(source)
    for path in libraries(programs):
        os.makedirs(os.path.dirname(root + path), exist_ok=True)
        shutil.copy(path, root + path)
    with open(f"{root}/etc/passwd", "w", encoding="ascii") as f:
        f.write("root:x:0:0:root:/root:/bin/sh\n")
    with open(f"{root}/init", "w", encoding="ascii") as f:
        f.write(INIT)
    os.chmod(f"{root}/init", 0o755)
    names = sh("find", ".", cwd=root)
    with open(f"{directory}/initrd", "wb") as out:
        subprocess.run(["cpio", "--quiet", "-o", "-H", "newc"], cwd=root, input=names.encode(), stdout=out, check=True)
    shutil.rmtree(root)


# --- the machine


class Guest:
    def __init__(self, gpu="virtio", heads=1, files=(), usb_serial=None, size=SIZE, timeout=120):
        self.directory = tempfile.mkdtemp(prefix="bangtin-guest-")
        self.deadline = time.monotonic() + timeout
        self.heads, self.processes = heads, []
        cache = kernel()
        build_initrd(self.directory, cache, files)
        display = self.start_bus() if gpu == "virtio" else "none"
        device = {"virtio": f"virtio-gpu-pci,id=gpu0,max_outputs={heads},xres={size[0]},yres={size[1]}",
                  "bochs": f"bochs-display,id=gpu0,vgamem=64M,xres={size[0]},yres={size[1]}"}[gpu]
        more = []
        if usb_serial:
            more = ["-device", "qemu-xhci,id=xhci", "-chardev", f"serial,id=usb0,path={usb_serial}",
                    "-device", "usb-serial,id=usbserial0,chardev=usb0,always-plugged=on"]
        self.process = self.spawn(
            "qemu-system-x86_64", "-M", "pc", "-accel", "tcg,thread=multi", "-cpu", "max,la57=off", "-smp", "2", "-m", "768",
            "-nodefaults", "-no-user-config", "-no-reboot", "-vga", "none", "-display", display,
            "-kernel", f"{cache}/vmlinux", "-initrd", f"{self.directory}/initrd",
            "-append", "console=ttyS0 loglevel=5 panic=-1 mitigations=off nokaslr random.trust_cpu=on",
            "-serial", f"file:{self.directory}/console.log", "-qmp", f"unix:{self.directory}/qmp,server=on,wait=off",
            "-device", "virtio-serial-pci", "-chardev", f"socket,id=ctl,path={self.directory}/ctl,server=on,wait=off",
            "-device", "virtserialport,nr=1,chardev=ctl", "-device", device, *more)
        self.monitor = self.connect_to("qmp").makefile("rw")
        self.monitor.readline()
        self.qmp("qmp_capabilities")
        self.shell, self.pending = self.connect_to("ctl"), b""
        if self.read_line() != "ready":
            self.fail("the guest's shell did not come up")

    def spawn(self, *command, **options):
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, **options)
        self.processes.append(process)
        return process

    def start_bus(self):
        """QEMU's D-Bus display is the way to plug a monitor into a virtio head."""
        bus = subprocess.Popen(["dbus-daemon", "--session", "--nofork", "--print-address=1",
                                f"--address=unix:path={self.directory}/bus"], stdout=subprocess.PIPE,
                               stderr=subprocess.DEVNULL, text=True)
        self.processes.append(bus)
        self.bus = bus.stdout.readline().strip()
        return "dbus,addr=" + self.bus.split(",")[0]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for process in reversed(self.processes):
            process.kill()
            process.wait()
        shutil.rmtree(self.directory, ignore_errors=True)

    def fail(self, why):
        try:
            with open(f"{self.directory}/console.log", encoding="utf-8", errors="replace") as f:
                why += "\n" + "".join(f.readlines()[-15:])
        except OSError:
            pass
        self.__exit__()
        raise RuntimeError(why)

    def connect_to(self, name):
        while time.monotonic() < self.deadline and self.process.poll() is None:
            try:
                s = socket.socket(socket.AF_UNIX)
                s.connect(f"{self.directory}/{name}")
                return s
            except OSError:
                time.sleep(0.02)
        self.fail("QEMU did not start")

    def qmp(self, command, **arguments):
        self.monitor.write(json.dumps({"execute": command, "arguments": arguments}) + "\n")
        self.monitor.flush()
        for line in self.monitor:
            reply = json.loads(line)
            if "error" in reply:
                raise RuntimeError(f"{command}: {reply['error']['desc']}")
            if "return" in reply:
                return reply["return"]
        self.fail(f"QEMU ended at {command}")

    def read_line(self):
        while b"\n" not in self.pending:
            left = self.deadline - time.monotonic()
            if left <= 0 or not select.select([self.shell], [], [], left)[0]:
                self.fail("the guest does not answer")
            data = self.shell.recv(65536)
            if not data:
                self.fail("the guest ended")
            self.pending += data
        line, self.pending = self.pending.split(b"\n", 1)
        return line.decode()

    def run(self, command):
        """A shell command in the guest: (status, output). End it with & to leave it running (redirect its output)."""
        self.shell.sendall(base64.b64encode(command.encode()) + b"\n")
        status, _, output = self.read_line().partition(" ")
        return int(status), base64.b64decode(output).decode(errors="replace")

    def wait(self, command, within=30):
        """Runs the command until it succeeds; its output, or None."""
        end = time.monotonic() + within
        while time.monotonic() < end:
            status, output = self.run(command)
            if status == 0:
                return output
            time.sleep(0.1)
        return None

    def holds(self, command, within=30):
        """Whether the command succeeds within that time."""
        return self.wait(command, within) is not None

    def load(self, module, parameters=""):
        """One of LATER, with what it needs."""
        status, output = self.run(f"""for m in /later/*; do
            case $m in *-{module}.ko*) p='{parameters}';; *) p=;; esac
            insmod $m $p || exit 1
            case $m in *-{module}.ko*) exit 0;; esac
        done""")
        if status:
            self.fail(f"insmod {module}: {output}")

    def screendump(self, path, head=0):
        """What the output shows, exact to the pixel: (width, height, RGB bytes) of a PPM."""
        self.qmp("screendump", filename=path, device="gpu0", head=head, format="ppm")
        with open(path, "rb") as f:
            assert f.readline() == b"P6\n"
            width, height = map(int, f.readline().split())
            f.readline()
            return width, height, f.read()

    def connect(self, head, width, height):
        """Plugs a monitor into a head of the virtio device; 0x0 unplugs it."""
        # QEMU ignores what equals the state before, and that is all zeroes at the start.
        millimetres = 0 if width else 1
        sh("dbus-send", f"--bus={self.bus}", "--print-reply", "--dest=org.qemu", f"/org/qemu/Display1/Console_{head}",
           "org.qemu.Display1.Console.SetUIInfo", f"uint16:{millimetres}", f"uint16:{millimetres}", "int32:0", "int32:0",
           f"uint32:{width}", f"uint32:{height}")
