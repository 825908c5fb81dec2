"""The web app: read-only, for this machine only, every number with its trace; and the page in a real browser."""

from __future__ import annotations

import contextlib
import json
import shutil
import socket
import threading
import time
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from yindi.core import resources
from yindi.core.errors import UsageError
from yindi.core.study import Study
from yindi.shell import store, web, webdata

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # starlette names the successor of httpx in a warning
    from starlette.testclient import TestClient

HOME = "http://127.0.0.1"
CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")


@pytest.fixture
def results(full: Study, tmp_path: Path) -> Path:
    return store.save(full, tmp_path / "out")


@pytest.fixture
def client(results: Path) -> TestClient:
    return TestClient(web.app(results), base_url=HOME)


def test_overview_and_tables(client: TestClient, full: Study) -> None:
    said = client.get("/api/study").json()
    assert said["title"] == {"zh": "虚构", "en": "Made up"}
    assert [r["code"] for r in said["regions"]] == list(full.panel.regions)
    assert said["reports"] == [
        {"subject": "130000", "language": "zh", "voice": "plan"},
        {"subject": "130000", "language": "en", "voice": "plan"},
    ]
    assert client.get("/api/tables").json()["tables"] == said["tables"]


def test_a_table_row_has_value_shown_text_and_reference(client: TestClient, full: Study) -> None:
    said = client.get("/api/table/layout.allocation?region=130000&lang=en").json()
    assert said["total"] == 2
    first = said["records"][0]
    assert first["names"] == ["Hebei", "Agriculture"]
    cell = first["cells"]["value"]
    assert cell["value"] == full.table("layout.allocation").number(region="130000", industry="A")
    assert cell["ref"] == "layout.allocation[region=130000][industry=A]"
    assert client.get("/api/why", params={"ref": cell["ref"]}).json()["trace"][0].startswith(cell["ref"] + " = ")


def test_absent_numbers_are_null_and_the_answer_is_strict_json(client: TestClient) -> None:
    raw = client.get("/api/table/layout.allocation?region=110000&industry=A").text
    said = json.loads(raw, parse_constant=lambda name: pytest.fail(f"{name} is no JSON"))
    assert said["records"][0]["cells"]["value"] == {
        "value": None, "shown": "", "ref": "layout.allocation[region=110000][industry=A]",
    }  # fmt: skip


def test_pages_of_a_long_table(client: TestClient) -> None:
    first = client.get("/api/table/panel?limit=3").json()
    second = client.get("/api/table/panel?limit=3&start=3").json()
    assert len(first["records"]) == len(second["records"]) == 3
    assert first["records"][0]["at"] != second["records"][0]["at"]
    assert len(client.get("/api/table/panel?limit=999999").json()["records"]) <= web.MOST_ROWS


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/api/table/layout.nothing", 404),
        ("/api/table/layout.allocation?region=999999", 404),
        ("/api/table/panel?limit=many", 404),
        ("/api/why?ref=nonsense", 404),
        ("/api/why", 404),
        ("/report/130000/fr", 404),
        ("/static/../study.yindi", 404),
        ("/static/index.html", 404),
        ("/files/../../etc/passwd", 404),
        ("/files/manifest.json", 404),
        ("/nothing", 404),
    ],
)
def test_what_is_not_there(client: TestClient, path: str, status: int) -> None:
    assert client.get(path).status_code == status


def test_reports_and_files(client: TestClient, results: Path) -> None:
    page = client.get("/report/130000/zh")
    assert page.status_code == 200
    assert 'data-ref="layout.allocation[region=130000][industry=A]"' in page.text
    answer = client.get("/files/tables/layout.allocation.csv")
    assert answer.content == (results / "tables" / "layout.allocation.csv").read_bytes()


def test_a_map_whose_shapes_carry_references(client: TestClient) -> None:
    answer = client.get("/api/map?table=layout.allocation&industry=A&lang=en")
    assert answer.headers["content-type"] == "image/svg+xml"
    assert 'data-ref="layout.allocation[region=620000][industry=A]"' in answer.text
    assert "layout.allocation[region=110000]" not in answer.text


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8765", "127.0.0.1.evil.example", "192.168.0.3:8765", ""])
def test_another_host_is_refused(client: TestClient, host: str) -> None:
    assert client.get("/api/study", headers={"host": host}).status_code == 403


@pytest.mark.parametrize("origin", ["http://evil.example", "https://127.0.0.1.evil.example", "null", "https://evil.example:8765"])
def test_another_origin_is_refused(client: TestClient, origin: str) -> None:
    assert client.get("/api/study", headers={"origin": origin}).status_code == 403
    assert client.get("/api/study", headers={"origin": HOME + ":8765"}).status_code == 200


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
def test_nothing_can_be_changed(client: TestClient, method: str) -> None:
    assert getattr(client, method)("/api/study").status_code == 405


def test_pages_keep_to_themselves(client: TestClient) -> None:
    for path in ("/", "/static/app.js", "/api/study", "/nothing"):
        answer = client.get(path)
        assert "default-src 'self'" in answer.headers["content-security-policy"]
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "access-control-allow-origin" not in answer.headers


def test_a_newer_run_is_shown(client: TestClient, results: Path, full: Study) -> None:
    from dataclasses import replace

    assert client.get("/api/study").json()["seed"] == 7
    store.save(replace(full, config=full.config.model_copy(update={"seed": 8})), results)
    assert client.get("/api/study").json()["seed"] == 8


VOICES = ("plan", "research", "brief")


def test_words_are_the_same_in_both_languages() -> None:
    words = resources.tree("web/words.json")
    assert words["zh"].keys() == words["en"].keys()
    script, page = resources.text("web/app.js"), resources.text("web/index.html")
    said = [k for k in words["zh"] if not k.startswith("table ") and k not in VOICES]  # looked up by the name of a table or voice
    unused = [k for k in said if f'"{k}"' not in script and f'data-word="{k}"' not in page]
    assert unused == []


def test_nothing_comes_from_the_network() -> None:
    for name in ("index.html", "app.js", "app.css"):
        text = resources.text(f"web/{name}")
        assert "http:" not in text
        assert "https:" not in text
        assert "//cdn" not in text


def test_ports() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(UsageError, match="taken"):
            web.free_port(port)
    assert web.free_port(None) > 0


def test_no_results_to_serve(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no result folder"):
        web.app(tmp_path)


@contextlib.contextmanager
def opened(results: Path) -> Iterator[Any]:
    """The page of a result folder in a browser; what goes wrong, or leaves this machine, is in `faults`."""
    if CHROMIUM is None:
        pytest.skip("needs chromium")
    from playwright.sync_api import sync_playwright

    port = web.free_port(None)
    server = uvicorn.Server(uvicorn.Config(web.app(results), host=web.HOST, port=port, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    address = f"http://127.0.0.1:{port}/"
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        tab = browser.new_page(viewport={"width": 1280, "height": 800})
        faults: list[str] = []
        tab.on("pageerror", lambda error: faults.append(str(error)))
        tab.on("request", lambda request: None if request.url.startswith((address, "data:")) else faults.append(request.url))
        tab.goto(address)
        tab.wait_for_selector("body[data-ready]")
        yield tab
        browser.close()
    server.should_exit = True
    thread.join(5)
    assert faults == []


@pytest.mark.browser
def test_the_page_in_a_browser(results: Path, full: Study) -> None:
    ref = "layout.allocation[region=130000][industry=A]"
    with opened(results) as page:
        assert page.inner_text("h1") == "虚构"
        assert page.locator("#regions a").count() == len(full.panel.regions)
        page.fill("#search", "hebei")
        assert page.locator("#regions a").all_inner_texts() == ["河北"]
        page.click("#language")
        page.wait_for_selector("body[data-ready]")
        assert page.inner_text("h1") == "Made up"
        page.click('a[href="#/tables"]')
        page.wait_for_selector('body[data-ready="#/tables"]')
        page.click('a[href="#/table/layout.allocation"]')
        page.wait_for_selector('body[data-ready="#/table/layout.allocation"]')
        page.click(f'[data-ref="{ref}"]')
        page.wait_for_selector("#drawer:not([hidden])")
        assert page.inner_text("#drawer-ref") == ref
        assert "made.up" in page.inner_text("#drawer-trace")
        page.keyboard.press("Escape")
        assert page.locator("#drawer").is_hidden()
        assert page.evaluate("document.activeElement.dataset.ref") == ref


@pytest.mark.browser
def test_the_example_in_a_browser(example_results: Path) -> None:
    ref = "scores.index[region=620000][year=2023]"
    with opened(example_results) as page:
        page.wait_for_selector("#map svg")
        assert page.locator("#map [data-ref]").count() >= 31
        first = page.locator("#regions a").first
        assert first.inner_text().split()[-1] == "1"
        page.click('a[data-code="620000"]')
        page.wait_for_selector('body[data-ready="#/region/620000"]')
        assert page.inner_text("h2 >> nth=0") == "甘肃"
        assert page.locator("main section").count() == 5
        page.click(f'[data-ref="{ref}"]')
        page.wait_for_selector("#drawer:not([hidden])")
        assert "indicators.csv row 309" in page.inner_text("#drawer-trace")
        assert page.locator('a[href="/files/reports/620000.zh.docx"]').count() == 1
        with page.expect_popup() as popup:
            page.click('a[href="/report/620000/zh?voice=plan"]')
        popup.value.wait_for_selector(f'data[data-ref="{ref}"]')
        popup.value.close()


@pytest.mark.browser
def test_the_layout_page_moves_between_solved_points(example_results: Path) -> None:
    with opened(example_results) as page:
        page.wait_for_selector("#map svg")
        assert "scores.index" not in page.inner_text("#map")
        page.click('a[href="#/layout"]')
        page.wait_for_selector('body[data-ready="#/layout"]')
        before = page.inner_text("#at-point")
        page.focus("#front")
        page.keyboard.press("End")
        assert page.inner_text("#at-point") != before
        ref = page.locator("#at-point [data-ref]").first.get_attribute("data-ref")
        assert ref.startswith("layout.frontier[point=")
        last = ref.partition("point=")[2].rstrip("]").partition("]")[0]
        page.wait_for_selector(f'#sides [data-ref^="layout.points[point={last}]"]', state="attached")
        page.keyboard.press("Home")
        page.wait_for_selector('#sides [data-ref^="layout.points[point=1]"]', state="attached")
        assert page.locator(f'#sides [data-ref^="layout.points[point={last}]"]').count() == 0
        assert page.locator("#sides [data-ref]").count() >= 31
        page.keyboard.press("End")
        assert page.locator("#map [data-ref]").count() >= 31
        page.select_option("#shown", "gained")
        page.wait_for_selector('#map [data-ref$="gained"]', state="attached")
        page.locator("#at-point [data-ref]").first.click()
        page.wait_for_selector("#drawer:not([hidden])")
        assert page.inner_text("#drawer-ref") == ref


def test_a_title_says_which_point_a_number_is() -> None:
    assert webdata._labels(None, {"point": "6", "year": "2023"}, "zh") == ["点 6", "2023"]
    assert webdata._labels(None, {"point": "6"}, "en") == ["point 6"]
