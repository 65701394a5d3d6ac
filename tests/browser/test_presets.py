"""A rule is copied, changed, tried, saved, searched by, downloaded and uploaded."""

import dashboard
import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.slow


def test_the_law_of_russia_is_changed_and_used_under_a_name_of_our_own(page, clean, tmp_path):
    page.set_viewport_size({"width": 1366, "height": 768})
    page.goto("/presets")
    page.get_by_role("link", name="Copy ru_law", exact=True).click()
    expect(page.locator("h1")).to_have_text("A rule of your own")
    words = page.locator("#words")
    expect(words).to_contain_text("3 or more crashes; of one crash type")

    # With JavaScript the words follow what is written; without it they do when the form is sent.
    count = int(page.locator("input[name=parts]").input_value())
    for part in range(count):
        page.locator(f"[name='{part}-rule.0.min_crashes']").fill("4")
    expect(words).to_contain_text("4 or more crashes; of one crash type")
    expect(words).not_to_contain_text("3 or more crashes")
    page.get_by_label("Title (needed)").fill("Our law")
    page.get_by_label("Name (needed)").fill("our_law")
    page.get_by_role("button", name="Look").last.click()
    expect(words).to_contain_text("4 or more crashes; of one crash type")

    page.get_by_role("button", name="Count the sites").click()
    dashboard.follow_the_job(page)
    expect(page.locator(".rule-effect")).to_contain_text("now, ")
    expect(page.locator(f"[name='{count - 1}-rule.0.min_crashes']")).to_have_value("4")

    page.get_by_role("button", name="Save the rule").click()
    expect(page.locator(".notice-good")).to_contain_text("The rule our_law is saved.")

    page.goto("/d/sample/blackspots?preset=our_law")
    expect(page.locator("#first-rule")).to_have_text("Our law")
    page.locator("form:has(input[value=our_law]) button[type=submit]").click()
    dashboard.follow_the_job(page)
    expect(page.locator("h1")).to_have_text("Our law")

    page.goto("/presets")
    with page.expect_download() as kept:
        page.get_by_role("link", name="Download our_law").click()
    file = tmp_path / "our_law.toml"
    kept.value.save_as(file)
    assert "min_crashes = 4" in file.read_text("utf-8")
    page.locator("summary", has_text="Upload a rule").press("Enter")
    page.locator("#file").set_input_files(file)
    page.locator("#name").fill("their_law")
    page.get_by_role("button", name="Save the rule").click()
    expect(page.locator(".notice-good")).to_contain_text("The rule their_law is saved.")

    file.write_text(file.read_text("utf-8").replace("min_crashes = 4", "min_crashes = 0"))
    page.locator("summary", has_text="Upload a rule").press("Enter")
    page.locator("#file").set_input_files(file)
    page.locator("#name").fill("bad_law")
    page.get_by_role("button", name="Save the rule").click()
    expect(page.locator(".notice-bad")).to_contain_text("min_crashes is 0; it must lie between")
    expect(page.locator("main")).not_to_contain_text("The rule bad_law is saved.")
    assert "400 (BAD REQUEST)" in clean.pop()


def test_another_place_is_chosen_and_a_condition_added_by_keyboard_only(page, clean):
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("/presets/new?from=uk_wales")
    place = page.locator("[name='0-place']")
    place.focus()
    page.keyboard.type("Windows")
    place.press("Tab")
    expect(page.locator("[name='0-place.radius_m']")).to_have_count(0)
    page.get_by_role("button", name="Add a condition").press("Enter")
    expect(page.locator("[name='0-rule.1.min_crashes']")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_without_javascript_the_sheet_does_the_same(browser, base_url):
    context = browser.new_context(java_script_enabled=False, base_url=base_url)
    page = context.new_page()
    page.goto("/presets/new?from=uk_wales")
    page.locator("[name='0-rule.0.min_crashes']").fill("9")
    page.get_by_role("button", name="Look").last.click()
    expect(page.locator("#words")).to_contain_text("9 or more crashes")
    page.locator("[name='0-place']").select_option("windows")
    page.get_by_role("button", name="Look").last.click()
    expect(page.locator("[name='0-place.radius_m']")).to_have_count(0)
    expect(page.locator("[name='0-rule.0.min_crashes']")).to_have_value("9")
    context.close()


ATTACK = "\"><script>window.__hit=1</script><img src=x onerror=window.__hit=1>'{{7*7}}"


def test_attacks_in_a_rule_stay_text_on_every_page(page, clean, env, tmp_path):
    said = ATTACK.replace("\\", "\\\\").replace('"', '\\"')
    words = [f'{name} = "{said}"' for name in ("title", "source", "country", "copied_from")]
    text = [*words, f'notes = ["{said}"]', 'place = "anchored"', 'measure = "count"']
    file = tmp_path / "attack.toml"
    file.write_text("\n".join(text), "utf-8")
    dashboard.crashkit("presets", "add", str(file), env=env)
    for path in (
        *("/presets", "/presets/attack/edit", "/presets/new?from=attack"),
        "/d/sample/blackspots?preset=attack",
    ):
        page.goto(path)
        page.wait_for_load_state("networkidle")
        assert page.evaluate("window.__hit") is None
        assert page.locator("[src='x'], [onerror]").count() == 0
        expect(page.locator("main")).to_contain_text("window.__hit=1")
    dashboard.crashkit("presets", "remove", "attack", env=env)
