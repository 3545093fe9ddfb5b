"""Invokes a function as LocalStack does: `invoke.py FOLDER NODE CODE HANDLER EVENT...`.

Prints the end of each invocation as a line of JSON. The event "hang" has a timeout of half a second, and is killed then.
"""

import json
import sys
from concurrent.futures import TimeoutError as FutureTimeout
from pathlib import Path

sys.path.insert(0, sys.argv[1])
from function_process import FunctionError, FunctionProcess, ProcessExited

node, code, handler, *events = sys.argv[2:]
command = [node, str(Path(sys.argv[1]) / "runtime-client.mjs")]
env = {"_HANDLER": handler, "LAMBDA_TASK_ROOT": code, "AWS_LAMBDA_FUNCTION_NAME": "orders"}


def end_of(future, timeout: float = 60) -> dict:
    try:
        result = future.result(timeout)
        return {"result": None if result is None else json.loads(result)}
    except FunctionError as error:
        return {"error": json.loads(error.body)}
    except ProcessExited as error:
        return {"exited": str(error)}
    except FutureTimeout:
        return {"timeout": timeout}


def say(what: dict) -> None:
    print(json.dumps(what), flush=True)


with open(f"{code}/output.log", "ab") as output:
    process = FunctionProcess(command, env, code, output.fileno())
started = end_of(process.started)
if "result" not in started:
    say({"start": started})
    sys.exit()
for number, event in enumerate(events):
    invocation = {
        "invoke-id": f"request-{number}",
        "invoked-function-arn": "arn:aws:lambda:us-east-1:000000000000:function:orders",
        "trace-id": "Root=1-0",
        "deadline-ms": 0,
        "payload": event,
    }
    if event == '"hang"':
        future = process.invoke(invocation)
        say(end_of(future, 0.5))
        process.kill()
        say(end_of(future))
    else:
        say(end_of(process.invoke(invocation)))
process.kill()
