import numpy as np
import pandas as pd
from invented import sample
from made_crashes import made

from crashkit import api, road_users

PEOPLE = pd.DataFrame(
    {
        "crash": np.array([1, 1, 1, 2, 2]),
        "unit_no": ["1", "2", None, "1", "9"],
        "road_user_type": pd.Categorical(
            ["driver", "passenger", "pedestrian", "driver", "passenger"]
        ),
    }
)
VEHICLES = pd.DataFrame(
    {
        "crash": np.array([1, 1, 2]),
        "unit_no": ["1", "2", "1"],
        "unit_type": pd.Categorical(["motorcycle", "bus", "unknown"]),
    }
)


def test_people_stand_with_the_vehicle_they_were_in():
    data = made([{"severity": "slight"}] * 2).replace(people=PEOPLE, vehicles=VEHICLES)
    found = road_users.of_people(data)
    names = [found.values[code] for code in found.codes]
    assert names == ["rider", "bus", "pedestrian", "occupant", "occupant"]


def test_a_part_is_cut_from_the_whole():
    data = sample()
    part = api.cut(data, api.parse_filter("severity=fatal"))
    own = road_users.of_people(part)
    again = road_users.of_people(
        data.replace(crashes=part.crashes, people=part.people, vehicles=part.vehicles)
    )
    assert own.codes.tolist() == again.codes.tolist()
