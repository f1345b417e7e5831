"""A table of pushes about claims: each fault that the guard once had, or must not have, beside the honest push."""

from collections.abc import Iterator, Mapping

from tests.corpus.packets import ZERO
from tests.hosts.plain.ground import MAIN, Command, Tree, own
from tests.hosts.plain.plays import PLAYED, Play, approved

TWO, THREE, RELEASE, _ = PLAYED
Scene = list[list[Command]]  # pushes, one after another
REJECTS = "No\n\nRejected-by: @OWNER\n"


class Scenes:
    """What is pushed to a server where `victim` has proposed number 2."""

    def __init__(self, play: Play) -> None:
        self.play, self.main, self.first = play, play.start, play.first
        self.trees = play.ground.trees
        self.claims = {who: self.claim(f"2 {who} PENDING") for who in ("victim", "thief")}

    def tree(self, base: str, **edits: str | None) -> Tree:
        """A commit's files with other claims, by number, and `evil.bin`."""
        files = dict(self.trees[base])
        for name, text in edits.items():
            path = own(int(name[1:])) if name[1:].isdecimal() else "evil.bin"
            files.pop(path, None)
            if text:
                files[path] = self.play.blobs[text]
        return files

    def claim(self, text: str, *parents: str) -> str:
        base = parents[0] if parents else self.main
        return self.play.commit(parents or [base], self.tree(base, **{f"n{text[0]}": text}))

    def step(self, tree: Tree, *parents: str, who: str | None = "OWNER", message: str = approved("OWNER")) -> str:
        return self.play.commit(parents, tree, who, message)

    def rejection(self, proposal: str, who: str | None = "OWNER", text: str = REJECTS, **edits: str) -> list[Command]:
        oid = self.play.commit([proposal], self.tree(proposal, **edits), who, text)
        return [(ZERO, oid, f"refs/rejected/claim/02/{oid[:12]}")]

    def hands(self) -> Mapping[str, Scene]:
        """Who replaces a proposal or takes it away."""
        first, better, thiefs = self.first, self.claims["victim"], self.claims["thief"]
        gone = (first, ZERO, TWO)
        return {
            "amended": [[(first, better, TWO)]],
            "stolen": [[(first, thiefs, TWO)]],
            "stolen on top": [[(first, self.claim("2 thief PENDING", first), TWO)]],
            "stale": [[(self.main, better, TWO)], [(ZERO, thiefs, TWO)], [(thiefs, ZERO, TWO)]],
            "twice": [[(first, better, TWO), (first, better, TWO)], [(first, better, TWO), (better, ZERO, TWO)]],
            "gone": [[gone]],
            "gone with a forged main": [[(ZERO, self.step(self.tree(first), self.main, first, who=None), MAIN), gone]],
            "gone with its rejection": [[*self.rejection(first), gone]],
            "gone with its merge": [[(self.main, self.step(self.tree(first), self.main, first), MAIN), gone]],
            "gone after its merge": [[(self.main, self.step(self.tree(first), self.main, first), MAIN)], [gone]],
        }

    def rejections(self) -> Mapping[str, Scene]:
        """Who turns a proposal down, in which form, and that it does not come back."""
        first, gone = self.first, [(self.first, ZERO, TWO)]
        merge = self.step(self.tree(first), self.main, first)
        above = self.play.commit([first], self.tree(first, n2="2 victim PENDING"))
        merged_above = self.step(self.tree(above), self.main, above)
        return {
            "unsigned": [self.rejection(first, None), gone],
            "a stranger's": [self.rejection(first, "STRANGER"), gone],
            "another's trailer": [self.rejection(first, "DEPUTY"), gone],
            "a rider": [self.rejection(first, evil="evil"), gone],
            "another proposal's": [self.rejection(self.claims["victim"]), gone],
            "honest": [
                self.rejection(first), gone, [(ZERO, first, TWO)], [(ZERO, above, TWO)], [(self.main, merge, MAIN)],
                [(self.main, merged_above, MAIN)], [(ZERO, self.claims["victim"], TWO)],
            ],
        }  # fmt: skip

    def merges(self) -> Mapping[str, Scene]:
        """What lands, and by whose hand."""
        main, first = self.main, self.first
        below = self.play.commit([main], self.tree(main, evil="evil"))
        rider = self.play.commit([below], self.tree(main, n3="3 thief PENDING"))
        made: dict[str, tuple[str | None, str, Tree, list[str]]] = {
            "honest": ("OWNER", "OWNER", self.tree(first), [main, first]),
            "the deputy's": ("DEPUTY", "DEPUTY", self.tree(first), [main, first]),
            "a stranger's": ("STRANGER", "OWNER", self.tree(first), [main, first]),
            "unsigned": (None, "OWNER", self.tree(first), [main, first]),
            "another's name": ("OWNER", "DEPUTY", self.tree(first), [main, first]),
            "altered": ("OWNER", "OWNER", self.tree(first, n2="2 victim PENDING"), [main, first]),
            "left out": ("OWNER", "OWNER", self.tree(main), [main, first]),
            "with a file": ("OWNER", "OWNER", self.tree(first, evil="evil"), [main, first]),
            "the wrong way round": ("OWNER", "OWNER", self.tree(first), [first, main]),
            "a rider": ("OWNER", "OWNER", self.tree(rider), [main, rider]),
        }
        scenes: dict[str, Scene] = {
            case: [[(main, self.step(tree, *parents, who=who, message=approved(name)), MAIN)]]
            for case, (who, name, tree, parents) in made.items()
        }
        draft = self.play.commit([main], self.tree(main, n3="3 thief PENDING"), "OWNER")
        scenes["a draft"] = [[(main, draft, MAIN)], [(ZERO, draft, THREE)]]
        scenes["a rider proposed"] = [[(ZERO, rider, THREE)]]
        return scenes

    def lives(self) -> Mapping[str, Scene]:
        """A change of what main has changed since."""
        start = self.step(self.tree(self.first), self.main, self.first)
        release = self.play.commit([start], self.tree(start, n2=None))
        line = self.claim("2 victim PENDING", start)
        amended = self.step(self.tree(start, n2="2 victim PENDING"), start)
        back = self.step(self.tree(start), amended)
        freed = self.step(self.tree(start, n2=None), start)
        anew = self.step(self.tree(start), freed)
        begin: Scene = [[(self.main, start, MAIN)]]
        scenes = {
            "fresh": [
                *begin,
                [(ZERO, release, RELEASE)],
                [(start, self.step(self.tree(release), start, release), MAIN)],
            ]
        }
        for case, later in {"amended": [amended], "back": [amended, back], "anew": [freed, anew]}.items():
            moves: Scene = [[(old, new, MAIN)] for old, new in zip([start, *later], later, strict=False)]
            end = later[-1]
            scenes[case] = [
                *begin, *moves, [(ZERO, release, RELEASE)], [(self.first, line, TWO)],
                [(end, self.step(self.tree(release), end, release), MAIN)],
                [(end, self.step(self.tree(line), end, line), MAIN)],
            ]  # fmt: skip
        return scenes

    def all(self) -> Iterator[tuple[str, Scene]]:
        """Every scene by name."""
        for scenes in (self.hands(), self.rejections(), self.merges(), self.lives()):
            yield from scenes.items()
