"""A process of a function, and the Lambda Runtime API from which the process takes its invocations.

The API is described in the AWS Lambda Developer Guide, "Using the Lambda runtime API for custom runtimes".
"""

import queue
import signal
import subprocess
import threading
from concurrent.futures import Future, InvalidStateError
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

HOST = "127.0.0.1"


class FunctionError(Exception):
    """The function's own error. `body` is the error as Lambda returns it."""

    def __init__(self, body: bytes):
        super().__init__(body.decode(errors="replace"))
        self.body = body


class ProcessExited(Exception):
    """The function's process has ended."""

    def __init__(self, code: int):
        how = f"exit status {code}" if code >= 0 else f"signal: {signal.strsignal(-code)}".lower()
        super().__init__(f"Runtime exited with error: {how}" if code else "Runtime exited without providing a reason")


class EnvironmentStopped(Exception):
    """LocalStack removed the execution environment: the function was updated or deleted, or was idle for long."""

    def __init__(self) -> None:
        super().__init__("The execution environment was stopped")


class FunctionProcess:
    """One process. It serves one invocation at a time, and many after each other."""

    def __init__(self, command: list[str], env: dict[str, str], cwd: str, output: int):
        """
        :param output: File descriptor for the process's output.
        """
        self.started: Future[None] = Future()
        self._invocations: queue.SimpleQueue[dict | None] = queue.SimpleQueue()
        # The start, or the current invocation. If the process does not settle it, the end of the process does.
        self._awaited: Future = self.started
        self._api = ThreadingHTTPServer((HOST, 0), _handler(self))
        self._api.daemon_threads = True
        threading.Thread(target=self._api.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        env = {**env, "AWS_LAMBDA_RUNTIME_API": f"{HOST}:{self._api.server_port}"}
        self._process = subprocess.Popen(
            command, env=env, cwd=cwd, stdin=subprocess.DEVNULL, stdout=output, stderr=output
        )
        threading.Thread(target=self._watch, daemon=True).start()

    @property
    def is_alive(self) -> bool:
        return self._process.poll() is None

    def invoke(self, invocation: dict) -> Future[bytes]:
        """Returns a future that ends with the function's answer, a FunctionError or a ProcessExited."""
        self._awaited = Future()
        if not self.is_alive:
            settle(self._awaited, error=ProcessExited(self._process.returncode))
        self._invocations.put(invocation)
        return self._awaited

    def kill(self, reason: Exception | None = None) -> None:
        """
        :param reason: Error of the current invocation. By default a ProcessExited.
        """
        if reason is not None:
            settle(self._awaited, error=reason)
        self._process.kill()

    def _watch(self) -> None:
        code = self._process.wait()
        settle(self._awaited, error=ProcessExited(code))
        # The process's request for its next invocation is still open. Without an end, its thread would never end.
        self._invocations.put(None)
        self._api.shutdown()
        self._api.server_close()

    # The requests of the process.

    def next(self) -> dict | None:
        settle(self.started)
        return self._invocations.get()

    def succeed(self, body: bytes) -> None:
        settle(self._awaited, result=body)

    def fail(self, body: bytes) -> None:
        settle(self._awaited, error=FunctionError(body))


def settle(future: Future, result=None, error: Exception | None = None) -> None:
    """Settles a future unless it is settled, since a process may answer at the moment in which its time is over."""
    try:
        if error is None:
            future.set_result(result)
        else:
            future.set_exception(error)
    except InvalidStateError:
        pass


def _handler(function: FunctionProcess):
    class RuntimeApi(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        # Sends headers and body as one segment. Otherwise the body would wait until the headers are acknowledged.
        wbufsize = -1
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            """/runtime/invocation/next"""
            invocation = function.next()
            if invocation is None:
                self.close_connection = True
                return
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Lambda-Runtime-Aws-Request-Id", invocation["invoke-id"])
            self.send_header("Lambda-Runtime-Invoked-Function-Arn", invocation["invoked-function-arn"])
            self.send_header("Lambda-Runtime-Trace-Id", invocation["trace-id"])
            self.send_header("Lambda-Runtime-Deadline-Ms", str(invocation["deadline-ms"]))
            self._finish(invocation["payload"].encode())

        def do_POST(self) -> None:
            """/runtime/invocation/<id>/response, /runtime/invocation/<id>/error or /runtime/init/error"""
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            if self.path.endswith("/response"):
                function.succeed(body)
            else:
                function.fail(body)
            self.send_response(202)
            self._finish(b"")

        def _finish(self, body: bytes) -> None:
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args) -> None:
            pass

    return RuntimeApi
