"""The domain, declared once: classes, codes, entities, scopes and what is derived from them."""
