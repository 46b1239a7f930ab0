#!/usr/bin/env python3
"""Serves the lines of standard input to the first client on a free loopback port, which is printed first; then closes."""
import socket
import sys

with socket.create_server(("127.0.0.1", 0)) as server:
    print(server.getsockname()[1], flush=True)
    server.settimeout(30)
    client, _ = server.accept()
    with client:
        client.sendall(sys.stdin.buffer.read())
        client.shutdown(socket.SHUT_WR)
        while client.recv(4096):
            pass
