"""Finds the browser for the stories that need a real one, and puts one there if there is none.

`python -m tests.browser` does it before the suite and says what it found or installed. Chromium's headless shell is
taken first: the same engine without the windows around its pages, whose toolbars and pop-ups are pages of their own
that cost more than ours do (measured over the whole suite, in CPU: half). Any Chromium does.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

SHELL = "chromium-headless-shell"
NAMES = (
    SHELL,
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
# What Playwright turns off, said again because the last list counts, and a whole browser's address line: hidden pages
# of its own that keep a core a quarter busy for every profile.
_OFF = (
    "AimEnabled",
    "AvoidCorsURLLoaderRestartOnRedirect",
    "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose",
    "HttpsFirstBalancedModeAutoEnable",
    "HttpsUpgrades",
    "LensOverlay",
    "MediaRouter",
    "NetworkTimeServiceQuerying",
    "OptimizationHints",
    "PaintHolding",
    "PreconnectToSearch",
    "ThirdPartyStoragePartitioning",
    "WebUIOmniboxAimPopup",
    "WebUIOmniboxPopup",
)
LAUNCH_ARGS = [
    # Chromium's own sandbox does not start as root.
    *(["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []),
    f"--disable-features={','.join(_OFF)}",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
    # Small machines have a small /dev/shm, and a tab that outgrows it dies.
    "--disable-dev-shm-usage",
    # Nothing leaves this machine, whatever a page or the browser itself asks for.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE *.localhost, EXCLUDE 127.0.0.1, EXCLUDE [::1]",
]


class NoBrowser(Exception):
    """There is no Chromium here, and none could be installed."""


def find_chromium() -> Path:
    """The Chromium to test with: FRONTDESK_CHROMIUM, one on the path, Playwright's own, or one installed now.

    Looks only, and installs when there is nothing at all: what is better to have is `main`'s to fetch.

    Raises NoBrowser with a sentence for a person.
    """
    chosen = os.environ.get("FRONTDESK_CHROMIUM")
    if chosen and not _runs(Path(chosen)):
        raise NoBrowser(f"FRONTDESK_CHROMIUM names {chosen}, which is no browser that starts.")

    found = Path(chosen) if chosen else _installed() or _installed_now()
    if not found:
        raise NoBrowser(
            "No Chromium was found and none could be installed. Name one: FRONTDESK_CHROMIUM=/path/to/chromium."
        )
    return found


def ensure_driver() -> None:
    """Playwright steers the browser through a program of its own, which a very bare Linux cannot start.

    Raises NoBrowser with a sentence for a person.
    """
    if not _driver_runs() and may_use_apt():
        print("Playwright's driver does not start: installing libatomic1 with apt-get ...", flush=True)
        apt_install("libatomic1")
    if not _driver_runs():
        raise NoBrowser("Playwright's driver does not start: `python -m playwright --version` shows what it lacks.")


def ensure_shell() -> None:
    """Where packages may be installed, the quicker browser is; whoever named one gets theirs."""
    if not (os.environ.get("FRONTDESK_CHROMIUM") or shutil.which(SHELL)) and may_use_apt():
        print(f"Installing {SHELL} with apt-get: stories take half the time in it ...", flush=True)
        apt_install(SHELL)


def ensure_chinese_font() -> None:
    """Without one, Chinese is drawn as empty boxes, and a screenshot shows nothing of it."""
    if not _has_chinese_font() and may_use_apt():
        print("There is no font with Chinese: installing fonts-noto-cjk with apt-get ...", flush=True)
        apt_install("fontconfig", "fonts-noto-cjk")
    if not _has_chinese_font():
        print("No font with Chinese was found: screenshots will show boxes for it (install Noto Sans CJK).", flush=True)


def main() -> int:
    try:
        ensure_driver()
        ensure_shell()
        chromium = find_chromium()
    except NoBrowser as error:
        print(error, file=sys.stderr)
        return 1
    ensure_chinese_font()
    print(f"Stories run in {chromium} ({_version(chromium)}).", flush=True)
    return 0


def _installed() -> Path | None:
    return next((path for path in _candidates() if _runs(path)), None)


def _candidates() -> Iterator[Path]:
    for name in NAMES:
        found = shutil.which(name)
        if found:
            yield Path(found)
    yield _playwrights_own()


def _playwrights_own() -> Path:
    ask = "import playwright.sync_api as p\nwith p.sync_playwright() as it: print(it.chromium.executable_path)"
    return Path(_output(sys.executable, "-c", ask) or "/nowhere")


def _installed_now() -> Path | None:
    if may_use_apt():
        print("No Chromium was found: installing Debian's chromium and fonts-noto-cjk with apt-get ...", flush=True)
        apt_install("chromium", "fonts-noto-cjk")
    found = _installed()
    if not found:
        print("No Chromium was found: installing Playwright's own with `playwright install chromium` ...", flush=True)
        _run(sys.executable, "-m", "playwright", "install", "chromium")
        found = _installed()
    return found


def may_use_apt() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("apt-get") is not None


def apt_install(*packages: str) -> None:
    patient = ("-qq", "-o", "Acquire::http::Timeout=20", "-o", "Acquire::Retries=1")
    _run("apt-get", "update", *patient)
    _run("apt-get", "install", "-y", *patient, "--no-install-recommends", *packages)


def _run(*command: str) -> None:
    """Its failure shows later, when what it should have installed is looked for."""
    quiet = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(command, check=False, stdin=subprocess.DEVNULL, env=quiet)


def _runs(path: Path) -> bool:
    """A name on the path may be a stub that only says where to get the real thing."""
    return path.exists() and bool(_version(path))


def _version(path: Path) -> str:
    return _output(str(path), "--version")


def _output(*command: str) -> str:
    """What a program says; nothing if it cannot be started or fails."""
    try:
        told = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True, stdin=subprocess.DEVNULL)
    except (OSError, subprocess.SubprocessError):
        return ""
    return told.stdout.strip()


def _driver_runs() -> bool:
    return bool(_output(sys.executable, "-m", "playwright", "--version"))


def _has_chinese_font() -> bool:
    if shutil.which("fc-list"):
        return bool(_output("fc-list", ":lang=zh"))
    return sys.platform == "darwin"  # every Mac has PingFang


if __name__ == "__main__":
    sys.exit(main())
