"""From a GraphQL document to bytes: operation, plan, statement, answer."""
