"""Runs LocalStack's Lambda functions as processes of this machine, without Docker.

LocalStack asks a `RuntimeExecutor` for each execution environment, and gives it one invocation at a time. LocalStack's
own executor starts a container, in which AWS's runtime interface emulator serves the Lambda Runtime API to the function.
This executor serves the same API from LocalStack's process.

As on AWS, a process serves many invocations after each other. It is killed at the function's timeout. If it ends by
itself, the invocation fails with `Runtime.ExitError`, and the next invocation gets a new process.

Unlike AWS, nothing limits memory or processor, and a process is not frozen between invocations. Permissions are not
checked. Log lines have no time and request id in front. Only the nodejs runtimes work, without layers.
"""

import json
import os
import shutil
import tempfile
import time
from concurrent.futures import TimeoutError as FutureTimeout
from pathlib import Path

from function_process import HOST, EnvironmentStopped, FunctionError, FunctionProcess, ProcessExited
from localstack import config
from localstack.services.lambda_.invocation.executor_endpoint import StatusErrorException
from localstack.services.lambda_.invocation.lambda_models import FunctionVersion, InvocationResult
from localstack.services.lambda_.invocation.runtime_executor import RuntimeExecutor

# Time of a process to ask for its first invocation, in seconds. Shorter than LocalStack's own, which ends without an error.
STARTUP_TIMEOUT = config.LAMBDA_RUNTIME_ENVIRONMENT_TIMEOUT - 1

RUNTIME_CLIENT = Path(__file__).with_name("runtime-client.mjs")


class ProcessExecutor(RuntimeExecutor):
    """An execution environment: a folder, a log, and one process at a time."""

    def __init__(self, id: str, function_version: FunctionVersion) -> None:
        super().__init__(id=id, function_version=function_version)
        self._function: FunctionProcess | None = None
        self._stopped = False
        self._read = 0

    def start(self, env_vars: dict[str, str]) -> None:
        code = str(self.function_version.config.code.get_unzipped_code_location())
        self._folder = Path(tempfile.mkdtemp(prefix="lambda-"))
        self._log = self._folder / "output.log"
        self._env = {
            "PATH": os.environ.get("PATH", ""),
            "LANG": "en_US.UTF-8",
            **{name: str(value) for name, value in env_vars.items()},
            "LAMBDA_TASK_ROOT": code,
            "HOME": str(self._folder),
            "TMPDIR": str(self._folder),
        }
        try:
            self._start_process()
        except (FunctionError, ProcessExited) as error:
            raise StatusErrorException("Environment startup failed", payload=_body_of(error)) from error
        except FutureTimeout as error:
            # LocalStack takes any other error for its own failure, and starts the function again and again.
            message = f"Error: Task timed out after {STARTUP_TIMEOUT:.2f} seconds"
            body = json.dumps({"errorType": "Sandbox.Timedout", "errorMessage": message}).encode()
            raise StatusErrorException("Environment startup timed out", payload=body) from error

    def stop(self) -> None:
        self._stopped = True
        if self._function is not None:
            self._function.kill(EnvironmentStopped())
        shutil.rmtree(self._folder, ignore_errors=True)

    def invoke(self, payload: dict[str, str]) -> InvocationResult:
        request_id, timeout = payload["invoke-id"], self.function_version.config.timeout
        self._write(f"START RequestId: {request_id} Version: {self.function_version.id.qualifier}\n")
        begun = time.monotonic()
        is_error = True
        try:
            if not self._function.is_alive:
                self._start_process()
            deadline = int((time.time() + timeout) * 1000)
            body = self._function.invoke({**payload, "deadline-ms": deadline}).result(timeout)
            is_error = False
        except FunctionError as error:
            body = error.body
        except FutureTimeout:
            self._function.kill()
            now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
            message = f"{now} {request_id} Task timed out after {timeout:.2f} seconds"
            self._write(f"{message}\n")
            body = json.dumps({"errorMessage": message}).encode()
        except ProcessExited as error:
            self._write(f"RequestId: {request_id} Error: {error}\nRuntime.ExitError\n")
            body = _body_of(error, request_id)
        took = (time.monotonic() - begun) * 1000
        self._write(f"END RequestId: {request_id}\nREPORT RequestId: {request_id}\tDuration: {took:.2f} ms\n")
        return InvocationResult(request_id, body, is_error=is_error, logs=self._new_output())

    def get_logs(self) -> str:
        return self._log.read_text(errors="replace") if self._log.exists() else ""

    def get_address(self) -> str:
        return HOST

    def get_endpoint_from_executor(self) -> str:
        return HOST

    def get_runtime_endpoint(self) -> str:
        return f"http://{HOST}:{config.GATEWAY_LISTEN[0].port}"

    @classmethod
    def prepare_version(cls, function_version: FunctionVersion) -> None:
        runtime = function_version.config.runtime or "an image"
        if not runtime.startswith("nodejs"):
            raise NotImplementedError(f"Only functions of the nodejs runtimes run without Docker, and this is {runtime}")
        function_version.config.code.prepare_for_execution()

    @classmethod
    def cleanup_version(cls, function_version: FunctionVersion) -> None:
        pass

    def _start_process(self) -> None:
        """Starts the process and waits until it asks for its first invocation.

        :raises FunctionError, ProcessExited: if the function cannot be loaded
        :raises EnvironmentStopped: if LocalStack stopped the environment meanwhile
        """
        memory = self.function_version.config.memory_size
        command = [os.environ["FUNCTIONS_NODE"], f"--max-old-space-size={int(memory * 0.9)}", str(RUNTIME_CLIENT)]
        # Node writes to a file synchronously. So the output before an answer is complete when the answer arrives.
        with self._log.open("ab") as output:
            self._function = FunctionProcess(command, self._env, self._env["LAMBDA_TASK_ROOT"], output.fileno())
        if self._stopped:
            self._function.kill(EnvironmentStopped())
        try:
            self._function.started.result(STARTUP_TIMEOUT)
        except BaseException:
            self._function.kill()
            raise

    def _write(self, text: str) -> None:
        with self._log.open("a") as log:
            log.write(text)

    def _new_output(self) -> str:
        with self._log.open("rb") as log:
            log.seek(self._read)
            output = log.read()
        self._read += len(output)
        return output.decode(errors="replace")


def _body_of(error: FunctionError | ProcessExited, request_id: str = "") -> bytes:
    if isinstance(error, FunctionError):
        return error.body
    message = f"RequestId: {request_id} Error: {error}" if request_id else f"Error: {error}"
    return json.dumps({"errorType": "Runtime.ExitError", "errorMessage": message}).encode()
