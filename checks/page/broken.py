"""Breaks a report on purpose, in one way after the other, and fails where check.py does not notice.

    broken.py PAGE      PAGE: the index.html of a report with every section; it is not changed
"""

import shutil
import sys
import tempfile
from pathlib import Path

from check import FLAGS, check_page
from playwright.sync_api import sync_playwright

# Which check must notice, what is replaced in the page, and by what.
BREAKS = [
    ("console", "</main>", "</main><script>undefined.x</script>"),
    ("network", "</main>", '</main><img src="missing.png" alt="">'),
    ("overflow", "</main>", '</main><div style="width:1400px;height:1px"></div>'),
    ("scheme", "background: var(--page); color: var(--text);", "background: #fff; color: var(--text);"),
    ("no scripts", 'id="table-view" hidden', 'id="table-view"'),
    ("sort by click", "return sign * (isNumber ? a - b", "return (isNumber ? a - b"),
    ("sort by keyboard", 'element("button", { type: "button" }, ...head.childNodes)', 'element("button", { type: "button", tabindex: -1 }, ...head.childNodes)'),
    ("yardsticks last", "if (isYardstick(one) !== isYardstick(other))", "if (false)"),
    ("choose protocol", "viewOf(choice.protocol.value, choice.segment.value) ??", "viewOf(usual.protocol, choice.segment.value) ??"),
    ("choose segment", "viewOf(choice.protocol.value, choice.segment.value) ??", "viewOf(choice.protocol.value, usual.segment) ??"),
    ("choose k", "const k = Number(choice.k.value);", "const k = Number(usual.k);"),
    ("numbers", "(value / 1e4).toFixed(4)", "(value / 1e4 + 0.0001).toFixed(4)"),
    ("link", "  fromAddress();\n}\n\n// One user", "  draw();\n}\n\n// One user"),
    ("intervals", 'choice.intervals.value === "text"', "false"),
    ("explorer", "rank !== null && rank <= data.k).length", "rank !== null && rank < data.k).length"),
    ("explorer by keyboard", 'after.addEventListener("click"', 'after.addEventListener("dblclick"'),
    ("explorer link", "user.value = index(", "user.value = 0 * index("),
]


def main() -> int:
    if len(sys.argv) != 2:
        print(__doc__)
        return 2
    whole = Path(sys.argv[1]).read_text(encoding="utf-8")
    unnoticed = 0
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        page = Path(folder) / "index.html"
        for check, old, new in BREAKS:
            if old not in whole:
                print(f"{check}: the page has no {old!r} to break")
                unnoticed += 1
                continue
            page.write_text(whole.replace(old, new, 1), encoding="utf-8")
            noticed = {failed for failed, _ in check_page(browser, page, looks=[("wide", "dark")]).failed}
            print(f"{check}: {'noticed' if check in noticed else f'NOT NOTICED, only {sorted(noticed)}'}")
            unnoticed += check not in noticed
        browser.close()
    return 1 if unnoticed else 0


if __name__ == "__main__":
    sys.exit(main())
