from plugins.tiny_reranker import tiny_reranker

__all__ = ["tiny_reranker"]
