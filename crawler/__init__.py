"""From a portal to raw pages: fetches and archives, nothing else."""
