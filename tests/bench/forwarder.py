"""Two servers to compare the gateway with: the provider's own service, and a bare forwarder that checks nothing.

Run as ``python forwarder.py service`` or ``python forwarder.py forward URL``; prints its URL.
"""

import socket
import sys

import requests
from flask import Flask, Response, jsonify, request
from waitress import serve

DOCUMENTS = [
    {"document_id": str(number), "content": "Some passage of a paper. " * 20, "similarity_score": 0.9 - number / 10}
    for number in range(5)
]


def service() -> Flask:
    app = Flask("service")

    @app.post("/")
    def answer() -> Response:
        return jsonify({"documents": DOCUMENTS})

    return app


def forwarder(url: str) -> Flask:
    app, session = Flask("forwarder"), requests.Session()
    session.mount("http://", requests.adapters.HTTPAdapter(pool_maxsize=32))

    @app.post("/")
    def forward() -> Response:
        answer = session.post(url, json=request.get_json(), timeout=10)
        return Response(answer.content, answer.status_code, content_type="application/json")

    return app


def main() -> None:
    app = service() if sys.argv[1] == "service" else forwarder(sys.argv[2])
    listener = socket.create_server(("127.0.0.1", 0))
    print(f"http://127.0.0.1:{listener.getsockname()[1]}/", flush=True)
    serve(app, sockets=[listener], threads=32)


if __name__ == "__main__":
    main()
