"""How `pipelines.extract` reads one page: decoding, blocks, metadata, dates, bylines, body and gates, one module each."""
