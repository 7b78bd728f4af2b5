"""Letters of appeal: what is argued, from which proof, and the document that says it."""
