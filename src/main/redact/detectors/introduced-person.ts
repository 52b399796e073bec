import type { DigitDetector, Span } from './types.js';

/**
 * Names of people in scripts and languages whose names no list here has: only what words around it introduce as a name. One row
 * each: the words before or behind, and what a name looks like in that script. Sources: the languages' own grammars; the commonest
 * surnames are those that the statistics offices of China, Japan and Korea publish.
 */
interface Introduction {
  /** Where one of these does not stand, nothing is looked for. */
  hints: RegExp;
  /** The name is the first group that holds. */
  pattern: RegExp;
  confidence: number;
  /** What looks like a name here and is none. */
  never?: RegExp;
}

const han = '\\p{Script=Han}';
const chineseSurname =
  '(?:欧阳|歐陽|司马|司馬|上官|诸葛|諸葛|东方|東方|皇甫|尉迟|公孙|慕容|令狐|宇文|长孙|夏侯|端木|百里|南宫|[王李张張刘劉陈陳杨楊赵趙黄黃周吴吳徐孙孫胡朱高林何郭马馬罗羅梁宋郑鄭谢謝韩韓唐冯馮于董萧蕭程曹袁邓鄧许許傅沈曾彭吕呂苏蘇卢盧蒋蔣蔡贾賈丁魏薛叶葉阎閻余潘杜戴夏钟鐘汪田任姜范方石姚谭譚廖邹鄒熊金陆陸郝孔白崔康毛邱秦江史顾顧侯邵孟龙龍万萬段雷钱錢汤湯尹黎易常武乔喬贺賀赖賴龚龔文庞龐樊兰蘭殷施陶洪翟安颜顏倪严嚴牛温溫芦季俞章鲁魯葛伍韦韋申尤毕畢聂聶丛焦向柳邢路岳齐齊梅莫庄莊辛管祝左涂谷祁时舒耿牟卜詹关關苗凌费費纪紀靳盛童欧歐甄项項曲成游阳陽裴席卫衛查屈鲍鮑位覃霍翁隋植甘景薄单單包司柏宁寧柯阮桂闵閔解强強丘华華车車冉房边邊辜楚])';
const japaneseSurname =
  '(?:佐藤|鈴木|高橋|田中|伊藤|渡辺|渡邊|渡邉|山本|中村|小林|加藤|吉田|山田|佐々木|山口|松本|井上|木村|林|斎藤|斉藤|齋藤|清水|山崎|森|池田|橋本|阿部|石川|山下|中島|石井|小川|前田|岡田|長谷川|藤田|後藤|近藤|村上|遠藤|青木|坂本|福田|太田|西村|藤井|金子|岡本|藤原|中野|三浦|原田|中川|松田|竹内|小野|田村|中山|和田|石田|森田|上田|原|内田|柴田|酒井|宮崎|横山|高木|安藤|宮本|大野|小島|谷口|工藤|今井|高田|増田|丸山|杉山|村田|大塚|新井|小山|平野|藤本|河野|上野|武田|野口|松井|千葉|菅原|岩崎|木下|久保|佐野|野村|松尾|菊地|菊池|市川|杉本|古川|大西|島田|水野|桜井|櫻井|高野|渡部|吉川|山内|西田|飯田|北村|安田|川口|五十嵐|小松|東|平田|久保田|中田|服部|川崎|土屋|樋口|秋山|吉村|永井|岩田|福島|浜田|桑原|内藤|大久保|松浦|早川|荒木|大島|野田|矢野|松岡|星野|川村|望月|尾崎|黒田|堀|本田|関|関口|馬場|永田|熊谷|山中|須藤|森本)';
const koreanSurname =
  '(?:남궁|황보|제갈|사공|선우|독고|[김이박최정강조윤장임한오서신권황안송류유홍전고문양손배백허남심노하곽성차주우구민진지엄채원천방공현함변염여추도소석선설마길연위표명기반왕금옥육인맹제모탁국어은편용])';
const latin =
  "\\p{Lu}[\\p{Ll}\\p{M}'’-]{1,20}(?:[ -](?:(?:de|da|di|do|dos|van|von|der|den|el|al|la|le|del|della|ten|ter|zu) ){0,2}\\p{Lu}[\\p{L}\\p{M}'’-]{1,24}){0,3}";
const cyrillic = "\\p{Lu}[\\p{Ll}'’ʼ-]{1,20}(?: \\p{Lu}[\\p{Ll}'’ʼ-]{1,24}){0,2}";

const rows: readonly Introduction[] = [
  {
    hints: /我叫|我是|我的名字|姓名|联系|聯繫|我姓/,
    pattern: new RegExp(
      `(?:我叫(?:做)?|我的名字(?:是|叫)|姓名[是为為]?[:：]?\\s{0,2}|联系人[:：]?\\s{0,2}|聯繫人[:：]?\\s{0,2})(${chineseSurname}${han}{1,2}?)(?=来自|住在|在|今年|是|[^\\p{Script=Han}]|$)`,
      'gu',
    ),
    confidence: 0.85,
    never: /^(?:常用|常量|单行|单独|余额|查询|时间|时代|马上|解决|高级)/,
  },
  {
    hints: /先生|女士|小姐|老师|老師|经理|經理|医生|醫生|教授|博士|律师|律師/,
    pattern: new RegExp(
      `(?:^|[^\\p{Script=Han}]|请|請|联系|聯繫|找|给|給|和|与|與|由|是|向|跟|问|問|谢|謝|感谢|感謝|通知)(${chineseSurname}${han}{1,2}?)(?:先生|女士|小姐|老师|老師|经理|經理|医生|醫生|教授|博士|律师|律師)`,
      'gmu',
    ),
    confidence: 0.8,
    never:
      /^(?:高级|高級|金融|文学|成年|万能|安全|方便|时间|常见|强大|单位|项目|关键|管理|包括|向导|时间|时代|常用|任课|马上|解决)/,
  },
  {
    hints: /名前は/,
    pattern: new RegExp(
      `(?:(?:私|僕|俺|わたし|わたくし)の名前は|お名前は)([${han}々ヶ\\p{Script=Hiragana}\\p{Script=Katakana}ー]{2,10}?)(?=です|だ|と|。|、|,|\\s|$)`,
      'gmu',
    ),
    confidence: 0.85,
    never: /^(?:空|不明|なし|未定|任意|必須|変更|同じ|何|まだ|長|短|この|その|あの)/,
  },
  {
    hints: /さん|ちゃん|と申します/,
    pattern: new RegExp(
      `(?<![${han}々])(${japaneseSurname}(?:[${han}々\\p{Script=Katakana}]{1,4}|\\p{Script=Hiragana}{2,4}(?=さん|様|氏))?)(?=さん|ちゃん|と申します)`,
      'gu',
    ),
    confidence: 0.8,
  },
  {
    hints: /担当の|の(?=[\p{Script=Han}])/u,
    pattern: new RegExp(
      `(?:担当の|担当者の|社員の|先輩の|同僚の|友人の)(${japaneseSurname}[${han}々\\p{Script=Hiragana}]{0,4}?)(?=さん|様|氏)`,
      'gu',
    ),
    confidence: 0.8,
  },
  {
    hints: /이름|성함|성명/,
    pattern: new RegExp(
      `(?:(?:제|저의|내|본인) 이름은|성함은|성함 ?[:：]|성명 ?[:：]|이름 ?[:：])\\s{0,2}(?:(${koreanSurname}\\p{Script=Hangul}{1,2}?)(?=이고|이며|이에요|이예요|입니다|예요|이라고|라고)|(${koreanSurname}\\s?\\p{Script=Hangul}{2})(?=[\\s.,。]|$))`,
      'gmu',
    ),
    confidence: 0.85,
    never:
      /^(?:이미|아직|필수|비어|반드시|최대|최소|다음|유효|공백|한글|문자|이후|이전|모두|이것|이런|정해|없음|이와|이상|기본|선택|고유|공개|변경|사용)/,
  },
  {
    hints: /씨|님|선생|교수|부장|과장|대리|팀장|사장|박사/,
    pattern: new RegExp(
      `(?<!\\p{Script=Hangul})(${koreanSurname}\\p{Script=Hangul}{2})(?<![자원사인객한적의부용장들])(?= ?(?:씨|님|선생님|교수님|부장님|과장님|대리님|팀장님|사장님|박사님)(?!\\p{Script=Hangul}{3}))`,
      'gu',
    ),
    confidence: 0.75,
    never:
      /^(?:고객|선생|사용자|관리자|담당자|이용자|여러분|하나|부모|손님|주인|임직원|신입|전문|조교|연구|지도|방문자|소비자|구매자|이사|기사)/,
  },
  {
    hints: /اسمي|السيد|الدكتور|الأستاذ|أدعى/,
    pattern:
      /(?:اسمي(?: هو)?|(?:وأنا|أنا) أدعى|السيدة?|الدكتورة?|الأستاذة?)\s{1,2}((?!هو |هي |في |من |على |الذي |التي )\p{Script=Arabic}{2,20}(?: (?!و|في |من |على |الذي|التي|هو |هي |ل)\p{Script=Arabic}{2,20}){0,2})/gu,
    confidence: 0.8,
    never: /^(?:ال|مدير|رئيس|وزير|مطلوب|حقل|نص|اسم|يجب|أدخل|دو|غير|لا|ليس)/,
  },
  {
    hints: /שמי|קוראים|השם|גב/,
    pattern:
      /(?<!\p{Script=Hebrew})(?:שמי(?: הוא)?|קוראים לי|השם שלי(?: הוא)?|גב['׳])\s{1,2}((?!הוא |היא |של |את )\p{Script=Hebrew}{2,16}(?:[- ](?!ו|את |של |לא |הוא |היא |אני |גר |גרה )\p{Script=Hebrew}{2,16})?)/gu,
    confidence: 0.8,
    never: /^(?:לא|מאוד|מדי|כמו|בלי|אינו|אינה|מבחוץ|מבפנים|אדון)/,
  },
  {
    hints: /नाम|श्री|सुश्री|डॉ/,
    pattern:
      /(?:(?:मेरा|मेरी|उसका|उनका|इनका) (?:पूरा )?नाम|श्री(?:मती|मान)?|सुश्री|डॉ\.?)\s{1,2}((?!है|हैं|था|क्या|के |की |का |लंका|सूची|खाली|नहीं|पासवर्ड)[\p{Script=Devanagari}]{2,20}(?: (?!है|हैं|था|थी|और|का|की|के|को|ने|से|में|जी|पर|एक|नहीं)[\p{Script=Devanagari}]{2,20}){0,2})/gu,
    confidence: 0.8,
  },
  {
    hints:
      /\b(?:chiamo|llamo|llama|appelle|heiße|heisse|chamo|heet|nazywam|heter|hedder|jmenuji|volám|numesc|nevem|zovem|nombre es|nome [eèé]|nom est|Name ist|naam is|nama saya|imię|adım|ismim|nimeni|tôi tên)\b|adım|tên/iu,
    pattern: new RegExp(
      `(?:(?<=(?<![\\p{L}])(?:[Mm]i chiamo|[Mm]e llamo|[Jj]e m['’]appelle|[Ii]ch hei(?:ß|ss)e|[Mm]e chamo|[Ii]k heet|[Nn]azywam się|[Mm]am na imię|[Jj]ag heter|[Jj]eg heter|[Jj]eg hedder|[Jj]menuji se|[Vv]olám sa|[Mm]ă numesc|[Zz]ovem se|(?:[Mm]i|[Ss]u) nombre es|(?:[Ii]l mio|[Oo] meu|[Mm]eu) nome [eèé]|[Mm]on nom est|[Mm]ein Name ist|[Mm]ijn naam is|[Nn]ama saya|[Bb]enim adım|[Nn]imeni on|(?:[Tt]ôi )?[Tt]ên tôi là) ))(${latin})`,
      'gu',
    ),
    confidence: 0.85,
    never: /^(?:Sie|Euch|Ihre|Ihnen|Dich|Alle)$/,
  },
  {
    hints: /зовут|звати|имя|фамилия|Казвам|кличат/iu,
    pattern: new RegExp(
      `(?<=(?<![\\p{L}])(?:[Мм]еня зовут|[Ее]го зовут|[Её]ё зовут|[Мм]ене звати|[Мм]о[её] имя|[Кк]азвам се|[Зз]овем се|ФИО[:：]) )(${cyrillic})`,
      'gu',
    ),
    confidence: 0.85,
  },
  {
    hints: /(?:вич|вна|вни|чна|ична|івна)/u,
    pattern:
      /(?<!\p{L})((?:\p{Lu}\p{Ll}{2,20}(?:-\p{Lu}\p{Ll}{2,20})? )?\p{Lu}\p{Ll}{2,16} \p{Lu}\p{Ll}{2,16}(?:ович|евич|йович|(?<=Иль|Кузьм|Фом|Лук|Никит|Савв)ич|овна|евна|ична|инична|івна|ївна)(?:а|у|ем|ом|е|ы|ой|и)?(?: \p{Lu}\p{Ll}{2,20}(?:-\p{Lu}\p{Ll}{2,20})?)?)(?!\p{L})/gu,
    confidence: 0.8,
  },
];

/** `Меня`, `Il`: what a sentence begins with is matched as it is written there. */
const capital = /^\p{Lu}|^\p{Lo}/u;
/** In a text of ASCII none of the rows but those of Latin letters can hold. */
const beyondLatin = /[\u0370-\uffff]/;

/**
 * `我叫欧阳晓岚`, `제 이름은 박서윤`, `mi chiamo Ginevra Battistoni`, `Аркадий Петрович Белозеркин`: 0.75 to 0.85, by how much the words
 * around it leave open.
 */
export const introducedPersonDetector: DigitDetector = {
  id: 'introduced-person',
  entity: 'PERSON',
  digits: 0,
  find(text) {
    const spans: Span[] = [];
    const beyond = beyondLatin.test(text);
    for (const { hints, pattern, confidence, never } of rows) {
      if (pattern.source.includes('Script') && !beyond) continue;
      if (!hints.test(text)) continue;
      for (const match of text.matchAll(pattern)) {
        const name = match[1] ?? match[2];
        if (name === undefined || !capital.test(name) || never?.test(name)) continue;
        const start = match.index + match[0].indexOf(name);
        spans.push({ start, end: start + name.length, confidence });
      }
    }
    return spans;
  },
};
