"""Who asks: the token, the unit it names, and the purpose stated with the request."""
