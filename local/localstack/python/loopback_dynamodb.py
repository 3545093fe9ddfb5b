"""Runs Amazon's DynamoDB Local in memory, on the loopback interface only: `loopback_dynamodb.py JARS PORT HEAP`.

DynamoDB Local has no option for the interface, and listens on all of them. So this program starts it inside of its own
process, and sets the host of its web server before the server starts.
"""

import sys

import jpype

jars, port, heap = sys.argv[1:]
jpype.startJVM(f"-Xmx{heap}", f"-Djava.library.path={jars}", classpath=[f"{jars}/*"])
runner = jpype.JClass("com.amazonaws.services.dynamodbv2.local.main.ServerRunner")
dynamodb = runner.createServerFromCommandLineArgs(["-inMemory", "-disableTelemetry", "-port", port])
field = dynamodb.getClass().getDeclaredField("server")
field.setAccessible(True)
for connector in field.get(dynamodb).getConnectors():
    connector.setHost("127.0.0.1")
dynamodb.start()
dynamodb.join()
