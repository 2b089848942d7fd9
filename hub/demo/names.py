"""Names of nobody: people and places put together from characters, some of them rare, one name very long.

Rare characters lie outside the basic plane, as in the names of real people that older systems could not store.
Telephone numbers begin with 12, where China has no mobile numbers.
"""

from __future__ import annotations

from hub.demo.chance import Chance

SURNAMES = (
    *"赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦许何吕张孔曹严华金魏陶姜谢邹柏章苏潘葛彭鲁韦",
    "欧阳", "司徒", "上官", "诸葛", "夏侯", "皇甫",
)  # fmt: skip
_GIRLS = "芷若晴雨桐欣怡诗涵梓萱语嫣静婉清秋月禾苗青黛朵芸莺蓉"
_BOYS = "浩然宇轩子墨俊辰博文嘉树明泽一鸣远航景行星野川柏松岩峻"
_SHARED = "安宁晓知之乐舟文云心可言和谷溪"
GIRLS, BOYS = tuple(_GIRLS + _SHARED), tuple(_BOYS + _SHARED)
ELDERS_F = tuple("秀英桂兰玉珍翠菊凤莲春梅淑芳香莉红霞冬")
ELDERS_M = tuple("建国德福长根水生大山有才金贵志明富田正义年")

#: Extensions B, C, D, E, F, G, H and I of Unicode, one each.
RARE = tuple(chr(c) for c in (0x20BB7, 0x2A7DD, 0x2B7A9, 0x2CB4E, 0x2CF01, 0x30EDD, 0x31350, 0x2EBF0))
LONG_NAME = "阿依努尔古丽·慕容海兰察·博尔济锦云知夏"
STORY_GIVEN_NAME = "知夏"

_PLACE_FIRST = tuple("栖望青白云枫莲晴稻柳松鹤沐澄暖禾星霁霞梧芦蓼")
_PLACE_SECOND = tuple("溪泽坪岭湾桥塘洲渡冲坡畈港垸坳浦")
_VILLAGE_FIRST = tuple("朝和新向丰安福春金高长大小上下东西南北")
_VILLAGE_SECOND = tuple("阳林坡塅冲田井屋塘堤垄渠树荷竹石")


def given_name(luck: Chance, characters: tuple[str, ...]) -> str:
    """One character in six names, else two; a rare one in about six hundred."""
    if luck.one_in(600):
        return luck.pick(characters) + luck.pick(RARE)
    if luck.one_in(6):
        return luck.pick(characters)
    return luck.pick(characters) + luck.pick(characters)


def child_name(luck: Chance, surname: str, sex: str) -> str:
    return surname + given_name(luck, BOYS if sex == "1" else GIRLS)


def adult_name(luck: Chance, surname: str, sex: str) -> str:
    characters = ELDERS_M if sex == "1" else ELDERS_F
    return surname + luck.pick(characters) + luck.pick(characters)


def anybody(luck: Chance) -> str:
    """A worker, an officer, a volunteer."""
    return adult_name(luck, luck.pick(SURNAMES), "1" if luck.one_in(2) else "2")


def phone(luck: Chance) -> str:
    return f"12{luck.below(10**9):09d}"


def place_names(luck: Chance, count: int) -> list[str]:
    """Different two-character names for towns."""
    return _different(luck, (_PLACE_FIRST, _PLACE_SECOND), count)


def village_names(luck: Chance, count: int) -> list[str]:
    return _different(luck, (_VILLAGE_FIRST, _VILLAGE_SECOND), count)


def _different(luck: Chance, parts: tuple[tuple[str, ...], tuple[str, ...]], count: int) -> list[str]:
    return luck.sample([first + second for first in parts[0] for second in parts[1]], count)
