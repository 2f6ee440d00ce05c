"""XXH3, 64 bits, seed 0 (the xxHash specification): tokens of §7 and digests of model files (docs/reference/models.md)."""
from struct import unpack, unpack_from

MASK = (1 << 64) - 1
P32 = (0x9E3779B1, 0x85EBCA77, 0xC2B2AE3D)
P64 = (0x9E3779B185EBCA87, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0x85EBCA77C2B2AE63, 0x27D4EB2F165667C5)
MIX1, MIX2 = 0x165667919E3779F9, 0x9FB21C651E98DF25
SECRET = bytes.fromhex(
    "b8fe6c3923a44bbe7c01812cf721ad1cded46de9839097db7240a4a4b7b3671fcb79e64eccc0e578825ad07dccff7221"
    "b8084674f743248ee03590e6813a264c3c2852bb91c300cb88d0658b1b532ea371644897a20df94e3819ef46a9deacd8"
    "a8fa763fe39c343ff9dcbbc7c70b4f1d8a51e04bcdb45931c89f7ec9d9787364eac5ac8334d3ebc3c581a0fffa1363eb"
    "170ddd51b7f0da49d316552629d4689e2b16be587d47a1fc8ff8b8d17ad031ce45cb3a8f95160428afd7fbcabb4b407e")
KEYS = [unpack_from("<Q", SECRET, i)[0] for i in range(len(SECRET) - 7)]     # at each byte


def word(data, at):
    """8 bytes."""
    return unpack_from("<Q", data, at)[0]


def fold(a, b):
    """Both halves of a product, one upon the other."""
    product = (a & MASK) * (b & MASK)
    return product & MASK ^ product >> 64


def avalanche(h):
    """The last stirring."""
    h &= MASK
    h = (h ^ h >> 37) * MIX1 & MASK
    return h ^ h >> 32


def tiny(data):
    """0 to 3 bytes."""
    n = len(data)
    h = KEYS[56] ^ KEYS[64]
    if n:
        flip = (KEYS[0] ^ KEYS[4]) & 0xFFFFFFFF
        h = (data[0] << 16 | data[n >> 1] << 24 | data[n - 1] | n << 8) ^ flip
    h = (h ^ h >> 33) * P64[1] & MASK
    h = (h ^ h >> 29) * P64[2] & MASK
    return h ^ h >> 32


def short(data):
    """4 to 16 bytes."""
    n = len(data)
    if n > 8:
        low, high = word(data, 0) ^ KEYS[24] ^ KEYS[32], word(data, n - 8) ^ KEYS[40] ^ KEYS[48]
        return avalanche(n + int.from_bytes(low.to_bytes(8, "big"), "little") + high + fold(low, high))
    first, last = unpack("<I", data[:4])[0], unpack("<I", data[n - 4:])[0]
    h = (last + (first << 32)) ^ KEYS[8] ^ KEYS[16]
    h ^= (h << 49 | h >> 15) & MASK ^ (h << 24 | h >> 40) & MASK
    h = h * MIX2 & MASK
    h = (h ^ (h >> 35) + n) * MIX2 & MASK
    return h ^ h >> 28


def middle(data):
    """17 to 240 bytes."""
    def mixed(at, key):
        """16 bytes with 16 of the secret."""
        return fold(word(data, at) ^ KEYS[key], word(data, at + 8) ^ KEYS[key + 8])
    n, h = len(data), len(data) * P64[0]
    if n <= 128:
        for i in range((n - 1) // 32 + 1):
            h += mixed(16 * i, 32 * i) + mixed(n - 16 * (i + 1), 32 * i + 16)
        return avalanche(h)
    h = avalanche(h + sum(mixed(16 * i, 16 * i) for i in range(8)))
    h += sum(mixed(16 * i, 16 * (i - 8) + 3) for i in range(8, n // 16))
    return avalanche(h + mixed(n - 16, 136 - 17))


def long(data):
    """Blocks of 16 stripes of 64 bytes."""
    lanes, n = [P32[2], *P64[:4], P32[1], P64[4], P32[0]], len(data)

    def stripe(at, key):
        """64 bytes into the 8 lanes."""
        for i, value in enumerate(unpack_from("<8Q", data, at)):
            keyed = value ^ KEYS[key + 8 * i]
            lanes[i ^ 1] += value
            lanes[i] = lanes[i] + (keyed & 0xFFFFFFFF) * (keyed >> 32) & MASK
    for number in range((n - 1) // 64):
        stripe(64 * number, number % 16 * 8)
        if number % 16 == 15:
            for i, lane in enumerate(lanes):
                lane &= MASK
                lanes[i] = (lane ^ lane >> 47 ^ KEYS[128 + 8 * i]) * P32[0] & MASK
    stripe(n - 64, 121)
    pairs = (fold(lanes[2 * i] ^ KEYS[11 + 16 * i], lanes[2 * i + 1] ^ KEYS[19 + 16 * i]) for i in range(4))
    return avalanche(n * P64[0] + sum(pairs))


def xxh3(data):
    """Of bytes."""
    n = len(data)
    return tiny(data) if n < 4 else short(data) if n <= 16 else middle(data) if n <= 240 else long(data)


def token(name):
    """§7, of `#tag` or `@mention` in normal form: the lower 32 bits."""
    return xxh3(name.encode()) & 0xFFFFFFFF
