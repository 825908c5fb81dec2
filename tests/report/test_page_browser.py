"""The page in a real browser: a number opens its evidence by mouse and keyboard, nothing is requested, nothing overflows."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import made_up_report as made_up
import pytest

from yindi.report.html import html

pytestmark = [pytest.mark.browser, pytest.mark.slow]
FLAGS = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
         "--no-first-run", "--disable-quic", "--disable-sync"]  # fmt: skip


@pytest.fixture(scope="module")
def browser() -> Iterator[object]:
    api = pytest.importorskip("playwright.sync_api")
    program = shutil.which("chromium")
    if program is None:
        pytest.skip("needs chromium")
    with api.sync_playwright() as player:
        shown = player.chromium.launch(executable_path=program, args=FLAGS)
        yield shown
        shown.close()


@pytest.fixture
def page(browser, tmp_path: Path) -> Iterator[object]:
    (tmp_path / "a.html").write_text(html(made_up.document("zh"), made_up.EVIDENCE), encoding="utf-8")
    shown = browser.new_page(viewport={"width": 1000, "height": 900})
    shown.asked, shown.faults = [], []
    shown.on("request", lambda r: shown.asked.append(r.url))
    shown.on("pageerror", lambda e: shown.faults.append(str(e)))
    shown.goto(f"file://{tmp_path}/a.html")
    yield shown
    assert len(shown.asked) == 1
    assert shown.faults == []
    shown.close()


def test_a_click_on_a_number_shows_its_evidence(page) -> None:
    page.locator("data.q", has_text="0.302").first.click()
    text = page.locator("#drawer").inner_text()
    assert "scores.index[region=620000][year=2023]" in text
    assert "indicators.csv row 381" in text
    page.keyboard.press("Escape")
    assert not page.locator("#drawer").is_visible()


def test_the_keyboard_does_the_same_and_comes_back(page) -> None:
    page.locator("data.q").first.focus()
    page.keyboard.press("Enter")
    assert page.locator("#drawer").is_visible()
    page.keyboard.press("Enter")
    assert not page.locator("#drawer").is_visible()
    assert page.evaluate("document.activeElement.className") == "q"


def test_a_point_of_a_figure_shows_its_evidence(page) -> None:
    page.locator("svg circle[data-ref]").first.click()
    assert "scores.index[region=620000][year=2012]" in page.locator("#drawer").inner_text()


def test_no_sideways_scrolling_on_a_telephone(page) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_numbers_of_headings_and_captions_are_drawn_by_the_style_sheet(page) -> None:
    before = "n => getComputedStyle(document.querySelectorAll(n)[0], '::before').content"
    assert "simp-chinese-informal" in page.evaluate(before, "main h2")
    assert "表" in page.evaluate(before, "caption[data-word]")


def test_print_hides_what_is_for_the_screen(page) -> None:
    page.emulate_media(media="print")
    assert not page.locator("nav").is_visible()
    assert page.locator("main").is_visible()
