"""Runs LocalStack as `python -m localstack.runtime.main` does, with three changes.

1. Each Lambda function runs as a process of this machine instead of a container.
2. DynamoDB Local comes from Maven instead of LocalStack's own download, and listens on the loopback interface only.
3. Programs that LocalStack starts stay in its process group. So one signal to the group ends them all.

start-localstack.ts sets the environment variables that are read here.
"""

import os
import sys
from pathlib import Path

from localstack.runtime.main import main
from localstack.services.dynamodb.packages import DynamoDBLocalPackageInstaller
from localstack.services.dynamodb.server import DynamodbServer
from localstack.services.lambda_.invocation.plugins import DockerRuntimeExecutorPlugin
from localstack.utils import run
from process_executor import ProcessExecutor

# LocalStack finds other executors among the entry points of installed packages, and this folder is not installed.
DockerRuntimeExecutorPlugin.load = lambda plugin, *args, **kwargs: ProcessExecutor


def dynamodb_command(server: DynamodbServer) -> list[str]:
    program = Path(__file__).with_name("loopback_dynamodb.py")
    jars = os.environ["DYNAMODB_LOCAL_JARS"]
    return [sys.executable, "-I", str(program), jars, str(server.port), server.heap_size]


DynamodbServer._create_shell_command = dynamodb_command
DynamoDBLocalPackageInstaller.install = lambda installer, target=None: None
DynamoDBLocalPackageInstaller.get_java_env_vars = lambda installer: {}

# `run` starts a program in a session of its own if it believes to be on one of these systems.
run.is_linux = run.is_mac_os = lambda: False

main()
