"""The core: what an endpoint is, where it should be listed, and the work of making that true."""
