import { startsWord } from '../scan/characters.js';
import type { AnchoredDetector, DigitDetector, Span } from './types.js';

const titles = [
  'mr',
  'mrs',
  'ms',
  'miss',
  'mx',
  'dr',
  'prof',
  'professor',
  'rev',
  'sir',
  'madam',
  "ma'am",
  'lady',
  'herr',
  'frau',
  'judge',
  'captain',
  'senator',
];

/** `Mr.`, `Dr.`, `Miss` before a capitalised name: 0.8. */
export const formOfAddressDetector: AnchoredDetector = {
  id: 'form-of-address',
  entity: 'TITLE',
  anchors: titles.map((title) => `${title}`),
  at(text, start, end) {
    if (!/^\p{Lu}/u.test(text.charAt(start)) || !startsWord(text, start)) return null;
    const rest = /\.? {1,2}(?=\p{Lu})/uy;
    rest.lastIndex = end;
    if (!rest.test(text)) return null;
    const stop = text[end] === '.' ? end + 1 : end;
    if (
      stop === end &&
      !/^(?:mr|mrs|ms|dr|miss|mx|prof|professor|herr|frau|captain|senator|judge)$/i.test(text.slice(start, end))
    )
      return null;
    return { start, end: stop, confidence: 0.8 };
  },
};

/** What occupations end with: the last word of a job's name. */
const occupation =
  'accountant|actor|administrator|advisor|adviser|agent|analyst|architect|artist|assembler|assistant|attendant|attorney|auditor|baker|barber|bartender|bookkeeper|broker|builder|butcher|buyer|captain|carpenter|cashier|chef|chemist|cleaner|clerk|coach|consultant|contractor|cook|coordinator|counselor|counsellor|crew|dealer|dentist|designer|developer|dietitian|director|dispatcher|doctor|drafter|driver|economist|editor|electrician|engineer|estimator|examiner|executive|farmer|firefighter|fitter|foreman|geologist|guard|hairdresser|handler|helper|hygienist|inspector|installer|instructor|interpreter|interviewer|investigator|janitor|journalist|judge|laborer|lawyer|lecturer|librarian|loader|locksmith|machinist|maker|manager|mason|mechanic|midwife|miner|nurse|officer|operator|optician|optometrist|packager|painter|paralegal|paramedic|pharmacist|photographer|physician|physicist|pilot|planner|plumber|porter|practitioner|principal|printer|processor|producer|professor|programmer|psychiatrist|psychologist|realtor|receptionist|recruiter|repairer|reporter|representative|researcher|roofer|sailor|salesperson|scientist|secretary|seller|setter|singer|sociologist|specialist|statistician|stylist|superintendent|supervisor|surgeon|surveyor|tailor|teacher|technician|technologist|teller|tender|therapist|trainer|translator|tutor|veterinarian|waiter|waitress|weaver|welder|worker|writer';
const ownLine = new RegExp(`^[ \\t>]{0,8}((?:[\\p{L}-]{2,20},? ){0,6}(?:${occupation}))[ \\t]{0,4}$`, 'gimu');
const inSentence = new RegExp(
  `(?:, the |\\b(?:as an? |as |works as an? |i am an? |job title(?: is|:)? ))((?:[\\p{L}-]{2,20} ){0,3}(?:${occupation}))(?![\\p{L}-])`,
  'giu',
);

/** Occupations on a line of their own below a name, or said of somebody: `Jane Roe, the bus driver, said`; 0.6. */
export const occupationDetector: DigitDetector = {
  id: 'occupation',
  entity: 'TITLE',
  digits: 0,
  find(text) {
    const spans: Span[] = [];
    for (const pattern of [ownLine, inSentence]) {
      for (const match of text.matchAll(pattern)) {
        const [whole, name = ''] = match;
        const start = match.index + whole.indexOf(name);
        spans.push({ start, end: start + name.length, confidence: 0.6 });
      }
    }
    return spans;
  },
};
