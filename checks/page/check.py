"""Opens reports in a headless browser and checks what only a browser can tell.

    check.py [--browser PROGRAM] [--pictures FOLDER] PAGE...

PAGE is the index.html of a report. Every page is opened narrow and wide, in light and dark: nothing may fail, be fetched, or overflow. Where a
page has them, the table is sorted by mouse and keyboard and switched to other views, and the explorer is walked by keyboard. Exit codes: 0
all is well, 1 a check failed, 2 wrong usage.
"""

import argparse
import json
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser, Error, Page, sync_playwright

WIDTHS = {"narrow": 360, "wide": 1280}
LOOKS = [(size, scheme) for size in WIDTHS for scheme in ["light", "dark"]]
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
# More presses than a page has stops.
TABS = 400


@dataclass
class Findings:
    """What failed, and which checks were made at all."""

    failed: list[tuple[str, str]] = field(default_factory=list)
    made: set[str] = field(default_factory=set)
    load_ms: float = 0.0

    def expect(self, check: str, holds: bool, found: object = "") -> None:
        self.made.add(check)
        if not holds:
            self.failed.append((check, str(found)))


def open_page(browser: Browser, path: Path, findings: Findings, *, width: int, scheme: str, scripts: bool = True, hash_: str = "") -> Page:
    """The page in a window of its own; its errors and its requests for anything but itself are findings."""
    window = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme, java_script_enabled=scripts)
    page = window.new_page()
    page.set_default_timeout(5_000)
    url = path.resolve().as_uri()
    findings.made |= {"console", "network"}
    page.on("console", lambda message: findings.expect("console", message.type not in ("error", "warning"), message.text))
    page.on("pageerror", lambda error: findings.expect("console", False, error))
    page.on("request", lambda request: findings.expect("network", request.url.startswith((url, "data:")), request.url))
    page.on("requestfailed", lambda request: findings.expect("network", False, request.url))
    page.goto(url + hash_)
    return page


def check_appearance(page: Page, findings: Findings, scheme: str) -> None:
    """No horizontal overflow, and the colours of the scheme."""
    widths = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    offenders = page.evaluate(
        """() => [...document.querySelectorAll("body *")]
            .filter((one) => one.getBoundingClientRect().right > innerWidth + 1 && !one.parentElement.closest(".scroll, svg, pre"))
            .slice(0, 5).map((one) => `${one.tagName}.${one.className}`)"""
    )
    findings.expect("overflow", widths[0] <= widths[1] and not offenders, f"{widths[0]} px in {widths[1]}: {offenders}")
    # Relative luminance, near enough: the mean of the channels.
    ground, text = page.evaluate(
        """() => [getComputedStyle(document.body).backgroundColor, getComputedStyle(document.body).color]
            .map((colour) => colour.match(/[\\d.]+/g).slice(0, 3).reduce((sum, channel) => sum + channel / 3 / 255, 0))"""
    )
    fits = ground > 0.85 and text < 0.3 if scheme == "light" else ground < 0.15 and text > 0.7
    findings.expect("scheme", fits, f"{scheme}: ground {ground:.2f}, text {text:.2f}")


def check_without_scripts(page: Page, findings: Findings) -> None:
    """The verdict, the table and the plots are there; what needs scripts is not."""
    findings.expect("no scripts", page.locator(".verdict .lead").is_visible(), "no verdict")
    findings.expect("no scripts", page.locator("table.metrics tbody tr").count() > 0, "no rows")
    findings.expect("no scripts", page.locator("figure svg:visible").count() > 0, "no plots")
    findings.expect("no scripts", page.locator("select:visible, button:visible").count() == 0, "dead controls")


def tab_to(page: Page, selector: str) -> bool:
    """Presses Tab until the element has the focus; whether it can be had, and is seen."""
    page.evaluate("document.activeElement.blur()")
    for _ in range(TABS):
        page.keyboard.press("Tab")
        if page.evaluate("(selector) => document.activeElement === document.querySelector(selector)", selector):
            return page.evaluate("getComputedStyle(document.activeElement).outlineStyle !== 'none'")
    return False


def column(page: Page, index: int) -> list[float]:
    """A column's numbers from the top, yardsticks and empty cells left out."""
    return page.evaluate(
        """(index) => [...document.querySelectorAll("table.metrics tbody tr:not(.yardstick)")]
            .map((row) => row.cells[index].dataset.value).filter((value) => value !== "").map(Number)""",
        index,
    )


def check_sorting(page: Page, findings: Findings) -> None:
    """The second metric by a click, by another, and the third by keyboard alone."""
    head = lambda index: f"table.metrics thead th:nth-child({index + 1})"
    is_lower = lambda index: page.locator(head(index)).get_attribute("data-better") == "lower"
    page.locator(f"{head(3)} button").click()
    values = column(page, 3)
    findings.expect("sort by click", values == sorted(values, reverse=not is_lower(3)), values)
    findings.expect("sort by click", page.locator(head(3)).get_attribute("aria-sort") is not None, "no aria-sort")
    page.locator(f"{head(3)} button").click()
    values = column(page, 3)
    findings.expect("sort by click", values == sorted(values, reverse=is_lower(3)), values)
    reached = tab_to(page, f"{head(4)} button")
    findings.expect("sort by keyboard", reached, "the button cannot be reached, or is not marked")
    if not reached:
        return
    page.keyboard.press("Enter")
    values = column(page, 4)
    findings.expect("sort by keyboard", values == sorted(values, reverse=not is_lower(4)), values)
    last = page.evaluate("[...document.querySelectorAll('table.metrics tbody tr')].map((row) => row.className)")
    findings.expect("yardsticks last", "yardstick" not in last[: len(last) - last.count("yardstick")], last)


def expected_table(data: dict, protocol: str, segment: str, k: int) -> dict[str, dict[str, float]]:
    """Model, metric -> value, from the embedded data by another road than the page's."""
    view = next(one for one in data["views"] if one["protocol"] == protocol and one["segment"] == segment)
    table: dict[str, dict[str, float]] = {}
    for model, *cells in view["rows"]:
        values = table.setdefault(data["models"][model][0], {})
        for at, cell in zip(view["metrics"], cells):
            metric = data["metrics"][at]
            if cell is not None and metric["k"] in (None, k):
                values[metric["label"]] = (cell[0] if isinstance(cell, list) else cell) / 1e4
    return table


def shown_table(page: Page) -> dict[str, dict[str, str]]:
    """Model, metric -> text, as it stands on the page."""
    return page.evaluate(
        """() => {
            const words = (cell) => { const copy = cell.cloneNode(true); copy.querySelectorAll(".mark, .unseen, .way, .ends").forEach((one) => one.remove());
                return copy.textContent.trim(); };
            const heads = [...document.querySelectorAll("table.metrics thead th")].map(words);
            return Object.fromEntries([...document.querySelectorAll("table.metrics tbody tr")].map((row) => {
                const cells = [...row.cells].map(words);
                return [cells[0], Object.fromEntries(cells.slice(2).map((cell, at) => [heads[at + 2], cell]))];
            }));
        }"""
    )


def check_views(page: Page, findings: Findings) -> None:
    """Another protocol, segment and K by keyboard; the table follows, its numbers are the data's, the link leads back to it."""
    data = json.loads(page.locator("#measurements").text_content())
    for name in ["protocol", "segment", "k", "columns"]:
        select = f"#table-view select[name={name}]"
        if page.locator(f"{select} option:not([disabled])").count() < 2:
            continue
        before = (shown_table(page), page.url)
        check = f"choose {name}"
        reached = tab_to(page, select)
        findings.expect(check, reached, "cannot be reached by keyboard, or is not marked")
        if not reached:
            continue
        page.keyboard.press("ArrowDown")
        if page.locator(select).evaluate("(one) => one.selectedIndex") == 0:
            page.keyboard.press("ArrowUp")
        after = (shown_table(page), page.url)
        findings.expect(check, before[1] != after[1], f"the address stays {after[1]}")
        # The last choice may leave the main columns where there are no others.
        findings.expect(check, name == "columns" or before[0] != after[0], "the table stays as it was")
    chosen = page.evaluate("Object.fromEntries([...document.querySelectorAll('#table-view select')].map((one) => [one.name, one.value]))")
    shown = shown_table(page)
    expected = expected_table(data, chosen["protocol"], chosen["segment"], int(chosen["k"]))
    findings.expect("numbers", set(shown) == set(expected), f"{sorted(shown)} instead of {sorted(expected)}")
    for model, cells in shown.items():
        for metric, text in cells.items():
            value = expected.get(model, {}).get(metric)
            holds = text == "–" if value is None else abs(float(text.replace("\u2212", "-")) - value) < 1e-9
            findings.expect("numbers", holds, f"{model}, {metric}: {text} instead of {value}")
    marked = page.locator("table.metrics tr.yardstick .mark").count()
    findings.expect("numbers", marked == 0, "a yardstick is marked as the best")
    linked = page.url
    page.goto("about:blank")
    page.goto(linked)
    findings.expect("link", shown_table(page) == shown, f"{linked} shows another table")


def check_intervals(page: Page, findings: Findings) -> None:
    """Drawn, as numbers, hidden."""
    select = page.locator("#table-view select[name=intervals]")
    seen = {}
    for value in ["bars", "text", "none"]:
        select.select_option(value)
        seen[value] = (page.locator("table.metrics .range").count() > 0, page.locator("table.metrics .ends").count() > 0)
    findings.expect("intervals", seen == {"bars": (True, False), "text": (False, True), "none": (False, False)}, seen)
    select.select_option("bars")


def check_explorer(page: Page, findings: Findings) -> None:
    """From user to user and from model to model by keyboard; what is drawn is what the data say."""
    data = json.loads(page.locator("#explorer-data").text_content())
    who = lambda: page.locator("#explorer .who").text_content()
    lists = lambda: page.locator("#explorer .top").all_text_contents()

    def agrees() -> tuple[bool, object]:
        user = data["users"][page.locator("#explorer-user").evaluate("(one) => one.selectedIndex")]
        hits = [f"{sum(rank is not None and rank <= data['k'] for rank in ranks)} of {len(ranks)}" for _, _, ranks in user["models"]]
        dots = [sum(rank is not None for rank in ranks) for _, _, ranks in user["models"]]
        found = page.evaluate(
            "[...document.querySelectorAll('.landed tbody tr')].map((row) => [row.cells[2].textContent, row.querySelectorAll('.dot').length])"
        )
        return str(user["id"]) in who() and [list(pair) for pair in zip(hits, dots)] == found, found

    findings.expect("explorer", *agrees())
    for selector, key in [("#explorer-user", "ArrowDown"), ("#explorer .pager button:last-child", "Enter"), ("#explorer .pager button:first-child", "Enter")]:
        before = who()
        reached = tab_to(page, selector)
        findings.expect("explorer by keyboard", reached, f"{selector} cannot be reached, or is not marked")
        if not reached:
            return
        page.keyboard.press(key)
        findings.expect("explorer by keyboard", who() != before, f"{selector}: {key} leaves the user at {before}")
        findings.expect("explorer", *agrees())
    before = lists()
    findings.expect("explorer by keyboard", tab_to(page, "#explorer-left"), "#explorer-left cannot be reached")
    page.keyboard.press("ArrowDown")
    findings.expect("explorer by keyboard", lists() != before, "another model shows the same list")
    before = (who(), lists())
    linked = page.url
    page.goto("about:blank")
    page.goto(linked)
    findings.expect("explorer link", (who(), lists()) == before, f"{linked} shows another user or list")


def check_page(browser: Browser, path: Path, pictures: Path | None = None, looks: list[tuple[str, str]] = LOOKS) -> Findings:
    """Every check that the page has the parts for."""
    findings = Findings()
    loads = []
    for size, scheme in looks:
        page = open_page(browser, path, findings, width=WIDTHS[size], scheme=scheme)
        loads.append(page.evaluate("performance.getEntriesByType('navigation')[0].loadEventEnd"))
        check_appearance(page, findings, scheme)
        if pictures:
            page.screenshot(path=pictures / f"{size}-{scheme}.png", full_page=True)
        page.context.close()
    findings.load_ms = min(loads)
    page = open_page(browser, path, findings, width=WIDTHS["narrow"], scheme="light", scripts=False)
    check_without_scripts(page, findings)
    page.context.close()

    parts: list[tuple[str, Callable[[Page, Findings], None]]] = [
        ("table.metrics", check_sorting),
        ("#measurements", check_views),
        ("#measurements", check_intervals),
        ("#explorer-data", check_explorer),
    ]
    for part, check in parts:
        page = open_page(browser, path, findings, width=WIDTHS["wide"], scheme="light")
        if page.locator(part).count():
            try:
                check(page, findings)
                check_appearance(page, findings, "light")
            except Error as error:
                findings.expect(check.__name__, False, str(error).split("\n", 1)[0])
        page.context.close()
    return findings


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--browser", default=shutil.which("chromium"), help="the browser's program (default: chromium)")
    parser.add_argument("--pictures", type=Path, help="a folder for screenshots, one folder a page in it")
    parser.add_argument("pages", nargs="+", type=Path, metavar="PAGE")
    chosen = parser.parse_args()
    for page in chosen.pages:
        if not page.is_file():
            parser.error(f"{page} is no file")
    if not chosen.browser:
        parser.error("chromium is not installed; name a browser with --browser")
    return chosen


def main() -> int:
    chosen = arguments()
    failed, made = 0, set()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chosen.browser, args=FLAGS)
        for at, path in enumerate(chosen.pages):
            print(path)
            pictures = None
            if chosen.pictures:
                pictures = chosen.pictures / f"{at + 1}-{path.resolve().parent.name}"
                pictures.mkdir(parents=True, exist_ok=True)
            findings = check_page(browser, path, pictures)
            for check, found in findings.failed:
                print(f"  FAILED {check}: {found}")
            size = path.stat().st_size / 1e3
            print(f"  {len(findings.made)} checks, {len(findings.failed)} failures; {size:.0f} kB, loaded in {findings.load_ms:.0f} ms")
            failed += len(findings.failed)
            made |= findings.made
        browser.close()
    print(f"checked: {', '.join(sorted(made))}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
