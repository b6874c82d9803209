"""Every authority under every scenario: planned, worked out here or on many machines, kept block by block."""
