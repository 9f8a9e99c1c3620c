"""Systems that produce texts, compared by the artefacts that they leave."""
