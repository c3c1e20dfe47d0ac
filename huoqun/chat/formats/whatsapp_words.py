"""WhatsApp's words: what the app itself writes into an export, in the languages of phones.

Placeholders stand where media were (`<Media omitted>`, `image omitted`, `IMG-1.jpg (file attached)`); system lines
report joins, leaves and renames. What is in no list stays a plain system line or a message: nothing is lost.
"""

import re

MARKS = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
"""Direction marks that the app puts around names and in front of its own words."""

KIND_OF_ENDING = {
    **dict.fromkeys(("jpg", "jpeg", "png", "heic", "gif"), "image"),
    **dict.fromkeys(("opus", "ogg", "m4a", "mp3", "amr", "aac", "wav"), "voice"),
    **dict.fromkeys(("mp4", "mov", "3gp", "mkv", "avi", "webm"), "video"),
    "webp": "sticker",
    "vcf": "contact",
}
"""Kinds by a file's ending; anything else is a file."""

_NOUNS = {
    "image": "image|photo|imagen|foto|bild|imagem|immagine|afbeelding|изображение|gambar|görüntü|görsel|obraz|사진|画像"
    "|图片|图像|照片|圖片|圖像|相片",
    "video": "video note|video|vídeo|vidéo|wideo|film|видео|동영상|動画|视频|影片|影像|视讯",
    "voice": "audio file|audio|voice message|áudio|аудиофайл|аудио|ses|오디오|音声|音频|语音|音訊|語音",
    "sticker": "sticker|figurinha|stiker|стикер|çıkartma|naklejka|스티커|スタンプ|贴图|貼圖|表情|gif",
    "file": "document|documento|dokument|документ|dokumen|belge|문서|文書|文档|文件|檔案",
    "contact": "contact card|tarjeta de contacto|kontaktkarte|cartão do contato|carte de contact|名片|联系人|聯絡人",
    "other": "media|multimedia|archivo|medien|mídia|arquivo de mídia|médias?|medya|медиафайл|미디어|メディア"
    "|多媒体文件|多媒体|媒体|多媒體檔案?|多媒體|媒體",
}
_GONE = (
    r"omitted|omitid[oa]s?|weggelassen|ausgeschlossen|ocult[oa]|ocultad[oa]|absente?s?|omis(?:e|es)?|omess[oai]|weggelaten"
    r"|опущен[оа]?|пропущен[оа]?|tidak disertakan|dihilangkan|dahil edilmedi|pominięt[oaey]|생략됨|생략"
    r"|(?:は|が)?(?:省略されました|含まれていません)|已?(?:省略|忽略|略去|遗漏)"
)
PLACEHOLDERS = tuple(
    (
        kind,
        re.compile(
            rf"^<?(?:.*[•·].* )?(?:(?:{nouns})\s?(?:{_GONE})|已?(?:省略|忽略|略去)(?:{nouns}))>?$", re.IGNORECASE
        ),
    )
    for kind, nouns in _NOUNS.items()
)
"""Kind and the placeholder in any language; matched on short texts without direction marks."""

ATTACHED = re.compile(
    r"^(?:<[^<>:]{2,24}: (?P<ios>[^<>\n]{1,120}\.(?P<a>\w{2,5}))>"
    r"|(?P<android>(?:(?:IMG|VID|AUD|PTT|STK|DOC)-\d{8}-WA\d+|[^\n<>]{1,120})\.(?P<b>\w{2,5}) "
    r"[(（](?:file attached|archivo adjunto|Datei angehängt|arquivo anexado|fichier joint|file allegato"
    r"|bestand bijgevoegd|файл добавлен|file terlampir|dosya ekli"
    r"|附件文件|文件附件|已附加文件|附件|檔案附件|添付ファイル|파일 첨부됨)"
    r"[)）]))"
)
"""A file that lies beside the export; the rest of the text is its caption."""

SAID = (
    ("recall", r"^(?:This message was deleted|You deleted this message|This message was deleted by admin .*)\.?$"),
    (
        "recall",
        r"^(?:此(?:消息|訊息)已(?:被)?(?:删除|刪除)|(?:您|你)(?:已)?(?:删除|刪除)了?(?:此|这条)(?:消息|訊息)|(?:这条)?消息已(?:被)?删除)[。.]?$",
    ),
    (
        "recall",
        r"^(?:Se eliminó este mensaje|Eliminaste este mensaje|Diese Nachricht wurde gelöscht"
        r"|Du hast diese Nachricht gelöscht)\.?$",
    ),
    (
        "recall",
        r"^(?:(?:Esta m|M)ensagem (?:foi )?apagada|Ce message a été supprimé"
        r"|Questo messaggio è stato eliminato|Dit bericht is verwijderd)\.?$",
    ),
    (
        "recall",
        r"^(?:Данное сообщение удалено|Pesan ini telah dihapus|Bu mesaj silindi|이 메시지는 삭제되었습니다)\.?$",
    ),
    ("call", r"^(?:Missed|Silenced)? ?(?:group )?(?:voice|video) call\b.{0,60}$"),
    ("call", r"^(?:未接(?:语音|視訊|视频|語音)(?:通话|來電|通話)|(?:语音|视频|語音|視訊)(?:通话|通話)).{0,30}$"),
    ("location", r"^(?:location|live location shared|位置|ubicación|Standort|localização)(?: ?: https?://\S+)?$"),
    ("poll", r"^POLL:\n"),
    ("other", r"^null$|^<View once .*>$|^View once (?:photo|video|voice message)$|^Waiting for this message.*"),
)
"""Kinds of texts that the app words itself. A recall is an event."""

EDITED = re.compile("\\s?\u200e?<(?:This message was edited|此消息已(?:被)?编辑|已编辑)>$")

SYSTEM = (
    # literal, kind, pattern
    # titles first: a title may say anything
    (
        "subject",
        "group_rename",
        r"^(?P<actor>.+?) changed the (?:group )?subject (?:from [\"“].*[\"”] )?to [\"“](?P<title>.*)[\"”]\.?$",
    ),
    (
        "group name",
        "group_rename",
        r"^(?P<actor>.+?) changed the group name (?:from [\"“].*[\"”] )?to [\"“](?P<title>.*)[\"”]\.?$",
    ),
    ("created group", "system", r"^(?P<actor>.+?) created (?:the )?group [\"“](?P<title>.*)[\"”]\.?$"),
    (
        "主题",
        "group_rename",
        r"^(?P<actor>.+?)\s?(?:已)?(?:将|把|更改了?|修改了?|变更了?).*主题.*[“\"「](?P<title>[^”\"」]*)[”\"」][。.]?$",
    ),
    (
        "主旨",
        "group_rename",
        r"^(?P<actor>.+?)\s?(?:已)?(?:將|把|更改了?|修改了?|變更了?).*主旨.*[“\"「](?P<title>[^”\"」]*)[”\"」][。.]?$",
    ),
    (
        "名称",
        "group_rename",
        r"^(?P<actor>.+?)\s?(?:已)?(?:将|把|更改).*名称.*[“\"「](?P<title>[^”\"」]*)[”\"」][。.]?$",
    ),
    ("创建", "system", r"^(?P<actor>.+?)\s?(?:已)?创建了?(?:群组|群聊|群)?\s?[“\"「](?P<title>.*)[”\"」].*$"),
    ("建立", "system", r"^(?P<actor>.+?)\s?(?:已)?建立了?(?:群組|群)?\s?[“\"「](?P<title>.*)[”\"」].*$"),
    ("creó el grupo", "system", r"^(?P<actor>.+?) creó el grupo [\"“«](?P<title>.*)[\"”»]\.?$"),
    ("die Gruppe", "system", r"^(?P<actor>.+?) hat die Gruppe [\"“„](?P<title>.*)[\"”“] erstellt\.?$"),
    ("criou o grupo", "system", r"^(?P<actor>.+?) criou o grupo [\"“](?P<title>.*)[\"”]\.?$"),
    ("créé le groupe", "system", r"^(?P<actor>.+?) a créé le groupe [\"“«]\s?(?P<title>.*?)\s?[\"”»]\.?$"),
    ("asunto", "group_rename", r"^(?P<actor>.+?) cambió el asunto .*a [\"“](?P<title>[^\"”]*)[\"”]\.?$"),
    ("mudou o", "group_rename", r"^(?P<actor>.+?) mudou o (?:nome|assunto).*para [\"“](?P<title>[^\"”]*)[\"”]\.?$"),
    (
        "Betreff",
        "group_rename",
        r"^(?P<actor>.+?) hat den Betreff .*(?:zu|in) [\"„“](?P<title>[^\"”“]*)[\"”“] geändert\.?$",
    ),
    # English
    (
        "joined",
        "join",
        r"^(?P<subject>.+?) joined (?:using|from|via|through|the group|this group).*$|^(?P<subject2>.+?) joined\.?$",
    ),
    ("added", "join", r"^(?:(?P<actor>.+?) added (?P<subject>.+?)|(?P<subject2>.+?) was added)\.?$"),
    ("were added", "join", r"^(?P<subject>You) were added\.?$"),
    ("left", "leave", r"^(?P<subject>.+?) left(?: the group)?\.?$"),
    ("removed", "remove", r"^(?:(?P<actor>.+?) removed (?P<subject>.+?)|(?P<subject2>.+?) (?:was|were) removed)\.?$"),
    ("changed to", "rename", r"^(?P<actor>.+?) changed to (?P<name>[^\n]+?)\.?$"),
    (
        "number",
        "rename",
        r"^(?P<actor>.+?) changed (?:their|his|her) (?:phone )?number"
        r"(?: to (?:a new number|(?P<name>\+[\d ()-]+)))?.*$",
    ),
    ("pinned", "pin", r"^(?P<actor>.+?) pinned a message.*$"),
    ("deleted this message", "recall", r"^(?P<actor>.+?) deleted this message.*$"),
    # 中文
    ("加入", "join", r"^(?P<subject>.+?)\s?(?:已)?(?:通过|透過|使用|经由).*(?:链接|連結|邀请|邀請).*加入.*$"),
    (
        "添加",
        "join",
        r"^(?P<actor>.+?)\s?(?:已)?(?:添加|将)(?:了)?\s?(?P<subject>.+?)(?:添加)?(?:到|进)?(?:本|此|该)?(?:群组|群聊|群)?[。.]?$",
    ),
    ("新增", "join", r"^(?P<actor>.+?)\s?(?:已)?新增了?\s?(?P<subject>.+?)[。.]?$"),
    ("加入", "join", r"^(?P<subject>.+?)\s?(?:已)?加入(?:了)?(?:本|此|该|這個|这个)?(?:群组|群組|群聊|群)?[。.]?$"),
    ("离开", "leave", r"^(?P<subject>.+?)\s?(?:已)?离开(?:了)?(?:本|此|该)?(?:群组|群聊|群)?[。.]?$"),
    ("離開", "leave", r"^(?P<subject>.+?)\s?(?:已)?離開(?:了)?(?:本|此|該)?(?:群組|群)?[。.]?$"),
    ("退出", "leave", r"^(?P<subject>.+?)\s?(?:已)?退出(?:了)?(?:本|此|该|該)?(?:群组|群組|群聊|群)?[。.]?$"),
    (
        "移除",
        "remove",
        r"^(?P<actor>.+?)\s?(?:已)?(?:移除了?|将|將)\s?(?P<subject>.+?)(?:移除|移出).*$|^(?P<actor2>.+?)\s?(?:已)?移除了?\s?(?P<subject2>.+?)[。.]?$",
    ),
    ("移出", "remove", r"^(?P<actor>.+?)\s?(?:将|將|把)\s?(?P<subject>.+?)移出.*$"),
    ("号码", "rename", r"^(?P<actor>.+?)\s?(?:已)?(?:更改|更换|变更)了?.*号码(?:为|至)?\s?(?P<name>\+[\d ()-]+)?.*$"),
    ("更改为", "rename", r"^(?P<actor>\+[\d ()-]+?)\s?(?:已)?更改为\s?(?P<name>\+[\d ()-]+).*$"),
    # Español, Português, Français, Italiano, Deutsch, Nederlands, Русский, Bahasa
    ("unió", "join", r"^(?P<subject>.+?) se unió.*$"),
    ("añadió", "join", r"^(?P<actor>.+?) añadió a (?P<subject>.+?)\.?$"),
    ("salió", "leave", r"^(?P<subject>.+?) salió(?: del grupo)?\.?$"),
    ("eliminó", "remove", r"^(?P<actor>.+?) eliminó a (?P<subject>.+?)\.?$"),
    ("entrou", "join", r"^(?P<subject>.+?) entrou.*$"),
    ("adicionou", "join", r"^(?P<actor>.+?) adicionou (?P<subject>.+?)\.?$"),
    ("saiu", "leave", r"^(?P<subject>.+?) saiu(?: do grupo)?\.?$"),
    ("removeu", "remove", r"^(?P<actor>.+?) removeu (?P<subject>.+?)\.?$"),
    ("rejoint", "join", r"^(?P<subject>.+?) a rejoint.*$"),
    ("ajouté", "join", r"^(?P<actor>.+?) a ajouté (?P<subject>.+?)\.?$"),
    ("est parti", "leave", r"^(?P<subject>.+?) est parti(?:e|\(e\))?\.?$"),
    ("quitté", "leave", r"^(?P<subject>.+?) a quitté.*$"),
    ("retiré", "remove", r"^(?P<actor>.+?) a retiré (?P<subject>.+?)\.?$"),
    ("entrato", "join", r"^(?P<subject>.+?) (?:è entrat[oa]|si è unito).*$"),
    ("aggiunto", "join", r"^(?P<actor>.+?) ha aggiunto (?P<subject>.+?)\.?$"),
    ("abbandonato", "leave", r"^(?P<subject>.+?) ha abbandonato.*$"),
    ("rimosso", "remove", r"^(?P<actor>.+?) ha rimosso (?P<subject>.+?)\.?$"),
    ("beigetreten", "join", r"^(?P<subject>.+?) ist .*beigetreten\.?$"),
    ("hinzugefügt", "join", r"^(?P<actor>.+?) hat (?P<subject>.+?) hinzugefügt\.?$"),
    ("verlassen", "leave", r"^(?P<subject>.+?) hat die Gruppe verlassen\.?$"),
    ("entfernt", "remove", r"^(?P<actor>.+?) hat (?P<subject>.+?) entfernt\.?$"),
    ("toegevoegd", "join", r"^(?P<actor>.+?) heeft (?P<subject>.+?) toegevoegd\.?$"),
    ("groep verlaten", "leave", r"^(?P<subject>.+?) heeft de groep verlaten\.?$"),
    ("verwijderd", "remove", r"^(?P<actor>.+?) heeft (?P<subject>.+?) verwijderd\.?$"),
    ("присоедин", "join", r"^(?P<subject>.+?) присоединил.*$"),
    ("добавил", "join", r"^(?P<actor>.+?) добавил(?:а|\(а\)|\(-а\))? (?P<subject>.+?)\.?$"),
    ("покинул", "leave", r"^(?P<subject>.+?) покинул.*$"),
    ("вышел", "leave", r"^(?P<subject>.+?) вышел.*$"),
    ("удалил", "remove", r"^(?P<actor>.+?) удалил(?:а|\(а\)|\(-а\))? (?P<subject>.+?)\.?$"),
    ("bergabung", "join", r"^(?P<subject>.+?) (?:telah )?bergabung.*$"),
    ("menambahkan", "join", r"^(?P<actor>.+?) menambahkan (?P<subject>.+?)\.?$"),
    ("keluar", "leave", r"^(?P<subject>.+?) (?:telah )?keluar\.?$"),
    ("mengeluarkan", "remove", r"^(?P<actor>.+?) mengeluarkan (?P<subject>.+?)\.?$"),
)
"""System lines: a literal that must occur, the kind, and the whole line with the actor, subject, name or title in it.
The first that fits wins. A system line that fits none stays `system`."""

ENCRYPTED = (
    "end-to-end encrypted",
    "端到端加密",
    "端對端加密",
    "cifrado de extremo",
    "Ende-zu-Ende",
    "criptografia de ponta",
)

QUOTED = re.compile(
    r"changed the (?:group )?(?:subject|name|description)|created group|主题|主旨|名称|创建|建立|asunto|Betreff"
    r"|creó el grupo|hat die Gruppe|criou o grupo|créé le groupe"
)
"""What a system line says before a group's title; the title itself may contain `: `."""

GROUP_FILE = re.compile(
    r"^(?:WhatsApp[ -]Chat (?:with|mit|-) |WhatsApp Chat[ -]+|Chat de WhatsApp con |Conversa do WhatsApp com "
    r"|Discussion WhatsApp avec |Chat WhatsApp con |WhatsApp-chat met |Чат WhatsApp с |与\s?|與\s?)(?P<name>.+?)"
    r"(?:\s?的\s?WhatsApp\s?(?:聊天|对话|對話)(?:记录|紀錄|記錄)?)?$"
)
"""The group's name inside an export's file name."""

ME = frozenset(("You", "you", "您", "你", "Tú", "Du", "Você", "Vous", "Tu", "U", "Вы", "Anda"))
"""How the app names the phone's owner in system lines."""
