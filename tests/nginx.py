"""Find an nginx for the tests of the deployment, or install one.

Run as a program before the tests. It looks for one on the machine, then asks the system's package manager where it may.
"""

import os
import shutil
import subprocess
import sys

_PATH = os.pathsep.join((os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin"))
MISSING = "nginx is not on this machine: 'python tests/nginx.py' installs it where it may"


def find() -> str | None:
    """The path of an nginx: named in NGINX, or on the machine."""
    return os.environ.get("NGINX") or shutil.which("nginx", path=_PATH)


def main() -> int:
    """Make sure of an nginx; a sentence where there is none to be had, and the tests that need it say so again."""
    if find() is None and shutil.which("apt-get") and os.geteuid() == 0:
        subprocess.run(["apt-get", "update", "-qq"], check=False, timeout=300)
        install = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "nginx"]
        subprocess.run(install, check=False, timeout=600)
    print(f"nginx for the tests: {find()}" if find() else MISSING)
    return 0 if find() else 1


if __name__ == "__main__":
    sys.exit(main())
