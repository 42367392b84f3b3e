"""Which NVIDIA GPUs this machine has, asked of the driver: no framework is imported.

Uses the standard library alone, as `toxfile.py` reads it before anything is installed.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from functools import cache

_SECONDS = 20.0


@cache
def installed_gpus() -> tuple[str, ...]:
    """Their names as `nvidia-smi` says them; none where there is no driver or it does not answer.

    None either where `CUDA_VISIBLE_DEVICES` hides all of them: that is somebody's choice.
    """
    if os.environ.get("CUDA_VISIBLE_DEVICES", "0").strip() in ("", "-1", "none", "NoDevFiles"):
        return ()
    program = shutil.which("nvidia-smi")
    if program is None:
        return ()
    try:
        done = subprocess.run(
            [program, "--query-gpu=name", "--format=csv,noheader"],
            capture_output=True,
            text=True,
            check=True,
            timeout=_SECONDS,
        )
    except (OSError, subprocess.SubprocessError):
        return ()
    return tuple(line.strip() for line in done.stdout.splitlines() if line.strip())
