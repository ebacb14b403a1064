from tests.benchmarks.figures import Figure
async def run() -> list[Figure]: return []
