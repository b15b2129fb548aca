"""Writing, publishing, judging and indexing articles: what people and jobs do."""
