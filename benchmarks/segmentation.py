"""Word segmentation against underthesea itself: the same words? how much faster?

    python -m benchmarks.segmentation [--articles 1000]

Articles are made of paragraphs of the annotated pages, about 3.4 kB each; CPU time of one process, both in turn on each article.
"""

from __future__ import annotations

import argparse
import time

from underthesea import word_tokenize

from benchmarks.pages import generate_texts
from nlp.tokens import segment


def main() -> None:
    parser = argparse.ArgumentParser(description="Compare word segmentation with underthesea.")
    parser.add_argument("--articles", type=int, default=1000)
    options = parser.parse_args()
    segment("khởi động")
    word_tokenize("khởi động")
    ours = theirs = 0.0
    different = characters = 0
    for text in generate_texts(options.articles):
        characters += len(text)
        started = time.process_time()
        spans = segment(text)
        between = time.process_time()
        words = word_tokenize(text, use_token_normalize=False)
        ours, theirs = ours + between - started, theirs + time.process_time() - between
        different += ["".join(text[a:b].split()) for a, b in spans] != ["".join(word.split()) for word in words]
    print(f"{options.articles} articles of {characters // options.articles} characters: {different} with other words")
    print(
        f"ours {1000 * ours / options.articles:.2f} ms, underthesea {1000 * theirs / options.articles:.2f} ms an article: {ours / theirs:.2f}"
    )


if __name__ == "__main__":
    main()
