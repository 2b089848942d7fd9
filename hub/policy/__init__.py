"""What a unit may do: rules as data, decided by Casbin, compiled into a grant."""
