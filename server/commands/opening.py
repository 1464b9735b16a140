"""A desk is opened, tried and looked at, and the people are let in who work there."""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

from server.commands.words import Commands, add, group
from server.loading import undisturbed


def opening(commands: Commands) -> None:
    serve = add(commands, "serve", _serve, "run the desk")
    serve.add_argument("--workers", type=int, default=1, metavar="N", help="processes to run it in (needs PostgreSQL)")
    serve.add_argument("--worker", help=argparse.SUPPRESS)  # what one of them is told
    demo = add(commands, "demo", _demo, "fill an empty desk with a shop, its agents and customers")
    demo.add_argument("--serve", action="store_true", help="and run it")
    says = "and let customers come and agents answer by themselves, as often as a scenario says"
    demo.add_argument("--live", nargs="?", const=Path(), type=Path, metavar="SCENARIO.toml", help=says)
    demo.add_argument("--speed", type=float, default=1.0, help="so many times as fast, 0.1 to 20, with --live")
    agent = add(group(commands, "agent", "look after the people who work here"), "add", _agent_add, "add an agent")
    agent.add_argument("--name", required=True, help="as customers see it")
    agent.add_argument("--email", required=True, help="to sign in with")
    agent.add_argument("--role", choices=("agent", "supervisor", "admin"), default="agent")
    agent.add_argument("--password-stdin", action="store_true", help="read the password from the standard input")
    check = add(commands, "check", _check, "say what the settings will do, and what stands in their way")
    check.add_argument("--example", action="store_true", help="print a config.toml that explains every setting instead")


def _serve(told: argparse.Namespace) -> int:
    from server.config.config import Config

    config = Config.load(told.config)
    if told.workers != 1:
        from server.processes.workers import command_of, oversee

        return oversee(config, told.workers, command_of(config))
    with undisturbed():
        from server.processes.serve import serve
        from server.processes.worker import Worker
    serve(config, worker=Worker.of(told.worker) if told.worker else None)
    return 0


def _demo(told: argparse.Namespace) -> int:
    with undisturbed():
        from server.config.config import Config
        from server.demo.seed import greeting, seed
        from server.demo.tides import tides_of
        from server.processes.serve import serve
    config = Config.load(told.config)
    lives = None if told.live is None else tides_of(told.live, told.speed)
    told.serve = told.serve or lives is not None
    if told.serve and not config.database.path.exists():
        # In a process of its own: the memory that telling the story takes is given back before the desk opens.
        words = [*(["--config", str(told.config)] if told.config else []), "demo"]
        if failed := subprocess.run([sys.executable, "-m", "server.cli", *words], stdout=subprocess.DEVNULL).returncode:
            return failed
    else:
        seed(config)
    if told.serve:
        serve(config, greeting=greeting, demo=True, lives=lives)
    else:
        print(greeting(config.public_url, "frontdesk demo --serve opens the desk."), end="")
    return 0


def _agent_add(told: argparse.Namespace) -> int:
    from server.auth.beginning import add_agent
    from server.config.config import Config
    from server.streams import given

    password = given().readline().rstrip("\r\n") if told.password_stdin else None
    print(add_agent(Config.load(told.config), name=told.name, email=told.email, role=told.role, password=password))
    return 0


def _check(told: argparse.Namespace) -> int:
    from server.checkup import findings
    from server.config.config import Config
    from server.config.settings_file import page

    if told.example:
        print(page(), end="")
        return 0
    all_good = True
    for finding in findings(Config.load(told.config)):
        print(f"{finding.about + ':':<10} {finding.sentence}{'' if finding.good else '  <- to be put right'}")
        all_good &= finding.good
    print("This desk can start." if all_good else "This desk cannot start like this.")
    return 0 if all_good else 1
