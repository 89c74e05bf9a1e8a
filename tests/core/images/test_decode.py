"""gan_core.images.decode: every file becomes the picture a viewer shows, or one clear error."""

import io
import os
import struct
import subprocess
import sys
import zlib

import numpy as np
import pytest
from PIL import Image

from gan_core.errors import ConfigError, DataError
from gan_core.images import convert_channels, decode_image, read_header
from gan_core.images.decode import ImageError, check_channels


def encode(image: Image.Image, format: str, **options) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, format, **options)
    return buffer.getvalue()


def photo(height=40, width=56, seed=0) -> np.ndarray:
    """A smooth colour picture with some noise."""
    y, x = np.mgrid[0:height, 0:width]
    base = np.stack([x * 255 / width, y * 255 / height, (x + y) * 255 / (height + width)], -1)
    return np.clip(base + np.random.default_rng(seed).normal(0, 6, base.shape), 0, 255).astype(np.uint8)


GRADIENT = np.tile(np.arange(256, dtype=np.uint8), (8, 1))
GRAY = Image.fromarray(GRADIENT)


def paletted_with_alpha() -> Image.Image:
    image = Image.fromarray(GRADIENT).convert("RGB").quantize(256)
    image.putalpha(255)
    return image


def with_opaque(mode: str) -> Image.Image:
    return GRAY.convert(mode)


MODES = {
    "L png": lambda: encode(GRAY, "PNG"),
    "L jpeg": lambda: encode(GRAY, "JPEG", quality=100),
    "L bmp": lambda: encode(GRAY, "BMP"),
    "L gif": lambda: encode(GRAY, "GIF"),
    "LA png": lambda: encode(with_opaque("LA"), "PNG"),
    "RGB png": lambda: encode(GRAY.convert("RGB"), "PNG"),
    "RGB webp": lambda: encode(GRAY.convert("RGB"), "WEBP", lossless=True),
    "RGBA png": lambda: encode(GRAY.convert("RGBA"), "PNG"),
    "RGBA webp": lambda: encode(GRAY.convert("RGBA"), "WEBP", lossless=True),
    "P png": lambda: encode(GRAY.convert("RGB").quantize(256), "PNG"),
    "P gif": lambda: encode(GRAY.convert("RGB").quantize(256), "GIF"),
    "CMYK tiff": lambda: encode(GRAY.convert("RGB").convert("CMYK"), "TIFF"),
    "CMYK jpeg": lambda: encode(GRAY.convert("RGB").convert("CMYK"), "JPEG", quality=100),
    "YCbCr jpeg": lambda: encode(GRAY.convert("YCbCr"), "JPEG", quality=100),
    "I;16 png": lambda: encode(Image.fromarray(GRADIENT.astype(np.uint16) * 257), "PNG"),
    "I;16 tiff": lambda: encode(Image.fromarray(GRADIENT.astype(np.uint16) * 257), "TIFF"),
    "I 16-bit tiff": lambda: encode(Image.fromarray(GRADIENT.astype(np.int32) * 257), "TIFF"),
    "I 8-bit tiff": lambda: encode(Image.fromarray(GRADIENT.astype(np.int32)), "TIFF"),
    "F 0..1 tiff": lambda: encode(Image.fromarray(GRADIENT.astype(np.float32) / 255), "TIFF"),
    "F 0..255 tiff": lambda: encode(Image.fromarray(GRADIENT.astype(np.float32)), "TIFF"),
}  # fmt: skip


@pytest.mark.parametrize("mode", MODES)
def test_a_gray_gradient_survives_every_mode_within_two_levels(mode):
    image = decode_image(MODES[mode]())
    assert image.dtype == np.uint8
    assert image.shape == (8, 256, 3)
    assert np.abs(image.astype(int) - GRADIENT[..., None]).max() <= 2


@pytest.mark.parametrize("mode", MODES)
def test_every_mode_can_be_read_as_one_gray_channel(mode):
    image = decode_image(MODES[mode](), channels=1)
    assert image.shape == (8, 256, 1)
    assert np.abs(image[..., 0].astype(int) - GRADIENT).max() <= 2


def test_a_bilevel_image_becomes_black_and_white():
    bits = np.eye(8, dtype=bool)
    assert np.array_equal(decode_image(encode(Image.fromarray(bits), "PNG"), channels=1)[..., 0], bits * 255)


def test_colour_becomes_luminance():
    red = np.zeros((2, 2, 3), np.uint8)
    red[..., 0] = 255
    assert decode_image(encode(Image.fromarray(red), "PNG"), channels=1).tolist() == [[[76], [76]]] * 2  # .299 * 255


def test_sixteen_bit_values_are_scaled_not_clipped():
    data = encode(Image.fromarray(np.array([[0, 128, 129, 32768, 65535]], np.uint16)), "PNG")
    assert decode_image(data, channels=1)[0, :, 0].tolist() == [0, 0, 1, 128, 255]


@pytest.mark.parametrize("orientation", [1, 3])
def test_a_sixteen_bit_tiff_may_count_from_white(orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    data = bytearray(encode(Image.fromarray(np.array([[0, 25700, 65535]], np.uint16)), "TIFF", exif=exif))
    photometric = data.index(struct.pack("<HHI", 262, 3, 1)) + 8
    data[photometric] = 0  # WhiteIsZero
    assert decode_image(bytes(data), channels=1).ravel().tolist() == [255, 155, 0][:: 1 if orientation == 1 else -1]


def test_the_mean_of_a_sixteen_bit_ramp_is_in_the_middle():
    ramp = np.tile(np.arange(0, 65536, 16, dtype=np.uint16), (4, 1))
    assert decode_image(encode(Image.fromarray(ramp), "PNG")).mean() == pytest.approx(127.5, abs=0.5)


@pytest.mark.parametrize(("alpha", "expected"), [(0, [255, 255, 255]), (255, [10, 20, 30]), (51, [206, 208, 210])])
def test_alpha_is_laid_over_white(alpha, expected):
    pixel = np.array([[[10, 20, 30, alpha]]], np.uint8)  # 255 - .2 (255 - c)
    assert decode_image(encode(Image.fromarray(pixel), "PNG"))[0, 0].tolist() == expected


def test_alpha_is_laid_over_the_stated_background():
    pixel = np.array([[[10, 20, 30, 0]]], np.uint8)
    assert decode_image(encode(Image.fromarray(pixel), "PNG"), background=(1, 2, 3))[0, 0].tolist() == [1, 2, 3]


def test_alpha_counts_before_the_conversion_to_gray():
    pixel = np.array([[[10, 0]]], np.uint8)
    assert decode_image(encode(Image.fromarray(pixel, "LA"), "PNG"), channels=1)[0, 0, 0] == 255


def test_a_background_is_given_by_name():
    pixel = np.array([[[10, 20, 30, 51]]], np.uint8)
    assert decode_image(encode(Image.fromarray(pixel), "PNG"), background="black")[0, 0].tolist() == [2, 4, 6]


def test_four_channels_keep_opacity_and_hide_nothing():
    pixels = np.array([[[10, 20, 30, 51], [10, 20, 30, 0]]], np.uint8)
    found = decode_image(encode(Image.fromarray(pixels), "PNG"), channels=4)
    assert found.tolist() == [[[10, 20, 30, 51], [255, 255, 255, 0]]]


@pytest.mark.parametrize(("mode", "format"), [("RGB", "BMP"), ("L", "PNG"), ("CMYK", "TIFF")])
def test_files_without_opacity_are_opaque(mode, format):
    found = decode_image(encode(Image.new("RGB", (3, 2), (9, 9, 9)).convert(mode), format), channels=4)
    assert found.shape == (2, 3, 4)
    assert (found[..., 3] == 255).all()
    assert (found[..., :3] == 9).all()


def test_a_transparent_palette_entry_has_opacity_zero():
    found = decode_image(encode(palette_image(), "PNG", transparency=bytes([51, 255])), channels=4)
    assert found.tolist() == [[[10, 20, 30, 51], [200, 100, 50, 255]]]


def test_a_picture_of_which_nothing_is_visible_can_be_refused():
    blank = encode(Image.new("RGBA", (2, 2), (9, 9, 9, 0)), "PNG")
    assert (decode_image(blank) == 255).all()
    with pytest.raises(ImageError, match="found a picture of which nothing is visible \\(opacity 0 everywhere\\); expected something to see"):
        decode_image(blank, refuse_blank=True)


def test_one_visible_pixel_is_enough():
    image = Image.new("RGBA", (2, 2), (9, 9, 9, 0))
    image.putpixel((1, 1), (9, 9, 9, 1))
    assert decode_image(encode(image, "PNG"), refuse_blank=True).shape == (2, 2, 3)


@pytest.mark.parametrize(("options", "message"), [
    ({"channels": 2}, r"`channels` must be 1 \(gray\), 3 \(RGB\) or 4 \(RGB and opacity\). Received: channels=2"),
    ({"background": "pink"}, "`background` must be white, black, checker or a colour.*Received: background='pink'")])
def test_unknown_channels_and_backgrounds_are_refused(options, message):
    with pytest.raises(ConfigError, match=message):
        decode_image(b"", **options)


def test_where_opacity_cannot_be_kept_the_message_says_so():
    with pytest.raises(ConfigError, match=r"Received: channels=4. Opacity cannot be kept here: transparent parts are laid over white"):
        check_channels(4)


def test_opaque_and_clear_pictures_change_their_channels():
    gray, clear = np.full((1, 1, 1), 7, np.uint8), np.array([[[0, 0, 0, 51]]], np.uint8)
    assert convert_channels(gray, 4).tolist() == [[[7, 7, 7, 255]]]
    assert convert_channels(clear, 3).tolist() == [[[204, 204, 204]]]
    assert convert_channels(clear, 1, "black").tolist() == [[[0]]]


def palette_image() -> Image.Image:
    image = Image.new("P", (2, 1))
    image.putpalette([10, 20, 30, 200, 100, 50])
    image.putdata([0, 1])
    return image


@pytest.mark.parametrize("format", ["PNG", "GIF"])
def test_a_transparent_palette_entry_becomes_white(format):
    image = decode_image(encode(palette_image(), format, transparency=0))
    assert image[0].tolist() == [[255, 255, 255], [200, 100, 50]]


def test_a_palette_with_partial_transparency_is_blended():
    image = decode_image(encode(palette_image(), "PNG", transparency=bytes([51, 255])))
    assert image[0].tolist() == [[206, 208, 210], [200, 100, 50]]


@pytest.mark.parametrize(
    ("image", "key"),
    [(Image.fromarray(np.array([[7, 9]], np.uint8)), 7),
     (Image.fromarray(np.array([[1800, 2313]], np.uint16)), 1800)],
    ids=["8 bit", "16 bit"])  # fmt: skip
def test_a_transparent_gray_level_becomes_white(image, key):
    assert decode_image(encode(image, "PNG", transparency=key), channels=1)[0, :, 0].tolist() == [255, 9]


ARROW = np.zeros((6, 4, 3), np.uint8)
ARROW[0, 1] = (255, 0, 0)
ARROW[5, 3] = (0, 0, 255)
# How a picture must be stored so that the given EXIF orientation shows ARROW.
STORED = {
    1: lambda a: a, 2: lambda a: a[:, ::-1], 3: lambda a: a[::-1, ::-1], 4: lambda a: a[::-1],
    5: lambda a: a.transpose(1, 0, 2), 6: lambda a: np.rot90(a), 7: lambda a: a[::-1, ::-1].transpose(1, 0, 2), 8: lambda a: np.rot90(a, -1),
}  # fmt: skip


@pytest.mark.parametrize("format", ["PNG", "WEBP", "TIFF"])
@pytest.mark.parametrize("orientation", STORED)
def test_every_exif_orientation_gives_the_same_upright_picture(orientation, format):
    exif = Image.Exif()
    exif[0x0112] = orientation
    stored = Image.fromarray(np.ascontiguousarray(STORED[orientation](ARROW)))
    data = encode(stored, format, exif=exif, **({"lossless": True} if format == "WEBP" else {}))
    assert np.array_equal(decode_image(data), ARROW)


def test_exif_orientation_of_a_jpeg_is_applied():
    exif = Image.Exif()
    exif[0x0112] = 6
    big = np.kron(ARROW, np.ones((8, 8, 1), np.uint8))
    upright = decode_image(encode(Image.fromarray(np.ascontiguousarray(np.rot90(big))), "JPEG", quality=100, exif=exif))
    assert upright.shape == big.shape
    assert upright[2:6, 10:14, 0].mean() > 200
    assert upright[-6:-2, -6:-2, 2].mean() > 200


@pytest.mark.filterwarnings("ignore:Corrupt EXIF data")
def test_a_damaged_exif_block_does_not_hide_the_picture():
    data = encode(GRAY, "JPEG", exif=b"Exif\0\0MM\0*\0\0\0\x08\xff\xff\x01\x12")
    assert decode_image(data).shape == (8, 256, 3)


def test_the_first_frame_of_an_animation_counts():
    frames = [Image.new("RGB", (4, 4), colour) for colour in ("red", "lime", "blue")]
    for format in ("GIF", "PNG", "WEBP"):
        options = {"lossless": True} if format == "WEBP" else {}
        data = encode(frames[0], format, save_all=True, append_images=frames[1:], **options)
        assert decode_image(data)[0, 0].tolist() == [255, 0, 0]


def test_the_first_page_of_a_tiff_counts():
    pages = [Image.new("RGB", (4, 4), colour) for colour in ("red", "blue")]
    assert decode_image(encode(pages[0], "TIFF", save_all=True, append_images=pages[1:]))[0, 0].tolist() == [255, 0, 0]


def test_the_format_is_read_from_the_content_not_the_extension(tmp_path):
    path = tmp_path / "picture.jpg"
    path.write_bytes(encode(Image.fromarray(photo()), "PNG"))
    assert np.array_equal(decode_image(path), photo())


@pytest.mark.parametrize("name", ["é", "e\u0301", "with space", "line\nbreak", "🐦", "x" * 200])
def test_any_file_name_can_be_read(tmp_path, name):
    path = tmp_path / f"{name}.png"
    path.write_bytes(encode(Image.fromarray(photo()), "PNG"))
    assert np.array_equal(decode_image(path), photo())


def png_chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def with_wrong_checksum() -> bytes:
    data = bytearray(encode(Image.fromarray(photo()), "PNG"))
    start = data.index(b"IDAT")
    length = struct.unpack(">I", data[start - 4 : start])[0]
    data[start + 4 + length] ^= 1
    return bytes(data)


def half(data: bytes) -> bytes:
    return data[: len(data) // 2]


PHOTO = Image.fromarray(photo())
BAD_FILES = {
    "empty": (b"", "0 bytes"),
    "html": (b"<!DOCTYPE html><html>404</html>", "HTML page"),
    "html after spaces": (b"\n  <html><body>sorry</body></html>", "HTML page"),
    "svg": (b"<?xml version='1.0'?><svg/>", "XML or SVG"),
    "text": (b"hello, world", "found text"),
    "zip": (b"PK\x03\x04" + bytes(50), "found ZIP"),
    "noise": (bytes(range(72)), "unknown format (first bytes 00 01 02 03)"),
    "png signature only": (b"\x89PNG\r\n\x1a\n", "damaged PNG header"),
    "half png": (half(encode(PHOTO, "PNG")), "truncated or damaged PNG data"),
    "half jpeg": (half(encode(PHOTO, "JPEG")), "truncated or damaged JPEG data"),
    "half bmp": (half(encode(PHOTO, "BMP")), "truncated or damaged BMP data"),
    "half gif": (half(encode(PHOTO, "GIF")), "truncated or damaged GIF data"),
    "half webp": (half(encode(PHOTO, "WEBP")), "WebP"),
    "png without its end": (encode(PHOTO, "PNG")[:-12], "truncated or damaged PNG data"),
    "png with a wrong checksum": (with_wrong_checksum(), "truncated or damaged PNG data"),
    "negative floats": (encode(Image.fromarray(np.float32([[-1, 2]])), "TIFF"), "values from -1.0 to 2.0"),
    "not a number": (encode(Image.fromarray(np.float32([[np.nan, 2]])), "TIFF"), "values from nan"),
    "huge integers": (encode(Image.fromarray(np.int32([[0, 70_000]])), "TIFF"), "values from 0 to 70000"),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD_FILES)
def test_a_bad_file_is_named_with_what_was_found_and_expected(tmp_path, case):
    data, found = BAD_FILES[case]
    path = tmp_path / "picture.png"
    path.write_bytes(data)
    with pytest.raises(DataError) as caught:
        decode_image(path)
    message = str(caught.value)
    assert str(path) in message
    assert found in message
    assert "expected a JPEG, PNG" in message


@pytest.mark.parametrize("count", [1, 3, 100, 1000])
def test_no_truncated_file_decodes_silently(count):
    for format in ("PNG", "JPEG", "BMP", "WEBP"):
        data = encode(PHOTO, format)
        with pytest.raises(DataError):
            decode_image(data[: min(count, len(data) * 3 // 4)])


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("format", ["PNG", "JPEG", "BMP", "GIF", "WEBP", "TIFF"])
def test_random_damage_gives_a_picture_or_a_data_error_and_nothing_else(format):
    original, random = encode(PHOTO, format), np.random.default_rng(0)
    for _ in range(150):
        data = bytearray(original)
        for position in random.integers(0, min(len(data), random.choice([32, 300, 10**6])), random.integers(1, 4)):
            data[position] = random.integers(256)
        try:
            image = decode_image(bytes(data), max_pixels=10**6)
        except DataError:
            continue
        assert image.dtype == np.uint8
        assert image.shape[2] == 3


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(DataError, match=r"nothing\.png: found no such file"):
        decode_image(tmp_path / "nothing.png")


def test_a_dangling_link_is_told_from_a_missing_file(tmp_path):
    (tmp_path / "link.png").symlink_to(tmp_path / "gone.png")
    with pytest.raises(DataError, match="found a link to a file that does not exist"):
        decode_image(tmp_path / "link.png")


def test_a_directory_named_like_an_image_is_an_error(tmp_path):
    (tmp_path / "x.png").mkdir()
    with pytest.raises(DataError, match=r"x\.png: found a directory"):
        decode_image(tmp_path / "x.png")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_a_pipe_is_refused_instead_of_waited_for(tmp_path):
    os.mkfifo(tmp_path / "x.png")
    with pytest.raises(DataError, match="pipe"):
        decode_image(tmp_path / "x.png")


def test_an_unprintable_name_stays_on_one_line_of_the_message(tmp_path):
    with pytest.raises(DataError) as caught:
        decode_image(tmp_path / "a\nb.png")
    assert "\n" not in str(caught.value)
    assert "a\\nb.png" in str(caught.value)


def test_bytes_are_named_by_the_caller():
    with pytest.raises(DataError, match="cannot read the image mnist #7: found an empty file"):
        decode_image(b"", name="mnist #7")


def bomb(side: int) -> bytes:
    """A one-bit PNG of side² black pixels: a few kB per 100 million pixels."""
    packer = zlib.compressobj(9)
    rows = b"".join(packer.compress(bytes(1 + (side + 7) // 8)) for _ in range(side)) + packer.flush()
    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", header) + png_chunk(b"IDAT", rows) + png_chunk(b"IEND", b"")


@pytest.mark.parametrize("side", [12_000, 20_000])
def test_a_decompression_bomb_is_refused_by_its_header(side, recwarn):
    with pytest.raises(DataError, match=rf"found {side} x {side} = {side**2 // 10**6} million pixels; expected at most 50 million"):
        decode_image(bomb(side))
    assert not recwarn.list


def test_bombs_are_refused_in_little_memory_and_time(tmp_path):
    resource = pytest.importorskip("resource")
    path = tmp_path / "bomb.png"
    path.write_bytes(bomb(20_000))
    code = (
        "import resource, sys, time\n"
        "from gan_core.images.decode import decode_image, ImageError\n"
        "resource.setrlimit(resource.RLIMIT_AS, (2**30, 2**30))\n"
        "start = time.perf_counter()\n"
        "try: decode_image(sys.argv[1])\n"
        "except ImageError as error: print(time.perf_counter() - start)\n"
    )
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}
    result = subprocess.run([sys.executable, "-c", code, path], capture_output=True, text=True, check=True, env=environment)
    assert float(result.stdout) < 1, result.stderr
    assert resource.RLIMIT_AS is not None


def test_the_pixel_limit_is_an_option_above_and_below():
    data = encode(Image.new("1", (100, 100)), "PNG")
    with pytest.raises(DataError, match="raise `max_pixels`"):
        decode_image(data, max_pixels=9_999)
    assert decode_image(data, max_pixels=10_000).shape == (100, 100, 3)


def test_a_limit_above_pillows_own_is_honoured(monkeypatch):
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 100)
    assert decode_image(encode(Image.new("1", (100, 100)), "PNG")).shape == (100, 100, 3)
    assert Image.MAX_IMAGE_PIXELS == 100


@pytest.mark.parametrize("channels", [0, 2, 5, "3", None])
def test_other_channel_counts_are_refused(channels):
    with pytest.raises(ConfigError, match="`channels` must be 1"):
        decode_image(b"", channels=channels)


def test_jpeg_is_bit_identical_to_accurate_tensorflow_decoding():
    import tensorflow as tf

    for seed in range(6):
        for options in ({"quality": 60}, {"quality": 95, "subsampling": 0}, {"quality": 85, "progressive": True}):
            data = encode(Image.fromarray(photo(37 + seed, 61 + 5 * seed, seed)), "JPEG", **options)
            expected = tf.io.decode_jpeg(data, channels=3, dct_method="INTEGER_ACCURATE").numpy()
            assert np.array_equal(decode_image(data), expected)
    data = encode(Image.fromarray(photo()).convert("L"), "JPEG", quality=75)
    expected = tf.io.decode_jpeg(data, channels=1, dct_method="INTEGER_ACCURATE").numpy()
    assert np.array_equal(decode_image(data, channels=1), expected)


# --------------------------------------------------------------------------------------------- headers


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_header_tells_the_size_of_the_upright_picture(tmp_path, orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    for name in ("a.jpg", "a.png", "a.webp"):
        Image.fromarray(photo(40, 56)).save(tmp_path / name, exif=exif)
        assert read_header(tmp_path / name).size == decode_image(tmp_path / name).shape[:2]


@pytest.mark.parametrize(("mode", "gray"), [("1", True), ("L", True), ("LA", True), ("I;16", True), ("RGB", False), ("P", False)])
def test_a_header_tells_gray_from_colour(tmp_path, mode, gray):
    image = Image.new("RGB", (4, 6)).quantize() if mode == "P" else Image.new(mode, (4, 6))
    image.save(tmp_path / "a.png")
    assert read_header(tmp_path / "a.png") == ((6, 4), gray)


def test_a_header_is_read_without_decoding_the_pixels(tmp_path):
    (tmp_path / "bomb.png").write_bytes(bomb(20_000))
    assert read_header(tmp_path / "bomb.png", max_pixels=10**9).size == (20_000, 20_000)
    with pytest.raises(DataError, match="400 million pixels; expected at most 50 million"):
        read_header(tmp_path / "bomb.png")


def test_a_header_may_come_as_bytes_with_a_name():
    content = bomb(200)
    assert read_header(content).size == (200, 200)
    with pytest.raises(DataError, match=r"cannot read the image flowers/7: found an empty file"):
        read_header(b"", name="flowers/7")


@pytest.mark.parametrize(("content", "message"), [(b"", "an empty file"), (b"<html>", "an HTML page"), (b"\x89PNG\r\n", "PNG")])
def test_a_bad_header_is_named(tmp_path, content, message):
    (tmp_path / "a.png").write_bytes(content)
    with pytest.raises(DataError, match=rf"a\.png: found {message}|a\.png: found a damaged {message}"):
        read_header(tmp_path / "a.png")
