"""A real SLURM of two nodes on loopback, without systemd; every process ends with the block."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

PARTS = ("munged", "slurmctld", "slurmd", "sbatch", "srun", "scontrol", "sinfo")
_PORTS = {"controller": 16817, "n1": 16818, "n2": 16819}
_PATH = f"{os.environ['PATH']}:/usr/sbin:/sbin"
_CONFIGURATION = """\
ClusterName=bench
SlurmctldHost={host}(127.0.0.1)
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket={folder}/munge.socket
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/%n
SlurmctldPidFile={folder}/controller.pid
SlurmdPidFile={folder}/%n.pid
SlurmctldPort={controller}
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
ReturnToService=2
SlurmdTimeout=15
KillWait=5
JobRequeue=1
MpiDefault=none
NodeName=n1 NodeHostname={host} NodeAddr=127.0.0.1 Port={n1} CPUs=1
NodeName=n2 NodeHostname={host} NodeAddr=127.0.0.1 Port={n2} CPUs=1
PartitionName=all Nodes=n1,n2 Default=YES MaxTime=INFINITE State=UP
"""


def missing() -> str:
    """Why there can be no SLURM here; empty where there can."""
    if os.getuid() != 0:
        return "SLURM's daemons need root here"
    absent = [part for part in PARTS if shutil.which(part, path=_PATH) is None]
    if absent:
        return f"{', '.join(absent)} not installed; apt-get install slurm-wlm munge"
    for port in _PORTS.values():
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return f"port {port} is taken"
    return ""


@dataclass
class Slurm:
    """The cluster.

    Attributes:
        environment: with which its commands find it.
        nodes: the processes of its nodes, by name.
    """

    environment: dict[str, str]
    nodes: dict[str, subprocess.Popen[bytes]]

    def say(self, *command: str) -> str:
        done = subprocess.run(
            command, env=self.environment, capture_output=True, text=True, timeout=60, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def lose(self, node: str) -> None:
        """Have a node vanish, and what runs on it with it."""
        process = self.nodes[node]
        process.kill()
        process.wait()
        # Those above the tasks first: they would tell the controller of a failed task.
        tasks = [one for one in _processes() if self._node_of(one) == node]
        above = {_parent(one) for one in tasks} - set(tasks)
        for one in (*(one for one in above if _name(one) == "slurmstepd"), *tasks):
            with suppress(ProcessLookupError):
                os.kill(one, signal.SIGKILL)

    def _node_of(self, process: int) -> str:
        """The node that a process runs on; empty where it is none of this cluster."""
        environment = _environment(process)
        ours = environment.get("SLURM_CONF") == self.environment["SLURM_CONF"]
        return environment.get("SLURMD_NODENAME", "") if ours else ""


def _processes() -> list[int]:
    return [int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit()]


def _environment(process: int) -> dict[str, str]:
    try:
        pairs = Path(f"/proc/{process}/environ").read_text(errors="replace").split("\0")
    except OSError:
        return {}
    return dict(pair.split("=", 1) for pair in pairs if "=" in pair)


def _parent(process: int) -> int:
    try:
        stat = Path(f"/proc/{process}/stat").read_text()
    except OSError:
        return 0
    return int(stat.rpartition(")")[2].split()[1])


def _name(process: int) -> str:
    try:
        return Path(f"/proc/{process}/comm").read_text().strip()
    except OSError:
        return ""


@contextmanager
def slurm(folder: Path) -> Iterator[Slurm]:
    """Start it under a folder of one's own."""
    names = ("state", "n1", "n2", "munge")
    for name in names:
        (folder / name).mkdir(parents=True)
    configuration = folder / "slurm.conf"
    host = socket.gethostname().partition(".")[0]
    configuration.write_text(_CONFIGURATION.format(folder=folder, host=host, **_PORTS))
    environment = os.environ | {"SLURM_CONF": str(configuration), "PATH": _PATH}
    started: list[subprocess.Popen[bytes]] = []

    def start(name: str, *command: str, **more: object) -> subprocess.Popen[bytes]:
        with (folder / f"{name}.log").open("wb") as log:
            process = subprocess.Popen(command, env=environment, stdout=log, stderr=log, **more)
        started.append(process)
        return process

    try:
        user = pwd.getpwnam("munge")
        key = folder / "munge" / "key"
        key.write_bytes(os.urandom(128))
        key.chmod(0o400)
        for path in (folder / "munge", key):
            os.chown(path, user.pw_uid, user.pw_gid)
        munge = folder / "munge"
        socket_path = folder / "munge.socket"
        start(
            "munge",
            "munged",
            "--foreground",
            "--force",
            f"--key-file={key}",
            f"--socket={munge / 'socket'}",
            f"--pid-file={munge / 'pid'}",
            f"--log-file={munge / 'log'}",
            f"--seed-file={munge / 'seed'}",
            user=user.pw_uid,
            group=user.pw_gid,
        )
        socket_path.symlink_to(munge / "socket")
        _until(lambda: (munge / "socket").exists(), "munged")
        start("controller", "slurmctld", "-D")
        nodes = {name: start(name, "slurmd", "-D", "-N", name) for name in ("n1", "n2")}
        cluster = Slurm(environment, nodes)
        _until(lambda: _idle(cluster) == 2, "two idle nodes")
        try:
            yield cluster
        finally:
            # Steps of jobs outlive the daemons.
            for name in nodes:
                cluster.lose(name)
    finally:
        for process in reversed(started):
            process.terminate()
        for process in started:
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _idle(cluster: Slurm) -> int:
    said = subprocess.run(
        ["sinfo", "-h", "-N", "-o", "%T"],
        env=cluster.environment,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    return said.stdout.split().count("idle")


def _until(reached: object, what: str, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not reached():  # type: ignore[operator]
        assert time.monotonic() < deadline, f"no {what} after {seconds:.0f} s"
        time.sleep(0.3)
