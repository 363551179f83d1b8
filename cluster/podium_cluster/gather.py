def run(options, spark):
    raise NotImplementedError
