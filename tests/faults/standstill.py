"""standstill.py REDIS_PORT: notes whenever a lane's fence moves: SECONDS LANE, from its applied offsets, five looks a second, until it is ended."""
import sys
import time

from fences import Redis, fences


def main():
    redis, known = None, {}
    while True:
        time.sleep(0.2)
        try:
            redis = redis or Redis(sys.argv[1])
            found = fences(redis)
        except (OSError, AttributeError, IndexError, TypeError, ValueError):  # away, loading, gone in the middle of an answer
            redis = None
            continue
        for lane, positions in found.items():
            if known.get(lane) != positions:
                known[lane] = positions
                print(f"{time.time():.2f} {lane}", flush=True)


if __name__ == "__main__":
    main()
