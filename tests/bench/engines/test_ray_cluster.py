"""A plan on a real Ray of two nodes, one of which is lost in the middle."""

import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest

from bench.engines.processes import ProcessEngine
from bench.engines.status import status_of
from bench.planning.plan import Plan
from bench.progress import events
from tests.support.tiny import make_run, make_session

pytestmark = pytest.mark.clusters


def test_plan_is_complete_though_a_node_is_lost(tmp_path: Path) -> None:
    ray = pytest.importorskip("ray", reason="Ray is not installed")
    from ray.cluster_utils import Cluster

    from bench.engines.ray import RayEngine

    runs = tuple(make_run("basic_cnn", seed) for seed in range(2))
    expected = {
        record.key: record.predictions_sha256
        for record in ProcessEngine().run(Plan(runs), make_session(tmp_path / "local"))
    }
    heard: list[events.Event] = []
    session = replace(make_session(tmp_path / "ray"), listener=heard.append)
    cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 0})
    try:
        first, _ = (cluster.add_node(num_cpus=1) for _ in range(2))
        ray.init(address=cluster.address, log_to_driver=False)

        def lose() -> None:
            deadline = time.monotonic() + 200
            while not any(one.state == "running" for one in status_of(session.store.root)):
                if time.monotonic() > deadline:
                    return
                time.sleep(0.3)
            cluster.remove_node(first, allow_graceful=False)

        killer = threading.Thread(target=lose)
        session.store.root.mkdir(parents=True)
        killer.start()
        records = list(RayEngine().run(Plan(runs), session))
        killer.join()
        assert not first.any_processes_alive()
    finally:
        ray.shutdown()
        cluster.shutdown()
    assert {record.key: record.predictions_sha256 for record in records} == expected
    assert sum(isinstance(event, events.EpochFinished) for event in heard) >= 2
    assert not any(isinstance(event, events.RunFailed) for event in heard)
