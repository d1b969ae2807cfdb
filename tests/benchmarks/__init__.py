"""Speed against committed floors: our figure beside the bare one, in one run (`make bench`)."""
