"""What is folded away is made when its reader opens it, and not before."""

import pytest

from tests.test_app import opened


@pytest.mark.folded
def test_a_table_is_drawn_when_its_reader_opens_it() -> None:
    app = opened("neighbours", area="358", year="2018")
    closed, fold = len(app.table), "fold table of ranked"
    assert not app.get("download_button")
    app.session_state[fold] = True
    app.run()
    assert len(app.table) == closed + 1
    assert "Download this table (CSV)" in [getattr(button, "label", "") for button in app.get("download_button")]


@pytest.mark.folded
def test_a_what_if_page_opens_with_the_controls_that_are_in_sight() -> None:
    app = opened("what_if", area="358", year="2018", **{"if": "1~O0.3~C0.25~M36~rc_r0.9_S1_U12_R1~NMine"})
    assert not app.exception
    assert [one.label for one in app.slider] == ["Chance of coming back after a restorative conference"]
    app.session_state["fold between ideas"] = True
    app.run()
    assert len(app.slider) == 4
