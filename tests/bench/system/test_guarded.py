"""How a program ends: its exit code, one line on standard error, and outputs that fail."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from bench.errors import BenchError
from bench.system.guarded import run_guarded
from datasets import DataError
from models import ModelError


def raising(error: BaseException):
    def work() -> None:
        raise error

    return work


@pytest.mark.parametrize(
    ("error", "code", "line"),
    [
        (BenchError("no such\n  tier"), 2, "bench: no such tier\n"),
        (DataError("no such folder"), 2, "bench: no such folder\n"),
        (ModelError("no such layer"), 2, "bench: no such layer\n"),
        (KeyboardInterrupt(), 130, "bench: interrupted\n"),
        (SystemExit(None), 0, ""),
        (SystemExit(3), 3, ""),
    ],
    ids=repr,
)
def test_each_end_has_its_code(error, code: int, line: str, capsys) -> None:
    assert run_guarded(raising(error)) == code
    assert capsys.readouterr().err == line


def test_fault_of_the_program_passes() -> None:
    with pytest.raises(ZeroDivisionError):
        run_guarded(lambda: 1 / 0)


# Prints more than a pipe holds, then shows that the work was done to its end.
WORK = """
import sys
from pathlib import Path
from bench.system.guarded import run_guarded

def work():
    for line in range(30_000):
        print(line, "\\u2265", flush=line % 10_000 == 0)
    Path(sys.argv[1]).write_text("trained")

sys.exit(run_guarded(work))
"""


def shell(ending: str, folder: Path, **variables: str) -> subprocess.CompletedProcess[bytes]:
    (folder / "work.py").write_text(WORK)
    command = f'"$0" work.py done {ending}'
    return subprocess.run(
        ["bash", "-o", "pipefail", "-c", command, sys.executable],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[3]), **variables},
        capture_output=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("ending", "code", "said"),
    [
        ("| head -1", 0, b""),
        (">&-", 0, b""),
        (">/dev/full", 2, b"bench: standard output cannot be written: No space left on device\n"),
        (">/dev/null 2>&-", 0, b""),
    ],
)
@pytest.mark.promise(
    "standard output is closed, full, or ends with `| head -1`",
    "the work goes on to its end",
)
def test_output_that_fails_does_not_end_the_work(
    ending: str, code: int, said: bytes, tmp_path: Path
) -> None:
    done = shell(ending, tmp_path)
    assert (done.returncode, done.stderr) == (code, said)
    assert (tmp_path / "done").read_text() == "trained"


@pytest.mark.promise("the output's encoding lacks a character", "its escape is written")
def test_character_that_the_encoding_lacks_is_escaped(tmp_path: Path) -> None:
    done = shell("", tmp_path, PYTHONIOENCODING="ascii")
    assert done.returncode == 0
    assert done.stdout.startswith(b"0 \\u2265\n")


@pytest.mark.promise("standard output was closed before the start", "no file takes its place")
def test_file_opened_by_the_work_is_never_standard_output(tmp_path: Path) -> None:
    code = (
        "import os, sys\nfrom bench.system.guarded import run_guarded\n"
        "def work():\n"
        "    with open('record', 'w') as file:\n"
        "        os.write(1, b'noise of a library')\n"
        "        file.write('record')\n"
        "run_guarded(work)"
    )
    subprocess.run(
        ["bash", "-c", '"$0" -c "$1" >&-', sys.executable, code],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])},
        check=True,
    )
    assert (tmp_path / "record").read_text() == "record"
