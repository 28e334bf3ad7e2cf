"""One module per page; each shows what the filters ask for."""
