#!/usr/bin/env python3
"""Passes connections on to a local port, but tears the first few in the middle of their TLS handshake, as a server does that is killed then.

    torn_proxy.py PORT COUNT    prints its own port first; ends after a minute
"""
import signal
import socket
import sys
import threading


def copy(source, target):
    while data := source.recv(65536):
        target.sendall(data)
    target.shutdown(socket.SHUT_WR)


def tear(client, server):
    client.sendall(server.recv(65536))  # the greeting
    client.recv(65536)                  # wants TLS
    client.close()


def main():
    port, count = int(sys.argv[1]), int(sys.argv[2])
    signal.alarm(60)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        print(listener.getsockname()[1], flush=True)
        while True:
            client, _ = listener.accept()
            server = socket.create_connection(("127.0.0.1", port))
            if count > 0:
                tear(client, server)
                count -= 1
                continue
            for pair in ((client, server), (server, client)):
                threading.Thread(target=copy, args=pair, daemon=True).start()


main()
