"""Requests to an API: who asks, what is asked again, and what went wrong.

Secrets go into the Authorization header and nowhere else; no text of an error is shown
before `Credentials.hidden` went over it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import requests
from dlt.common.configuration import resolve_configuration
from dlt.common.configuration.specs import RuntimeConfiguration
from dlt.sources.helpers.requests.retry import Client
from dlt.sources.helpers.rest_client.paginators import BasePaginator
from requests.auth import AuthBase

from lib.cli import UserError
from lib.landing.names import shown
from lib.pull.config import Api, setting

_UNAUTHORISED = 401
_FORBIDDEN = 403
_NOT_FOUND = 404
_TOO_MANY = 429
_MOST_MESSAGE = 200


class PullError(Exception):
    """What kept one table from being pulled, in one line without secrets."""


class RefusedError(UserError):
    """The API does not know who asks: no table can be pulled."""


@dataclass(frozen=True)
class Credentials:
    """How requests are signed, and which setting to mend where they are refused."""

    auth: AuthBase
    secrets: tuple[str, ...]
    settings: str

    def hidden(self, text: str) -> str:
        """Return text with every secret blotted out."""
        issued = getattr(self.auth, "token", None)
        for secret in (*self.secrets, *((issued,) if issued else ())):
            text = text.replace(secret, "***")
        return text


class LastIdPaginator(BasePaginator):
    """Asks a search for the records behind the last one, by a filter on their id.

    The filter is one of the request's; the records must be sorted by the property.
    """

    def __init__(self, property_name: str) -> None:
        super().__init__()
        self._property = property_name
        self._last: str | None = None

    def update_state(
        self, response: requests.Response, data: list[Any] | None = None
    ) -> None:
        """Take the last record's id; a page without a next one is the last."""
        has_next = bool((response.json().get("paging") or {}).get("next"))
        self._has_next_page = bool(data) and has_next
        if data:
            self._last = str(data[-1]["id"])

    def update_request(self, request: requests.Request) -> None:
        """Move the filter behind the last record."""
        body: Any = request.json
        for group in body["filterGroups"]:
            for condition in group["filters"]:
                if condition["propertyName"] == self._property:
                    condition["value"] = self._last


class Bearer(AuthBase):
    """A token that was given."""

    def __init__(self, token: str) -> None:
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """Sign a request."""
        request.headers["Authorization"] = f"Bearer {self._token}"
        return request


class ClientCredentials(AuthBase):
    """Salesforce's client credentials flow: on 401 a token is fetched once more."""

    def __init__(self, url: str, client_id: str, client_secret: str) -> None:
        self._url = f"{url}services/oauth2/token"
        self._host = urlsplit(url).netloc
        self._client_id = client_id
        self._client_secret = client_secret
        self.token: str | None = None

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """Sign a request."""
        self._sign(request, self.token or self._fetch())
        request.register_hook("response", self._renew)
        return request

    def _renew(self, response: requests.Response, **options: Any) -> requests.Response:
        asked = urlsplit(response.request.url or "").netloc
        if response.status_code != _UNAUTHORISED or asked != self._host:
            return response
        _ = response.content
        response.close()
        again = response.request.copy()
        self._sign(again, self._fetch())
        connection: Any = response.connection
        renewed: requests.Response = connection.send(again, **options)
        renewed.history.append(response)
        renewed.request = again
        return renewed

    def _sign(self, request: requests.PreparedRequest, token: str) -> None:
        request.headers["Authorization"] = f"Bearer {token}"

    def _fetch(self) -> str:
        with session() as asking:
            answer = asking.post(
                self._url,
                data={
                    "grant_type": "client_credentials",
                    "client_id": self._client_id,
                    "client_secret": self._client_secret,
                },
                allow_redirects=False,
            )
        try:
            token = answer.json()["access_token"]
        except (ValueError, KeyError, TypeError):
            token = None
        if not answer.ok or not isinstance(token, str):
            raise RefusedError(
                f"Salesforce gives no token ({answer.status_code}): check "
                "SALESFORCE_CLIENT_ID and SALESFORCE_CLIENT_SECRET"
            )
        self.token = token
        return token


def credentials_of(api: Api) -> Credentials:
    """Return how to sign requests, from the environment.

    Raises:
        UserError: a setting is missing; the text names it.
    """
    if api.source == "hubspot":
        token = setting("HUBSPOT_ACCESS_TOKEN")
        if token is None:
            raise UserError(
                "HUBSPOT_ACCESS_TOKEN is not set: it is the token of a private app"
            )
        return _bearer(token, "HUBSPOT_ACCESS_TOKEN")
    client_id = setting("SALESFORCE_CLIENT_ID")
    client_secret = setting("SALESFORCE_CLIENT_SECRET")
    if client_id and client_secret:
        return Credentials(
            ClientCredentials(api.url, client_id, client_secret),
            (client_id, client_secret),
            "SALESFORCE_CLIENT_ID and SALESFORCE_CLIENT_SECRET",
        )
    token = setting("SALESFORCE_ACCESS_TOKEN")
    if token is None:
        raise UserError(
            "SALESFORCE_ACCESS_TOKEN is not set, nor are SALESFORCE_CLIENT_ID and "
            "SALESFORCE_CLIENT_SECRET: either is needed"
        )
    return _bearer(token, "SALESFORCE_ACCESS_TOKEN")


def session(auth: AuthBase | None = None) -> requests.Session:
    """Return a session that asks again after 429, 5xx, a lost or a cut answer.

    Retry-After is heeded. dlt's settings apply: RUNTIME__REQUEST_MAX_ATTEMPTS (5),
    RUNTIME__REQUEST_BACKOFF_FACTOR (1, in seconds), RUNTIME__REQUEST_TIMEOUT (60).
    """
    client = Client(raise_for_status=False, retry_condition=_is_cut)
    client.update_from_config(resolve_configuration(RuntimeConfiguration()))
    asking = client.session
    asking.auth = auth
    return asking


def explain(api: Api, credentials: Credentials, error: BaseException) -> BaseException:
    """Return what to tell of an exception: one line that says what to mend."""
    causes = list(_causes(error))
    for cause in causes:
        if isinstance(cause, UserError | PullError | KeyboardInterrupt):
            return cause
        if isinstance(cause, requests.HTTPError) and cause.response is not None:
            return _explain_answer(api, credentials, cause.response)
    for cause in causes:
        if isinstance(cause, requests.RequestException):
            reason = _reason(cause)
            return PullError(f"{api.name} at {api.url} does not answer: {reason}")
    last = causes[-1]
    text = shown(credentials.hidden(str(last)), _MOST_MESSAGE)
    return PullError(f"{type(last).__name__}: {text}")


def _explain_answer(
    api: Api, credentials: Credentials, response: requests.Response
) -> Exception:
    status = response.status_code
    if status == _UNAUTHORISED:
        return RefusedError(
            f"{api.name} refuses the token (401), which may have expired: "
            f"set {credentials.settings} anew"
        )
    message = shown(credentials.hidden(_message(response)), _MOST_MESSAGE)
    if status == _FORBIDDEN:
        return PullError(f"{api.name} does not allow it (403): {message}")
    if status == _TOO_MANY:
        return PullError(f"{api.name} still asks to wait (429): pull again later")
    return PullError(f"{api.name} answers {status}: {message}")


def is_missing(error: BaseException) -> bool:
    """Return whether an exception is an answer that there is no such thing."""
    return any(
        isinstance(cause, requests.HTTPError)
        and cause.response is not None
        and cause.response.status_code == _NOT_FOUND
        for cause in _causes(error)
    )


def _bearer(token: str, name: str) -> Credentials:
    if not token.isprintable() or not token.isascii():
        raise UserError(f"{name} holds characters that no token has")
    return Credentials(Bearer(token), (token,), name)


def _is_cut(
    response: requests.Response | None, exception: BaseException | None
) -> bool:
    """Return whether an answer ends in the middle of its JSON."""
    if response is None or not response.ok:
        return False
    is_json = "json" in response.headers.get("Content-Type", "")
    return is_json and not response.content.rstrip().endswith((b"}", b"]"))


def _causes(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    cause: BaseException | None = error
    while cause is not None and id(cause) not in seen:
        seen.add(id(cause))
        yield cause
        cause = cause.__cause__ or cause.__context__


def _message(response: requests.Response) -> str:
    """Return what an answer says went wrong."""
    try:
        body = response.json()
    except ValueError:
        return response.reason or "no reason given"
    if isinstance(body, list) and body:
        body = body[0]
    text = body.get("message") if isinstance(body, dict) else None
    return str(text or response.reason or "no reason given")


def _reason(cause: requests.RequestException) -> str:
    if isinstance(cause, requests.Timeout):
        return "it took too long"
    if isinstance(cause, requests.exceptions.SSLError):
        return "its certificate is not valid"
    if isinstance(cause, requests.exceptions.ChunkedEncodingError):
        return "its answer breaks off"
    if isinstance(cause, requests.JSONDecodeError):
        return "its answer is no JSON"
    return "no connection"
