"""A long audit says how far it is; a short one says nothing."""

from validator.cli.progress import each_second


def test_progress_is_said_once_in_a_while_and_not_at_the_end() -> None:
    said = list[str]()
    often, seldom = each_second(said.append, every=0), each_second(said.append, every=3600)
    for done in (500, 1000, 1200):
        often(done, 1200)
        seldom(done, 1200)
    each_second(said.append, every=0, what="files")(1, 2)
    assert said.pop() == "1 of 2 files\n"
    assert said == ["500 of 1,200 claims\n", "1,000 of 1,200 claims\n"]
