"""The encodings files are written in, by the systems that write them; people know those rather than their codes."""

from collections.abc import Mapping

#: System to the Python names of its encodings, each with the letters it is for. Python has others, some of which make
#: halves of letters that no database takes.
SYSTEMS: Mapping[str, Mapping[str, str]] = {
    "Unicode": {
        "utf-8": "", "utf-8-sig": "CSV UTF-8 of Excel", "utf-16": "Unicode text of Excel",
        "utf-16-le": "16 bits, without a mark", "utf-16-be": "16 bits, without a mark", "utf-32": "32 bits",
        "utf-32-le": "32 bits, without a mark", "utf-32-be": "32 bits, without a mark", "ascii": "no accents",
    },
    "Windows": {
        "cp1252": "Western Europe", "cp1250": "Central Europe", "cp1251": "Cyrillic", "cp1253": "Greek",
        "cp1254": "Turkish", "cp1255": "Hebrew", "cp1256": "Arabic", "cp1257": "Baltic", "cp1258": "Vietnamese",
        "cp874": "Thai", "cp932": "Japanese", "gbk": "Chinese, simplified", "cp950": "Chinese, traditional",
        "cp949": "Korean",
    },
    "ISO": {
        "iso8859-1": "Western Europe", "iso8859-15": "Western Europe, with €", "iso8859-2": "Central Europe",
        "iso8859-16": "South-Eastern Europe", "iso8859-3": "Maltese, Esperanto", "iso8859-4": "Baltic, old",
        "iso8859-13": "Baltic", "iso8859-5": "Cyrillic", "iso8859-6": "Arabic", "iso8859-7": "Greek",
        "iso8859-8": "Hebrew", "iso8859-9": "Turkish", "iso8859-10": "Nordic", "iso8859-14": "Celtic",
        "iso8859-11": "Thai",
    },
    "DOS": {
        "cp850": "Western Europe", "cp858": "Western Europe, with €", "cp437": "United States",
        "cp852": "Central Europe", "cp855": "Cyrillic", "cp866": "Russian", "cp737": "Greek", "cp869": "Greek",
        "cp857": "Turkish", "cp862": "Hebrew", "cp720": "Arabic", "cp864": "Arabic", "cp775": "Baltic",
        "cp860": "Portuguese", "cp861": "Icelandic", "cp863": "Canadian French", "cp865": "Nordic",
    },
    "Mac": {
        "mac-roman": "Western Europe", "mac-latin2": "Central Europe", "mac-croatian": "Croatian",
        "mac-cyrillic": "Cyrillic", "mac-greek": "Greek", "mac-iceland": "Icelandic", "mac-turkish": "Turkish",
    },
    "IBM mainframe": {
        "cp037": "United States", "cp1140": "United States, with €", "cp273": "Germany, Austria",
        "cp500": "Western Europe", "cp1026": "Turkish",
    },
    "Unix": {
        "koi8-r": "Russian", "koi8-u": "Ukrainian", "kz1048": "Kazakh", "tis-620": "Thai",
        "gb2312": "Chinese, simplified", "gb18030": "Chinese, simplified", "big5": "Chinese, traditional",
        "big5hkscs": "Chinese, traditional", "shift_jis": "Japanese", "euc_jp": "Japanese", "iso2022_jp": "Japanese",
        "euc_kr": "Korean",
    },
}  # fmt: skip
CHARSETS = frozenset(name for listed in SYSTEMS.values() for name in listed)

#: The words of the above, for the catalogues of pages.
WORDS = {word: word for system, listed in SYSTEMS.items() for word in (system, *listed.values()) if word}
