"""Plain sentences in AP style, with the desk's style sheet over it. Pure: facts in, words out."""
