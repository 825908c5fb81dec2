"""`yindi serve`: a small read-only web app on 127.0.0.1; it shows what a result folder holds and computes nothing."""

from __future__ import annotations

import socket
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.middleware.base import BaseHTTPMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from yindi.core import resources
from yindi.core.errors import AxisError, UsageError, YindiError
from yindi.core.study import Study
from yindi.core.wording import LANGUAGES
from yindi.shell import render, store, webdata

HOST, PORT, MOST_ROWS = "127.0.0.1", 8765, 2000
_ASSETS = {"app.js": "text/javascript", "app.css": "text/css", "words.json": "application/json"}
_HEADERS = {
    "Content-Security-Policy": "default-src 'self'; style-src 'self' 'unsafe-inline'; script-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
_NAMES = {HOST, "localhost"}
Next = Callable[[Request], Awaitable[Response]]


def _host_name(value: str) -> str:
    return value.rsplit(":", 1)[0] if value.rsplit(":", 1)[-1].isdigit() else value


class Guard(BaseHTTPMiddleware):
    """Answers only requests that name this machine, and from pages of this app: no other site may read the results."""

    async def dispatch(self, request: Request, call_next: Next) -> Response:
        """Refuse a foreign Host or Origin; add the headers that keep pages to themselves."""
        origin = request.headers.get("origin")
        own = _host_name(request.headers.get("host", "")) in _NAMES
        if not own or (origin is not None and _host_name(origin.removeprefix("http://")) not in _NAMES):
            response: Response = PlainTextResponse("Only for this machine.", status_code=403)
        else:
            response = await call_next(request)
        response.headers.update(_HEADERS)
        return response


class Shelf:
    """The study of a result folder, read again when the folder was replaced by a newer run."""

    def __init__(self, folder: Path):
        self.folder = folder
        self._seen: tuple[int, int] | None = None
        self._study: Study | None = None

    def study(self) -> Study:
        """The study as it is now on disk."""
        now = (self.folder / store.STUDY).stat()
        if self._study is None or self._seen != (now.st_ino, now.st_mtime_ns):
            self._study, self._seen = store.load(self.folder), (now.st_ino, now.st_mtime_ns)
        return self._study


def _language(request: Request) -> str:
    asked = request.query_params.get("lang", "zh")
    return asked if asked in LANGUAGES else "zh"


def _whole(request: Request, name: str, default: int) -> int:
    text = request.query_params.get(name, str(default))
    if not text.isdigit():
        raise UsageError(f"{name} is a whole number, not {text!r}.")
    return int(text)


def _where(request: Request, study: Study, table: str) -> dict[str, str]:
    axes = {a for a, _ in study.table(table).axes}
    return {k: v for k, v in request.query_params.items() if k in axes}


class Pages:
    """The answers, each from the study as it is now."""

    def __init__(self, shelf: Shelf):
        self.shelf = shelf

    def start(self, _: Request) -> Response:
        """The page."""
        return HTMLResponse(resources.text("web/index.html"))

    def asset(self, request: Request) -> Response:
        """A script, a style, the words."""
        name = request.path_params["name"]
        if name not in _ASSETS:
            return PlainTextResponse("There is no such file.", status_code=404)
        return Response(resources.text(f"web/{name}"), media_type=_ASSETS[name])

    def study(self, _: Request) -> Response:
        """Overview of the study."""
        listed = store.manifest(self.shelf.folder)["outputs"]
        files = [name for name in listed if name.startswith(f"{store.REPORTS}/")]
        return JSONResponse({**webdata.overview(self.shelf.study()), "files": files})

    def tables(self, _: Request) -> Response:
        """All tables."""
        study = self.shelf.study()
        return JSONResponse({"tables": [webdata.summary(study.table(n)) for n in study.table_names()]})

    def table(self, request: Request) -> Response:
        """Rows of one table; axis=label narrows."""
        study, name = self.shelf.study(), request.path_params["name"]
        limit = min(_whole(request, "limit", 500), MOST_ROWS)
        where = _where(request, study, name)
        return JSONResponse(webdata.rows(study, name, where, _language(request), limit, _whole(request, "start", 0)))

    def why(self, request: Request) -> Response:
        """The trace of a reference."""
        ref = request.query_params.get("ref", "")
        return JSONResponse({"ref": ref, "trace": self.shelf.study().why(ref).splitlines()})

    def map(self, request: Request) -> Response:
        """A map of one column of one table."""
        study, name = self.shelf.study(), request.query_params.get("table", "scores.index")
        column = request.query_params.get("column", "value")
        picture = webdata.map_svg(study, name, column, _where(request, study, name), _language(request))
        return Response(picture, media_type="image/svg+xml")

    def report(self, request: Request) -> Response:
        """A report as a page."""
        study = self.shelf.study()
        voice = request.query_params.get("voice", "plan")
        found = webdata.document(study, request.path_params["subject"], request.path_params["language"], voice)
        return HTMLResponse(render.report(study, found, "html", render.evidence_of(found, render.Evidence(study))))

    def file(self, request: Request) -> Response:
        """A file of the result folder that its manifest lists: a report or a table."""
        name = request.path_params["name"]
        if name not in store.manifest(self.shelf.folder)["outputs"]:
            return PlainTextResponse("There is no such file.", status_code=404)
        return FileResponse(self.shelf.folder / name, filename=Path(name).name)


def _answer(page: Callable[[Request], Response]) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        try:
            return await run_in_threadpool(page, request)
        except YindiError as error:
            missing = isinstance(error, UsageError | AxisError)
            return JSONResponse({"error": str(error)}, status_code=404 if missing else 422)

    return answer


def app(folder: Path) -> Starlette:
    """The web app of a result folder; raises UsageError when it holds no results."""
    store.manifest(folder)
    shelf = Shelf(folder)
    shelf.study()
    pages = Pages(shelf)
    paths: dict[str, Callable[[Request], Response]] = {
        "/": pages.start,
        "/static/{name}": pages.asset,
        "/api/study": pages.study,
        "/api/tables": pages.tables,
        "/api/table/{name}": pages.table,
        "/api/why": pages.why,
        "/api/map": pages.map,
        "/report/{subject}/{language}": pages.report,
        "/files/{name:path}": pages.file,
    }
    routes = [Route(path, _answer(page), methods=["GET"]) for path, page in paths.items()]
    return Starlette(routes=routes, middleware=[Middleware(Guard)])


def free_port(wanted: int | None) -> int:
    """The wanted port, or the usual one, or any free one; raises UsageError when a wanted port is taken."""
    for port in (PORT, 0) if wanted is None else (wanted,):
        with socket.socket() as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                trial.bind((HOST, port))
            except OSError:
                continue
            return int(trial.getsockname()[1])
    raise UsageError(f"Port {wanted} of {HOST} is taken or not allowed; leave --port out to get a free one.")


def serve(folder: Path, port: int, *, options: dict[str, Any] | None = None) -> None:
    """Serve until interrupted."""
    import uvicorn

    uvicorn.run(app(folder), host=HOST, port=port, log_level="warning", **(options or {}))
