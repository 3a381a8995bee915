import pytest

from osb_hub.errors import InputError
from osb_hub.jobs.weather import read

HEAD = "start,temp_c,ghi_w_m2\n"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "the first line must be start,temp_c,ghi_w_m2"),
        ("time,temp\n", "the first line must be start,temp_c,ghi_w_m2"),
        (HEAD + "2026-01-15T00:00Z,1,0\n", "holds 1 rows"),
        (HEAD + "2026-01-15T00:00Z,1\n", "line 2: must have 3 values, not 2"),
        (HEAD + "midnight,1,0\n", "line 2: 'midnight' is not a time"),
        (HEAD + "2026-01-15T00:00,1,0\n", "line 2: 2026-01-15T00:00 must have a UTC offset"),
        (HEAD + "2026-01-15T00:00Z,mild,0\n", "line 2: 'mild' is not a number"),
        (HEAD + "2026-01-15T00:00Z,nan,0\n", "line 2: 'nan' is not a number"),
        (HEAD + "2026-01-15T00:00Z,275,0\n", "line 2: temp_mc: 275000 is outside -60000..60000"),
        (HEAD + "2026-01-15T00:00Z,1,0\n2026-01-15T01:00Z,1,0\n2026-01-15T03:00Z,1,0\n", "line 4: rows must follow"),
        (HEAD + "2026-01-15T00:00Z,1,0\n2026-01-15T00:30Z,1,0\n", "line 3: rows must follow"),
    ],
)
def test_what_is_wrong_with_a_file_is_named(tmp_path, text, sentence):
    file = tmp_path / "weather.csv"
    file.write_text(text)
    with pytest.raises(InputError) as caught:
        read(file)
    assert str(caught.value).startswith(f"{file}")
    assert sentence in str(caught.value)
