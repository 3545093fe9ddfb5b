"""Starts an execution environment as LocalStack does: `start_environment.py FOLDER CODE`. Prints the error of the start.

Stands for the parts of LocalStack that the executor uses. A process has a second to ask for its first invocation.
"""

import json
import os
import sys
from types import ModuleType, SimpleNamespace

folder, code = sys.argv[1:]
sys.path.insert(0, folder)


class StatusErrorException(Exception):
    def __init__(self, message: str, payload: bytes):
        super().__init__(message)
        self.payload = payload


class RuntimeExecutor:
    def __init__(self, id: str, function_version: object) -> None:
        self.id, self.function_version = id, function_version


def provide(name: str, **members: object) -> None:
    sys.modules[name] = ModuleType(name)
    vars(sys.modules[name]).update(members)


invocation = "localstack.services.lambda_.invocation"
for package in ("localstack", "localstack.services", "localstack.services.lambda_", invocation):
    provide(package)
provide("localstack.config", LAMBDA_RUNTIME_ENVIRONMENT_TIMEOUT=2)
sys.modules["localstack"].config = sys.modules["localstack.config"]
provide(f"{invocation}.executor_endpoint", StatusErrorException=StatusErrorException)
provide(f"{invocation}.lambda_models", FunctionVersion=object, InvocationResult=SimpleNamespace)
provide(f"{invocation}.runtime_executor", RuntimeExecutor=RuntimeExecutor)

from process_executor import ProcessExecutor  # noqa: E402

unpacked = SimpleNamespace(get_unzipped_code_location=lambda: code)
version = SimpleNamespace(config=SimpleNamespace(code=unpacked, memory_size=256, timeout=60))
environment = ProcessExecutor("environment", version)
try:
    environment.start({"_HANDLER": "index.handler"})
    print(json.dumps("started"))
except StatusErrorException as error:
    print(json.dumps(json.loads(error.payload)))
finally:
    environment.stop()
