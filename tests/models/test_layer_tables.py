"""Layer tables as they are read: what they say, and what is wrong with a malformed one."""

from pathlib import Path

import pytest

from models import ModelError
from models.layer_tables import load_table, parse_table
from models.registry import ModelEntry

TABLE = """\
source = "a paper"
input = [8, 8, 3]
parameters = 28
trainable_parameters = 28
non_trainable_parameters = 0
layers = [
  { name = "c", type = "Conv2D", output = [6, 6, 1], parameters = 28, config={ strides=[1, 2] } },
  { name = "f", type = "Flatten", output = [36], parameters = 0 },
]
[keras_defaults]
Conv2D = { padding = "valid", strides = [1, 1] }
"""


def test_settings_of_a_row_go_before_those_of_its_type() -> None:
    convolution, flatten = parse_table(TABLE.encode(), "t.toml").rows
    assert convolution.config == {"padding": "valid", "strides": (1, 2)}
    assert flatten.config == {}
    assert convolution.output == (6, 6, 1)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("source", "sources", "t.toml lacks 'source'"),
        ('type = "Flatten", ', "", "t.toml, layer 2 lacks 'type'"),
        ("[8, 8, 3]", '"8, 8, 3"', "t.toml: 'input' should be of type list, is '8, 8, 3'"),
        ("[36]", '["36"]', r"layer 2: 'output' should be positive integers, is \('36',\)"),
        ("[36]", "[0]", "layer 2: 'output' should be positive integers"),
        ("[36]", "[true]", "layer 2: 'output' should be positive integers"),
        ("parameters = 28\n", 'parameters = "28"\n', "'parameters' should be of type int"),
        ("parameters = 28\n", "parameters = true\n", "'parameters' should be of type int"),
        ("config={ strides=[1, 2] }", "config=3", "'config' should be of type dict, is 3"),
        ("parameters = 0 }", "parameters = 0, colour = 1 }", "layer 2: unknown key 'colour'"),
        ("layers = [", "layers = [ 3,", "layer 1 should be a table, is 3"),
        ("Conv2D = {", "Conv2D = 3 #", "keras_defaults.Conv2D should be a table, is 3"),
        ("[keras_defaults]", "[keras_defaults", "t.toml is not a layer table in TOML"),
        ("[keras_defaults]", "[colours]", "unknown key 'colours'"),
    ],
)
def test_malformed_table_is_named_in_one_line(old: str, new: str, message: str) -> None:
    assert old in TABLE
    with pytest.raises(ModelError, match=message) as caught:
        parse_table(TABLE.replace(old, new, 1).encode(), "t.toml")
    assert "\n" not in str(caught.value)


def test_table_that_is_not_utf_8_is_named() -> None:
    with pytest.raises(ModelError, match=r"t\.toml is not a layer table in TOML: 'utf-8' codec"):
        parse_table(TABLE.encode("utf-16"), "t.toml")


def test_table_comes_with_an_entry_of_another_package(tmp_path: Path, monkeypatch) -> None:
    package = tmp_path / "theirs" / "tables"
    package.mkdir(parents=True)
    (tmp_path / "theirs" / "__init__.py").touch()
    (package / "net.toml").write_text(TABLE)
    monkeypatch.syspath_prepend(tmp_path)
    for where in ("theirs:tables/net.toml", str(package / "net.toml")):
        entry = ModelEntry("net", "theirs.net:network", table=where)
        assert load_table(entry).source == "a paper"


@pytest.mark.parametrize("where", ["absent.toml", "models:absent.toml", "nowhere:x.toml", "\0"])
def test_table_that_cannot_be_read_is_named(where: str) -> None:
    with pytest.raises(ModelError, match=r"layer table .* cannot be read: "):
        load_table(ModelEntry("net", "theirs.net:network", table=where))


def test_model_without_a_table_is_named() -> None:
    with pytest.raises(ModelError, match="no documented table for 'net'; there are: basic_cnn"):
        load_table(ModelEntry("net", "theirs.net:network"))
