import { readProse, type Word } from '../prose/reader.js';
import type { DigitDetector, Span } from './types.js';

const peoples = new Set(
  `afghan albanian algerian american andorran angolan argentine argentinian armenian australian austrian azerbaijani bahamian bahraini
  bangladeshi barbadian basque belarusian belgian belizean beninese bhutanese bolivian bosnian brazilian british bulgarian burmese
  burundian cambodian cameroonian canadian catalan chadian chechen chilean chinese colombian congolese croatian croat cuban cypriot
  czech danish dane dominican dutch ecuadorian egyptian emirati english eritrean estonian ethiopian european fijian filipino finnish finn
  flemish french gabonese gambian georgian german ghanaian greek greenlander greenlandic grenadian guatemalan guinean haitian hawaiian
  hispanic honduran hungarian icelander icelandic indian indonesian iranian iraqi irish israeli italian ivorian jamaican japanese
  jordanian kazakh kenyan korean kosovar kurdish kuwaiti kyrgyz laotian latino latina latvian lebanese liberian libyan lithuanian
  luxembourgish macedonian malagasy malawian malaysian maldivian malian maltese mauritanian mauritian mexican moldovan mongolian
  montenegrin moroccan mozambican namibian nepalese nepali nicaraguan nigerian norwegian omani pakistani palestinian panamanian
  paraguayan persian peruvian polish pole portuguese qatari romanian russian rwandan salvadoran samoan saudi scottish scot senegalese
  serbian serb sicilian singaporean slovak slovakian slovene slovenian somali spanish spaniard sudanese surinamese swede swedish swiss
  syrian taiwanese tajik tanzanian thai tibetan togolese tunisian turk turkish turkmen ugandan ukrainian uruguayan uzbek venezuelan
  vietnamese welsh yemeni zambian zimbabwean asian african caucasian arab jewish jew muslim christian catholic protestant
  hindu buddhist sikh mormon methodist baptist lutheran anglican orthodox atheist republican democrat democrats republicans
  conservative labour socialist communist`.split(/\s+/),
);

/** In lower case only where somebody says it of people. */
const statement =
  /\b(?:i am|i['’]m|we are|we['’]re|he is|she is|they are|you are)(?: an?| all| both| proud| half){0,2} ([a-z]{4,14})\b/gi;

/** Also several of them, and spellings such as `Ecuadorean` and `Belizian`. */
function isPeople(word: string): boolean {
  const plain = word.endsWith('s') ? word.slice(0, -1) : word;
  return [word, plain, plain.replace(/ean$/, 'ian'), plain.replace(/ian$/, 'ean')].some((form) => peoples.has(form));
}

/** Nationalities, religions and parties by their names, 0.7. */
export const nationalityDetector: DigitDetector = {
  id: 'nationality',
  entity: 'NRP',
  digits: 0,
  find(text) {
    const spans: Span[] = [];
    for (const match of text.matchAll(statement)) {
      const [, word = ''] = match;
      const end = match.index + match[0].length;
      if (isPeople(word)) spans.push({ start: end - word.length, end, confidence: 0.7 });
    }
    for (const { words } of readProse(text).runs) {
      for (let at = 0; at < words.length; at++) {
        const { start, end, text: word, first } = words[at] as Word;
        // `European Union`, `American Airlines`: part of a name.
        if (/^(?:Union|Commission|Parliament|Court|Airlines|Express)$/.test(words[at + 1]?.text ?? '')) continue;
        const plain = word.toLowerCase();
        if (!isPeople(plain) || (first && /^(?:conservative|labour|orthodox|polish|pole|thai|democrat)/.test(plain)))
          continue;
        spans.push({ start, end, confidence: 0.7 });
      }
    }
    return spans;
  },
};
