"""One question to an endpoint that speaks OpenAI's chat completions, on this machine or another.

llama.cpp, Ollama, vLLM and LM Studio speak it, and so do services. No temperature is asked for: some models refuse any
but their own. An answer by a JSON schema is asked for; where the endpoint refuses that, the question goes without.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping, Sequence
from typing import Any

TIMEOUT = 120.0
"""Seconds that the endpoint may take to send anything."""

LARGEST_ANSWER = 2_000_000
"""Bytes of an answer."""

KEY = "POLEMOS_LLM_KEY"
"""Variable of the environment with the endpoint's key, where it wants one."""


class EndpointError(ValueError):
    """The endpoint cannot be reached, or what it says cannot be read.

    `refused`: it is there and would not take this question, which may be too long for it.
    """

    def __init__(self, message: str, *, refused: bool = False) -> None:
        super().__init__(message)
        self.refused = refused


def address(url: str) -> str:
    """The address that is asked, from one such as http://localhost:8080/v1. Raises `EndpointError`."""
    if not re.match(r"https?://[^/\s]", url):
        raise EndpointError(f"{url!r} is no address; give one such as http://localhost:8080/v1")
    whole = url.rstrip("/")
    return whole if whole.endswith("/chat/completions") else whole + "/chat/completions"


def ask(
    url: str,
    model: str,
    messages: Sequence[Mapping[str, str]],
    schema: Mapping[str, Any] | None = None,
    timeout: float = TIMEOUT,
) -> str:
    """The text that a chat completion answers with, empty where it has none. Raises `EndpointError`."""
    body: dict[str, Any] = {"model": model, "messages": list(messages)}
    if schema is None:
        return _text(_send(address(url), model, body, timeout), url)
    form = {"type": "json_schema", "json_schema": {"name": "answer", "schema": schema}}
    try:
        return _text(_send(address(url), model, body | {"response_format": form}, timeout), url)
    except EndpointError as error:
        if not error.refused:
            raise
    return _text(_send(address(url), model, body, timeout), url)


def _send(whole: str, model: str, body: Mapping[str, Any], timeout: float) -> bytes:
    """The bytes of the answer."""
    import http.client
    import urllib.error
    import urllib.request

    headers = {"Content-Type": "application/json"}
    if os.environ.get(KEY):
        headers["Authorization"] = f"Bearer {os.environ[KEY]}"

    class Stay(urllib.request.HTTPRedirectHandler):
        """The article and the key go to the address that was given and nowhere else."""

        def redirect_request(self, *_: Any) -> None:
            return None

    try:
        # The address is the user's own, and was seen to be http or https.
        request = urllib.request.Request(whole, data=json.dumps(body).encode(), headers=headers)  # noqa: S310
        with urllib.request.build_opener(Stay).open(request, timeout=timeout) as reply:
            data: bytes = reply.read(LARGEST_ANSWER + 1)
    except urllib.error.HTTPError as error:
        what = f"{whole} answers {error.code} {error.reason}; is the model {model!r} there?"
        raise EndpointError(what, refused=error.code in (400, 413, 422)) from None
    except (OSError, ValueError, http.client.HTTPException) as error:
        reason = getattr(error, "reason", error)
        raise EndpointError(f"{whole} cannot be asked ({reason}); is the endpoint up?") from None
    if len(data) > LARGEST_ANSWER:
        raise EndpointError(f"{whole} answers with more than {LARGEST_ANSWER:,} bytes; ask for less")
    return data


def _text(data: bytes, url: str) -> str:
    """The text of the first choice; parts of text are put together, and thoughts kept apart are left out."""
    try:
        content = json.loads(data)["choices"][0]["message"]["content"]
    except (ValueError, KeyError, IndexError, TypeError, RecursionError):
        raise EndpointError(f"{url} answers with no chat completion; is this the right address?") from None
    if isinstance(content, list):
        parts = (part.get("text") for part in content if isinstance(part, dict))
        return "".join(part for part in parts if isinstance(part, str))
    return content if isinstance(content, str) else ""
