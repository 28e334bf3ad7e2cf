"""A standalone Spark cluster on loopback, from the wheel of pyspark.

A master, two workers of one core and a Thrift server, each a process of its own. What
they write stands in one folder: logs, event log and tables. The catalog is in memory.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import time
from collections import Counter
from pathlib import Path
from types import TracebackType
from urllib.parse import urlsplit

HOST = "127.0.0.1"
WORKERS = 2
START_SECONDS = 120
STOP_SECONDS = 30
# The first four are what profiles.yml and dbt-spark ask of any cluster; a Thrift
# server takes them from its own start alone. The others are the size.
SETTINGS = {
    "spark.sql.ansi.enabled": "false",
    "spark.sql.decimalOperations.allowPrecisionLoss": "false",
    "spark.sql.parquet.inferTimestampNTZ.enabled": "false",
    "spark.sql.session.timeZone": "UTC",
    "spark.cores.max": str(WORKERS),
    "spark.driver.memory": "6g",
    "spark.eventLog.compress": "false",
    "spark.eventLog.enabled": "true",
    "spark.eventLog.rolling.enabled": "false",
    "spark.executor.cores": "1",
    "spark.executor.heartbeatInterval": "30s",
    "spark.executor.memory": "1500m",
    "spark.network.timeout": "600s",
    "spark.sql.catalogImplementation": "in-memory",
    # Thousands of short statements with long plans: to compile code for each, and to
    # keep and print its plan, would take longer than to run it.
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.maxPlanStringLength": "1000",
    "spark.sql.thriftserver.ui.retainedSessions": "10",
    "spark.sql.thriftserver.ui.retainedStatements": "10",
    "spark.sql.ui.retainedExecutions": "10",
    "spark.ui.retainedJobs": "50",
    "spark.ui.retainedStages": "50",
    "spark.ui.retainedTasks": "500",
    "spark.sql.shuffle.partitions": "2",
    "spark.sql.sources.partitionOverwriteMode": "dynamic",
    "spark.ui.enabled": "false",
}


class Cluster:
    """The processes of a cluster, from their start to their end.

    Attributes:
        folder: where all that it writes stands.
        port: where its Thrift server listens on loopback.
    """

    def __init__(self, environment: Path, folder: Path) -> None:
        """Take the environment that holds pyspark, and a folder to write to."""
        self.folder = folder
        self.port = _free_port()
        self._master_port = _free_port()
        self._python = environment / "bin" / "python"
        self._home = Path(
            subprocess.run(
                [self._python, "-c", "import pyspark; print(pyspark.__path__[0])"],
                check=True,
                capture_output=True,
                text=True,
            ).stdout.strip()
        )
        self._processes: dict[str, subprocess.Popen[bytes]] = {}

    def __enter__(self) -> Cluster:
        """Start everything; return once the Thrift server answers."""
        for name in ("logs", "events", "work", "tables"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        try:
            self._start_nodes()
            self._start_thrift()
        except BaseException:
            self._stop()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop everything."""
        self._stop()

    @property
    def tables(self) -> Path:
        """The folder of the tables' Parquet files."""
        return self.folder / "tables"

    def tasks_by_worker(self) -> Counter[str]:
        """Return how many tasks the executors of each worker ended, by the event log.

        A worker is named by the address of its own page. An executor that was lost is
        followed by another one, so that their ids tell nothing of workers.
        """
        tasks: Counter[str] = Counter()
        workers: dict[str, str] = {}
        for log in (self.folder / "events").iterdir():
            with log.open() as lines:
                for line in lines:
                    if line.startswith('{"Event":"SparkListenerExecutorAdded"'):
                        added = json.loads(line)
                        page = urlsplit(added["Executor Info"]["Log Urls"]["stdout"])
                        workers[added["Executor ID"]] = page.netloc
                    elif line.startswith('{"Event":"SparkListenerTaskEnd"'):
                        executor = json.loads(line)["Task Info"]["Executor ID"]
                        tasks[workers[executor]] += 1
        return tasks

    def _start_nodes(self) -> None:
        """Start the master and its workers."""
        master = f"spark://{HOST}:{self._master_port}"
        self._start(
            "master",
            "spark-class",
            "org.apache.spark.deploy.master.Master",
            *("--host", HOST, "--port", str(self._master_port)),
        )
        self._wait("master", self._master_port)
        for number in range(1, WORKERS + 1):
            self._start(
                f"worker_{number}",
                "spark-class",
                "org.apache.spark.deploy.worker.Worker",
                *("--cores", "1", "--memory", "2g", "--host", HOST),
                *("--work-dir", str(self.folder / "work"), master),
            )

    def _start_thrift(self) -> None:
        """Start the Thrift server, the driver of all that is asked."""
        settings = {
            **SETTINGS,
            "spark.eventLog.dir": (self.folder / "events").as_uri(),
            "spark.sql.warehouse.dir": self.tables.as_uri(),
        }
        self._start(
            "thrift",
            "spark-submit",
            *("--class", "org.apache.spark.sql.hive.thriftserver.HiveThriftServer2"),
            *("--master", f"spark://{HOST}:{self._master_port}"),
            *(
                part
                for name, value in settings.items()
                for part in ("--conf", f"{name}={value}")
            ),
            "spark-internal",
            *("--hiveconf", f"hive.server2.thrift.port={self.port}"),
            *("--hiveconf", f"hive.server2.thrift.bind.host={HOST}"),
        )
        self._wait("thrift", self.port)

    def _start(self, name: str, program: str, *arguments: str) -> None:
        """Start a process of the cluster, with a log of its own."""
        environment = {
            **os.environ,
            "PYSPARK_PYTHON": str(self._python),
            "SPARK_HOME": str(self._home),
            "SPARK_LOCAL_IP": HOST,
            # A machine under load is no lost worker.
            "SPARK_MASTER_OPTS": "-Dspark.worker.timeout=600",
        }
        with (self.folder / "logs" / f"{name}.log").open("wb") as log:
            self._processes[name] = subprocess.Popen(
                [str(self._home / "bin" / program), *arguments],
                cwd=self.folder,
                env=environment,
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    def _wait(self, name: str, port: int) -> None:
        """Wait until a process listens."""
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end and self._processes[name].poll() is None:
            with socket.socket() as probe:
                probe.settimeout(1)
                if probe.connect_ex((HOST, port)) == 0:
                    return
            time.sleep(0.5)
        log = self.folder / "logs" / f"{name}.log"
        raise RuntimeError(f"Spark's {name} did not start; see {log}")

    def _stop(self) -> None:
        """End the processes, the last one first."""
        for process in reversed(self._processes.values()):
            process.terminate()
        for process in self._processes.values():
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _free_port() -> int:
    """Return a port of loopback on which nobody listens."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
    return port
