"""The words by which short messages are understood, in everyday Indonesian, regional speech and English.

A short message means something when every word of it is known: *mau lapor dong kak* wishes to complain, *mau lapor AC
bocor di ruang melati* is the complaint itself.
"""

from __future__ import annotations

import re

from helpdesk.intake.languages import word_set

ADDRESS = word_set(
    "min admin kak kaka kakak bu bpk pak ibu bapak mas mbak mba teh teteh uda uni abang bang dok dokter sus suster "
    "gan sis bro om tante ka a akang kang rs rsia rsud rumah sakit semua semuanya sir madam maam team tim puskesmas"
)
FILLERS = ADDRESS | word_set(
    "mau ingin pengen pingin pgn bisa bs boleh tolong tlg minta mohon saya sy aku aq gw ane ambo abdi kami kita i we "
    "untuk utk ke dengan dgn sama sm di dong donk deh ya yah nih ini itu the a an to want would like please can "
    "could my me with tentang soal ada apa lagi lg sebuah satu bikin buat membuat sampaikan menyampaikan kirim "
    "mengirim cara gimana gmn bagaimana dulu sekarang skrg langsung sj saja aja tadi kemarin kmrn yg yang nya"
)
GREETINGS = word_set(
    "p pp ping halo hallo hello hai hi hy hey hei tes test tess permisi punten sampurasun rampes kulonuwun "
    "kulo nuwun selamat slmt met pagi siang sore malam malem pgi mlm salam shalom syalom swastiastu namaste good "
    "morning afternoon evening wr wb warahmatullahi warahmatullah wabarakatuh wabarokatuh warohmatullahi halow alo "
    "horas rahayu misi spada anyone there maaf mengganggu ganggu waktunya sebelumnya sorry"
)
SALAM = re.compile(r"(?:as+|was+)?(?:ala|la|a)m(?:u?'?|o)?(?:ala|la|le|li|'?a)?i?k[uo]m\w*")
# Written in several words, and then nothing else may follow: *assalamualaikum, AC mati* is a complaint.
SALAM_ENDS = re.compile(r"(?:w[rb]|w+a?ra?h?mat\w*|waba?rak\w*|waba?ro[kq]\w*|w)*")
SALAM_SHORT = word_set(
    "ass asw aslm aslmkm askum aslkm mikum samlekum asmlkm asalam assalam assalamu alaikum"
)

GRATEFUL = word_set(
    "makasih mksh makasi mkasih mks trims trimakasih terimakasih terima kasih tq ty thx thanks thank nuhun suwun "
    "nuwun matur tarimo syukron alhamdulillah aamiin amin mantap noted"
)
THANKS = GRATEFUL | word_set(
    "you hatur kasi banyak banget bgt sekali infonya info bantuannya atas responnya respon jawabannya so much very "
    "siap sip oke ok okay baik good great sangat membantu terbantu"
)
YES = word_set(
    "ya iya y yes yup yoi ok oke okay okeh baik betul benar bener setuju lanjut boleh sip siap sudah ye yo"
)
NO = word_set("tidak tdk ga gak gk nggak ngga enggak no jangan ndak belum nope engga")
# Nothing more for now: *udah itu aja*, *nanti dulu*.
ENOUGH = word_set(
    "cukup itu segitu gitu sekian nanti ntar bentar sebentar bntr tunggu sudah udah udh sdh dah"
)
BESIDE_ENOUGH = word_set(
    "ya aja saja sj dulu lagi saya sy aku masih ketik tulis nulis ngetik kak deh"
)
SEND = word_set("kirim kirimkan send kirimin submit lapor laporkan")
MENU = word_set("menu bantuan help mulai start pilihan layanan")
CANCEL = word_set("batal batalkan batalin cancel stop berhenti")
TO_SEND = word_set("lapor melapor kirim dikirim komplain report send")
PERSON = word_set(
    "petugas cs operator manusia orang human agent staff staf humas person customer care service layanan pelanggan"
)
TALK = word_set(
    "bicara berbicara ngomong chat ngobrol hubungi hubungkan sambungkan talk speak telepon telpon call asli"
)
COMPLAIN = word_set(
    "lapor laporan melapor melaporkan komplain komplen complain complaint keluhan mengeluh keluh pengaduan mengadu "
    "ngadu aduan adu report masukan saran kritik"
)
DISAPPOINTED = word_set("kecewa mengecewakan buruk jelek elek payah parah curhat disappointed")
VERY = word_set(
    "berat sangat sekali banget bgt amat pelayanan pelayanannya layanan layanannya service so very"
)
STATUS = word_set(
    "status cek check perkembangan progres progress kabar kabarnya sampai mana lacak track tracking"
)
ANSWERED = word_set(
    "dibalas dijawab ditanggapi diproses ditindaklanjuti direspon diurus terkirim dikirim diterima update news"
)
WAITING = word_set(
    "any is there "
    "kapan belum blm blum sudah sdh udah udh kok berapa lama sampai mana kenapa knp tidak ga gak tdk ngga nggak"
)
SUBJECT = word_set(
    "laporan lapor keluhan pengaduan aduan komplain tiket nomor no ticket complaint report number"
)
# Around a question after how it stands.
BESIDE_STATUS = word_set(
    "apakah kah sih jg juga jadi jadinya jd masih lho loh kpn kapankah gmna gimna bgmn bagaimanakah belom blom "
    "tak smp smpe sampe nyampe dimana dmn dpt dapat terus trs ko hari minggu lanjut balas bales jawab when will "
    "you be been get got is are was has have did do does it its what whats s how where my our your the for from "
    "on about yet still not no any some reply answer response answered replied respond read handled resolved "
    "solved updates progress hear of so far already long ask"
)
# *Dokter kapan selesai?*, *nomor sudah sampai mana?* ask after something else.
NOT_OURS_TO_TELL = word_set(
    "dokter dok suster sus ibu bapak rumah sakit rs rsia rsud puskesmas nomor number"
)
# *Gimana cara buat laporan?*: it is not there yet.
TO_MAKE_ONE = word_set(
    "cara buat membuat bikin mau ingin pengen pingin pgn kirim mengirim sampaikan menyampaikan lapor"
)
ADD = word_set(
    "tambah nambah tambahkan menambah menambahkan tambahan keterangan foto bukti lampiran lampirkan melampirkan "
    "susulan menyusulkan add photo attach file video gambar"
)
INFO = word_set(
    "tanya nanya bertanya menanyakan pertanyaan info informasi ask question information"
)
CONFIDENTIAL = word_set("rahasia rahasiakan dirahasiakan confidential private secret identitas")
ANONYMOUS = word_set("anonim anonymous anonymously tanpa nama")
ORDINARY = word_set("biasa ordinary normal")
PLACES = {
    **{str(number): number for number in range(1, 10)},
    "pertama": 1,
    "kedua": 2,
    "ketiga": 3,
    "first": 1,
    "second": 2,
    "third": 3,
}
PLACE = re.compile(
    rf"(?:(?:yang|yg|nomor|no|the)\W+)*({'|'.join(PLACES)})(?:\W+(?:aja|saja|ya|one|kak|bu|pak|min))*\W*"
)
NEW_ONE = re.compile(
    r"(?:(?:yang|yg|ini|a|the|keluhan|laporan|aduan|komplain|complaint)\W+)*(?:baru|new)"
    r"(?:\W+(?:aja|saja|ya|one|kak|bu|pak|min|keluhan|laporan|complaint))*\W*"
)
SOLVED = word_set("selesai beres tuntas kelar solved done sudah udah udh dah sdh teratasi")
NOT_YET = word_set(
    "belum blm blum selesai beres tuntas kelar not yet solved unresolved teratasi puas tidak kurang"
)
ENGLISH = word_set("english inggris in bahasa please speak")
INDONESIAN = word_set("indonesia indonesian bahasa in")

AUTOMATIC = re.compile(
    r"terima ?kasih (?:sudah|telah) (?:menghubungi|kontak)|pesan otomatis|balasan otomatis|dijawab otomatis|"
    r"auto(?:matic|mated)?[ -]?(?:reply|response|message)|thank you for (?:contacting|your message)|"
    r"kami akan (?:segera )?(?:membalas|merespon)|sedang tidak (?:berada )?di tempat|out of office|"
    r"we(?:'ll| will) get back to you"
)
LINK = re.compile(
    r"https?://|www\.|\b[a-z0-9-]+\.(?:com|net|ly|me|co|link|xyz|site|online|top|vip|shop|io)/?\S*"
)
PROMO = re.compile(
    r"\b(?:promo|diskon|pinjol|pinjaman|cepat cair|cair cepat|slot|gacor|judi|togel|maxwin|jackpot|casino|"
    r"bitcoin|crypto|kripto|forex|trading|hadiah|undian|pemenang|investasi|profit|jual akun|followers|"
    r"dana tunai|tanpa jaminan|klik|bonus|deposit|reseller|cashback|voucher|loan|winner|prize)\b"
)
WITHDRAW = re.compile(
    r"\b(?:cabut|mencabut|dicabut|tarik|menarik|batalkan|membatalkan|batalin|withdraw|cancel|retract)\b"
    r"(?:\W+\w+){0,3}?\W+(?:laporan|lapor|aduan|pengaduan|keluhan|komplain|tiket|complaint|report|ticket)"
)
WRONG_NUMBER = re.compile(
    r"^\W*(?:(?:maaf|sorry|eh|aduh)\W+)*(?:salah\W+(?:kirim|nomor|nomer|no|sambung|chat|wa)|wrong number)\b"
)
NOT_PLEASED = re.compile(
    r"^(?:(?:saya|sy|aku|kami|masih|maaf|i am|i'm)\W+)*(?:tidak|tdk|ga|gak|nggak|ngga|kurang|blm|belum|not)\W+"
    r"(?:puas|memuaskan|satisfied|happy)(?:\W+(?:banget|bgt|sekali|pak|bu|min|kak))*\W*$"
)
_ON = r"(?:saya|sy|aku|me|kami|balik)\b"
WANTS_PERSON = re.compile(
    rf"(?<!tidak )(?<!ga )(?<!gak )(?<!tdk )(?<!belum )(?<!blm )\b(?:tele?p(?:on)?|telf?on|hubungi|call)\W+{_ON}|"
    r"\bminta\W+(?:di)?(?:hubungi|tele?pon|telp)\b|"
    r"\b(?:ini|sama|dengan)\W+(?:robot|bot|mesin)\b|"
    r"\bada\W+(?:orang|petugas|admin|cs)\W?(?:nya)?\W+(?:ga|gak|tidak|nggak|ngga|disini|di sini)\b|"
    r"\b(?:(?:tidak|tdk|ga|gak|ngga|nggak)\W+(?:punya|ada|tau|tahu|ingat|inget)|lupa|hilang)\W+"
    r"(?:no|nomor|nomer|pin)(?:nya)?\W*$|"
    r"\bmana\W+(?:orang|petugas|admin|cs)(?:nya)?\W*$|"
    r"\b(?:bales|balas|jawab|respon)\w*\W+(?:dong|donk|lah|woi|pak|bu|kak|min)\b|"
    r"\blama\W+(?:\w+\W+)?(?:balas|bales|respon|jawab)\w*"
)
ASKS_AFTER = re.compile(
    r"\b(?:sampai (?:di ?)?mana|gimana|gmn|bagaimana|kabar\w*|status\w*|progres\w*|perkembangan\w*|berapa|"
    r"tindak ?lanjut\w*|(?:di|ter)?tindak ?lanjuti?\w*|diproses|dibalas|dijawab|ditanggapi|direspon)\b"
)
OWN_COMPLAINT = re.compile(
    r"\b(?:laporan|keluhan|pengaduan|aduan|komplain|tiket|complaint|report)\w*\b"
)
# What two or three words need to be a complaint of their own: *suster jutek*, *wc bau*, *bayi saya kuning*.
FAULT = re.compile(
    r"\b(?:jutek|ketus|kasar|judes|galak|sombong|cuek|(?:di)?bentak\w*|rusak|kotor|bocor|mati|hilang|salah|tertukar|"
    r"ketuker|bau|basi|dicuri|kecurian|kemalingan|jorok|lambat|lelet|lama|mahal|dingin|panas|pungli|ditolak|"
    r"kecoa\w*|tikus|nyamuk|semut|banjir|mampet|bising|berisik|antri\w*|antre\w*|jatuh|luka|bengkak|demam|"
    r"muntah\w*|diare|kuning|(?:me)?nunggu\w*\W+\w+|\d+ jam|(?<!rumah )sakit|nyeri|rude|dirty|broken|slow|stolen|"
    r"(?:tidak|tdk|ga|gak|ngga|nggak|blm|belum)\W+(?:datang|dateng|dilayani|dipanggil|diperiksa|ditangani|nyala|"
    r"jalan|bersih|sopan|ramah))\b"
)
OBJECT = re.compile(
    r"\b(?:laporan|keluhan|pengaduan|aduan|komplain|tiket|kasus|complaint|report|case)\b(?:\W+\w+){0,5}?\W+"
    r"(?:di ?tutup|closed|dinyatakan selesai|dianggap selesai|ditandai selesai)|"
    r"\bkeberatan\b(?:\W+\w+){0,4}?\W+(?:penutupan|ditutup|jawaban)|"
    r"\b(?:buka|dibuka|reopen)\b(?:\W+\w+){0,2}?\W*(?:lagi|kembali|my|laporan|keluhan)\b(?:\W+\w+){0,2}?"
    r"\W+(?:laporan|keluhan|pengaduan|complaint|report|case)|"
    r"\bjawaban\w*\b(?:\W+\w+){0,4}?\W+(?:tidak|ga|gak|kurang|belum)\W+(?:puas|memuaskan)|"
    r"\b(?:tidak|ga|gak|kurang|belum)\W+puas\b(?:\W+\w+){0,3}?\W+jawaban"
)
ASKS_STATUS = re.compile(
    r"\b(?:kabar|status|perkembangan|progres|progress|tindak lanjut|ditindak ?lanjuti|sampai mana|katanya|"
    r"blm ada|belum ada|kok belum|kok blm|gimana|bagaimana|update|news|heard)\b"
)
ASKS = re.compile(
    r"\b(?:jam besuk|jam kunjung\w*|jadwal (?:dokter|prakt\w+|poli\w*|periksa|besuk)|(?:tlg|tolong|mohon) cek|"
    r"berapa (?:biaya|harga|tarif)|cara (?:daftar|mendaftar|mengurus|ngurus)|apakah (?:ada|bisa|boleh)|"
    r"apa saja syarat\w*|visiting hours|what time|how (?:do|can|much)|opening hours)\b"
)
MAY_ASK = re.compile(
    r"\b(?:na?nya|tanya|bertanya|menanyakan|info|informasi|syarat|persyaratan|alamat|question)\b"
)
PRAISES = re.compile(
    r"\b(?:makasih|terima ?kasih|trims|thanks|thank you|nuhun|suwun|apresiasi|salut|hebat|terbaik|memuaskan|"
    r"puas sekali|puas banget|ramah|sabar|sigap|sukses|mantap|excellent|kind|grateful|appreciate)\b"
)
COMPLAINS = re.compile(
    r"\b(?:tapi|tp|tetapi|but|namun|kecewa|jutek|ketus|kasar|lama|belum|blm|rusak|kotor|bocor|mati|hilang|salah|"
    r"tertukar|ketuker|tidak|tdk|gak|ga|nggak|ngga|kok|kenapa|knp|marah|bentak\w*|pungli|ditolak|parah|buruk|"
    r"indak|teu|ora|never|not|rude|dirty|late|wrong|broken|refused)\b"
)
SECRECY = re.compile(
    r"\btakut\W+(?:lapor|melapor|dipersulit|ketahuan|dibalas)\b|\blapor\w*\W+(?:tapi|tp)\W+takut\b|"
    r"\b(?:di)?rahasia(?:kan)?\b|\banonim\b|\banonymous(?:ly)?\b|\bconfidential\b|"
    r"\b(?:jangan|takut|tidak (?:mau|ingin|berani)|ga (?:mau|berani)|gak (?:mau|berani))\b(?:\W+\w+){0,3}?"
    r"\W+(?:nama|identitas)\b|"
    r"\b(?:nama|identitas)\b(?:\W+\w+){0,3}?\W+(?:jangan|tidak usah|ga usah|gak usah)\b"
)
SUGGESTS = re.compile(r"\b(?:saran|usul|usulan|sebaiknya|alangkah baiknya|suggest\w*|masukan)\b")
