"""Starting a vLLM server: which flags, why, and what its log and metrics say.

``flags.launch`` decides, from a model and GPUs, without touching either; the modules beside it read
what an installed vLLM takes, what it writes while it starts, and why it died.
"""
