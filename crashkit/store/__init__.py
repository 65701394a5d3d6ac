"""Where crashes, imports, answers and reports are kept: SQLite by default, PostgreSQL by URL."""

from crashkit.store.answers import Document, KeptResult
from crashkit.store.keeping import Store, upgrade
from crashkit.store.news import NewImport, News
from crashkit.store.own_exposure import KeptExposure
from crashkit.store.own_layers import KeptLayer
from crashkit.store.own_profiles import KeptProfile
from crashkit.store.own_texts import KeptText
from crashkit.store.own_weather import KeptWeather
from crashkit.store.road_networks import KeptRoads
from crashkit.store.schedules import Scheduled
from crashkit.store.wire import packed_question, unpacked_question

__all__ = [
    "Document",
    "KeptExposure",
    "KeptLayer",
    "KeptProfile",
    "KeptResult",
    "KeptRoads",
    "KeptText",
    "KeptWeather",
    "NewImport",
    "News",
    "Scheduled",
    "Store",
    "packed_question",
    "unpacked_question",
    "upgrade",
]
