"""Reading an article: from its page to a draft of argument.yaml."""
