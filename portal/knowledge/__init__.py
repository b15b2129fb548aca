"""The knowledge base 知识库: answers written once, found by everybody."""
