import uuid

# Every row of the demo carries it, so that the demo can leave.
DEMO_BATCH = uuid.uuid5(uuid.NAMESPACE_URL, "https://failforward.example/demo")
