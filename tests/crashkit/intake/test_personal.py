"""Personal data are pointed out, by names of columns and by values; crash data are not."""

import made_files
import pytest

from crashkit.intake import personal, proposing
from crashkit.intake.values import Values

PERSONAL = (
    # As police forms of the region and of its neighbours name them.
    "Driver's name | Name of injured person | Owner | Witness name | Surname",
    "FULL_NAME | DriverName | Officer name",
    "Passport No. | CNIC | National ID | Driving licence number | Insurance policy | ID card",
    "Phone | Mobile No | Contact number | Telephone | E-mail | email_address",
    "Plate | Number plate | Licence plate | Vehicle registration number | VIN | Chassis number",
    "DOB | Date of birth | Birth year | Home address | Residential address | Address",
    "Narrative | Crash description | Remarks",
    "ФИО | Ф.И.О. | Фамилия, имя, отчество | ФИО водителя | Фамилия | Владелец ТС | Свидетель",
    "Паспорт | ИИН | ИНН | Номер водительского удостоверения | Серия и номер ВУ | СНИЛС | ПИНФЛ",
    "Телефон | Номер телефона | Мобильный телефон | Эл. почта",
    "Гос. номер | Госномер | Государственный регистрационный знак | ГРЗ | VIN-код | Номер кузова",
    "Дата рождения | Год рождения | Адрес проживания | Место жительства | Домашний адрес",
    "Фабула | Описание ДТП | Обстоятельства | Примечание",
    "姓名 | 驾驶员姓名 | 车牌号 | 车牌号码 | 手机号 | 联系电话 | 身份证号 | 出生日期",
    "家庭住址 | 备注 | 事故经过",
    "Аты-жөні | Жүргізушінің аты-жөні | ЖСН | Телефоны | Туған күні | Мекенжайы",
    "Аты-жөнү | Туулган күнү | Дареги | Телефону",
    "F.I.Sh. | Familiyasi | Telefon raqami | Davlat raqami | JSHSHIR | Tug'ilgan sanasi | Manzili",
    "Ф.И.Ш. | Фамилияси | Телефон рақами | Давлат рақами | Туғилган санаси | Манзили",
    "Ному насаб | Рақами телефон | Санаи таваллуд | Суроға",
    "Ady familiýasy | Telefon belgisi | Doglan senesi | Salgysy",
    "Ad, soyad | FİN | Telefon nömrəsi | Doğum tarixi | Ünvan | Dövlət nömrəsi",
    "სახელი, გვარი | პირადი ნომერი | ტელეფონი | დაბადების თარიღი | მისამართი",
    "Овог нэр | Регистрийн дугаар | Утасны дугаар | Төрсөн огноо | Хаяг | Улсын дугаар",
    "نام و نام خانوادگی | کد ملی | شماره تلفن | تاریخ تولد | آدرس | پلاک",
    "ڈرائیور کا نام | شناختی کارڈ نمبر | فون نمبر | تاریخ پیدائش | پتہ | گاڑی نمبر",
)
NOT_PERSONAL = (
    "Crash ID | Date | Time | Latitude | Longitude | Severity | Killed | Injured | Road name",
    "Road number | Street name | City name | District | Province | Km | Speed limit | Weather",
    "Vehicle type | Vehicle number | Number of vehicles | Age | Sex | Injury | Seat belt | Make",
    "Model | Casualty number | Case number | Light conditions | Junction | Area name | Report date",
    "Номер карточки | Дата ДТП | Время | Широта | Долгота | Погибло | Ранено | Вид ДТП | Дорога",
    "Километр | Метр | Район | Область | Улица | Населенный пункт | Освещение | Возраст | Пол",
    "Марка | Модель | Год выпуска | Категория участника | Степень тяжести | Номер ТС | Адрес ДТП",
    "事故编号 | 事故日期 | 纬度 | 经度 | 死亡人数 | 受伤人数 | 道路名称 | 天气",
    "年龄 | 性别 | 车辆类型",
    "Күні | Уақыты | Ендік | Бойлық | Облыс | Аудан | Қаза тапқандар | Жарық",
    "Sana | Vaqti | Kenglik | Uzunlik | Viloyat | Tuman | Halok bo'lganlar | Yoshi | Jinsi",
    "Сана | Вақти | Кенглик | Узунлик | Вилоят | Туман | Ҳалок бўлганлар | Ёши | Жинси",
    "Tarix | Saat | Enlik | Uzunluq | Rayon | Ölənlər | Yaş | თარიღი | განედი | გრძედი | ასაკი",
    "Огноо | Цаг | Өргөрөг | Уртраг | Аймаг | Сум | Нас барсан | تاریخ | ساعت",
    "عرض جغرافیایی | استان",
)


def words(lines):
    return [word.strip() for line in lines for word in line.split("|")]


def test_of_a_long_list_of_headers_the_personal_ones_are_told():
    found = [name for name in words(PERSONAL) if personal.by_name(name)]
    wrong = [name for name in words(NOT_PERSONAL) if personal.by_name(name)]
    recall = len(found) / len(words(PERSONAL))
    precision = len(found) / (len(found) + len(wrong))
    assert sorted(set(words(PERSONAL)) - set(found)) == []
    assert wrong == []
    assert (recall, precision) == (1.0, 1.0)


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (["aida@example.org", "bek@example.org"], "email"),
        (["+996 555 12 34 56", "+996 700 00 00 01"], "phone"),
        (["(0312) 55-00-00 12", "0555 12-34-567"], "phone"),
        (["А123ВС77", "О001ОО199"], "plate"),
        (["123ABC02", "777AA 01"], "plate"),
        (["01 KG 123 ABC", "02KG456DEF"], "plate"),
        (["京A12345", "粤B·54321"], "plate"),
        (["12345-1234567-1", "54321-7654321-2"], "document"),
        (["AN1000000", "ID 1234567"], "document"),
        (["Асанов Бек Асанович", "Бекова Аида Бековна"], "name"),
        (["Karimov Anvar Olim o'g'li", "Karimova Aziza Olim qizi"], "name"),
        (["Иванов А.Б.", "Петрова В.Г."], "name"),
        (["1961-02-03", "1975-11-30", "1988-01-01", "2001-07-09"], "birth_date"),
        (["M-39", "A-380"], ""),
        (["12.345", "0.7"], ""),
        (["2020-01-01", "2021-05-09", "2019-11-11"], ""),
        (["42.22967", "73.93586"], ""),
        (["2016-00009", "2016-00010"], ""),
        (["Столкновение", "Наезд на пешехода"], ""),
        (["Алматы - Хоргос", "Бишкек - Ош"], ""),
        ([], ""),
    ],
)
def test_values_tell_without_a_name(values, kind):
    counts = {word: 1 for word in values}
    assert personal.by_values(Values(counts, len(values))) == kind


def test_a_long_text_that_never_repeats_is_a_description():
    told = {
        f"A car left the road at night and hit a tree near the bridge, case {n}": 1
        for n in range(9)
    }
    assert personal.by_values(Values(told, 9)) == "narrative"


def test_values_of_personal_columns_are_masked_and_left_out():
    text = (
        "Номер,Дата,Водитель,Поле,Погибло\n"
        "1,05.03.2023,Иванов Иван Иванович,А123ВС77,0\n"
        "2,16.03.2023,Петров Петр Петрович,О001ОО77,1\n"
    )
    draft = proposing.propose([made_files.upload(text)])
    by_name = {column.name: column for column in draft.kinds[0].columns}
    assert by_name["Водитель"].personal == "name"
    assert by_name["Поле"].personal == "plate"
    assert by_name["Поле"].target == ""
    assert by_name["Поле"].examples[0] == "x000xx00"
    assert "Иван" not in repr(draft)
    assert "А123" not in repr(draft)
