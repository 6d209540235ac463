"""The page in Chromium: what it shows, that data stays text, and what its buttons do."""

from __future__ import annotations

import json
import shutil
from datetime import timedelta

import boto3
import pytest
from botocore.exceptions import ConnectionClosedError
from driver import DatasetDriver, replace

from mock_cognitosync import mock_cognitosync
from mock_cognitosync.cognitosync import settings
from mock_cognitosync.server.page import PATH

playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed: pip install playwright")
CHROMIUM = shutil.which("chromium")
FLAGS = """--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking
--disable-component-update --disable-sync"""
# Playwright starts Chromium.
pytestmark = pytest.mark.subprocess
HOSTILE = "<img src=x onerror=\"document.title='owned'\">"


@pytest.fixture(scope="module")
def browser():
    """Chromium. It runs for this module only, because Playwright occupies the event loop of the thread."""
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed: apt-get install chromium")
    playwright.expect.set_options(timeout=30_000)
    with playwright.sync_playwright() as started:
        found = started.chromium.launch(executable_path=CHROMIUM, args=FLAGS.split())
        yield found
        found.close()


@pytest.fixture
def open_page(browser, cognitosync_server):
    """Open the page in a window of a size and a colour scheme; at the end, nothing may have been reported by it."""
    problems, contexts = [], []

    def open_one(width=1280, colour_scheme="light"):
        contexts.append(browser.new_context(viewport={"width": width, "height": 900}, color_scheme=colour_scheme))
        found = contexts[-1].new_page()
        # Answers of the control API that are errors are shown to the user; Chromium reports them as well.
        found.on("console", lambda message: "Failed to load" in message.text or problems.append(message.text))
        found.on("pageerror", lambda error: problems.append(str(error)))
        found.goto(cognitosync_server.url + PATH)
        found.get_by_text("Connected").wait_for()
        return found

    yield open_one
    for context in contexts:
        context.close()
    assert problems == []


@pytest.fixture
def page(open_page):
    """The page in a wide window."""
    return open_page()


@pytest.fixture
def over_http(cognitosync, cognitosync_server):
    """A driver for a dataset of a new identity whose client uses the server without retries."""
    client = boto3.client("cognito-sync", endpoint_url=cognitosync_server.url)
    return DatasetDriver.of_new_identity(cognitosync, client)


def expect(locator):
    return playwright.expect(locator)


def unfold(page, *names):
    """Open the nodes of the tree that begin with *names*."""
    for name in names:
        page.locator("summary", has_text=name).first.click()


def test_the_state_is_shown_as_a_tree(page, over_http):
    """Pools contain identities, these datasets, and these records with counts, and tombstones."""
    over_http.write(replace("theme", "dark"), replace("language", "de"))
    over_http.device().remove("profile", "language")
    unfold(page, over_http.identity_pool_id, over_http.identity_id, "profile")
    expect(page.locator("summary", has_text="profile")).to_contain_text("at 2, 1 record, 9 bytes")
    rows = page.get_by_role("table", name="Records of profile").get_by_role("row")
    expect(rows).to_have_text(["KeyValueCount", "themedark1", "languageremoved2"])


def test_calls_appear_as_arrows_from_the_lanes_of_their_callers(page, cognitosync, over_http):
    """Each caller and device has a lane, refusals are marked and explained, and entries arrive without a reload."""
    token = over_http.token()
    over_http.update(replace("theme", "dark"), token=token)
    token = over_http.token()
    over_http.device().put("profile", {"theme": "light"})
    over_http.refused_update(replace("theme", "blue", 1), token=token)
    expect(page.locator("#lanes span")).to_have_text(
        ["123456789012", f"another device of {over_http.identity_id[10:18]}…", "Cognito Sync"]
    )
    entries = page.locator("#history > li")
    expect(entries).to_have_count(5)
    expect(entries.nth(1).locator(".arrow")).to_contain_text("UpdateRecords profile theme@0 ok")
    expect(entries.nth(3).locator(".arrow")).to_contain_text("UpdateRecords profile theme ok, count 2")
    refused = entries.nth(4)
    expect(refused).to_have_class("call refused")
    expect(refused).to_contain_text("Current SyncCount for: theme is: 2 not: 1")
    expect(refused).to_contain_text("Hint: 'theme' was last written by")
    expect(refused).to_contain_text("Rule counts-3 (logged)")


def test_faults_hooks_and_moves_of_the_clock_are_marked(page, cognitosync, over_http):
    """What a test provokes is in the sequence, at its place among the calls."""
    cognitosync.fail("ListRecords", "TooManyRequestsException", attempts=1)
    over_http.refused_listing()
    cognitosync.advance(timedelta(hours=1))
    marks = page.locator(".moment")
    expect(marks).to_have_text(
        [
            "injected: fail('ListRecords', 'TooManyRequestsException', attempts=1)",
            "clock advanced by 3600 seconds",
        ]
    )


def test_a_busy_server_shows_its_newest_entries(page, cognitosync, over_http):
    """The page keeps 500 entries, follows while calls arrive all the time, and shows the newest."""
    device = over_http.device()
    for number in range(700):
        device.put("profile", {"n": str(number)})
    expect(page.locator("#history > li").last).to_contain_text("ok, count 700")
    expect(page.locator("#history > li")).to_have_count(500)
    expect(page.locator("#history > li").last).to_be_in_viewport()


def test_the_page_follows_the_mock_of_the_next_test(page, over_http):
    """When another mock, or another server at the same address, begins anew, what the last one recorded disappears."""
    entries = page.locator("#history > li")
    over_http.device().put("profile", {"a": "1"})
    over_http.device().put("profile", {"a": "2"})
    expect(entries).to_have_count(2)
    with mock_cognitosync() as inner:
        inner.new_user().device().put("other", {"a": "1"})
        expect(entries).to_have_count(1)
        expect(entries).to_contain_text("other a ok, count 1")


def test_data_of_a_client_stays_text(page, over_http):
    """Markup in keys, values and messages is shown and does nothing."""
    over_http.write(replace(HOSTILE, HOSTILE))
    over_http.refused_update(replace(HOSTILE, "again"))
    over_http.named("a.b").write(replace("k", "<script>document.title='owned'</script>"))
    unfold(page, over_http.identity_pool_id, over_http.identity_id, "profile")
    expect(page.get_by_role("table", name="Records of profile")).to_contain_text(HOSTILE)
    expect(page.locator("#history .refused")).to_contain_text(f"Current SyncCount for: {HOSTILE} is: 1 not: 0")
    page.locator("#history summary").last.click()
    assert page.locator("img, #state script, #history script").count() == 0
    assert page.title() == "Cognito Sync"


def test_filters_select_what_is_shown(page, over_http):
    """A pool, an identity or a dataset hides the entries that do not concern it."""
    over_http.list_records()
    other = over_http.of_another_identity().named("scores")
    other.list_records()
    entries = page.locator("#history > li:visible")
    expect(entries).to_have_count(2)
    # Neither dataset exists at the server, so the choices come from the history.
    page.locator("#dataset").select_option("scores")
    expect(entries).to_have_count(1)
    page.locator("#identity").select_option(over_http.identity_id)
    expect(entries).to_have_count(0)
    expect(page.locator("#nothing")).to_be_visible()


def test_filters_offer_what_the_history_names_although_the_state_is_not_read(page, over_http):
    """The choices follow the history at once; they do not wait for requests that may be slow or fail."""
    page.route("**/v1/pools*", lambda route: route.abort())
    over_http.list_records()
    expect(page.locator("#dataset option")).to_have_text(["all datasets", over_http.dataset_name])


def test_the_buttons_provoke(page, cognitosync, over_http):
    """Another device writes and removes, the next call is throttled, an answer is lost, and tokens expire."""
    result = page.locator("#result")

    def press(name, message):
        page.get_by_role("button", name=name).click()
        expect(result).to_have_text(message)

    page.locator("summary", has_text=over_http.identity_pool_id).wait_for()
    press("Another device writes", "Another device has written the record")
    assert over_http.records() == {"theme": "dark"}
    press("Another device removes", "Another device has removed the record")
    assert over_http.state().tombstones == {"theme": 2}
    press("Throttle next call", "The next call will be throttled")
    assert over_http.refused_listing()[0] == "ThrottlingException"
    page.get_by_label("Operation").select_option("ListRecords")
    press("Throttle next call", "The next call will be throttled")
    assert over_http.refused_listing()[0] == "TooManyRequestsException"
    press("Drop next answer", "The next answer will be lost")
    with pytest.raises(ConnectionClosedError):
        over_http.list_records()
    token = over_http.token()
    press("Expire tokens", "All tokens have expired")
    assert over_http.refused_update(replace("theme", "light", 2), token=token)[0] == "InvalidParameterException"
    before = settings.now_ms()
    press("Advance the clock", "The clock has been advanced")
    assert settings.now_ms() - before >= 300_000
    press("New user", "Created a user")
    assert len(cognitosync.users()) == 2


def test_state_is_exported_imported_and_reset(page, over_http, tmp_path):
    """The exported file is a snapshot, which brings everything back after a reset."""
    over_http.write(replace("theme", "dark"))
    page.on("dialog", lambda dialog: dialog.accept())
    with page.expect_download() as found:
        page.get_by_role("button", name="Export").click()
    found.value.save_as(tmp_path / "state.json")
    assert json.loads((tmp_path / "state.json").read_text())["mock_cognitosync"] == 1
    page.get_by_role("button", name="Reset").click()
    expect(page.locator("#result")).to_have_text("Reset")
    assert over_http.records() == {}
    page.locator("#file").set_input_files(tmp_path / "state.json")
    expect(page.locator("#result")).to_have_text("Imported")
    assert over_http.records() == {"theme": "dark"}


def test_a_refused_request_is_explained(page, over_http):
    """The sentence of the handle is shown, as text."""
    page.locator("summary", has_text=over_http.identity_pool_id).wait_for()
    page.get_by_label("Dataset", exact=True).and_(page.locator("input")).fill("<b>")
    page.get_by_role("button", name="Another device writes").click()
    expect(page.locator("#result")).to_contain_text("<b>")
    expect(page.locator("#result")).to_have_class("bad")


def test_the_page_is_used_by_keyboard(page, over_http):
    """The tree opens, and a button works, without a mouse."""
    over_http.write(replace("theme", "dark"))
    node = page.locator("summary", has_text=over_http.identity_pool_id)
    node.focus()
    page.keyboard.press("Enter")
    expect(page.locator("summary", has_text=over_http.identity_id)).to_be_visible()
    page.get_by_label("Value").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#result")).not_to_be_empty()


def test_a_screen_reader_finds_a_name_for_each_control(page, over_http):
    """Controls have names, regions have titles, and an arrow is a sentence with its caller."""
    over_http.list_records()
    expect(page.locator("#history > li")).to_have_count(1)
    tree = page.locator("body").aria_snapshot()
    assert "123456789012 → Cognito Sync ListRecords profile ok" in tree
    for nameless in ("- button\n", "- textbox\n", "- combobox\n", "- spinbutton\n"):
        assert nameless not in tree
    for region in ("State", "Provoke", "What happened"):
        assert f'region "{region}"' in tree


@pytest.mark.parametrize("colour_scheme", ["light", "dark"])
def test_a_narrow_window_needs_no_horizontal_scrolling(open_page, over_http, colour_scheme):
    """At 400 pixels everything fits, including long ids and values."""
    over_http.write(replace("k" * 300, "v" * 3000))
    page = open_page(400, colour_scheme)
    unfold(page, over_http.identity_pool_id, over_http.identity_id, "profile")
    page.get_by_role("table").wait_for()
    expect(page.locator("#history > li")).to_have_count(2)
    assert page.evaluate("document.documentElement.scrollWidth") <= 400
    assert page.locator("#frame").evaluate("frame => frame.scrollWidth - frame.clientWidth") == 0


@pytest.mark.parametrize("colour_scheme", ["light", "dark"])
def test_text_has_enough_contrast(open_page, over_http, colour_scheme):
    """Ordinary, soft, good, bad and marked text has a contrast of at least 4.5 to 1 to its card."""
    over_http.list_records()
    page = open_page(colour_scheme=colour_scheme)

    def luminance(name):
        text = page.evaluate("name => getComputedStyle(document.documentElement).getPropertyValue(name)", name)
        digits = text.strip().lstrip("#")
        digits = "".join(digit * 2 for digit in digits) if len(digits) == 3 else digits
        parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    pairs = [(name, "--card") for name in ("--text", "--soft", "--good", "--bad", "--mark", "--accent")]
    pairs += [("--soft", "--page"), ("--text", "--bad-card"), ("--on-accent", "--accent")]
    for text, card in pairs:
        dark, light = sorted([luminance(text), luminance(card)])
        assert (light + 0.05) / (dark + 0.05) >= 4.5, (text, card)
