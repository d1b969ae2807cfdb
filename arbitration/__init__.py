"""The office of an independent arbitration committee for digital-goods marketplaces."""
