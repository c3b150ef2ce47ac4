#!/usr/bin/env python3
"""usage: tls_front.py CERTIFICATE KEY PORT
Answers https on a free port of loopback, which it prints, and hands what comes to the http server at PORT."""
import socket
import ssl
import sys
import threading


def pass_on(source, sink):
    try:
        while data := source.recv(65536):
            sink.sendall(data)
    except OSError:
        pass
    for end in (source, sink):
        try:
            end.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass


def serve(client, context, port):
    try:
        secure = context.wrap_socket(client, server_side=True)
        back = socket.create_connection(("127.0.0.1", port))
    except OSError:
        return client.close()
    threading.Thread(target=pass_on, args=(back, secure), daemon=True).start()
    pass_on(secure, back)


def main():
    certificate, key, port = sys.argv[1], sys.argv[2], int(sys.argv[3])
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    listener = socket.create_server(("127.0.0.1", 0), backlog=64)
    print(listener.getsockname()[1], flush=True)
    while True:
        client, _ = listener.accept()
        threading.Thread(target=serve, args=(client, context, port), daemon=True).start()


main()
