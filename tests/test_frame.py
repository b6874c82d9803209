"""What stands around a page stands there too where the page itself ends early."""

import pytest
from streamlit.testing.v1 import AppTest

from explorer.app.frame import STATEMENT_PAGE
from tests.fixtures import ROOT, TRAFFORD

ISLES_OF_SCILLY, WEST_NORTHAMPTONSHIRE = "420", "941"
EARLY = {  # pages that can end early, opened where they do
    "an authority with too few children for a what-if": ("what_if", {"area": ISLES_OF_SCILLY}),
    "an authority that was not there yet": ("what_if", {"area": WEST_NORTHAMPTONSHIRE, "year": "2018"}),
    "a year before any figures": ("did_it_work", {"area": TRAFFORD, "year": "2013"}),
    "an authority with nothing to judge by": ("did_it_work", {"area": ISLES_OF_SCILLY}),
}


@pytest.mark.parametrize("case", EARLY)
def test_a_page_that_ends_early_can_be_shared_and_has_its_foot(case: str) -> None:
    page, link = EARLY[case]
    app = AppTest.from_file(str(ROOT / "streamlit_app.py"), default_timeout=60)
    for name, value in {"v": "1", **link}.items():
        app.query_params[name] = value
    app.session_state["share"] = True  # the button is open
    app.switch_page(f"explorer/app/pages/{page}.py").run()
    assert not app.exception
    assert len(app.info) >= 1, "it did not end early"
    assert any(one.proto.page == STATEMENT_PAGE for one in app.get("page_link")), "no way to ask for help"
    assert any("square code" in one.value for one in app.caption), "nothing behind the button that shares the view"
    assert "group" in app.query_params, "the address does not hold the choices"
