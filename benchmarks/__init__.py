"""Speed and memory, measured side by side in one run; results stand in docs/performance.md."""
