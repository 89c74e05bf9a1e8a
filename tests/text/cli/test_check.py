import json

from gan_text.grammar import shipped_grammars


def test_a_clean_text_is_reported_as_training_would_see_it(gan_text, tmp_path):
    (tmp_path / "a.txt").write_text("one two\n\nthree\n" * 20)
    code, out, _ = gan_text("check", "--data", f"folder:{tmp_path}", "--json")
    found = json.loads(out)
    assert (code, found["files"], found["rejects"]) == (0, 1, [])
    assert (found["report"]["sentences"], found["report"]["blank"]) == (40, 20)


def test_every_file_that_cannot_be_used_is_listed_and_the_exit_code_is_3(gan_text, tmp_path):
    (tmp_path / "good.txt").write_text("one two\n" * 20)
    (tmp_path / "latin.txt").write_bytes(b"caf\xe9\n")
    (tmp_path / "binary.txt").write_bytes(b"a\0b\n")
    code, out, err = gan_text("check", "--data", f"folder:{tmp_path}")
    assert code == 3
    rejected = [line for line in out.splitlines() if line.startswith("rejected: ")]
    assert len(rejected) == 2
    assert "binary.txt: line 1: NUL byte" in rejected[0]
    assert "latin.txt: line 1: not UTF-8 at byte 3" in rejected[1]
    assert "2 of the files" in err


def test_nothing_is_left_behind(gan_text, tmp_path):
    (tmp_path / "text").mkdir()
    (tmp_path / "text" / "a.txt").write_text("one two\n" * 20)
    gan_text("check", "--data", f"folder:{tmp_path / 'text'}")
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["a.txt"]


def test_a_grammar_is_checked_too(gan_text):
    for name in shipped_grammars():
        code, out, _ = gan_text("check", "--data", f"grammar:{name}")
        assert code == 0
        assert "a valid grammar" in out


def test_no_text_is_not_the_current_folder(gan_text):
    code, _, err = gan_text("check", "--data", "")
    assert code == 2
    assert "`--data` must name a text" in err
