"""Machines that are not here: a folder of programs that answer as they would there."""

import os
from pathlib import Path

# Found before every installed program; Python itself stays out of it.
SHELL = "#!/bin/sh\n"


def fake_nvidia_smi(folder: Path, answer: str = "NVIDIA H100 80GB HBM3", status: int = 0) -> Path:
    """An `nvidia-smi` in a folder, which prints one line and ends so; gives the folder."""
    folder.mkdir(exist_ok=True)
    program = folder / "nvidia-smi"
    program.write_text(f"{SHELL}echo '{answer}'\nexit {status}\n")
    program.chmod(0o755)
    return folder


def search_path_with(folder: Path) -> str:
    """The search path, with this folder before all others."""
    return f"{folder}{os.pathsep}{os.environ['PATH']}"
