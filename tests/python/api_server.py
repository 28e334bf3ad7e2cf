"""HubSpot and Salesforce on loopback: their paging, their errors, a log of requests."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

Json = dict[str, Any]
PAGE = 2


@dataclass(frozen=True)
class Request:
    """What was asked."""

    method: str
    path: str
    query: Mapping[str, str]
    body: Json
    token: str


@dataclass
class Answer:
    """What is answered; `cut` bytes are promised but not sent."""

    body: Any
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    cut: int = 0


class Api:
    """Answers requests and keeps them; `faults` are answered first, each once."""

    def __init__(self) -> None:
        self.tokens = {"secret-token"}
        self.requests: list[Request] = []
        self.faults: list[tuple[str, Callable[[Answer], Answer]]] = []
        self.url = ""

    def answer(self, request: Request) -> Answer:
        """Return the answer to a request."""
        self.requests.append(request)
        if not self.is_open(request) and request.token not in self.tokens:
            return Answer({"message": f"no such token: {request.token}"}, 401)
        answer = self.respond(request)
        for position, (path, fault) in enumerate(self.faults):
            if path in request.path:
                del self.faults[position]
                return fault(answer)
        return answer

    def is_open(self, request: Request) -> bool:
        """Whether a request needs no token."""
        return False

    def respond(self, request: Request) -> Answer:
        raise NotImplementedError

    def asked(self, path: str) -> list[Request]:
        """Return the requests whose path holds a text."""
        return [request for request in self.requests if path in request.path]


def too_many(answer: Answer) -> Answer:
    return Answer({"message": "slow down"}, 429, {"Retry-After": "1"})


def broken(answer: Answer) -> Answer:
    return Answer({"message": "internal"}, 500)


def cut(answer: Answer) -> Answer:
    return Answer(answer.body, cut=20)


class HubSpot(Api):
    """A small portal."""

    def __init__(self) -> None:
        super().__init__()
        self.objects: dict[str, list[Json]] = {}
        self.archived: dict[str, list[Json]] = {}
        self.history: dict[str, Json] = {}
        self.links: dict[tuple[str, str], dict[str, list[str]]] = {}
        self.pipelines: list[Json] = []
        self.owners: list[Json] = []
        self.events: list[Json] = []
        self.campaigns: list[Json] = []
        self.forbidden: set[str] = set()

    def respond(self, request: Request) -> Answer:  # noqa: PLR0911 - a route each
        parts = request.path.strip("/").split("/")
        if any(name in request.path for name in self.forbidden):
            return Answer({"message": "scope is missing"}, 403)
        if request.path.startswith("/email/public/v1/"):
            return self._email(parts, request)
        if parts[2] == "properties":
            return Answer({"results": self._properties(parts[3])})
        if parts[2] == "associations":
            return self._associated(parts[3], parts[4], request.body["inputs"])
        if parts[2] == "pipelines":
            return Answer({"results": self.pipelines})
        if parts[2] == "owners":
            archived = request.query.get("archived") == "true"
            found = [one for one in self.owners if one["archived"] == archived]
            return self._page(found, request)
        if request.path.endswith("/search"):
            return self._search(parts[3], request.body)
        if request.path.endswith("/batch/read"):
            return self._with_history(request.body)
        return self._page(self.archived.get(parts[3], []), request)

    def _properties(self, kind: str) -> list[Json]:
        records = (*self.objects.get(kind, ()), *self.archived.get(kind, ()))
        names = {name for record in records for name in record["properties"]}
        return [{"name": name} for name in sorted(names)]

    def _search(self, kind: str, body: Json) -> Answer:
        (sort,) = body["sorts"]
        assert sort == {"propertyName": "hs_object_id", "direction": "ASCENDING"}
        found = sorted(self.objects.get(kind, ()), key=lambda one: int(one["id"]))
        for condition in body["filterGroups"][0]["filters"]:
            name, least = condition["propertyName"], int(condition["value"])
            if condition["operator"] == "GT":
                assert name == "hs_object_id"
                found = [one for one in found if int(one["id"]) > least]
            else:
                assert condition["operator"] == "GTE"
                found = [
                    one for one in found if moment(one["properties"][name]) >= least
                ]
        page = [self._shown(one, body["properties"]) for one in found[:PAGE]]
        paging = {"next": {"after": str(PAGE)}} if len(found) > PAGE else None
        return Answer(
            {"total": len(found), "results": page}
            | ({"paging": paging} if paging else {})
        )

    def _shown(self, record: Json, names: list[str]) -> Json:
        properties = {name: record["properties"].get(name) for name in names}
        return {**record, "properties": properties}

    def _with_history(self, body: Json) -> Answer:
        assert len(body["inputs"]) <= 50
        wanted = body["propertiesWithHistory"]
        results = []
        for given in body["inputs"]:
            past = self.history.get(given["id"], {})
            shown = {name: past[name] for name in wanted if name in past}
            results.append({"id": given["id"], "propertiesWithHistory": shown})
        return Answer({"results": results})

    def _associated(self, kind: str, other: str, inputs: list[Json]) -> Answer:
        links = self.links.get((kind, other), {})
        results, errors = [], []
        for given in inputs:
            others = links.get(given["id"], [])
            start = int(given.get("after", 0))
            if not others:
                errors.append({"category": "OBJECT_NOT_FOUND", "message": "none"})
                continue
            kinds = [{"category": "HUBSPOT_DEFINED", "typeId": 3, "label": None}]
            result: Json = {
                "from": {"id": given["id"]},
                "to": [
                    {"toObjectId": int(one), "associationTypes": kinds}
                    for one in others[start : start + PAGE]
                ],
            }
            if len(others) > start + PAGE:
                result["paging"] = {"next": {"after": str(start + PAGE)}}
            results.append(result)
        return Answer({"results": results, "errors": errors}, 207 if errors else 200)

    def _page(self, found: list[Json], request: Request) -> Answer:
        start = int(request.query.get("after", 0))
        body: Json = {"results": found[start : start + PAGE]}
        if len(found) > start + PAGE:
            body["paging"] = {"next": {"after": str(start + PAGE)}}
        return Answer(body)

    def _email(self, parts: list[str], request: Request) -> Answer:
        if len(parts) == 5:
            (found,) = [one for one in self.campaigns if str(one["id"]) == parts[4]]
            assert request.query["appId"] == str(found["appId"])
            return Answer(found)
        key = parts[3]
        rows = self.campaigns if key == "campaigns" else self.events
        if key == "events":
            since = int(request.query["startTimestamp"])
            rows = [one for one in rows if one["created"] >= since]
        start = int(request.query.get("offset", 0))
        more = len(rows) > start + PAGE
        body = {key: rows[start : start + PAGE], "hasMore": more}
        return Answer({**body, "offset": str(start + PAGE)})


class Salesforce(Api):
    """A small org; `objects` are rows by object, fields by name."""

    def __init__(self) -> None:
        super().__init__()
        self.objects: dict[str, list[Json]] = {}
        self.fields: dict[str, list[str]] = {}
        self.issued = 0

    def is_open(self, request: Request) -> bool:
        return request.path == "/services/oauth2/token"

    def respond(self, request: Request) -> Answer:
        if self.is_open(request):
            return self._token(request)
        parts = request.path.strip("/").split("/")
        if parts[-1] == "describe":
            fields = self.fields.get(parts[-2])
            if fields is None:
                return Answer([{"errorCode": "NOT_FOUND", "message": "none"}], 404)
            shown = [{"name": name, "type": "string"} for name in fields]
            return Answer({"fields": shown})
        assert parts[3] == "queryAll"
        if len(parts) == 4:
            return self._records(request.query["q"], 0)
        query, _, start = bytes.fromhex(parts[4]).decode().rpartition("@")
        return self._records(query, int(start))

    def _token(self, request: Request) -> Answer:
        given = request.body
        if given.get("client_secret") != "secret-client":
            return Answer({"error": "invalid_client"}, 400)
        self.issued += 1
        token = f"secret-issued-{self.issued}"
        self.tokens.add(token)
        return Answer({"access_token": token, "instance_url": self.url})

    def _records(self, query: str, start: int) -> Answer:
        words = query.split()
        at = words.index("from")
        fields = [word.strip(",") for word in words[1:at]]
        kind, cursor, least = words[at + 1], words[at + 3], words[-1]
        found = [
            row
            for row in self.objects.get(kind, ())
            if moment(row[cursor]) >= moment(least)
        ]
        rows = [
            {"attributes": {"type": kind}, **{name: row.get(name) for name in fields}}
            for row in found[start : start + PAGE]
        ]
        body: Json = {"totalSize": len(found), "records": rows, "done": True}
        if len(found) > start + PAGE:
            key = f"{query}@{start + PAGE}".encode().hex()
            body["done"] = False
            body["nextRecordsUrl"] = f"/services/data/v62.0/queryAll/{key}"
        return Answer(body)


def moment(text: str) -> float:
    """Return a time in milliseconds since 1970."""
    return datetime.fromisoformat(text).timestamp() * 1000


@contextmanager
def serving(api: Api) -> Iterator[None]:
    """Serve an API on a free port of loopback while the block runs."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer()

        def do_POST(self) -> None:
            self._answer()

        def _answer(self) -> None:
            parts = urlsplit(self.path)
            sent = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            is_form = "form" in self.headers.get("Content-Type", "")
            body = (
                {key: one[0] for key, one in parse_qs(sent.decode()).items()}
                if is_form
                else json.loads(sent or b"{}")
            )
            answer = api.answer(
                Request(
                    self.command,
                    parts.path,
                    {key: one[0] for key, one in parse_qs(parts.query).items()},
                    body,
                    self.headers.get("Authorization", "").removeprefix("Bearer "),
                )
            )
            data = json.dumps(answer.body).encode()
            self.send_response(answer.status)
            self.send_header("Content-Type", "application/json;charset=utf-8")
            self.send_header("Content-Length", str(len(data)))
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(data[: len(data) - answer.cut])

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    api.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
