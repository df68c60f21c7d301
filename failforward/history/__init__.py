def record(obj, verb, by=None, **details):
    from failforward.history.models import record as write

    return write(obj, verb, by, **details)
