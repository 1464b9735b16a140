"""The command line: start a desk, try the demo, add an agent, check the settings, keep what is there, try what if."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from server.loading import undisturbed

# Every command imports what it needs by itself: `frontdesk version` should not wait for a database library.
Command = Callable[[argparse.Namespace], int]
SOMETHING_DAMAGED = 3  # the work is done; whoever watches the timer sees that somebody has to look


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command. 0: done; 1: it said no, with a sentence; 2: the command or the settings cannot be used;
    3: done, and what it found damaged was named."""
    from server.config.config import ConfigError
    from server.streams import stand_in
    from tickets.errors import Refused

    stand_in()
    told = _understood(sys.argv[1:] if arguments is None else arguments)
    command: Command = told.command
    try:
        return command(told)
    except ConfigError as error:
        print(error, file=sys.stderr)
        return 2
    except Refused as refused:
        print(refused, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _understood(words: Sequence[str]) -> argparse.Namespace:
    try:
        return _parser().parse_args(words)
    except SystemExit as ended:
        if ended.code == 2 and "ingest" in words:  # mail servers read the codes of sysexits.h, and 2 is none of them
            raise SystemExit(os.EX_USAGE) from None
        raise


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="frontdesk", description="A customer service desk in one process.")
    _takes_settings(parser, default=None)
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")

    serve = _add(commands, "serve", _serve, "run the desk")
    serve.add_argument("--workers", type=int, default=1, metavar="N", help="processes to run it in (needs PostgreSQL)")
    serve.add_argument("--worker", help=argparse.SUPPRESS)  # what one of them is told
    _demo_words(commands)

    agent = commands.add_parser("agent", help="look after the people who work here")
    _takes_settings(agent)
    add = _add(
        agent.add_subparsers(title="commands", required=True, metavar="COMMAND"), "add", _agent_add, "add an agent"
    )
    add.add_argument("--name", required=True, help="as customers see it")
    add.add_argument("--email", required=True, help="to sign in with")
    add.add_argument("--role", choices=("agent", "supervisor", "admin"), default="agent")
    add.add_argument("--password-stdin", action="store_true", help="read the password from the standard input")

    check = _add(commands, "check", _check, "say what the settings will do, and what stands in their way")
    check.add_argument("--example", action="store_true", help="print a config.toml that explains every setting instead")
    _add(commands, "migrate", _migrate, "bring the database up to this version")
    keep = _add(commands, "backup", _backup, "write down all that the desk holds, while it goes on working")
    keep.add_argument("where", type=Path, metavar="FILE-OR-FOLDER", help="the archive to make, or a folder for it")
    keep.add_argument("--with-key", action="store_true", help="put the secret key into it; without it, keep that apart")
    back = _add(commands, "restore", _restore, "make the desk of a backup the desk of these settings")
    back.add_argument("archive", type=Path, metavar="FILE")
    back.add_argument("--replace", action="store_true", help="although there is a desk already, which will be gone")
    back.add_argument("--check", action="store_true", help="only read the backup, and say whether it is whole")
    move = _add(commands, "copy", _copy, "copy the desk into another database")
    move.add_argument("--to", required=True, metavar="URL", help="the other database, for example postgresql://...")
    move.add_argument("--while-running", action="store_true", help="as a rehearsal: without what happens meanwhile")
    mail = commands.add_parser("mail", help="read mail for other programs, or take it from them")
    reading = mail.add_subparsers(title="commands", required=True, metavar="COMMAND")
    for name, command, says in (
        ("parse", _mail_parse, "say what mails hold: one JSON object a line"),
        ("reply-text", _mail_reply_text, "part what is new in a mail's plain text from what it quotes"),
    ):
        _add(reading, name, command, says).add_argument(
            "files", nargs="*", type=Path, metavar="FILE", help="without any, the standard input"
        )
    taking = _add(reading, "ingest", _mail_ingest, "take a mail from the standard input")
    taking.add_argument("--to", action="append", default=[], metavar="ADDRESS", help="the mailbox that it is for")
    taking.add_argument("--from", dest="sender", metavar="ADDRESS", help="who sent it, as the mail server says")
    simulate = _add(commands, "simulate", _simulate, "play a day that was made up, and say what it was like")
    simulate.add_argument("scenario", type=Path, metavar="SCENARIO.toml", help="see docs/simulator.md")
    simulate.add_argument("--plots", type=Path, metavar="FOLDER", help="draw pictures there, as SVG")
    simulate.add_argument("--seed", type=int, metavar="N", help="another day of the same kind")
    sla = commands.add_parser("sla", help="look at promises, and try others")
    promises = sla.add_subparsers(title="commands", required=True, metavar="COMMAND")
    again = _add(promises, "replay", _sla_replay, "say what would have become of other promises; nothing is written")
    again.add_argument("--policy", type=Path, metavar="FILE", help="policies to try, see docs/sla.md")
    again.add_argument("--calendar", default="", metavar="NAME", help="opening hours to count all of them in")
    again.add_argument("--days", type=int, default=30, metavar="N", help="so far back (30)")
    again.add_argument("--json", action="store_true", help="for programs, with every ticket that would change")
    _add(promises, "policies", _sla_policies, "print today's policies, as a file to begin with")
    _add(commands, "version", _version, "say which version this is")
    return parser


def _demo_words(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    demo = _add(commands, "demo", _demo, "fill an empty desk with a shop, its agents and customers")
    demo.add_argument("--serve", action="store_true", help="and run it")
    says = "and let customers come and agents answer by themselves, as often as a scenario says"
    demo.add_argument("--live", nargs="?", const=Path(), type=Path, metavar="SCENARIO.toml", help=says)
    demo.add_argument("--speed", type=float, default=1.0, help="so many times as fast, 0.1 to 20, with --live")


def _add(
    commands: argparse._SubParsersAction[argparse.ArgumentParser], name: str, command: Command, says: str
) -> argparse.ArgumentParser:
    parser = commands.add_parser(name, help=says, description=says.capitalize() + ".")
    parser.set_defaults(command=command)
    _takes_settings(parser)
    return parser


def _takes_settings(parser: argparse.ArgumentParser, *, default: str | None = argparse.SUPPRESS) -> None:
    """Before the command's name or behind it: there, what was not said again must leave what was said before."""
    says = "the settings to use instead of ./config.toml"
    parser.add_argument("--config", type=Path, metavar="FILE", default=default, help=says)


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


def _migrate(told: argparse.Namespace) -> int:
    from server.config.config import Config
    from server.database import Database, migrate
    from server.postgres import shown

    config = Config.load(told.config)
    database = Database(config.database.url)
    try:
        came_from = migrate(database)
    finally:
        database.close()
    name = shown(database.url) if database.is_postgres else config.database.path
    print(f"{name} {'is up to date now' if came_from else 'was up to date already'}.")
    return 0


def _backup(told: argparse.Namespace) -> int:
    from server.config.config import Config
    from server.keeping.archive import reading
    from server.keeping.backup import backup

    made = backup(Config.load(told.config), told.where, with_key=told.with_key, tell=print)
    print(f"The desk is in {made} now.")
    key = "is in it: whoever has this file can sign as the desk" if told.with_key else "is not in it: keep it elsewhere"
    print(f"The secret key {key}.")
    with reading(made) as archive:
        return SOMETHING_DAMAGED if archive.manifest.damaged or archive.manifest.gone else 0


def _restore(told: argparse.Namespace) -> int:
    from server.config.config import Config
    from server.keeping.restore import check, restore

    if told.check:
        manifest = check(told.archive, tell=print)
        print(f"{told.archive} is whole: the desk as it was at {manifest.at}.")
        return 0
    manifest = restore(Config.load(told.config), told.archive, replace=told.replace, tell=print)
    print(f"The desk is as it was at {manifest.at}. Everybody signs in again.")
    if not manifest.with_key:
        print("The backup holds no secret key: put the desk's own where it was, or links in earlier mails are void.")
    return 0


def _copy(told: argparse.Namespace) -> int:
    from server.config.config import Config
    from server.keeping.copying import copy

    done = copy(Config.load(told.config), told.to, while_running=told.while_running, tell=print)
    rows = sum(tally.rows for tally in done.values())
    print(f"All {rows} rows of {len(done)} tables are there, as they were. Set database.url to the new address now.")
    return 0


def _mail_parse(told: argparse.Namespace) -> int:
    from server.mail.programs import tell
    from tickets.email.digest import digest

    return tell(told.files, digest)


def _mail_reply_text(told: argparse.Namespace) -> int:
    from server.mail.programs import tell
    from tickets.email.digest import parts_of_reply

    return tell(told.files, parts_of_reply)


def _mail_ingest(told: argparse.Namespace) -> int:
    try:
        from server.mail.pipe import Told, ingest
    except ImportError as error:  # an installation that is being renewed: the next try may find it whole
        print(f"Frontdesk cannot be started: {error}.", file=sys.stderr)
        return os.EX_TEMPFAIL
    return ingest(told.config, Told(told.to, told.sender))


def _simulate(told: argparse.Namespace) -> int:
    from dataclasses import replace

    from server.config.config import Config
    from server.config.rules import rules_of
    from server.simulation import plots, report
    from server.simulation.play import play
    from server.simulation.scenario_file import read_scenario

    scenario = read_scenario(told.scenario)
    if told.seed is not None:
        scenario = replace(scenario, seed=told.seed)
    outcome = play(scenario, rules_of(Config.load(told.config)))
    print(report.told(outcome), end="")
    if told.plots is not None:
        drawn = plots.draw(outcome, told.plots)
        print(f"\n{len(drawn)} pictures are in {told.plots}.")
    return 0


def _sla_replay(told: argparse.Namespace) -> int:
    from server.config.config import Config
    from server.whatif.command import tell

    config = Config.load(told.config)
    print(tell(config, policies=told.policy, hours=told.calendar, days=told.days, as_json=told.json), end="")
    return 0


def _sla_policies(told: argparse.Namespace) -> int:
    from server.config.config import Config
    from server.whatif.command import example

    print(example(Config.load(told.config)), end="")
    return 0


def _version(_: argparse.Namespace) -> int:
    from importlib.metadata import version

    print(f"frontdesk {version('frontdesk')}, Python {sys.version.split()[0]}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
