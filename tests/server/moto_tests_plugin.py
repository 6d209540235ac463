"""
A pytest plugin for moto's own tests: each process of pytest has a server of ours, which moto's server mode uses.

``make moto-server-tests`` runs them, to show that everything else of moto answers as on moto's own server.
"""

from __future__ import annotations

import os
import subprocess
import sys

_servers = []


def pytest_configure(config):
    # With pytest-xdist only the workers run tests.
    if getattr(config.option, "numprocesses", None) and not hasattr(config, "workerinput"):
        return
    environment = {name: value for name, value in os.environ.items() if name != "TEST_SERVER_MODE"}
    command = [sys.executable, "-m", "mock_cognitosync", "--port", "0"]
    server = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
    _servers.append(server)
    os.environ["TEST_SERVER_MODE_ENDPOINT"] = server.stdout.readline().rstrip().rpartition(" ")[2]


def pytest_unconfigure():
    for server in _servers:
        server.terminate()
        server.communicate()
