"""Police cards: three tables, or one with a row for each participant, under three sets of names.

The cells are invented, but for the last test: it lays the real cards of dtp-stat out anew under the
names of the card, and wants of both layouts the same crashes.
"""

import made_files
import pytest
import recount
import sources

HEAD = (
    *("№", "Номер", "Дата", "Время", "Вид ДТП", "Место", "Улица", "Дом", "Дорога", "Километр"),
    *("Метр", "Широта", "Долгота", "Погибло", "Ранено", "НДУ", "НДУ.1", "Объекты УДС на месте"),
    *("Состояние проезжей части", "Состояние погоды", "Состояние погоды.1", "Освещение"),
    *("Является местом концентрации ДТП", "Значение дороги"),
)
NO_LINES = "Отсутствие, плохая различимость горизонтальной разметки проезжей части"
DARK = "В темное время суток, освещение отсутствует"
FEDERAL = "Федеральная (дорога федерального значения)"
CARDS = (
    (1, "460001", "03.04.2023", "05:07", "Наезд на пешехода", "", "", "", "Р-254 «Иртыш»", 684, "")
    + ("", "", 1, 0, NO_LINES, "Недостаточное освещение", "Перегон (нет объектов на месте ДТП)")
    + ("Мокрое", "Пасмурно", "Дождь", DARK, "Да", FEDERAL),
    (2, "460002", "13.04.2023", "18:40", "Столкновение", "г Омск", "Ленина", "1", "", "", "")
    + ("54.98931", "73.36822", 0, 2, "Не установлены", "", "Нерегулируемый пешеходный переход")
    + ("Сухое", "Метель", "", "Светлое время суток", "Нет", ""),
    (3, "460003", "30.04.2023", "00:10", "Съезд с дороги", "", "", "", "Р-254 «Иртыш»", 684, 325)
    + ("92.8727", "56.0101", 1, 0, "", "", "Иное место; Мост, эстакада, путепровод")
    + ("Гололедица", "Ясно", "", "Сумерки", "", FEDERAL),
)
VEHICLES = (
    ("Номер", "Номер ТС", "Тип ТС", "Марка", "Модель", "Год выпуска", "Гос.номер"),
    ("460001", 1, "Седельные тягачи", "MAN", "TGS", 2015, "Х000ХХ00"),
    ("460002", 1, "D-класс (средний) до 4,6 м", "LADA", "Vesta", 2019, "Х001ХХ00"),
    ("460002", 2, "Мотоциклы", "URAL", "", 1988, "Х002ХХ00"),
    ("460003", 1, "Фургоны", "GAZ", "3302", 2010, "Х003ХХ00"),
)
NOT_HURT = "Не пострадал"
INPATIENT = "Раненый, находящийся (находившийся) на стационарном лечении"
FIRST_AID = (
    "Получил травмы с оказанием разовой медицинской помощи, к категории раненый не относится"
)
AT_ONCE = "Скончался на месте ДТП до приезда скорой медицинской помощи"
SPEEDING = "Несоответствие скорости конкретным условиям движения"
PEOPLE = (
    ("Номер", "Номер ТС", "Номер участника", "ФИО", "Дата рождения", "Категория", "Пол", "Возраст")
    + ("Тяжесть последствий", "Стаж(лет)", "Пристёгнут", "Непосредственные нарушения ПДД"),
    ("460001", 1, 1, "Выдуманный А.", "01.02.1980", "Водитель", "Мужской", 43)
    + (NOT_HURT, 20, "Да", SPEEDING),
    ("460001", "", 2, "Выдуманный Б.", "01.02.1951", "Пешеход", "Женский", 72, AT_ONCE, "", "", ""),
    ("460002", 1, 1, "Выдуманный В.", "01.02.1990", "Водитель", "Мужской", 33)
    + (FIRST_AID, 5, "Нет", ""),
    ("460002", 1, 2, "Выдуманный Г.", "01.02.2001", "Пассажир", "Женский", 22, INPATIENT)
    + ("", "Да", ""),
    ("460002", 2, 3, "Выдуманный Д.", "01.02.2003", "Водитель", "Мужской", 20, INPATIENT)
    + (1, "", ""),
    ("460003", 1, 1, "Выдуманный Е.", "01.02.1970", "Водитель", "Мужской", 53)
    + ("Скончался в течение 12 суток", 30, "Нет", ""),
)


def file(name, *rows):
    return made_files.upload(made_files.table(rows, delimiter=";"), name)


def three(rename=()):
    names = dict(rename)
    tables = ((HEAD, *CARDS), VEHICLES, PEOPLE)
    return [
        file(f"{name}.csv", [names.get(head, head) for head in table[0]], *table[1:])
        for name, table in zip(("cards", "vehicles", "participants"), tables, strict=True)
    ]


@pytest.fixture(scope="module")
def batch():
    return made_files.imported(three(), "ru_gibdd_cards")


def test_every_row_is_accounted_for(batch):
    assert sources.outcome(batch) == {
        "rows": {"cards.csv": 3, "vehicles.csv": 4, "participants.csv": 6},
        "total": 13,
        "accepted": 13,
        "rejected": {},
        "duplicates": 0,
        "warnings": {
            ("lat", "missing_value"): 1,
            ("lat", "looks_swapped"): 1,
            # The crash in the town names no road.
            ("road_name", "missing_value"): 1,
        },
        "crashes": 3,
        "vehicles": 4,
        "people": 6,
        "places": {"route": 2, "point": 1},
        "severity": {"fatal": 2, "serious": 1},
        "period": ("2023-04-01", "2023-04-30"),
    }


def test_road_km_and_metres_are_a_place(batch):
    crashes = batch.crashes
    assert list(crashes["chainage_km"].fillna(-1)) == [684.5, -1, 684.325]
    assert list(crashes["chainage_accuracy_m"].fillna(-1)) == [500, -1, 5]
    assert list(crashes["road_class"].dropna()) == ["national", "national"]
    # Exchanged axes are offered to be put right; until then the post is the place.
    assert list(crashes["location_kind"]) == ["route", "point", "route"]


def test_exchanged_axes_are_put_right_when_the_user_allows_it():
    crashes = made_files.imported(three(), "ru_gibdd_cards", repairs="swapped_axes").crashes
    assert (crashes["lat"][2], crashes["lon"][2]) == (56.0101, 92.8727)


def test_deficiencies_and_weathers_of_several_columns_are_one(batch):
    defects = batch.crashes["road_defects"].astype(object).fillna("").tolist()
    assert defects == [f"{NO_LINES}; Недостаточное освещение", "", ""]
    assert list(batch.crashes["weather"]) == ["cloudy|rain", "snow|wind", "clear"]


def test_labels_of_the_card_become_codes(batch):
    crashes = batch.crashes.astype(object)
    assert list(crashes["junction"].fillna("")) == ["none", "ped_crossing", ""]
    # Two objects in one cell are no junction, but their words stay.
    assert crashes["junction_src"][2] == "Иное место; Мост, эстакада, путепровод"
    assert list(crashes["ped_facility"].fillna("")) == ["", "zebra", ""]
    assert list(crashes["official_blackspot"].fillna("")) == ["yes", "no", ""]
    assert list(crashes["surface_condition"]) == ["wet", "dry", "ice"]


def test_the_day_of_death_is_kept_and_first_aid_is_no_injury(batch):
    people = batch.people
    assert list(people["injury"]) == [
        *("none", "killed", "treated_not_injured", "serious", "serious", "killed")
    ]
    assert list(people["death_day"].fillna(-1)) == [-1, 0, -1, -1, -1, 12]
    assert sources.summed(batch, "n_serious") == 2
    assert list(batch.vehicles["unit_type"]) == ["heavy_goods", "car", "motorcycle", "light_goods"]
    assert list(batch.crashes["pedestrian_involved"]) == ["yes", "no", "no"]


def test_who_they_are_is_nowhere(batch):
    frames = (batch.crashes, batch.vehicles, batch.people)
    kept = " ".join(frame.to_csv() for frame in frames)
    assert not any(word in kept for word in ("Выдуманный", "1980", "01.02", "Х000ХХ00"))


def test_a_row_for_each_participant_says_the_same(batch):
    by_number = {row[1]: row for row in CARDS}
    rows = [(*by_number[row[0]], *row[1:]) for row in PEOPLE[1:]]
    flat = made_files.imported(file("flat.csv", (*HEAD, *PEOPLE[0][1:]), *rows), "ru_gibdd_cards")
    assert sources.outcome(flat)["accepted"] == 6
    same = [
        "crash_id",
        "crash_date",
        "severity",
        "n_killed",
        "chainage_km",
        "road_defects",
        "light",
    ]
    assert flat.crashes[same].equals(batch.crashes[same])
    assert list(flat.people["injury"]) == list(batch.people["injury"])


SECONDS = ("Широта, градусы", "Широта, минуты", "Широта, секунды") + (
    *("Долгота, градусы", "Долгота, минуты", "Долгота, секунды"),
)


def test_degrees_minutes_and_seconds_in_columns_of_their_own_are_a_point():
    plain = [name for name in HEAD if name not in ("Широта", "Долгота")]
    cells = [cell for name, cell in zip(HEAD, CARDS[1], strict=True) if name in plain]
    head, row = (*plain, *SECONDS), (*cells, 54, 59, "21.52", 73, 22, 5)
    told = made_files.imported(file("cards.csv", head, row), "ru_gibdd_cards").crashes
    assert told["lat"][0] == pytest.approx(54 + 59 / 60 + 21.52 / 3600)
    assert told["lon"][0] == pytest.approx(73 + 22 / 60 + 5 / 3600)
    # Where both stand, the degrees with decimals are taken.
    both = made_files.imported(
        file("cards.csv", (*HEAD, *SECONDS), (*CARDS[1], 1, 2, 3, 4, 5, 6)), "ru_gibdd_cards"
    )
    assert (both.crashes["lat"][0], both.crashes["lon"][0]) == (54.98931, 73.36822)


def test_the_names_of_the_statistics_say_the_same(batch):
    names = {
        "Номер": "Номер ДТП",
        "Дата": "Дата ДТП",
        "Время": "Время ДТП",
        "Погибло": "Число погибших в ДТП",
        "Ранено": "Число раненых в ДТП",
        "Дорога": "Наименование дороги",
        "НДУ": "Недостатки транспортно-эксплуатационного содержания",
        "Объекты УДС на месте": "Дорожные условия",
        "Категория": "Категория участника",
        "Тяжесть последствий": "Степень тяжести последствий",
    }
    again = made_files.imported(three(names), "ru_gibdd_cards")
    assert sources.outcome(again)["accepted"] == 13
    same = [name for name in batch.crashes if name != "place"]
    assert again.crashes[same].equals(batch.crashes[same])


def test_real_cards_under_the_names_of_the_card_are_the_same_crashes():
    crashes, vehicles, people = (
        recount.rows(path) for path in recount.paths("ru_dtpstat_sample", *recount.DTPSTAT)
    )
    files = [
        file(
            "cards.csv",
            ("Номер", "Дата", "Время", "Вид ДТП", "Регион", "Широта", "Долгота", "Погибло")
            + ("Ранено", "Количество участников", "Освещение", "Тяжесть ДТП"),
            *(_card(row) for row in crashes),
        ),
        file(
            "vehicles.csv",
            ("Номер", "Номер ТС", "Тип ТС", "Марка"),
            *(
                (row["accident_id"], row["vehicle_id"].rpartition("_")[2], row["category"])
                + (row["brand"],)
                for row in vehicles
            ),
        ),
        file(
            "participants.csv",
            ("Номер", "Номер ТС", "Номер участника", "Категория", "Пол", "Тяжесть последствий"),
            *(
                (row["accident_id"], row["vehicle_id"].rpartition("_")[2])
                + (row["participant_id"].partition("_")[2], row["role"], row["gender"])
                + (row["health_status"],)
                for row in people
            ),
        ),
    ]
    wanted = sources.imported("ru_dtpstat_csv")
    told = made_files.imported(files, "ru_gibdd_cards")
    assert sources.outcome(told)["places"] == sources.outcome(wanted)["places"]
    same = [
        "crash_id",
        "crash_date",
        "crash_time",
        "severity",
        "n_killed",
        "n_injured",
        "crash_type",
    ]
    assert told.crashes[same].equals(wanted.crashes[same])
    assert list(told.vehicles["unit_type"]) == list(wanted.vehicles["unit_type"])
    for name in ("injury", "death_day", "road_user_type", "sex"):
        assert sources.counted(told.people[name]) == sources.counted(wanted.people[name])


def _card(row):
    day, _, time = row["datetime"].partition(" ")
    return (
        *(row["id"], ".".join(reversed(day.split("-"))), time, row["category"], row["region"]),
        *(row["latitude"], row["longitude"], row["dead_count"], row["injured_count"]),
        *(row["participants_count"], row["light"], row["severity"]),
    )
