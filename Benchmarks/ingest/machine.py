"""What a figure was taken on: without it a rate says nothing."""

import os
import pathlib
import platform
import subprocess
import time


def _first(path: str, key: str) -> str:
    for line in pathlib.Path(path).read_text().splitlines():
        if line.startswith(key):
            return line.partition(":")[2].strip()
    return "unknown"


def _output(command: list[str], cwd: pathlib.Path | None = None) -> str:
    try:
        done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=30)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return (done.stdout or done.stderr).strip() if done.returncode == 0 else ""


def syncs_per_second(folder: pathlib.Path, seconds: float = 1.0) -> int:
    """Appends of 300 bytes, each made durable before the next: what the disk allows one writer."""
    path = folder / "sync-probe"
    count = 0
    with path.open("wb", buffering=0) as file:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            file.write(b"x" * 300)
            os.fdatasync(file.fileno())
            count += 1
    path.unlink()
    return int(count / seconds)


def describe(folder: pathlib.Path) -> dict[str, object]:
    """The machine; `folder` is where the database will lie."""
    return {
        "processor": _first("/proc/cpuinfo", "model name"),
        "cores": os.cpu_count(),
        "memoryGibibytes": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1),
        "system": _first_pretty_name(),
        "kernel": platform.release(),
        "fileSystem": _output(["stat", "-f", "-c", "%T", str(folder)]),
        "syncsPerSecond": syncs_per_second(folder),
        "loadBefore": round(os.getloadavg()[0], 2),
        "nginx": _output(["/usr/sbin/nginx", "-v"]).removeprefix("nginx version: "),
        "swift": (_output(["swift", "--version"]).splitlines() or [""])[0],
    }


def _first_pretty_name() -> str:
    for line in pathlib.Path("/etc/os-release").read_text().splitlines():
        if line.startswith("PRETTY_NAME="):
            return line.partition("=")[2].strip('"')
    return "unknown"


def commit(root: pathlib.Path) -> str:
    """The commit measured; `+` where files differ from it."""
    name = _output(["git", "rev-parse", "--short=12", "HEAD"], root)
    return name + ("+" if name and _output(["git", "status", "--porcelain"], root) else "") or "none"
