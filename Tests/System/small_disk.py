"""A disk of the tests' own, small enough to be full at once, that can also stand still: ext4 in a file, loop-mounted."""

import os
import pathlib
import shutil
import subprocess
import tempfile

import pytest


class SmallDisk:
    def __init__(self, mebibytes: int):
        if os.getuid() != 0:
            pytest.skip("a disk of our own needs root, to mount it")
        for program in ("mkfs.ext4", "fsfreeze"):
            if not shutil.which(program):
                pytest.skip(f"a disk of our own needs {program}")
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="anpi-disk-"))
        self.image = self.folder / "image"
        self.path = self.folder / "disk"
        self.path.mkdir()
        self.is_frozen = False
        with open(self.image, "wb") as image:
            image.truncate(mebibytes << 20)
        # Nothing kept for root, who fills it.
        subprocess.run(["mkfs.ext4", "-q", "-m", "0", self.image], check=True)
        mounted = subprocess.run(["mount", "-o", "loop", self.image, self.path], capture_output=True, text=True)
        if mounted.returncode != 0:
            shutil.rmtree(self.folder)
            pytest.skip(f"a disk of our own cannot be mounted here: {mounted.stderr.strip()}")
        self.folder.chmod(0o755)

    def fill(self):
        """Takes all the room there is, byte by byte in the end."""
        with open(self.path / "ballast", "ab", buffering=0) as ballast:
            for step in (1 << 20, 4096, 1):
                try:
                    while True:
                        os.write(ballast.fileno(), b"x" * step)
                except OSError:
                    continue

    def make_room(self):
        (self.path / "ballast").unlink()

    def freeze(self):
        """Whoever writes from now on waits, until `thaw`."""
        subprocess.run(["fsfreeze", "-f", self.path], check=True)
        self.is_frozen = True

    def thaw(self):
        if self.is_frozen:
            subprocess.run(["fsfreeze", "-u", self.path], check=True)
            self.is_frozen = False

    def remove(self):
        self.thaw()
        subprocess.run(["umount", "-l", self.path], check=True)
        shutil.rmtree(self.folder, ignore_errors=True)
