import { namedValue } from './named-value.js';

/** Passport numbers (ICAO 9303: up to nine letters and digits) after a word that says so; at least five digits. */
export const passportDetector = namedValue({
  id: 'passport',
  entity: 'PASSPORT',
  anchors: ['passport', 'reisepass', 'passeport', 'pasaporte', 'passaporto'],
  words: '(?:passport|reisepass|passeport|pasaporte|passaporto)(?:[ _-]?(?:no|nr|num(?:ber)?|id|#|nummer|numéro))?\\.?',
  value: '[A-Z]{0,3}\\d{5,9}[A-Z]{0,2}|[A-Z][A-Z0-9]{8}',
  accept: (value) => value.replace(/\D/g, '').length >= 5,
});
