"""A page made readable: turned level, its specks taken out, its grey evened."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter, ImageOps

MOST_TILT: Final = 12.0
"""Degrees a page may lie crooked and still be levelled."""
BLANK_INK: Final = 0.0006

Grey = NDArray[np.uint8]


def level(page: Image.Image) -> tuple[Image.Image, float]:
    """Return the page turned so that its lines are level, and by how many degrees it was turned (anticlockwise)."""
    tilt = tilt_of(page)
    if abs(tilt) < 0.15:
        return page, 0.0
    return page.rotate(tilt, resample=Image.Resampling.BICUBIC, expand=False, fillcolor=255), tilt


def tilt_of(page: Image.Image) -> float:
    """Return the degrees to turn the page by (anticlockwise) so that its lines are level; 0.0 where it has none.

    The ink of level lines falls into few rows: the sum of squared differences between neighbouring rows is greatest there.
    """
    small = page.copy()
    small.thumbnail((700, 700), Image.Resampling.BOX)
    ink = 255 - np.asarray(ImageOps.autocontrast(small, cutoff=1), dtype=np.uint8)
    dark = Image.fromarray(np.where(ink > 110, ink, 0).astype(np.uint8))
    if not np.asarray(dark).any():
        return 0.0
    best = _steepest(dark, np.arange(-MOST_TILT, MOST_TILT + 0.01, 1.0))
    best = _steepest(dark, np.arange(best - 0.8, best + 0.81, 0.2))
    best = _steepest(dark, np.arange(best - 0.15, best + 0.16, 0.05))
    if _contrast(dark, best) < 1.02 * _contrast(dark, 0.0):
        return 0.0
    return round(float(best), 2)


def _steepest(dark: Image.Image, angles: NDArray[Any]) -> float:
    return float(max(angles, key=lambda angle: _contrast(dark, float(angle))))


def _contrast(dark: Image.Image, angle: float) -> float:
    turned = dark.rotate(angle, resample=Image.Resampling.BILINEAR, fillcolor=0) if angle else dark
    rows = np.asarray(turned, dtype=np.float32).sum(axis=1)
    return float(np.square(np.diff(rows)).sum())


def clean(page: Image.Image) -> Image.Image:
    """Return the page with its grey evened out and single specks gone."""
    if two_tone(page):
        return page.filter(ImageFilter.GaussianBlur(1.0))
    softened = page.filter(ImageFilter.GaussianBlur(0.9)) if grain(page) > 5 else page
    evened = _whitened(softened)
    return evened.filter(ImageFilter.MedianFilter(3)) if specks(evened) > 0.004 else evened


def grain(page: Image.Image) -> float:
    """Return how much neighbouring dots of the paper differ, in shades of 256: about 0 on a clean page, 15 on a poor copy."""
    held = np.asarray(page, dtype=np.int16)
    return float(np.median(np.abs(np.diff(held, axis=1))))


def _whitened(page: Image.Image) -> Image.Image:
    """The page with its paper made white and its ink black; shades near the paper's own are paper."""
    held = np.asarray(page, dtype=np.float32)
    paper, ink = float(np.median(held)), float(np.percentile(held, 0.5))
    if paper - ink < 25:
        return page
    white = paper - 0.22 * (paper - ink)
    return Image.fromarray(np.clip((held - ink) * (255 / (white - ink)), 0, 255).astype(np.uint8))


def two_tone(page: Image.Image) -> bool:
    """Say whether a page is hardly anything but black and white, as a fax is."""
    counts = page.histogram()
    return sum(counts[40:216]) < 0.03 * sum(counts)


def specks(page: Image.Image) -> float:
    """Return the share of dots that are dark with nothing dark beside them: what a poor line leaves on a fax."""
    dark = np.asarray(page, dtype=np.uint8) < 110
    near = np.zeros(dark.shape, dtype=np.uint8)
    near[1:] += dark[:-1]
    near[:-1] += dark[1:]
    near[:, 1:] += dark[:, :-1]
    near[:, :-1] += dark[:, 1:]
    return float((dark & (near == 0)).mean())


def is_blank(page: Image.Image) -> bool:
    """Say whether there is nothing on it: the back of a sheet."""
    small = page.copy()
    small.thumbnail((900, 900), Image.Resampling.BOX)
    paper = float(np.median(np.asarray(small)))
    inner = np.asarray(small, dtype=np.uint8)
    edge_y, edge_x = inner.shape[0] // 25, inner.shape[1] // 25
    inner = inner[edge_y : inner.shape[0] - edge_y, edge_x : inner.shape[1] - edge_x]
    return bool((inner < paper - 45).mean() < BLANK_INK)
