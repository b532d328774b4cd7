"""The audit chain, its anchors and the auditor's pages."""
