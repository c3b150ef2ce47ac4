"""usage: check.py CHROMIUM SAMPLE REPORT [PICTURES]

The HTML page in a real browser, in TAP: SAMPLE (tests/browser/sample_page.c) has figures that are known, REPORT is one
that `llmbench report --format html` wrote. With PICTURES, a folder, what both look like is kept there, to look at.
"""

import base64
import pathlib
import sys

from chromium import Chromium

QUESTIONS = (pathlib.Path(__file__).parent / "in_page.js").read_text(encoding="utf-8")
PHONE = 390
UNKNOWN = "–"


class Tap:
    def __init__(self):
        self.count = 0
        self.failed = 0

    def ok(self, passed, what, *seen):
        self.count += 1
        print(f"{'' if passed else 'not '}ok {self.count} - {what}", flush=True)
        if not passed:
            self.failed += 1
            for line in seen:
                print(f"#  {line}", flush=True)

    def equal(self, got, want, what):
        self.ok(got == want, what, f"got:  {got!r}", f"want: {want!r}")


def ask(page, expression):
    return page.run(f"(() => {{ {QUESTIONS}; return {expression}; }})()")


def click(page, element):
    page.click(*ask(page, f"ask.middle({element})"))


def complaints(page):
    said = [entry["entry"]["text"] for entry in page.seen("Log.entryAdded")]
    said += [str(call["args"]) for call in page.seen("Runtime.consoleAPICalled")]
    return said + [thrown["exceptionDetails"]["text"] for thrown in page.seen("Runtime.exceptionThrown")]


def is_quiet(tap, page, address, where):
    requests = [sent["request"]["url"] for sent in page.seen("Network.requestWillBeSent")]
    asked = [url for url in requests if not url.startswith("data:")]
    tap.equal(asked, [address], f"{where}: asks for nothing but itself")
    tap.equal(complaints(page), [], f"{where}: the console is empty")


def is_sound(tap, page, where):
    levels = ask(page, "ask.levels()")
    steps = [after - before for before, after in zip(levels, levels[1:])]
    tap.ok(levels[:1] == [1] and levels.count(1) == 1 and max(steps, default=0) <= 1,
           f"{where}: one title, no level left out", levels)
    tap.equal(ask(page, "ask.unscoped()"), 0, f"{where}: heads have a scope, tables a caption")
    tap.equal(ask(page, "ask.nameless()"), [], f"{where}: everything that can be reached has a name")
    tap.equal(page.run("[document.documentElement.lang, document.title !== '']"), ["en", True],
              f"{where}: language and title")


def is_legible(tap, page, where):
    for scheme in "light", "dark":
        page.emulate(scheme)
        tap.equal(ask(page, "ask.pale()"), [], f"{where}: contrast of at least 4.5, {scheme}")
    page.emulate()


def fits(tap, page, where):
    for width in 320, PHONE, 768, 1280:
        page.resize(width, 844, mobile=width <= PHONE)
        tap.equal(ask(page, "[ask.overflow(), ask.outside()]"), [0, []], f"{where}: nothing sticks out at {width} px")
    page.resize(1280, 900)


def prints(tap, page, where):
    page.emulate(media="print")
    page.resize(688, 971)  # A4 within its margins
    tap.equal(ask(page, "ask.seen('.tools, .theme, .contents, .skip').length"), 0, f"{where}: no controls on paper")
    tap.equal(ask(page, "[ask.overflow(), ask.cut()]"), [0, []], f"{where}: no table is cut on paper")
    tap.equal(ask(page, "ask.unseen('tbody tr').length"), 0, f"{where}: every row is on paper")
    page.emulate()
    page.resize(1280, 900)


def sorts(tap, page):
    speed = "ask.head('Output tokens/s').querySelector('button')"
    order = ["84.3", "41.7", "141.9", UNKNOWN, "23.1", "84.3", "1012.4"]
    ascending = ["23.1", "41.7", "84.3", "84.3", "141.9", "1012.4", UNKNOWN]
    column = "ask.column('Output tokens/s')"
    tap.equal(ask(page, column), order, "sort: at first the order of the report")
    click(page, speed)
    tap.equal(ask(page, column), ascending, "sort: ascending by value, unknown last")
    tap.equal(ask(page, "ask.column('Model')[2]"), "llama3.2", "sort: equal ones in the order of the report")
    tap.equal(ask(page, "ask.sorts()"), ["Output tokens/s ascending"], "sort: the head tells it")
    click(page, speed)
    tap.equal(ask(page, column), ascending[-2::-1] + [UNKNOWN], "sort: descending, unknown still last")
    tap.equal(page.run("document.querySelector('p[role=status]').textContent"), "Sorted by Output tokens/s, descending",
              "sort: it is said to those who do not see it")
    click(page, "ask.head('Model').querySelector('button')")
    tap.equal(ask(page, "ask.column('Model')"),
              ["<img src=x onerror=alert(1)>", "deepseek-r1:1.5b", "gemma3:270m", "llama3.2", "mistral", "phi4-mini",
               "qwen3-vl:8b"], "sort: words as words")
    tap.equal(ask(page, "ask.sorts()"), ["Model ascending"], "sort: one column at a time")
    ask(page, f"{speed}.focus()")
    for _ in range(3):
        page.key("Enter")
    tap.equal([ask(page, column), ask(page, "ask.sorts()")], [order, []],
              "sort: by keyboard, three times is the report's order")


def filters(tap, page):
    count = "ask.input().nextElementSibling.textContent"
    tap.equal(ask(page, count), "7 rows", "filter: how many rows there are")
    ask(page, "ask.input().focus()")
    page.type("MEMORY trials")
    tap.equal(ask(page, f"[ask.column('Model'), {count}]"), [["mistral"], "1 of 7 rows"],
              "filter: rows with all words, in any case")
    prints(tap, page, "filtered")
    ask(page, "ask.input().focus()")  # there is no box on paper that could keep it
    page.key("Escape")
    tap.equal(ask(page, f"[ask.column('Model').length, {count}]"), [7, "7 rows"], "filter: Escape shows all")
    page.type("no such model")
    tap.equal(ask(page, f"[ask.column('Model').length, {count}]"), [0, "0 of 7 rows"], "filter: no row")
    page.key("Escape")


def shows_values(tap, page):
    first = ask(page, "ask.points(0)[0].getAttribute('aria-label')")
    tap.ok("31.2 tokens/s" in first and "llama3.2" in first, "chart: a value has words", first)
    for chart, what in (0, "line"), (1, "heat map"):
        label = ask(page, f"ask.points({chart})[1].getAttribute('aria-label')")
        x, y = ask(page, f"ask.middle(ask.points({chart})[1])")
        page.move(x, y)
        tap.equal(ask(page, "ask.tip()"), label, f"{what}: the value under the pointer")
        page.move(x + 6, y + 6)
        tap.equal(ask(page, "ask.tip()"), label, f"{what}: and near it")
        page.move(5, 5)
        tap.equal(ask(page, "ask.tip()"), "", f"{what}: none elsewhere")
        ask(page, f"ask.points({chart})[0].focus()")
        page.key("ArrowRight")
        tap.equal(ask(page, "ask.tip()"), label, f"{what}: the value that the keyboard goes to")
        tap.equal(ask(page, f"ask.points({chart}).filter((point) => point.tabIndex === 0).length"), 1,
                  f"{what}: one stop for the keyboard")
        page.key("Escape")
        tap.equal(ask(page, "ask.tip()"), "", f"{what}: Escape hides it")
        page.key("End")
        last = ask(page, f"ask.points({chart}).pop().getAttribute('aria-label')")
        tap.equal(ask(page, "ask.tip()"), last, f"{what}: the last one")
        ask(page, "document.activeElement.blur()")
        tap.equal(ask(page, "ask.tip()"), "", f"{what}: none without focus")


def shows_touched_values(tap, page):
    page.resize(PHONE, 844, mobile=True)
    label = ask(page, "ask.points(0)[1].getAttribute('aria-label')")
    x, y = ask(page, "ask.middle(ask.points(0)[1])")
    page.touch(x - 8, y - 8)
    tap.equal(ask(page, "ask.tip()"), label, "touch: the value near the finger stays")
    page.touch(*ask(page, "ask.middle(document.querySelector('h1'))"))
    tap.equal(ask(page, "ask.tip()"), "", "touch: until another place is touched")
    page.resize(1280, 900)


def remembers(page, expression, want):
    """Loads the page again. A busy browser may read its storage before the write before has arrived: three times."""
    for _ in range(3):
        page.reload()
        if page.run(expression) == want:
            return True
    return False


def colours(tap, page):
    ground = "getComputedStyle(document.body).backgroundColor"
    light = page.run(ground)
    page.emulate("dark")
    dark = page.run(ground)
    tap.ok(light != dark, "theme: follows the browser's setting", light, dark)
    page.emulate("light")
    click(page, "document.querySelector('.theme')")
    tap.equal(page.run(ground), dark, "theme: the reader chooses dark")
    tap.ok(remembers(page, ground, dark), "theme: and the page remembers")
    click(page, "document.querySelector('.theme')")
    tap.equal(page.run(ground), light, "theme: and light again")


def works_without_script(tap, browser, address, where):
    page = browser.open(address, script=False)
    tap.equal(ask(page, "ask.seen('button, input').length"), 0, f"{where}: without script there is no control")
    tap.equal(ask(page, "ask.unseen('main *:not(svg *)').length"), 0, f"{where}: without script everything is shown")
    page.close()


def keep_pictures(browser, address, folder, name):
    for scheme, width in ("light", 1280), ("dark", 1280), ("light", PHONE), ("dark", PHONE):
        page = browser.open(address, width=width, scheme=scheme)
        page.resize(width, 900 if width > PHONE else 844, mobile=width <= PHONE)
        picture = base64.b64decode(page.picture())
        (folder / f"{name}-{scheme}-{width}.png").write_bytes(picture)
        page.close()
    page = browser.open(address)
    paper = page.call("Page.printToPDF", printBackground=True)["data"]
    (folder / f"{name}.pdf").write_bytes(base64.b64decode(paper))
    page.close()


def check(tap, browser, sample, report):
    for where, address in ("sample", sample), ("report", report):
        page = browser.open(address)
        is_sound(tap, page, where)
        is_legible(tap, page, where)
        fits(tap, page, where)
        prints(tap, page, where)
        if where == "sample":
            sorts(tap, page)
            filters(tap, page)
            shows_values(tap, page)
            shows_touched_values(tap, page)
        is_quiet(tap, page, address, where)
        page.close()
        works_without_script(tap, browser, address, where)
    page = browser.open(sample)
    colours(tap, page)
    page.close()


def main():
    program, *files = sys.argv[1:4]
    tap = Tap()
    addresses = [pathlib.Path(file).resolve().as_uri() for file in files]
    with Chromium(program) as browser:
        check(tap, browser, *addresses)
        if len(sys.argv) > 4:
            for name, address in zip(("sample", "report"), addresses):
                keep_pictures(browser, address, pathlib.Path(sys.argv[4]), name)
    print(f"1..{tap.count}")
    return tap.failed > 0


sys.exit(main())
