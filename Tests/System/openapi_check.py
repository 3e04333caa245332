"""Holds every request and answer of the system tests against the collector's own /openapi.json."""

import json

from openapi_core import Config, OpenAPI
from openapi_core.datatypes import RequestParameters
from openapi_core.exceptions import OpenAPIError
from openapi_core.templating.paths.finders import APICallPathFinder
from openapi_schema_validator import OAS31Validator
from werkzeug.datastructures import Headers, ImmutableMultiDict
from werkzeug.http import parse_cookie
from urllib.parse import parse_qsl, urlsplit


class _Request:
    def __init__(self, method, host, path, headers, body):
        parts = urlsplit(path)
        self.host_url = host
        self.path = parts.path
        self.method = method.lower()
        self.body = body
        known = {name.lower(): value for name, value in headers.items()}
        self.content_type = known.get("content-type", "")
        self.parameters = RequestParameters(
            query=ImmutableMultiDict(parse_qsl(parts.query)), header=Headers(headers),
            cookie=parse_cookie(known.get("cookie", "")), path={})


class _Response:
    def __init__(self, answer):
        self.status_code = answer.status
        self.headers = Headers(answer.headers)
        self.data = answer.body
        self.content_type = answer.headers.get("content-type", "")


class _EventForm:
    """A schema of the document; of one with `oneOf`, the form that the value's `decision` names."""

    def __init__(self, document, name):
        def validator(schema):
            return OAS31Validator({**schema, "components": document["components"]})

        schema = document["components"]["schemas"][name]
        self.whole = validator(schema)
        self.forms = {}
        for form in schema.get("oneOf", []):
            told = form["properties"]["decision"]
            for decision in told.get("enum", [told.get("const")]):
                assert decision not in self.forms, decision
                self.forms[decision] = validator(form)

    def iter_errors(self, value):
        return self.forms.get(value.get("decision"), self.whole).iter_errors(value)


def _text(body, **parameters):
    """Text of a media type; `parameters` are its own, such as the character set."""
    return body.decode(parameters.get("charset", "utf-8"))


class Contract:
    _known = {}

    @classmethod
    def of(cls, collector):
        """Of the program that it runs: a play may have two releases."""
        program = collector.programs.collector
        if program not in cls._known:
            said = collector.request("GET", "/openapi.json", token=False, check=False).body
            cls._known[program] = cls(json.loads(said))
        return cls._known[program]

    def __init__(self, document):
        self.api = OpenAPI.from_dict(
            document, config=Config(extra_media_type_deserializers={
                "application/problem+json": json.loads, "text/csv": _text, "text/markdown": _text}))
        # A decision's own form is chosen by its name first: "not valid under any of 18 forms" would say nothing.
        self.event_forms = {name: _EventForm(document, name) for name in ("Decision", "StreamClock")}

    def template(self, method, host, path):
        """The path as openapi.json writes it: `/v1/tasks/{id}`."""
        found = APICallPathFinder(self.api.spec).find(method.lower(), host + urlsplit(path).path)
        return found.path_result.pattern

    def check_event(self, name, data):
        """One event of the live stream: `data` is what was sent, as text."""
        if name == "reset":
            assert data == "{}", data
            return
        schema = "StreamClock" if name == "asof" else "Decision"
        value = json.loads(data)
        problems = [error.message for error in self.event_forms[schema].iter_errors(value)]
        assert not problems and (name == "asof" or value["decision"] == name), (
            f"the event {name} breaks openapi.json: {problems}\n{data[:1000]}")

    def check(self, method, host, path, headers, body, answer):
        """Answers must always fit; requests must fit where the collector took them."""
        if path == "/":
            return  # The office page is not part of the API.
        request = _Request(method, host, path, headers, body)
        is_packed = "content-encoding" in {name.lower() for name in headers}
        try:
            if answer.status < 400 and not is_packed:
                self.api.validate_request(request)
            self.api.validate_response(request, _Response(answer))
        except OpenAPIError as error:
            causes = getattr(error.__cause__, "schema_errors", None) or [error.__cause__]
            raise AssertionError(
                f"{method} {path} → {answer.status} breaks openapi.json: {error} "
                f"{[getattr(cause, 'message', cause) for cause in causes]}\n{answer.body[:1000]!r}") from error
