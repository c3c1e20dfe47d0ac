"""The peers: other people's parsers, each in an environment of its own under the project, installed on first use."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
VENV = ROOT / ".bench-venv"
NODE = ROOT / "bench" / "out" / "node"

_PYTHON = ("chat-miner", "whatstk")
_NODE = ("whatsapp-chat-parser",)


def ready() -> None:
    """Installs what is not there yet."""
    if not (VENV / "ready").exists():
        subprocess.run([sys.executable, "-m", "venv", str(VENV)], check=True)
        install = [str(VENV / "bin" / "python"), "-m", "pip", "install", "-q", "--disable-pip-version-check", *_PYTHON]
        subprocess.run(install, check=True)
        (VENV / "ready").touch()
    if not (NODE / "ready").exists():
        NODE.mkdir(parents=True, exist_ok=True)
        (NODE / "package.json").write_text("{}")
        subprocess.run(["npm", "install", "--no-fund", "--no-audit", "--loglevel=error", *_NODE], cwd=NODE, check=True)
        (NODE / "ready").touch()


def seconds(code: str, path: Path, *, node: bool = False) -> tuple[float, int]:
    """Processor seconds (or what the code prints as such) and rows of one parse, without the program's start; the code
    reads `path` and prints both."""
    program = ["node", "-e", code] if node else [str(VENV / "bin" / "python"), "-c", code]
    done = subprocess.run([*program, str(path)], capture_output=True, text=True, cwd=NODE, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr.strip().splitlines()[-1] if done.stderr.strip() else "no output")
    took, rows = done.stdout.split()[-2:]
    return float(took), int(rows)


CHAT_MINER = """
import sys, time, logging
logging.disable(logging.CRITICAL)
from chatminer.chatparsers import {parser} as Parser
start = time.{clock}()
parser = Parser(sys.argv[1])
parser.parse_file()
rows = len(parser.parsed_messages.get_df())
print(time.{clock}() - start, rows)
"""
"""`parser` is WhatsAppParser or TelegramJsonParser; `clock` is process_time, or perf_counter for wall-clock time."""

WHATSTK = """
import sys, time
from whatstk import WhatsAppChat
start = time.process_time()
rows = len(WhatsAppChat.from_source(filepath=sys.argv[1], hformat="%d/%m/%Y, %H:%M - %name:").df)
print(time.process_time() - start, rows)
"""

WHATSAPP_CHAT_PARSER = """
const fs = require('fs'); const { parseString } = require('whatsapp-chat-parser');
const used = () => { const u = process.cpuUsage(); return (u.user + u.system) / 1e6; }; const start = used();
const rows = parseString(fs.readFileSync(process.argv[1], 'utf8')).length;
console.log(used() - start, rows);
"""
