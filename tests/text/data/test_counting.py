from gan_text.data.counting import CharacterCounter, WordCounter


def test_characters_are_counted_over_ascii_and_other_blocks():
    counter = CharacterCounter()
    for text in ("ab\na\n", "éa😀\n", "a\n"):
        counter.add(text)
    assert counter.result() == {"a": 4, "b": 1, "é": 1, "😀": 1}


def test_words_are_counted():
    counter = WordCounter()
    counter.add("the dog\nthe cat\n")
    assert counter.result() == {"the": 2, "dog": 1, "cat": 1}


def test_a_tokenizer_sees_one_line_at_a_time():
    counter = WordCounter(lambda line: line.split(","))
    counter.add("a b,c\nc\n\n")
    assert counter.result() == {"a b": 1, "c": 2}


def test_words_seen_once_are_forgotten_above_the_limit():
    counter = WordCounter(largest=3)
    counter.add("a a b c\n")
    counter.add("d e a\n")
    assert counter.result() == {"a": 3}
