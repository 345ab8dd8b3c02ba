"""GCJ-02 to WGS84 and back."""

import numpy as np
import pandas as pd
import pytest

from riskplan.case.coordinates import gcj02_to_wgs84, to_wgs84, wgs84_to_gcj02

METRES_PER_DEGREE = 111_195.0


@pytest.mark.parametrize(
    ("wgs84", "gcj02"),
    [
        ((118.29, 25.32), (118.2947816, 25.3172384)),
        ((116.391, 39.907), (116.3972411, 39.9084011)),
        ((107.5, 31.2), (107.5045542, 31.1977576)),
        ((126.6, 45.7), (126.6059024, 45.7019263)),
        ((90.0, 30.0), (90.0018251, 29.9971283)),
    ],
)
def test_agrees_with_another_public_implementation(wgs84, gcj02):
    """Points come out as in the package eviltransform 0.1.1, whose ellipsoid differs by about 1 cm."""
    assert np.allclose(wgs84_to_gcj02(*wgs84), gcj02, atol=2e-7)


def test_round_trip_is_below_a_centimetre():
    """There and back over the whole of China moves no point by 1 cm."""
    lon, lat = (a.ravel() for a in np.meshgrid(np.linspace(74.0, 134.0, 301), np.linspace(4.0, 53.0, 246)))
    back_lon, back_lat = gcj02_to_wgs84(*wgs84_to_gcj02(lon, lat))
    error = METRES_PER_DEGREE * np.hypot(back_lon - lon, back_lat - lat)
    assert error.max() < 0.01


def test_outside_china_nothing_moves():
    """Chicago stays where it is."""
    assert tuple(map(float, gcj02_to_wgs84(-87.63, 41.88))) == (-87.63, 41.88)


def test_tables_convert_their_points_and_keep_missing_ones():
    """Both pairs of columns are converted and rounded; NaN and other columns stay."""
    frame = pd.DataFrame({"id": ["a", "b"], "lon": [118.294782, np.nan], "lat": [25.317238, np.nan]})
    result = to_wgs84(frame)
    assert result["lon"][0] == pytest.approx(118.29, abs=2e-6)
    assert result["lat"][0] == pytest.approx(25.32, abs=2e-6)
    assert result[["lon", "lat"]].isna().to_numpy()[1].all()
    assert list(result["id"]) == ["a", "b"]
    assert frame["lon"][0] == 118.294782
